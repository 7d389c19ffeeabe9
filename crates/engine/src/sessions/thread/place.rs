//! Where a line stands in a session.

use crate::{
    Result,
    entity::{message, session_moment},
    sessions::{messages::onward, thread::cursor::Place},
};
use domain::ids::LineId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
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
    place: Place,
    n: u64,
) -> Result<Option<Place>> {
    use message::Column;
    let found = onward(session, Some(place))
        .select_only()
        .columns([Column::At, Column::Id])
        .offset(n)
        .limit(1);
    Ok(found.into_tuple().one(db).await?)
}
