//! The messages of a session, as people and scripts read them.

use crate::{
    Engine, Result,
    database::cursor,
    entity::{
        message::{self, Column},
        stored,
    },
    outbound::{blocked::blocked, queue},
    sessions::{access, content, thread::cursor::Place},
};
use domain::{
    access::Actor,
    ids::{MessageId, SessionId},
    message::{CALL, Marks, MessageView, Status},
    page::{Page, PageRequest},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

pub use crate::sessions::content::{card, payload};

/// The messages of a session, oldest first.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    page: &PageRequest,
) -> Result<Page<MessageView>> {
    let session = access::find(engine.db.read(), actor, id, false).await?;
    let limit = page.limit();
    let found = onward(session.id, cursor::time_and_id(page)?).limit(u64::from(limit) + 1);
    let mut rows = found.all(engine.db.read()).await?;
    let next_cursor = cursor::cut(&mut rows, limit, |row| cursor::of_time_and_id(row.at, row.id));
    let mut items = rows.into_iter().map(view).collect::<Result<Vec<_>>>()?;
    content::fill(engine.db.read(), &mut items).await?;
    if items.iter().any(|message| message.status == Some(Status::Queued)) {
        let blocked = blocked(engine.db.read(), session.channel_id).await?;
        let mut waiting = queue::waiting_for(engine, engine.db.read(), id, blocked).await?;
        for message in &mut items {
            message.waits = waiting.remove(&message.id);
        }
    }
    Ok(Page { items, next_cursor })
}

/// The messages of a session after a place, or all of them: the oldest first.
pub(super) fn onward(session: Uuid, after: Option<Place>) -> Select<message::Entity> {
    message::Entity::find()
        .filter(Column::SessionId.eq(session))
        .filter(Condition::all().add_option(after.map(|place| cursor::after(message::ORDER, place))))
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id)
}

/// The messages of a session before a place, or all of them: the newest first.
pub(super) fn backward(session: Uuid, before: Option<Place>) -> Select<message::Entity> {
    message::Entity::find()
        .filter(Column::SessionId.eq(session))
        .filter(Condition::all().add_option(before.map(|place| cursor::before(message::ORDER, place))))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
}

pub(crate) fn view(row: message::Model) -> Result<MessageView> {
    let failure = row.failure();
    let is_call = row.kind == CALL;
    Ok(MessageView {
        id: MessageId::new(row.id),
        direction: stored(&row.direction)?,
        kind: row.kind,
        text: row.text,
        at: Timestamp::from_millis(row.at),
        status: row.status.as_deref().map(stored).transpose()?,
        failure,
        waits: None,
        author: row.author,
        by_token: row.by_token,
        wamid: row.wamid.filter(|_| !is_call),
        retry_of: row.retry_of.map(MessageId::new),
        about: row.target_wamid,
        marks: Marks::default(),
        content: None,
        phone: row.phone,
    })
}
