//! Message queues.

use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine},
    plain_form,
};
use domain::{
    directory::{ExtensionRow, QueueForm, QueueRow},
    form::Invalid,
    ids::QueueId,
};
#[cfg(feature = "ssr")]
use engine::saved::Expected;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Every queue.
#[server(prefix = "/rpc", endpoint = "queues/list", protocol = Rpc)]
pub async fn queues() -> Result<Vec<QueueRow>, ApiError> {
    let actor = actor().await?;
    Ok(engine::directory::queues::list(&engine()?, &actor).await?)
}

/// What a queue's editor shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePage {
    /// `None`: a new one.
    pub queue: Option<QueueRow>,
    /// The extensions that may become members.
    pub extensions: Vec<ExtensionRow>,
    pub unsaved: Option<Unsaved<QueueForm>>,
}

/// A queue's editor; without an id, for a new queue.
#[server(name = ReadQueue, prefix = "/rpc", endpoint = "queues/get", protocol = Rpc)]
pub async fn queue(#[server(default)] id: Option<QueueId>) -> Result<QueuePage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    Ok(QueuePage {
        queue: match id {
            Some(id) => Some(engine::directory::queues::get(&engine, &actor, id).await?),
            None => None,
        },
        extensions: engine::directory::extensions::list(&engine, &actor).await?,
        unsaved: flash::kept(&place_of(id)).await?,
    })
}

/// Saves a queue; without an id, creates one.
#[server(prefix = "/rpc", endpoint = "queues/save", protocol = Rpc)]
pub async fn save_queue(
    #[server(default)] id: Option<QueueId>,
    #[server(default)] form: QueueForm,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(&place_of(id), 0, form).await?;
    let saved = match id {
        Some(id) => engine::directory::queues::change(&engine, &actor, id, &Expected::Any, &typed.form).await,
        None => engine::directory::queues::create(&engine, &actor, &typed.form)
            .await
            .map(drop),
    };
    typed.settle(saved)?;
    plain_form::redirect("/queues");
    Ok(())
}

impl Checked for SaveQueue {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// Disables a queue, or enables it again.
#[server(prefix = "/rpc", endpoint = "queues/set-disabled", protocol = Rpc)]
pub async fn set_queue_disabled(id: QueueId, disabled: bool) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::directory::queues::set_disabled(&engine()?, &actor, id, disabled).await?;
    plain_form::redirect(&format!("/queues/{id}"));
    Ok(())
}

#[cfg(feature = "ssr")]
fn place_of(id: Option<QueueId>) -> String {
    id.map_or_else(|| "new queue".to_owned(), |id| format!("queue {id}"))
}
