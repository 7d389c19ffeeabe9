//! The worker that forgets: what has done its duty goes after the times below, which are the retention table.

use crate::{
    Engine, Result,
    entity::{delivery, delivery_body, setup_link, web_session},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Processed deliveries and their bodies. Meta repeats a delivery for up to 7 days.
const DELIVERIES_LIVE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// Deliveries forgotten in one transaction at the most, so that others get their turn.
const BATCH: u64 = 500;
const PATROL: Duration = Duration::from_secs(10 * 60);

pub(crate) async fn run(e: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = pass(&e).await {
            tracing::error!(%error, "nothing can be forgotten now");
        }
        tokio::select! {
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn pass(e: &Engine) -> Result<()> {
    let now = e.clock().now();
    let tx = e.db.write().await?;
    web_session::Entity::delete_many()
        .filter(web_session::Column::ExpiresAt.lte(now.millis()))
        .exec(&tx)
        .await?;
    setup_link::Entity::delete_many()
        .filter(setup_link::Column::ExpiresAt.lte(now.millis()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    while forget_deliveries(e, now.minus(DELIVERIES_LIVE).millis()).await? == BATCH {}
    Ok(())
}

async fn forget_deliveries(e: &Engine, before: i64) -> Result<u64> {
    let old: Vec<_> = delivery::Entity::find()
        .filter(delivery::Column::ProcessedAt.lt(before))
        .order_by_asc(delivery::Column::ProcessedAt)
        .limit(BATCH)
        .all(e.db.read())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let tx = e.db.write().await?;
    delivery_body::Entity::delete_many()
        .filter(delivery_body::Column::DeliveryId.is_in(old.clone()))
        .exec(&tx)
        .await?;
    let gone = delivery::Entity::delete_many()
        .filter(delivery::Column::Id.is_in(old))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected)
}
