//! Replies on their way: shown at once, and sent one after the other, so that a session's replies arrive in the order
//! in which they were written. While the process cannot be reached they wait, even across a reload. Each reply has a
//! key, under which the process accepts it once, however often it is sent, and a writer: while another user is logged
//! in in this browser, the reply waits for its writer. A refused reply goes back to where it was written: into the
//! draft, into its form, or among the attached files.

mod drafts;
mod kept;
mod queue;
mod reply;
mod stored;

pub use self::reply::{OnItsWay, Returned};

use self::{drafts::Place, kept::Kept};
use crate::{
    api::{
        ApiError, ApiResult, Resource,
        inbox::{self as api, Written},
    },
    live::{WhoIsThere, use_live},
};
use domain::{
    access::Me,
    draft::DraftKind,
    ids::{SessionId, UserId},
    message::{MessageView, Typed, TypedKind, content::Content},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// A reply that could not be delivered to the process is retried after this long, or once the process is heard again.
const AGAIN: Duration = Duration::from_secs(5);
/// A reply that has caused several internal errors is retried less often.
const SLOWLY: Duration = Duration::from_secs(60);

/// The replies that this user has written and the process has not accepted yet. The outbox lives as long as somebody is
/// logged in, whatever page is open.
#[derive(Debug, Clone, Copy)]
pub struct Outbox {
    /// In the order in which they were written.
    pub waiting: RwSignal<Vec<OnItsWay>>,
    /// The session whose reply is being sent to the process now.
    pub calling: RwSignal<Option<SessionId>>,
    /// Messages that the process has accepted, until a page has shown them.
    pub sent: RwSignal<Vec<(SessionId, MessageView)>>,
    pub returned: RwSignal<Option<Returned>>,
    /// The keys of files that were refused or taken back, until the page that has attached them knows.
    pub files_back: RwSignal<Vec<(String, Option<ApiError>)>>,
    /// Sessions in which a reply caused an internal error a moment ago.
    resting: StoredValue<Vec<SessionId>>,
    kept: Kept,
    writer: RwSignal<Option<UserId>>,
    who: WhoIsThere,
}

fn reply_in(session: SessionId) -> Place {
    Place {
        session,
        kind: DraftKind::Reply,
    }
}

fn note_in(session: SessionId) -> Place {
    Place {
        session,
        kind: DraftKind::Note,
    }
}

/// The outbox that [`provide_outbox`] made.
pub fn use_outbox() -> Outbox {
    expect_context()
}

/// Resumes the stored replies, and goes on whenever the process can be heard again.
pub fn provide_outbox(user: Resource<ApiResult<Me>>, who: WhoIsThere) {
    let writer = RwSignal::new(None);
    let outbox = Outbox {
        waiting: RwSignal::new(Vec::new()),
        calling: RwSignal::new(None),
        sent: RwSignal::new(Vec::new()),
        returned: RwSignal::new(None),
        files_back: RwSignal::new(Vec::new()),
        resting: StoredValue::new(Vec::new()),
        kept: Kept::new(writer),
        writer,
        who,
    };
    provide_context(outbox);
    Effect::new(move |_| {
        if let Some(me) = user.with(|me| Some(me.as_ref()?.as_ref().ok()?.id)) {
            outbox.belong_to(me);
        }
    });
    let live = use_live();
    Effect::new(move |_| {
        if live.connected.get() {
            outbox.resting.set_value(Vec::new());
            outbox.go();
        }
    });
}

impl Outbox {
    /// Who is logged in, once that is known.
    pub fn writer(self) -> Option<UserId> {
        self.writer.get()
    }

    pub fn writer_now(self) -> Option<UserId> {
        self.writer.try_get_untracked().flatten()
    }

    /// Shows a reply at once, and sends it after those before it, once the writer is known.
    pub fn send(self, reply: OnItsWay) {
        if let Some(me) = self.writer.get_untracked() {
            stored::keep(me, &reply);
        }
        self.waiting.update(|all| all.push(reply));
        self.go();
    }

    /// A file that was to be sent has been uploaded.
    pub fn uploaded(self, key: &str, content: Content) {
        let became = self.waiting.try_update(|all| {
            let became = queue::uploaded(all, key, content);
            if let Some(me) = self.writer.get_untracked()
                && let Some(reply) = all.iter().find(|reply| reply.key == key)
            {
                stored::keep(me, reply);
                became.iter().for_each(|text| stored::forget(me, text));
            }
        });
        if became.is_some() {
            self.go();
        }
    }

    /// A file that was to be sent is not sent.
    pub fn withdraw(self, key: &str) {
        self.waiting.try_update(|all| queue::withdrawn(all, key));
        self.go();
    }

    /// What the user has typed into a form of a session.
    pub fn typed(self, session: SessionId, kind: TypedKind) -> Typed {
        let writer = self.writer.get_untracked();
        let typed = writer.and_then(|me| drafts::load_form(me, session, kind));
        typed.unwrap_or_default()
    }

    pub fn keep_typed(self, session: SessionId, kind: TypedKind, typed: &Typed) {
        if let Some(me) = self.writer.get_untracked() {
            drafts::save_form(me, session, kind, typed);
        }
    }

    /// The user logs out.
    pub fn leave(self) {
        self.kept.leave();
    }

    /// The user's unsent text in a session; empty until the user is known.
    pub fn draft(self, session: SessionId) -> String {
        self.kept.text(reply_in(session))
    }

    pub fn keep_draft(self, session: SessionId, text: &str) {
        self.kept.keep(reply_in(session), text);
    }

    /// The user's unsaved note in a session; empty until the user is known.
    pub fn note(self, session: SessionId) -> String {
        self.kept.text(note_in(session))
    }

    pub fn keep_note(self, session: SessionId, text: &str) {
        self.kept.keep(note_in(session), text);
    }

    /// The process has the note. What was typed since stays a draft.
    pub fn note_saved(self, session: SessionId, text: &str) {
        if let Some(me) = self.writer.get_untracked()
            && drafts::load(me, note_in(session)) == text
        {
            self.kept.keep(note_in(session), "");
        }
    }

    /// Retries a stuck reply now.
    pub fn try_again(self, session: SessionId) {
        self.wake(session);
    }

    /// Puts a stuck reply back to where it was written, so that those behind it go on.
    pub fn take_back(self, reply: &OnItsWay) {
        // The process may be accepting it right now.
        if self.calling.get_untracked() == Some(reply.session) {
            return;
        }
        // Before the writer is known nothing has gone out, so nothing is stuck.
        let Some(me) = self.writer.get_untracked() else {
            return;
        };
        self.give_back(me, reply, None);
        self.wake(reply.session);
    }

    fn give_back(self, me: UserId, reply: &OnItsWay, why: Option<ApiError>) {
        if let Some(words) = reply.words() {
            // The user may have gone on typing.
            let of = reply_in(reply.session);
            let text = match drafts::load(me, of) {
                before if before.trim().is_empty() => words.to_owned(),
                before => format!("{before}\n{words}"),
            };
            self.kept.keep(of, &text);
        }
        if let Some((kind, typed)) = &reply.typed {
            drafts::save_form(me, reply.session, *kind, typed);
        }
        let is_file = reply
            .content
            .as_ref()
            .is_some_and(|content| content.file().is_some());
        if is_file {
            let back = (reply.key.clone(), why.clone());
            self.files_back.try_update(|back_now| back_now.push(back));
        }
        self.done_with(me, &reply.key);
        self.returned.try_set(Some(Returned {
            session: reply.session,
            form: reply.typed.as_ref().map(|(kind, _)| *kind),
            why,
        }));
    }

    /// Replies that another user has written in this browser stay stored until that user is back.
    fn belong_to(self, me: UserId) {
        let before = self.writer.get_untracked();
        if before == Some(me) {
            return;
        }
        self.writer.set(Some(me));
        self.resting.set_value(Vec::new());
        self.waiting.update(|all| {
            // Replies written before the user is known belong to the user of this page.
            let unclaimed = if before.is_none() {
                std::mem::take(all)
            } else {
                Vec::new()
            };
            for reply in &unclaimed {
                stored::keep(me, reply);
            }
            *all = queue::joined(stored::all(me), unclaimed);
        });
        self.kept.read(me);
        self.go();
    }

    fn wake(self, session: SessionId) {
        self.resting
            .try_update_value(|resting| resting.retain(|other| *other != session));
        self.go();
    }

    fn go(self) {
        let idle = self.calling.try_get_untracked() == Some(None);
        if let Some(next) = self.next().filter(|_| idle) {
            self.calling.set(Some(next.session));
            spawn_local(self.send_all());
        }
    }

    fn next(self) -> Option<OnItsWay> {
        let resting = self.resting.try_get_value()?;
        self.waiting
            .try_with_untracked(|all| queue::next(all, &resting).cloned())
            .flatten()
    }

    async fn send_all(self) {
        while let Some(reply) = self.next() {
            self.calling.try_set(Some(reply.session));
            let Some(me) = self.writer.try_get_untracked().flatten() else {
                self.who.ask();
                set_timeout(move || self.go(), AGAIN);
                break;
            };
            let (session, key) = (reply.session, reply.key.clone());
            let outgoing = reply.outgoing().map(Written);
            match api::send_message(session, outgoing, String::new(), Some(key.clone()), Some(me)).await {
                Ok(sent) => {
                    self.sent.try_update(|all| all.push((session, sent)));
                    self.done_with(me, &key);
                }
                Err(why) => match queue::after(&why) {
                    queue::Then::AllWait => {
                        if why == ApiError::SignIn {
                            self.who.ask();
                        }
                        set_timeout(move || self.go(), AGAIN);
                        break;
                    }
                    queue::Then::SessionWaits => self.rest(session, &key),
                    // It stays stored for its writer.
                    queue::Then::Back if self.writer.try_get_untracked() != Some(Some(me)) => {}
                    queue::Then::Back => {
                        self.give_back(me, &reply, Some(why));
                    }
                },
            }
        }
        self.calling.try_set(None);
    }

    /// The other replies of its session wait behind it; those of other sessions go on.
    fn rest(self, session: SessionId, key: &str) {
        let stuck = self.waiting.try_update(|all| queue::broke_over(all, key));
        self.resting.try_update_value(|resting| resting.push(session));
        let pause = if stuck == Some(true) { SLOWLY } else { AGAIN };
        set_timeout(move || self.wake(session), pause);
    }

    fn done_with(self, writer: UserId, key: &str) {
        stored::forget(writer, key);
        self.waiting
            .try_update(|all| all.retain(|other| other.key != key));
    }
}
