//! What the webhook needs of a channel, kept in memory: the secret that must have signed, and its fingerprint.

use crate::{
    Engine, Result,
    entity::{channel, channel_secret},
    seal::Kind,
};
use domain::ids::ChannelId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// One webhook address.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) channel: ChannelId,
    pub(crate) verify_token: String,
    /// A channel without an app secret accepts nothing.
    pub(crate) signer: Option<Signer>,
}

#[derive(Debug)]
pub(crate) struct Signer {
    pub(crate) secret: SecretString,
    pub(crate) fingerprint: String,
}

#[derive(Debug, Default)]
pub(crate) struct Hooks(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    by_webhook_id: HashMap<String, Arc<Hook>>,
    /// Rises whenever channels change, so that a slow read does not put back what was just forgotten.
    generation: u64,
}

impl Hooks {
    /// Channels have changed: read them again.
    pub(crate) fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.by_webhook_id.clear();
        known.generation += 1;
    }
}

/// The channel at a webhook address.
pub(crate) async fn find(e: &Engine, webhook_id: &str) -> Result<Option<Arc<Hook>>> {
    let generation = {
        let known = e.hooks.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(hook) = known.by_webhook_id.get(webhook_id) {
            return Ok(Some(hook.clone()));
        }
        known.generation
    };
    let db = e.db.read();
    let Some(found) = channel::Entity::find()
        .filter(channel::Column::WebhookId.eq(webhook_id))
        .one(db)
        .await?
    else {
        return Ok(None);
    };
    let channel = ChannelId::new(found.id);
    let sealed = channel_secret::Entity::find_by_id((found.id, Kind::AppSecret.as_str().to_owned()))
        .one(db)
        .await?;
    let signer = match sealed {
        Some(row) => {
            let secret = e.key.open(channel, Kind::AppSecret, &row.sealed)?;
            Some(Signer {
                secret,
                fingerprint: row.fingerprint,
            })
        }
        None => None,
    };
    let hook = Arc::new(Hook {
        channel,
        verify_token: found.verify_token,
        signer,
    });
    let mut known = e.hooks.0.write().unwrap_or_else(PoisonError::into_inner);
    if known.generation == generation {
        known.by_webhook_id.insert(webhook_id.to_owned(), hook.clone());
    }
    Ok(Some(hook))
}
