//! `switchboard token`: tokens for the REST API.

use super::{open::open, readable::readable};
use crate::settings::Settings;
use anyhow::Context as _;
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use domain::{
    access::{Actor, Bound, Scope, TokenForm},
    ids::{ChannelId, QueueId, TokenId},
    time::Timestamp,
};
use engine::{Engine, access::api_tokens, channels, directory::queues};
use secrecy::ExposeSecret as _;

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Print a new token, and nothing else, to standard output; it is not shown again
    Create(CreateToken),
    /// Print a text for a token that a file of `apply` names; it opens nothing before that
    Generate,
    /// Those that work: id, scope, last use, end, name, what it is bound to
    List,
    /// Let nobody in with it any more
    Revoke {
        /// As `list` shows it
        id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct CreateToken {
    /// What it is for
    #[arg(long)]
    name: String,
    #[arg(long, value_parser = PossibleValuesParser::new(Scope::ALL.iter().map(|word| word.as_str())))]
    scope: String,
    /// After how many days it expires, 1 to 1000; without this, never
    #[arg(long, value_name = "DAYS")]
    expires: Option<String>,
    /// Bind it to the channel with this id, which is in the address of its page, or with this phone-number id
    #[arg(long, value_name = "ID", conflicts_with = "queue")]
    channel: Option<String>,
    /// Bind it to the queue with this name
    #[arg(long, value_name = "NAME")]
    queue: Option<String>,
}

pub(super) async fn run(settings: &Settings, command: TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create(token) => create(&open(settings).await?, token).await,
        TokenCommand::Generate => {
            println!("{}", api_tokens::made_up().expose_secret());
            Ok(())
        }
        TokenCommand::List => list(&open(settings).await?).await,
        TokenCommand::Revoke { id } => revoke(&open(settings).await?, &id).await,
    }
}

async fn create(engine: &Engine, token: CreateToken) -> anyhow::Result<()> {
    let bound = match (token.channel, token.queue) {
        (Some(id), _) => Some(Bound::Channel(channel_of(engine, &id).await?)),
        (None, Some(name)) => Some(Bound::Queue(queue_named(engine, &name).await?)),
        (None, None) => None,
    };
    let form = TokenForm {
        name: token.name,
        scope: token.scope,
        days: token.expires.unwrap_or_default(),
        bound: bound.map(|bound| bound.to_string()).unwrap_or_default(),
    };
    let token = api_tokens::create(engine, &Actor::System, &form)
        .await
        .map_err(readable)?;
    println!("{token}");
    Ok(())
}

async fn channel_of(engine: &Engine, id: &str) -> anyhow::Result<ChannelId> {
    let channels = channels::list(engine, &Actor::System).await?;
    let found = channels
        .into_iter()
        .find(|channel| channel.id.to_string() == id || channel.phone_number_id.as_deref() == Some(id));
    let found = found.with_context(|| format!("there is no channel {id:?}"))?;
    Ok(found.id)
}

async fn queue_named(engine: &Engine, name: &str) -> anyhow::Result<QueueId> {
    let queues = queues::list(engine, &Actor::System).await?;
    let found = queues.into_iter().find(|queue| queue.name == name);
    let found = found.with_context(|| format!("there is no queue {name:?}"))?;
    Ok(found.id)
}

async fn list(engine: &Engine) -> anyhow::Result<()> {
    let at = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), crate::http::api::time);
    for token in api_tokens::list(engine, &Actor::System).await? {
        let (used, expires) = (at(token.used_at), at(token.expires_at));
        let bound = token.bound.map(|of| of.bound.to_string()).unwrap_or_default();
        println!(
            "{}\t{}\t{used}\t{expires}\t{}\t{bound}",
            token.id,
            token.scope.as_str(),
            token.name
        );
    }
    Ok(())
}

async fn revoke(engine: &Engine, id: &str) -> anyhow::Result<()> {
    let id: TokenId = id.parse()?;
    let tokens = api_tokens::list(engine, &Actor::System).await?;
    anyhow::ensure!(
        tokens.iter().any(|token| token.id == id),
        "no token that works has this id"
    );
    Ok(api_tokens::revoke(engine, &Actor::System, id).await?)
}
