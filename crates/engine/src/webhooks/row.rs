//! A webhook's row, read.

use crate::{
    Engine, Error, Result,
    entity::{stored, webhook},
    seldom::Seldom,
    webhooks::{formers::Formers, secret::Secret},
};
use domain::{
    ids::WebhookId,
    refusal::Refusal,
    time::Timestamp,
    webhook::{Replay, Wanted, Webhook},
};
use sea_orm::{ConnectionTrait, EntityTrait};
use std::time::Duration;
use url::Url;

/// # Errors
/// There is no such webhook.
pub(super) async fn known(db: &impl ConnectionTrait, id: WebhookId) -> Result<webhook::Model> {
    let found = webhook::Entity::find_by_id(id.uuid()).one(db).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// `waiting` and `dead`: how many events wait for it, and were given up.
pub(super) fn view(row: webhook::Model, now: Timestamp, waiting: u64, dead: u64) -> Result<Webhook> {
    let off = match (row.off_since, &row.off_why) {
        (Some(since), Some(why)) => Some((Timestamp::from_millis(since), stored(why)?)),
        _ => None,
    };
    Ok(Webhook {
        id: WebhookId::new(row.id),
        wanted: wanted(&row),
        held_until: held_until(&row, now),
        replay: replay(&row),
        version: row.version,
        name: row.name,
        address: row.address,
        created_at: Timestamp::from_millis(row.created_at),
        off,
        failing_since: row.failing_since.map(Timestamp::from_millis),
        former_secret_until: row.former_until.map(Timestamp::from_millis),
        waiting,
        dead,
    })
}

/// Until when it is left alone, unless that is over.
pub(super) fn held_until(row: &webhook::Model, now: Timestamp) -> Option<Timestamp> {
    let until = row.held_until.map(Timestamp::from_millis);
    until.filter(|until| *until > now)
}

fn replay(row: &webhook::Model) -> Option<Replay> {
    row.replay_to?;
    Some(Replay {
        asked_at: Timestamp::from_millis(row.replay_asked_at?),
        since: row.replay_since.map(Timestamp::from_millis),
        events: row.replayed.unsigned_abs(),
    })
}

/// One of which this cannot be read wants everything: so it loses nothing, and holds up no other.
pub(super) fn wanted(row: &webhook::Model) -> Wanted {
    static LINES: Seldom = Seldom::every(Duration::from_secs(60));
    serde_json::from_str(&row.wanted).unwrap_or_else(|error| {
        // It is read each time that events are handed over.
        if let Some(left_out) = LINES.due() {
            tracing::error!(%error, left_out, webhook = %row.id, "what a webhook wants cannot be read; it gets all events");
        }
        Wanted::default()
    })
}

pub(super) fn to_json(wanted: &Wanted) -> Result<String> {
    serde_json::to_string(wanted).map_err(|error| Error::Corrupt(format!("what a webhook wants: {error}")))
}

/// What a call needs of its webhook.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    /// The newest first.
    pub(super) secrets: Vec<Secret>,
}

impl Target {
    pub(super) async fn of(engine: &Engine, row: &webhook::Model) -> Result<Self> {
        let url = Url::parse(&row.address)
            .map_err(|_| Error::Corrupt(format!("the address of the webhook {}", row.id)))?;
        let mut secrets = vec![secret(engine, row).await?];
        let formers = formers(engine, row).await?;
        secrets.extend(formers.that_sign(engine.clock().now()));
        Ok(Self { url, secrets })
    }
}

/// The secret that signs now; `None`: what is stored is none.
pub(super) async fn present(engine: &Engine, row: &webhook::Model) -> Result<Option<Secret>> {
    readable(secret(engine, row).await)
}

/// The former secrets; none if what is stored does not open.
pub(super) async fn formers(engine: &Engine, row: &webhook::Model) -> Result<Formers> {
    let (Some(sealed), Some(until)) = (&row.former_sealed, row.former_until) else {
        return Ok(Formers::default());
    };
    let opened = readable(opened(engine, row, sealed).await)?;
    let formers = opened.map(|opened| Formers::of(&opened, Timestamp::from_millis(until)));
    Ok(formers.unwrap_or_default())
}

fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(Error::Corrupt(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn secret(engine: &Engine, row: &webhook::Model) -> Result<Secret> {
    let opened = opened(engine, row, &row.sealed).await?;
    Secret::of(&opened).ok_or_else(|| Error::Corrupt(format!("the secret of the webhook {}", row.id)))
}

/// # Errors
/// It does not open, or not now.
async fn opened(engine: &Engine, row: &webhook::Model, sealed: &[u8]) -> Result<Vec<u8>> {
    let key = engine.keys.that_sealed(engine.db.read(), &row.key_id).await?;
    key.open_webhook_secret(WebhookId::new(row.id), sealed)
}
