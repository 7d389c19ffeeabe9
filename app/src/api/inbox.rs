//! The operator's inbox: its list, one thread, and the actions in it.

use super::{error::ApiError, rpc::Rpc};
use domain::{
    draft::{Draft, DraftKind},
    ids::{FileId, LineId, MessageId, SessionId, UserId},
    message::{MessageView, Outgoing},
    position::AsOf,
    search::Hits,
    session::{self, Colleague, InboxCounts, InboxPage, Mention, Tab},
    template::Values,
    time::Timestamp,
};
use leptos::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

#[cfg(feature = "ssr")]
use super::{flash, guard, plain_form};
#[cfg(feature = "ssr")]
use domain::{access::Actor, form::optional, message::content::Content, page::PageRequest};

/// What a search shows at once.
#[cfg(feature = "ssr")]
const HITS: u32 = 20;

/// A message in Meta's spelling, as JSON within a form: the fields of a form cannot hold it.
#[derive(Debug, Clone)]
pub struct Written(pub Outgoing);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let json = serde_json::to_string(&self.0).map_err(ser::Error::custom)?;
        to.serialize_str(&json)
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let json = String::deserialize(from)?;
        serde_json::from_str(&json).map(Self).map_err(de::Error::custom)
    }
}

/// One page of a tab, newest first; `search` matches names and numbers.
///
/// # Errors
/// Not logged in, or an invalid cursor.
#[server(prefix = "/rpc", endpoint = "inbox/list", protocol = Rpc)]
pub async fn inbox(
    tab: Tab,
    #[server(default)] filter: session::Filter,
    #[server(default)] search: String,
    #[server(default)] cursor: Option<String>,
) -> Result<AsOf<InboxPage>, ApiError> {
    let actor = guard::actor().await?;
    let engine = guard::engine()?;
    let page = PageRequest { cursor, limit: None };
    let position = engine.events().position();
    let value = InboxPage {
        rows: engine::sessions::inbox(&engine, &actor, tab, filter, optional(&search), &page).await?,
        several: engine::sessions::several(&engine).await?,
    };
    Ok(AsOf { position, value })
}

/// The numbers on the tabs and in the window's title.
///
/// # Errors
/// Not logged in.
#[server(prefix = "/rpc", endpoint = "inbox/counts", protocol = Rpc)]
pub async fn counts() -> Result<AsOf<InboxCounts>, ApiError> {
    let (engine, actor) = (guard::engine()?, guard::actor().await?);
    let position = engine.events().position();
    let value = engine::sessions::counts(&engine, &actor).await?;
    Ok(AsOf { position, value })
}

/// What lists can be narrowed to.
///
/// # Errors
/// Not logged in.
#[server(name = ReadChoices, prefix = "/rpc", endpoint = "inbox/choices", protocol = Rpc)]
pub async fn choices() -> Result<session::Choices, ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::choices(&guard::engine()?, &actor).await?)
}

/// One page of the messages and notes whose text has the words of a search, the latest first.
///
/// # Errors
/// Not logged in, or an invalid cursor.
#[server(prefix = "/rpc", endpoint = "inbox/search", protocol = Rpc)]
pub async fn search(search: String, #[server(default)] cursor: Option<String>) -> Result<Hits, ApiError> {
    let actor = guard::actor().await?;
    let page = PageRequest {
        cursor,
        limit: Some(HITS),
    };
    Ok(engine::search::find(&guard::engine()?, &actor, &search, &page).await?)
}

/// One session with its newest messages, or those before a cursor, or those around one of its lines, and its timeline.
///
/// # Errors
/// Not logged in, not visible to the caller, or an invalid cursor.
#[server(prefix = "/rpc", endpoint = "inbox/thread", protocol = Rpc)]
pub async fn thread(
    session: SessionId,
    #[server(default)] before: Option<String>,
    #[server(default)] at: Option<LineId>,
) -> Result<session::Thread, ApiError> {
    let actor = guard::actor().await?;
    let engine = guard::engine()?;
    let mut thread = match at {
        Some(line) => engine::sessions::thread::read_at(&engine, &actor, session, line).await?,
        None => engine::sessions::thread::read(&engine, &actor, session, before.as_deref()).await?,
    };
    // A live page, which reads threads all the time, keeps its input itself.
    if flash::follows_a_post() {
        thread.unsaved_note = flash::take(&unsaved_note(session)).await?;
    }
    Ok(thread)
}

