//! Drafts: what a user has typed in a session and not sent. Nobody else reads them; they follow their user to another
//! browser.

use crate::{Engine, Error, Result, entity::draft, sessions::access::find};
use domain::{
    access::Actor,
    draft::{self as rules, Draft, DraftKind},
    ids::SessionId,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};

/// The actor's own drafts, the newest first.
///
/// # Errors
/// The actor is no user.
pub async fn drafts(engine: &Engine, actor: &Actor) -> Result<Vec<Draft>> {
    let rows = draft::Entity::find()
        .filter(draft::Column::UserId.eq(actor.user()?.uuid()))
        .order_by_desc(draft::Column::ChangedAt)
        .limit(rules::MOST_DRAFTS as u64)
        .all(engine.db.read())
        .await?;
    rows.into_iter().map(draft::Model::draft).collect()
}

/// Keeps the draft in place of the one before; an empty one is none. Returns when it was kept: of a session that the
/// actor does not see, because somebody has taken it while they typed, nothing is.
///
/// # Errors
/// The actor is no user, or the text is too long.
pub async fn keep_draft(
    engine: &Engine,
    actor: &Actor,
    session: SessionId,
    kind: DraftKind,
    text: &str,
) -> Result<Option<Timestamp>> {
    let user = actor.user()?;
    rules::check(text)?;
    let tx = engine.transaction(actor).await?;
    let now = engine.clock().now();
    let kept = if text.is_empty() {
        // Also of a session that somebody else has now.
        let key = (user.uuid(), session.uuid(), kind.as_str().to_owned());
        draft::Entity::delete_by_id(key).exec(&tx).await?;
        None
    } else {
        match find(&tx, actor, session, false).await {
            Err(Error::Refused(_)) => return Ok(None),
            found => found?,
        };
        let row = draft::Model {
            user_id: user.uuid(),
            session_id: session.uuid(),
            kind: kind.as_str().to_owned(),
            text: text.to_owned(),
            changed_at: now.millis(),
        };
        let key = [
            draft::Column::UserId,
            draft::Column::SessionId,
            draft::Column::Kind,
        ];
        draft::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::columns(key)
                    .update_columns([draft::Column::Text, draft::Column::ChangedAt])
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
        Some(now)
    };
    tx.commit().await?;
    Ok(kept)
}
