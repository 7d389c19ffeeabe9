//! The worker that has every channel examined: soon after a save, and every few minutes, so that the badge turns red
//! and green again by itself.

use crate::{
    Engine, Result,
    doctor::{self, schedule},
    entity::channel,
    wakes::Worker,
};
use domain::{access::Actor, ids::ChannelId, time::Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Examinations under way at once.
const AT_ONCE: usize = 4;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            passed = pass(&engine) => if let Err(error) = passed {
                tracing::error!(%error, "channels cannot be examined now");
            },
            () = stop.cancelled() => break,
        }
        tokio::select! {
            () = engine.wakes.woken(Worker::Doctor) => {}
            () = tokio::time::sleep(engine.doctor_schedule.pause()) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn pass(engine: &Engine) -> Result<()> {
    let mut under_way = JoinSet::new();
    for channel in due(engine).await? {
        if under_way.len() >= AT_ONCE {
            under_way.join_next().await;
        }
        let engine = engine.clone();
        under_way.spawn(async move {
            let id = ChannelId::new(channel.id);
            if let Err(error) = doctor::look(&engine, id).await {
                tracing::error!(%error, channel = %id, "a channel cannot be examined");
                if let Err(error) = put_off(&engine, id).await {
                    tracing::error!(%error, channel = %id, "the channel's next examination cannot be postponed");
                }
            }
        });
    }
    while under_way.join_next().await.is_some() {}
    Ok(())
}

/// Channels that nobody has examined for a while, or since they were saved.
pub(crate) async fn due(engine: &Engine) -> Result<Vec<channel::Model>> {
    use channel::Column;
    let channels = channel::Entity::find()
        .filter(Column::PausedAt.is_null())
        .filter(Column::DeletedAt.is_null())
        .all(engine.db.read())
        .await?;
    let now = engine.clock().now();
    let is_due = |channel: &channel::Model| match (channel.doctor_at, channel.token_checked_at) {
        (Some(last), Some(_)) => {
            let last = Timestamp::from_millis(last);
            let id = ChannelId::new(channel.id);
            now >= last.plus(schedule::wait(id, last, engine.doctor_schedule.silences(id)))
                || engine.doctor_schedule.looks_again(id).is_some_and(|at| now >= at)
        }
        _ => true,
    };
    Ok(channels.into_iter().filter(is_due).collect())
}

/// Postpones a channel that cannot be examined, so that it is not tried again at once.
async fn put_off(engine: &Engine, id: ChannelId) -> Result<()> {
    let now = engine.clock().now().millis();
    let tx = engine.transaction(&Actor::System).await?;
    channel::Entity::update_many()
        .col_expr(channel::Column::DoctorAt, Expr::value(now))
        .col_expr(channel::Column::TokenCheckedAt, Expr::value(now))
        .filter(channel::Column::Id.eq(id.uuid()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
