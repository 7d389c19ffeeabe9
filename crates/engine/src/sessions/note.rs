//! Notes for colleagues in a session's timeline.

use crate::{
    Engine, Result,
    entity::session_moment,
    sessions::{
        access::find,
        audience::session_changed,
        timeline::{name_of, seen},
    },
};
use domain::{
    access::{Actor, Permission},
    form::{Invalid, Problem},
    ids::SessionId,
    session::{self, MAX_NOTES, SessionEvent, SessionEventKind},
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

/// Writes a note. Whoever sees the session may write one, also while a colleague answers or when it is closed. The same
/// note twice in a row is one: a form was posted twice.
///
/// # Errors
/// The text cannot be a note, the session has too many, or the actor does not see the session.
pub async fn note(engine: &Engine, actor: &Actor, id: SessionId, text: &str) -> Result<SessionEvent> {
    actor.require(Permission::SessionAnswer)?;
    let text = session::note(text)?;
    let tx = engine.transaction(actor).await?;
    let of = find(&tx, actor, id, true).await?;
    let row = session_moment::Model {
        id: engine.clock().new_id(),
        session_id: of.id,
        at: engine.clock().now().millis(),
        what: SessionEventKind::Noted.as_str().to_owned(),
        who: Some(name_of(actor)),
        done_by: None,
        reason: Some(text),
        lost_by: None,
    };
    let last = session_moment::Entity::find()
        .filter(session_moment::Column::SessionId.eq(of.id))
        .order_by_desc(session_moment::Column::Id)
        .one(&tx)
        .await?;
    let same = |last: &session_moment::Model| {
        (&last.what, &last.who, &last.reason) == (&row.what, &row.who, &row.reason)
    };
    if let Some(last) = last.filter(same) {
        return seen(last);
    }
    let notes = session_moment::Entity::find()
        .filter(session_moment::Column::SessionId.eq(of.id))
        .filter(session_moment::Column::What.eq(SessionEventKind::Noted.as_str()));
    if notes.count(&tx).await? >= MAX_NOTES {
        return Err(Invalid::field("text", Problem::Enough).into());
    }
    session_moment::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&tx)
        .await?;
    session_changed(&tx, &of);
    tx.commit().await?;
    seen(row)
}
