//! Webhooks: addresses of other programs to which events are sent.

pub mod calls;
pub mod upkeep;

mod places;

pub use self::places::{PATH, address, address_of_undelivered};

use self::upkeep::Tested;
use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    error::ApiResult,
    flash,
    guard::{actor, engine, entitled},
    plain_form,
};
#[cfg(feature = "ssr")]
use domain::{
    access::{Actor, Permission},
    page::PageRequest,
};
use domain::{
    form::Invalid,
    ids::{ChannelId, QueueId, WebhookId},
    webhook::{Webhook, WebhookForm},
};
#[cfg(feature = "ssr")]
use engine::Engine;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

/// The channels and queues that a webhook can be narrowed to, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The name of a new channel may be empty.
    pub channels: Vec<(ChannelId, String)>,
    pub queues: Vec<(QueueId, String)>,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub webhook: Webhook,
    /// The names of its channels and queues; `None`: one that was deleted.
    pub channels: Vec<Option<String>>,
    pub queues: Vec<Option<String>>,
}

/// What the editor of a webhook shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editor {
    /// `None`: a new one.
    pub webhook: Option<Webhook>,
    pub choices: Choices,
    pub unsaved: Option<Unsaved<WebhookForm>>,
    /// The secret that a form post has made, if no script has shown it.
    pub secret: Option<String>,
    /// The answer to the test that a form post has sent.
    pub tested: Option<Tested>,
}

/// A new webhook. Its secret is not shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    pub id: WebhookId,
    pub secret: String,
}

/// All of them, the newest first.
#[server(prefix = "/rpc", endpoint = "webhooks/list", protocol = Rpc)]
pub async fn webhooks() -> Result<Vec<Row>, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    // There are no more than fit on one page.
    let page = engine::webhooks::list(&engine, &actor, &PageRequest::default()).await?;
    let Choices { channels, queues } = choices(&engine, &actor).await?;
    let row = |webhook: Webhook| Row {
        channels: names(&channels, &webhook.wanted.channels),
        queues: names(&queues, &webhook.wanted.queues),
        webhook,
    };
    Ok(page.items.into_iter().map(row).collect())
}

#[cfg(feature = "ssr")]
async fn choices(engine: &Engine, actor: &Actor) -> ApiResult<Choices> {
    let channels = engine::channels::list(engine, actor).await?;
    let queues = engine::directory::queues::list(engine, actor).await?;
    Ok(Choices {
        channels: channels.into_iter().map(|row| (row.id, row.name)).collect(),
        queues: queues.into_iter().map(|row| (row.id, row.name)).collect(),
    })
}

#[cfg(feature = "ssr")]
fn names<I: PartialEq>(all: &[(I, String)], wanted: &[I]) -> Vec<Option<String>> {
    let name = |id: &I| {
        let found = all.iter().find(|(known, _)| known == id);
        found.map(|(_, name)| name.clone())
    };
    wanted.iter().map(name).collect()
}

/// One of them, as it stands.
#[server(name = ReadWebhook, prefix = "/rpc", endpoint = "webhooks/get", protocol = Rpc)]
pub async fn webhook(id: WebhookId) -> Result<Webhook, ApiError> {
    let actor = actor().await?;
    Ok(engine::webhooks::get(&engine()?, &actor, id).await?)
}

/// The editor of a webhook; without an id, for a new one.
#[server(name = EditWebhook, prefix = "/rpc", endpoint = "webhooks/edit", protocol = Rpc)]
pub async fn webhook_editor(#[server(default)] id: Option<WebhookId>) -> Result<Editor, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let webhook = match id {
        Some(id) => Some(engine::webhooks::get(&engine, &actor, id).await?),
        None => None,
    };
    Ok(Editor {
        webhook,
        choices: choices(&engine, &actor).await?,
        unsaved: flash::kept(&places::of_form(id)).await?,
        secret: match id {
            Some(id) => flash::take(&places::of_secret(id)).await?,
            None => None,
        },
        tested: match id {
            Some(id) => flash::take(&places::of_test(id)).await?,
            None => None,
        },
    })
}

/// Creates a webhook.
#[server(prefix = "/rpc", endpoint = "webhooks/create", protocol = Rpc)]
pub async fn create_webhook(#[server(default)] form: WebhookForm) -> Result<Created, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(&places::of_form(None), 0, form).await?;
    typed.or_keep(entitled(&actor, Permission::WebhookChange).await)?;
    let made = engine::webhooks::create(&engine, &actor, &typed.form).await;
    let made = typed.settle(made)?;
    let created = Created {
        id: made.id,
        secret: made.secret.expose_secret().to_owned(),
    };
    flash::leave(&places::of_secret(created.id), &created.secret).await?;
    plain_form::redirect(&address(created.id));
    Ok(created)
}

impl Checked for CreateWebhook {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// Changes a webhook, if it still has this version.
#[server(prefix = "/rpc", endpoint = "webhooks/change", protocol = Rpc)]
pub async fn change_webhook(
    id: WebhookId,
    version: i64,
    #[server(default)] form: WebhookForm,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(&places::of_form(Some(id)), version, form).await?;
    typed.or_keep(entitled(&actor, Permission::WebhookChange).await)?;
    let saved = engine::webhooks::change(&engine, &actor, id, version, &typed.form).await;
    typed.settle(saved)?;
    plain_form::redirect(PATH);
    Ok(())
}

impl Checked for ChangeWebhook {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}
