//! Message queues.

#[cfg(feature = "ssr")]
use super::guard::{self, actor, engine};
use super::{ApiError, Checked};
use domain::{
    ids::QueueId,
    queue::{QueueForm, QueueRow},
    refusal::Refusal,
};
use leptos::prelude::*;

/// Every queue.
#[server(prefix = "/rpc", endpoint = "queues/list")]
pub async fn queues() -> Result<Vec<QueueRow>, ApiError> {
    let actor = actor().await?;
    Ok(engine::queues::list(&engine()?, &actor).await?)
}

/// One queue, for its editor.
#[server(prefix = "/rpc", endpoint = "queues/get")]
pub async fn queue(id: QueueId) -> Result<QueueRow, ApiError> {
    let actor = actor().await?;
    Ok(engine::queues::get(&engine()?, &actor, id).await?)
}

/// Saves a queue; without an id, makes one.
#[server(prefix = "/rpc", endpoint = "queues/save")]
pub async fn save_queue(
    #[server(default)] id: Option<QueueId>,
    #[server(default)] form: QueueForm,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    match id {
        Some(id) => engine::queues::change(&engine, &actor, id, &form).await?,
        None => drop(engine::queues::create(&engine, &actor, &form).await?),
    }
    guard::lead("/queues");
    Ok(())
}

impl Checked for SaveQueue {
    fn check(&self) -> Result<(), Refusal> {
        self.form.check().map(drop)
    }
}

/// Disables a queue, or enables it again.
#[server(prefix = "/rpc", endpoint = "queues/set-disabled")]
pub async fn set_queue_disabled(id: QueueId, disabled: bool) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::queues::set_disabled(&engine()?, &actor, id, disabled).await?;
    guard::lead(&format!("/queues/{id}"));
    Ok(())
}