/// The part of a thread above the part that was read before.
///
/// # Errors
/// Not logged in, not visible to the caller, or an invalid cursor.
#[server(prefix = "/rpc", endpoint = "inbox/thread-above", protocol = Rpc)]
pub async fn thread_above(session: SessionId, cursor: String) -> Result<session::Above, ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::thread::above(&guard::engine()?, &actor, session, &cursor).await?)
}

/// A customer's message as Meta sent it.
///
/// # Errors
/// Not an administrator, or no such message.
#[server(prefix = "/rpc", endpoint = "inbox/message-json", protocol = Rpc)]
pub async fn message_json(message: MessageId) -> Result<String, ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::content::payload(&guard::engine()?, &actor, message).await?)
}

/// Takes a waiting session.
///
/// # Errors
/// Somebody else was quicker, or another rule forbids it.
#[server(prefix = "/rpc", endpoint = "inbox/pick-up", protocol = Rpc)]
pub async fn pick_up(session: SessionId) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::pick_up(&guard::engine()?, &actor, session, None).await?)
}

/// Ends a session.
///
/// # Errors
/// Already closed, the caller may not close it, or a reason that is too long.
#[server(prefix = "/rpc", endpoint = "inbox/close", protocol = Rpc)]
pub async fn close(session: SessionId, #[server(default)] reason: String) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::close(&guard::engine()?, &actor, session, &reason).await?)
}

/// Opens a closed session again, within its service window.
///
/// # Errors
/// The service window is closed, the conversation goes on in a later session, or another rule forbids it.
#[server(prefix = "/rpc", endpoint = "inbox/reopen", protocol = Rpc)]
pub async fn reopen(session: SessionId) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::open_again(&guard::engine()?, &actor, session).await?)
}

/// Writes a note for colleagues, which the customer never sees.
///
/// # Errors
/// Not visible to the caller, or a text that is empty or too long.
#[server(prefix = "/rpc", endpoint = "inbox/note", protocol = Rpc)]
pub async fn note(session: SessionId, #[server(default)] text: String) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    engine::sessions::note(&guard::engine()?, &actor, session, &text).await?;
    Ok(())
}

/// The colleagues who see a session, so that a note there can call for them.
///
/// # Errors
/// Not visible to the caller.
#[server(prefix = "/rpc", endpoint = "inbox/colleagues", protocol = Rpc)]
pub async fn colleagues(session: SessionId) -> Result<Vec<Colleague>, ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::colleagues(&guard::engine()?, &actor, session).await?)
}

/// The notes that call for the caller and that they have not seen, the newest first.
///
/// # Errors
/// Not logged in.
#[server(prefix = "/rpc", endpoint = "inbox/mentions", protocol = Rpc)]
pub async fn mentions() -> Result<Vec<Mention>, ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::mentions(&guard::engine()?, &actor).await?)
}

/// The caller has seen the notes in this session that call for them.
///
/// # Errors
/// Not logged in.
#[server(prefix = "/rpc", endpoint = "inbox/mentions-seen", protocol = Rpc)]
pub async fn mentions_seen(session: SessionId) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    engine::sessions::mentions_seen(&guard::engine()?, &actor, session).await?;
    plain_form::redirect("/inbox");
    Ok(())
}

/// Queues a reply: `outgoing`, or the text `body` of a form on a page without a script. A repeated `key` returns the
/// same message, and nothing is sent twice. `writer` is the user who wrote it: another user may have logged in in the
/// same browser meanwhile, and no reply goes out under another user's name.
///
/// # Errors
/// Not a message that Meta takes, the writer is not logged in, or the caller may not answer here.
#[server(prefix = "/rpc", endpoint = "inbox/send", protocol = Rpc)]
pub async fn send_message(
    session: SessionId,
    #[server(default)] outgoing: Option<Written>,
    #[server(default)] body: String,
    #[server(default)] key: Option<String>,
    #[server(default)] writer: Option<UserId>,
) -> Result<MessageView, ApiError> {
    let actor = written_by(writer).await?;
    let outgoing = outgoing.map_or_else(|| Content::text_of(&body).into(), |Written(outgoing)| outgoing);
    Ok(engine::outbound::send::send(&guard::engine()?, &actor, session, outgoing, key.as_deref()).await?)
}

