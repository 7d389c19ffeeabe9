//! Where a line stands in a session.

use crate::{
    Result,
    entity::{message, session_moment},
    sessions::thread::cursor::Place,
};
use domain::ids::LineId;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// The place of a message, or of a line of the timeline; `None` if it is not in this session.
pub(super) async fn place_of(
    db: &impl ConnectionTrait,
    session: Uuid,
    line: LineId,
) -> Result<Option<Place>> {
    let message = message::Entity::find_by_id(line.uuid()).filter(message::Column::SessionId.eq(session));
    if let Some(message) = message.one(db).await? {
        return Ok(Some((message.at, message.id)));
    }
    let event =
        session_moment::Entity::find_by_id(line.uuid()).filter(session_moment::Column::SessionId.eq(session));
    let event = event.one(db).await?;
    Ok(event.map(|event| (event.at, Uuid::max())))
}

/// The place of the nth message after another place.
pub(super) async fn nth_after(
    db: &impl ConnectionTrait,
    session: Uuid,
    (at, id): Place,
    n: u64,
) -> Result<Option<Place>> {
    use message::Column;
    let same_time = Condition::all().add(Column::At.eq(at)).add(Column::Id.gt(id));
    let found = message::Entity::find()
        .select_only()
        .columns([Column::At, Column::Id])
        .filter(Column::SessionId.eq(session))
        .filter(Column::At.gte(at))
        .filter(Condition::any().add(Column::At.gt(at)).add(same_time))
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id)
        .offset(n)
        .limit(1);
    Ok(found.into_tuple().one(db).await?)
}
