//! One page of one session, with the reactions, edits and deletions that are about its messages.

use crate::{
    Result,
    entity::{message, session},
    sessions::{
        access, content,
        messages::{backward, view},
        thread::cursor::Place,
    },
};
use domain::{
    access::Actor,
    ids::MessageId,
    message::{MessageView, thread::fold},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Query,
};
use std::collections::HashSet;
use uuid::Uuid;

/// Maximum number of reactions, edits and deletions that are read for one page.
pub(super) const MAX_ABOUT: u64 = 2000;

/// One page of one session.
pub(crate) struct Page {
    /// Oldest first, as they are shown.
    pub(super) messages: Vec<MessageView>,
    /// The first of them, when others stand before it.
    pub(super) before: Option<Place>,
    /// Messages on other pages that one of these has changed.
    pub(super) changed_above: Vec<MessageView>,
}

pub(crate) async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    of: &session::Model,
    before: Option<Place>,
    limit: u64,
) -> Result<Page> {
    let mut rows = backward(of.id, before).limit(limit + 1).all(db).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let before = rows.last().filter(|_| more).map(|row| (row.at, row.id));
    rows.reverse();
    let (messages, changed_above) = folded(db, actor, of, rows).await?;
    Ok(Page {
        messages,
        before,
        changed_above,
    })
}

/// Messages of one session, oldest first, as a thread shows them; and the messages elsewhere that one of them changed.
pub(super) async fn folded(
    db: &impl ConnectionTrait,
    actor: &Actor,
    of: &session::Model,
    rows: Vec<message::Model>,
) -> Result<(Vec<MessageView>, Vec<MessageView>)> {
    let on_page: HashSet<_> = rows.iter().map(|row| MessageId::new(row.id)).collect();
    let mut messages = rows.into_iter().map(view).collect::<Result<Vec<_>>>()?;
    content::fill(db, &mut messages).await?;
    let found = named_elsewhere(db, actor, of, &messages).await?;
    let sessions: HashSet<_> = found.iter().map(|row| row.session_id).chain([of.id]).collect();
    let mut elsewhere = found.into_iter().map(view).collect::<Result<Vec<_>>>()?;
    content::fill(db, &mut elsewhere).await?;
    let changed: HashSet<_> = messages.iter().filter_map(|row| row.about.clone()).collect();
    messages.extend(elsewhere);
    let about = about(db, sessions, &messages).await?;
    messages.extend(about);
    let (messages, others): (Vec<_>, Vec<_>) = fold(messages)
        .into_iter()
        .partition(|message| on_page.contains(&message.id));
    let is_changed = |message: &MessageView| {
        message.about.is_none()
            && message
                .wamid
                .as_ref()
                .is_some_and(|wamid| changed.contains(wamid))
    };
    Ok((messages, others.into_iter().filter(is_changed).collect()))
}

/// The messages that these are about, or answer, and that are not among them. A customer may answer a message of an
/// earlier session, which is quoted to whoever may see that session.
async fn named_elsewhere(
    db: &impl ConnectionTrait,
    actor: &Actor,
    of: &session::Model,
    messages: &[MessageView],
) -> Result<Vec<message::Model>> {
    use message::Column;
    let known: HashSet<_> = messages
        .iter()
        .filter_map(|message| message.wamid.as_ref())
        .collect();
    let missing = |named: Vec<&String>| -> HashSet<String> {
        let missing = named.into_iter().filter(|wamid| !known.contains(wamid));
        missing.cloned().collect()
    };
    let answered = answered(messages);
    let answered = missing(answered.iter().collect());
    let about = missing(
        messages
            .iter()
            .filter_map(|message| message.about.as_ref())
            .collect(),
    );
    if answered.is_empty() && about.is_empty() {
        return Ok(Vec::new());
    }
    let theirs = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(session::Column::ContactId.eq(of.contact_id))
        .cond_where(access::visible_to(actor))
        .to_owned();
    let quoted = Condition::all()
        .add(Column::Wamid.is_in(answered))
        .add(Column::SessionId.in_subquery(theirs));
    let changed = Condition::all()
        .add(Column::Wamid.is_in(about))
        .add(Column::SessionId.eq(of.id));
    let found = message::Entity::find().filter(Condition::any().add(quoted).add(changed));
    Ok(found.all(db).await?)
}

/// The wamids of the messages that these answer.
pub(super) fn answered(messages: &[MessageView]) -> Vec<String> {
    let answers = |message: &MessageView| message.content.as_ref()?.answers.clone();
    messages.iter().filter_map(answers).collect()
}

/// What is about these messages, and not among them.
async fn about(
    db: &impl ConnectionTrait,
    sessions: HashSet<Uuid>,
    messages: &[MessageView],
) -> Result<Vec<MessageView>> {
    let targets = messages
        .iter()
        .filter(|message| message.about.is_none())
        .filter_map(|message| message.wamid.as_ref());
    let known: HashSet<_> = messages.iter().map(|message| message.id).collect();
    let found = message::Entity::find()
        .filter(message::Column::SessionId.is_in(sessions))
        .filter(message::Column::TargetWamid.is_in(targets))
        .order_by_desc(message::Column::At)
        .order_by_desc(message::Column::Id)
        .limit(MAX_ABOUT)
        .all(db)
        .await?;
    let new = found
        .into_iter()
        .filter(|row| !known.contains(&MessageId::new(row.id)));
    new.map(view).collect()
}