/// The caller, provided that they wrote the reply.
#[cfg(feature = "ssr")]
async fn written_by(writer: Option<UserId>) -> Result<Actor, ApiError> {
    let actor = guard::actor().await?;
    match (writer, &actor) {
        (Some(writer), Actor::User(me)) if me.id != writer => Err(ApiError::SignIn.sent()),
        _ => Ok(actor),
    }
}

/// Queues a template with its values, by the names of their fields, and with the file of its header. The rest is as for
/// a text.
///
/// # Errors
/// Meta does not send the template now, values are missing or wrong, the channel sends no templates, the budget is spent,
/// the writer is not logged in, or the caller may not answer here.
#[server(prefix = "/rpc", endpoint = "inbox/send-template", protocol = Rpc)]
pub async fn send_template(
    session: SessionId,
    template: String,
    #[server(default)] values: Values,
    #[server(default)] file: Option<FileId>,
    #[server(default)] key: Option<String>,
    #[server(default)] writer: Option<UserId>,
) -> Result<MessageView, ApiError> {
    let actor = written_by(writer).await?;
    let engine = guard::engine()?;
    // The template may have changed since it was sent under this key.
    if let Some(sent) = engine::outbound::send::sent_before(&engine, &actor, session, key.as_deref()).await? {
        return Ok(sent);
    }
    let content = engine::templates::filled(&engine, &actor, session, &template, &values, file).await?;
    Ok(engine::outbound::send::send(&engine, &actor, session, content, key.as_deref()).await?)
}

/// Reacts to a message; an empty emoji takes the reaction away.
///
/// # Errors
/// Meta does not know the message, or the caller may not answer here.
#[server(prefix = "/rpc", endpoint = "inbox/react", protocol = Rpc)]
pub async fn react(message: MessageId, #[server(default)] emoji: String) -> Result<MessageView, ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::outbound::send::react(&guard::engine()?, &actor, message, &emoji).await?)
}

/// Marks the messages up to this one as read: the user has had them on the screen.
///
/// # Errors
/// Not logged in, not visible to the caller, or not a message of this session.
#[server(prefix = "/rpc", endpoint = "inbox/mark-read", protocol = Rpc)]
pub async fn mark_read(session: SessionId, message: MessageId) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::mark_read(&guard::engine()?, &actor, session, message).await?)
}

/// Marks the customer's last message as unread, so that it is not forgotten.
///
/// # Errors
/// Not logged in, not visible to the caller, or the caller would not answer here.
#[server(prefix = "/rpc", endpoint = "inbox/mark-unread", protocol = Rpc)]
pub async fn mark_unread(session: SessionId) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    engine::sessions::mark_unread(&guard::engine()?, &actor, session).await?;
    // The session's own page would mark it as read.
    plain_form::redirect("/inbox");
    Ok(())
}

/// Puts a session off: until a time, or for so many minutes from now.
///
/// # Errors
/// Not the caller's session, or not a time ahead.
#[server(prefix = "/rpc", endpoint = "inbox/snooze", protocol = Rpc)]
pub async fn snooze(
    session: SessionId,
    #[server(default)] until: Option<Timestamp>,
    #[server(default)] minutes: u32,
) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    let engine = guard::engine()?;
    let until = until.unwrap_or_else(|| {
        let ahead = std::time::Duration::from_secs(u64::from(minutes) * 60);
        engine.clock().now().plus(ahead)
    });
    engine::sessions::snooze(&engine, &actor, session, until).await?;
    plain_form::redirect(&format!("/inbox/{session}?tab=all"));
    Ok(())
}

/// Brings a session back that was put off.
///
/// # Errors
/// Not the caller's session.
#[server(prefix = "/rpc", endpoint = "inbox/wake", protocol = Rpc)]
pub async fn wake(session: SessionId) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    engine::sessions::wake(&guard::engine()?, &actor, session).await?;
    plain_form::redirect(&format!("/inbox/{session}?tab=mine"));
    Ok(())
}

