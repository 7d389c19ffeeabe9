//! What is known about a channel's access token. Only Meta's answers change it: a time-out says nothing.

use crate::{Engine, Result, entity::channel, events::Audience, wakes::Worker};
use domain::{access::Actor, channel::TokenState, event::Change, ids::ChannelId};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr};

/// Notes what a send revealed about the token. When that is not new, nothing is written and no page is told; otherwise
/// the doctor examines the channel soon.
pub(crate) async fn learn(
    engine: &Engine,
    id: ChannelId,
    state: TokenState,
    answer: Option<String>,
) -> Result<()> {
    let known = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .one(engine.db.read())
        .await?;
    if known.is_none_or(|known| known.token_state == state.as_str()) {
        return Ok(());
    }
    let tx = engine.transaction(&Actor::System).await?;
    write(&tx, id, None, Some(state), answer).await?;
    tx.changed(Change::Channel { channel: id }, Audience::Everybody);
    tx.wake(Worker::Doctor);
    tx.commit().await
}

/// Writes the answer to a check; without a state Meta gave no verdict, and the last one stands. Without a time the
/// next check is due at once.
pub(crate) async fn write(
    tx: &DatabaseTransaction,
    id: ChannelId,
    checked_at: Option<i64>,
    state: Option<TokenState>,
    answer: Option<String>,
) -> Result<()> {
    use channel::Column;
    let mut update = channel::Entity::update_many().col_expr(Column::TokenCheckedAt, Expr::value(checked_at));
    if let Some(state) = state {
        update = update
            .col_expr(Column::TokenState, Expr::value(state.as_str()))
            .col_expr(Column::TokenAnswer, Expr::value(answer));
    }
    update.filter(Column::Id.eq(id.uuid())).exec(tx).await?;
    Ok(())
}
