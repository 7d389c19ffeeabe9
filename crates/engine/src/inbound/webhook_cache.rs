//! What the webhook needs of a channel, kept in memory: the secret that must have signed, and its fingerprint.

use crate::{Engine, Result, channels, credentials::secrets, entity::channel};
use domain::{doctor, ids::ChannelId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

/// One webhook address.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) channel: ChannelId,
    pub(crate) verify_token: String,
    /// A channel without an app secret accepts nothing; two while Meta's is being reset.
    pub(crate) signers: Vec<Signer>,
    pub(crate) failures: Failures,
}

#[derive(Debug)]
pub(crate) struct Signer {
    pub(crate) secret: SecretString,
    pub(crate) fingerprint: Arc<str>,
}

/// Wrong signatures in a row. They are counted here and written down at most once a second, so that whoever sends
/// them in numbers does not keep the database busy.
#[derive(Debug)]
pub(crate) struct Failures {
    in_a_row: AtomicI64,
    noted_at: AtomicI64,
}

/// Characters in a webhook id at the most. Ours have 32 (`random::token`).
const ID_MOST: usize = 64;
/// Milliseconds between two notes of failures.
const NOTE_EVERY: i64 = 1000;

impl Failures {
    fn from_stored(in_a_row: i64) -> Self {
        Self {
            in_a_row: AtomicI64::new(in_a_row),
            noted_at: AtomicI64::new(0),
        }
    }

    /// One more; returns the number when it should be written down.
    pub(crate) fn one_more(&self, now: i64) -> Option<i64> {
        let count = self.in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        let noted = self.noted_at.load(Ordering::Relaxed);
        let due = count <= doctor::SIGNATURES_WRONG_FROM || now - noted >= NOTE_EVERY;
        due.then(|| {
            self.noted_at.store(now, Ordering::Relaxed);
            count
        })
    }

    /// A good one; returns whether there is something to take back.
    pub(crate) fn over(&self) -> bool {
        self.in_a_row.load(Ordering::Relaxed) > 0 && self.in_a_row.swap(0, Ordering::Relaxed) > 0
    }
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
    /// Those that exist and were called since channels last changed; there are no others in here.
    pub(crate) fn known(&self, webhook_id: &str) -> Option<Arc<Hook>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.by_webhook_id.get(webhook_id).cloned()
    }

    /// Channels have changed: read them again.
    pub(crate) fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.by_webhook_id.clear();
        known.generation += 1;
    }
}

/// The channel at a webhook address.
pub(crate) async fn find(e: &Engine, webhook_id: &str) -> Result<Option<Arc<Hook>>> {
    if let Some(hook) = e.hooks.known(webhook_id) {
        return Ok(Some(hook));
    }
    // Whatever anybody may call. What is no address of ours is not looked up.
    if webhook_id.len() > ID_MOST || !webhook_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let generation = e
        .hooks
        .0
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .generation;
    let db = e.db.read();
    let Some(found) = channel::Entity::find()
        .filter(channel::Column::WebhookId.eq(webhook_id))
        .one(db)
        .await?
    else {
        return reserved(e, webhook_id).await;
    };
    let channel = ChannelId::new(found.id);
    let mut signers = Vec::new();
    for (kind, row) in secrets::signers(db, channel).await? {
        signers.push(Signer {
            secret: e.key.open(channel, kind, &row.sealed)?,
            fingerprint: row.fingerprint.into(),
        });
    }
    let hook = Arc::new(Hook {
        channel,
        verify_token: found.verify_token,
        signers,
        failures: Failures::from_stored(found.signature_failures),
    });
    let mut known = e.hooks.0.write().unwrap_or_else(PoisonError::into_inner);
    if known.generation == generation {
        known.by_webhook_id.insert(webhook_id.to_owned(), hook.clone());
    }
    Ok(Some(hook))
}

/// An address that was told for a channel which has not been saved yet: Meta may verify it, and nothing else. It is not
/// kept in memory: the next save makes it a channel's.
async fn reserved(e: &Engine, webhook_id: &str) -> Result<Option<Arc<Hook>>> {
    let reserved = channels::reservation::at_address(e.db.read(), webhook_id).await?;
    Ok(reserved.map(|reserved| {
        Arc::new(Hook {
            channel: ChannelId::new(reserved.id),
            verify_token: reserved.verify_token,
            signers: Vec::new(),
            failures: Failures::from_stored(0),
        })
    }))
}