/// Changes the note about a session's contact. `version` is that of the note that the caller has read.
///
/// # Errors
/// Somebody has changed it meanwhile, it is too long, or the session is not visible to the caller.
#[server(prefix = "/rpc", endpoint = "inbox/contact-note", protocol = Rpc)]
pub async fn contact_note(
    session: SessionId,
    #[server(default)] text: String,
    #[server(default)] version: i64,
) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    let saved = engine::sessions::set_contact_note(&guard::engine()?, &actor, session, &text, version).await;
    if saved.is_err() {
        flash::leave(&unsaved_note(session), &text).await?;
    }
    saved?;
    plain_form::redirect(&format!("/inbox/{session}?tab=all"));
    Ok(())
}

/// Where the text of a refused note stays for the page that follows.
#[cfg(feature = "ssr")]
fn unsaved_note(session: SessionId) -> String {
    format!("contact note {session}")
}

/// Names a session's contact; an empty name takes the company's own name away.
///
/// # Errors
/// It is too long or not a name, or the session is not visible to the caller.
#[server(prefix = "/rpc", endpoint = "inbox/contact-name", protocol = Rpc)]
pub async fn contact_name(session: SessionId, #[server(default)] name: String) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    engine::sessions::set_contact_name(&guard::engine()?, &actor, session, &name).await?;
    plain_form::redirect(&format!("/inbox/{session}?tab=all"));
    Ok(())
}

/// Has Meta block a session's contact on its channel, or take that back.
///
/// # Errors
/// The role does not allow it, the session is not visible to the caller, or Meta refuses or does not answer.
#[server(prefix = "/rpc", endpoint = "inbox/block", protocol = Rpc)]
pub async fn block(session: SessionId, #[server(default)] on: bool) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    engine::sessions::set_contact_block(&guard::engine()?, &actor, session, on).await?;
    plain_form::redirect(&format!("/inbox/{session}?tab=all"));
    Ok(())
}

/// What the caller has typed in sessions and not sent.
///
/// # Errors
/// Not logged in.
#[server(prefix = "/rpc", endpoint = "inbox/drafts", protocol = Rpc)]
pub async fn drafts() -> Result<Vec<Draft>, ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::drafts(&guard::engine()?, &actor).await?)
}

/// Keeps what the caller has typed; an empty text is no draft. Returns when it was kept: of a session that they do not
/// see, nothing is. `writer` is the user who typed it: another user may have logged in in the same browser meanwhile.
///
/// # Errors
/// Too long, or the writer is not logged in.
#[server(prefix = "/rpc", endpoint = "inbox/draft", protocol = Rpc)]
pub async fn keep_draft(
    session: SessionId,
    #[server(default)] kind: DraftKind,
    #[server(default)] text: String,
    #[server(default)] writer: Option<UserId>,
) -> Result<Option<Timestamp>, ApiError> {
    let actor = written_by(writer).await?;
    Ok(engine::sessions::keep_draft(&guard::engine()?, &actor, session, kind, &text).await?)
}

/// Lets colleagues see that the caller writes a reply or a note.
///
/// # Errors
/// Not visible to the caller, or they may not write.
#[server(prefix = "/rpc", endpoint = "inbox/writing", protocol = Rpc)]
pub async fn writing(session: SessionId) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::writing(&guard::engine()?, &actor, session).await?)
}

/// Lets the customer see that the user types an answer.
///
/// # Errors
/// The caller may not answer here, or not now.
#[server(prefix = "/rpc", endpoint = "inbox/typing", protocol = Rpc)]
pub async fn typing(session: SessionId) -> Result<(), ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::sessions::typing(&guard::engine()?, &actor, session).await?)
}

/// Sends a failed message again, as a new message that names the failed one.
///
/// # Errors
/// The message has not failed, or the caller may not answer here.
#[server(prefix = "/rpc", endpoint = "inbox/retry", protocol = Rpc)]
pub async fn retry(message: MessageId) -> Result<MessageView, ApiError> {
    let actor = guard::actor().await?;
    Ok(engine::outbound::send::retry(&guard::engine()?, &actor, message).await?)
}
