//! `switchboard webhook`: addresses of other programs to which events are sent.

use super::{open::open, readable::readable};
use crate::{http::api::webhooks::upkeep::send_test, settings::Settings};
use clap::{Args, Subcommand};
use domain::{
    access::Actor,
    form::Problem,
    ids::WebhookId,
    page::{MAX_PAGE, PageRequest},
    refusal::Refusal,
    webhook::{EVENT_TYPES, Wanted, WebhookForm},
};
use engine::{Engine, webhooks};
use secrecy::ExposeSecret as _;

#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Print the secret of a new webhook, and nothing else, to standard output; it is not shown again
    Create(CreateWebhook),
    /// Print a secret for a webhook that a file of `apply` names; it signs nothing before that
    Generate,
    /// All of them: id, whether it is on, events that wait and that were given up, address, name
    List,
    /// Send it no events any more; what waits for it is given up
    Disable {
        /// Its id, see `webhook list`
        id: String,
    },
    /// Send it events again
    Enable {
        /// Its id, see `webhook list`
        id: String,
    },
    /// Delete it, with what waits for it
    Delete {
        /// Its id, see `webhook list`
        id: String,
    },
    /// Let the running server send it a test, and print the test's `webhook-id`
    Test {
        /// Its id, see `webhook list`
        id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct CreateWebhook {
    /// What it is for
    #[arg(long)]
    name: String,
    /// https, or http in the networks of the settings
    #[arg(long)]
    address: String,
    /// A type of events that it gets, may be given several times; without it: all
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
}

pub(super) async fn run(settings: &Settings, command: WebhookCommand) -> anyhow::Result<()> {
    if let WebhookCommand::Generate = command {
        println!("{}", webhooks::made_up_secret().expose_secret());
        return Ok(());
    }
    let engine = &open(settings).await?;
    let actor = &Actor::System;
    let done = match command {
        WebhookCommand::Create(webhook) => create(engine, webhook).await,
        WebhookCommand::List => list(engine).await,
        WebhookCommand::Disable { id } => webhooks::turn(engine, actor, id.parse()?, false).await,
        WebhookCommand::Enable { id } => webhooks::turn(engine, actor, id.parse()?, true).await,
        WebhookCommand::Delete { id } => webhooks::delete(engine, actor, id.parse()?, None).await,
        WebhookCommand::Test { id } => test(engine, id.parse()?).await,
        WebhookCommand::Generate => Ok(()),
    };
    done.map_err(readable)
}

async fn create(engine: &Engine, webhook: CreateWebhook) -> engine::Result<()> {
    if !webhook
        .types
        .iter()
        .all(|kind| EVENT_TYPES.contains(&kind.as_str()))
    {
        return Err(Refusal::field("type", Problem::Unknown).into());
    }
    let form = WebhookForm {
        name: webhook.name,
        address: webhook.address,
        wanted: Wanted {
            types: webhook.types,
            ..Wanted::default()
        },
    };
    let created = webhooks::create(engine, &Actor::System, &form).await?;
    println!("{}", created.secret.expose_secret());
    Ok(())
}

async fn list(engine: &Engine) -> engine::Result<()> {
    let page = PageRequest {
        limit: Some(MAX_PAGE),
        cursor: None,
    };
    for webhook in webhooks::list(engine, &Actor::System, &page).await?.items {
        let state = webhook.off.map_or("on", |(_, why)| why.as_str());
        println!(
            "{}\t{state}\t{}\t{}\t{}\t{}",
            webhook.id, webhook.waiting, webhook.dead, webhook.address, webhook.name
        );
    }
    Ok(())
}

async fn test(engine: &Engine, id: WebhookId) -> engine::Result<()> {
    println!("{}", send_test(engine, &Actor::System, id).await?);
    Ok(())
}
