//! What is known of a channel's access token. It changes only by what Meta says: a time-out says nothing.

use crate::{Engine, Result, entity::channel, events::Changes};
use domain::{channel::TokenState, event::Change, ids::ChannelId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Notes what a send taught. Nothing is written, and no page is told, when it is no news.
pub(crate) async fn learn(
    e: &Engine,
    id: ChannelId,
    state: TokenState,
    answer: Option<String>,
) -> Result<()> {
    let known = channel::Entity::find_by_id(id.uuid()).one(e.db.read()).await?;
    match known {
        Some(known) if known.token_state != state.as_str() => note(e, id, Some(state), answer).await,
        _ => Ok(()),
    }
}

/// Notes the answer to a check with its time; without a state Meta gave no verdict, and the last one stands.
pub(crate) async fn note(
    e: &Engine,
    id: ChannelId,
    state: Option<TokenState>,
    answer: Option<String>,
) -> Result<()> {
    use channel::Column;
    let mut update = channel::Entity::update_many()
        .col_expr(Column::TokenCheckedAt, Expr::value(e.clock().now().millis()))
        .col_expr(Column::TokenAnswer, Expr::value(answer));
    if let Some(state) = state {
        update = update.col_expr(Column::TokenState, Expr::value(state.as_str()));
    }
    let tx = e.db.write().await?;
    update.filter(Column::Id.eq(id.uuid())).exec(&tx).await?;
    tx.commit().await?;
    e.events().publish(Changes::of(Change::Channel { channel: id }));
    Ok(())
}
