//! Sessions as lists show them.

use crate::{
    Result, contacts,
    entity::{
        message,
        session::{self, ANSWERED},
        stored,
    },
    sessions::{
        access::{visible_to, why_unseen},
        messages,
        named::{Named, named},
    },
};
use domain::{
    access::Actor,
    ids::{ChannelId, ExtensionId, LabelId, MessageId, QueueId, SessionId},
    message::MessageView,
    refs::{ChannelRef, ExtensionRef, LabelRef, QueueRef},
    session::{Preview, SessionRow},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select, sea_query::Expr};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The row of a session.
///
/// # Errors
/// The actor may not see it.
pub(super) async fn row(db: &impl ConnectionTrait, actor: &Actor, id: SessionId) -> Result<SessionRow> {
    let seen = session::Entity::find_by_id(id.uuid()).filter(visible_to(actor));
    let found = named(db, seen).await?;
    match with_messages(db, found).await?.pop() {
        Some(row) => Ok(row),
        None => Err(why_unseen(db, actor, id).await?.into()),
    }
}

/// Rows as they are shown, one for each session in the order given, with the newest messages.
pub(crate) async fn with_messages(db: &impl ConnectionTrait, found: Vec<Named>) -> Result<Vec<SessionRow>> {
    let newest = newest_messages(db, &found).await?;
    let newest: Vec<_> = found
        .iter()
        .map(|of| {
            newest
                .get(&MessageId::new(of.session.last_message_id?))
                .map(Preview::of)
        })
        .collect();
    let mut rows = without_messages(found)?;
    for (row, newest) in rows.iter_mut().zip(newest) {
        row.last_message = newest;
    }
    Ok(rows)
}

/// The same without the newest messages, which are two statements more, for whoever does not show them.
pub(super) fn without_messages(found: Vec<Named>) -> Result<Vec<SessionRow>> {
    found.into_iter().map(without_message).collect()
}

fn without_message(found: Named) -> Result<SessionRow> {
    let row = found.session;
    let queue = match (row.queue_id, found.queue, found.pick_up) {
        (Some(id), Some(name), Some(pick_up)) => Some(QueueRef {
            id: QueueId::new(id),
            name,
            pick_up: stored(&pick_up)?,
        }),
        _ => None,
    };
    let owner = match (row.extension_id, found.number, found.owner) {
        (Some(id), Some(number), Some(name)) => Some(ExtensionRef {
            id: ExtensionId::new(id),
            number,
            name,
        }),
        _ => None,
    };
    let labels = found.labels.into_iter().map(|(id, name)| LabelRef {
        id: LabelId::new(id),
        name,
    });
    Ok(SessionRow {
        id: SessionId::new(row.id),
        state: stored(&row.state)?,
        contact: contacts::reference(found.contact),
        channel: ChannelRef {
            id: ChannelId::new(row.channel_id),
            name: found.channel,
        },
        queue,
        owner,
        unread: u32::try_from(row.unread).unwrap_or(0),
        last_message: None,
        last_message_at: Timestamp::from_millis(row.last_message_at),
        window_closes_at: row.window_closes_at(),
        opened_at: Timestamp::from_millis(row.opened_at),
        closed_at: row.closed_at.map(Timestamp::from_millis),
        waiting_since: (row.closed_at.is_none() && row.waiting_since < ANSWERED)
            .then(|| Timestamp::from_millis(row.waiting_since)),
        snoozed_until: row.snoozed_until.map(Timestamp::from_millis),
        group: row.group_id.is_some(),
        labels: labels.collect(),
    })
}

/// The newest message of each session as its thread shows it: as it was edited, or taken back.
async fn newest_messages(
    db: &impl ConnectionTrait,
    found: &[Named],
) -> Result<HashMap<MessageId, MessageView>> {
    use message::Column;
    let newest: HashSet<Uuid> = found.iter().filter_map(|of| of.session.last_message_id).collect();
    let by_id = message::Entity::find().filter(Column::Id.is_in(newest.iter().copied()));
    let mut rows = by_id.all(db).await?;
    let about = about_the_newest(found).all(db).await?;
    rows.extend(about.into_iter().filter(|row| !newest.contains(&row.id)));
    let shown = domain::message::thread::fold(rows.into_iter().map(messages::view).collect::<Result<_>>()?);
    Ok(shown.into_iter().map(|message| (message.id, message)).collect())
}

/// Messages about another one that are no older than the newest of their session: a message about another one comes
/// after it.
fn about_the_newest(found: &[Named]) -> Select<message::Entity> {
    use message::Column;
    let newest =
        "messages.at >= (SELECT last_message_at FROM sessions WHERE sessions.id = messages.session_id)";
    message::Entity::find()
        .filter(Column::SessionId.is_in(found.iter().map(|of| of.session.id)))
        .filter(Column::TargetWamid.is_not_null())
        .filter(Expr::cust(newest))
}
