//! What Meta asks of a webhook address: the handshake, and the acceptance of deliveries.

use crate::{
    Engine, Result,
    channels::reservation,
    credentials::secrets,
    doctor::connection,
    entity::channel,
    events::Audience,
    inbound::{
        intake::Received,
        webhook_cache::{Failures, Hook, Signer},
    },
    metrics::{DELIVERIES_ACCEPTED, DELIVERIES_REFUSED},
};
use bytes::Bytes;
use domain::{access::Actor, doctor, event::Change, ids::ChannelId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use subtle::ConstantTimeEq;
use tokio::time::timeout;
use whatsapp::signature::{Signature, SignatureError};

/// The answer to Meta's handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handshake {
    Accepted,
    UnknownWebhook,
    WrongToken,
}

/// Why a delivery was not accepted. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    #[error("no channel has this webhook address")]
    UnknownWebhook,
    #[error("the signature does not prove that Meta sent this: {0}")]
    Signature(SignatureError),
    /// The journal is full or the database is down: Meta should try again.
    #[error("not available now")]
    Unavailable,
}

/// Compares the verify token and, when it fits, notes that Meta knows the address.
pub async fn handshake(engine: &Engine, webhook_id: &str, verify_token: &str) -> Result<Handshake> {
    let Some(hook) = find(engine, webhook_id).await? else {
        return Ok(Handshake::UnknownWebhook);
    };
    if !bool::from(hook.verify_token.as_bytes().ct_eq(verify_token.as_bytes())) {
        return Ok(Handshake::WrongToken);
    }
    let tx = engine.transaction(&Actor::System).await?;
    let now = engine.clock().now().millis();
    if reservation::verified(&tx, hook.channel, now).await? {
        tx.commit().await?;
        return Ok(Handshake::Accepted);
    }
    channel::Entity::update_many()
        .col_expr(channel::Column::HandshakeAt, Expr::value(now))
        .filter(channel::Column::Id.eq(hook.channel.uuid()))
        .exec(&tx)
        .await?;
    connection::outdate(&tx, hook.channel).await?;
    tx.commit().await?;
    Ok(Handshake::Accepted)
}

/// A delivery of which only the head has been read: its address is a channel's, and it has a signature.
#[derive(Debug)]
pub struct Call {
    hook: Arc<Hook>,
    signature: Signature,
    /// What is left of the time for which Meta waits.
    patience: Duration,
}

/// Decides from the head of a request whether its body is worth reading.
pub async fn call(
    engine: &Engine,
    webhook_id: &str,
    signature: Option<&str>,
) -> std::result::Result<Call, NotAccepted> {
    count(try_call(engine, webhook_id, signature).await)
}

async fn try_call(
    engine: &Engine,
    webhook_id: &str,
    signature: Option<&str>,
) -> std::result::Result<Call, NotAccepted> {
    let (hook, patience) = match engine.webhook_cache.known(webhook_id) {
        Some(hook) => (hook, engine.intake_patience),
        None => {
            let asked = Instant::now();
            let found = timeout(engine.intake_patience, find(engine, webhook_id)).await;
            let found = found.map_err(|_| NotAccepted::Unavailable)?.map_err(|error| {
                tracing::error!(%error, "the channel of a webhook address cannot be read");
                NotAccepted::Unavailable
            })?;
            let left = engine.intake_patience.saturating_sub(asked.elapsed());
            (found.ok_or(NotAccepted::UnknownWebhook)?, left)
        }
    };
    match Signature::read(signature) {
        Ok(signature) => Ok(Call {
            hook,
            signature,
            patience,
        }),
        Err(why) => Err(not_signed(engine, &hook, why).await),
    }
}

/// Checks the signature over the exact bytes, and returns once the delivery is on disk.
pub async fn accept(engine: &Engine, call: Call, body: Bytes) -> std::result::Result<(), NotAccepted> {
    // Meta does not wait for ever, and sends again what it gave up.
    let accepted = timeout(call.patience, try_accept(engine, &call, body)).await;
    let accepted = count(accepted.unwrap_or(Err(NotAccepted::Unavailable)));
    if accepted.is_ok() {
        metrics::counter!(DELIVERIES_ACCEPTED).increment(1);
    }
    accepted
}

fn count<T>(outcome: std::result::Result<T, NotAccepted>) -> std::result::Result<T, NotAccepted> {
    if let Err(why) = &outcome {
        let reason = match why {
            NotAccepted::UnknownWebhook => "unknown_webhook",
            NotAccepted::Signature(_) => "signature",
            NotAccepted::Unavailable => "unavailable",
        };
        metrics::counter!(DELIVERIES_REFUSED, "reason" => reason).increment(1);
    }
    outcome
}

async fn try_accept(engine: &Engine, call: &Call, body: Bytes) -> std::result::Result<(), NotAccepted> {
    let hook = &call.hook;
    // The app secret that signed: the first, or the second while the app secret is being reset at Meta.
    let signer = hook
        .signers
        .iter()
        .find(|signer| call.signature.is_of(&signer.secret, &body));
    let Some(signer) = signer else {
        return Err(not_signed(engine, hook, SignatureError::Mismatch).await);
    };
    if hook.failures.over() {
        note_signatures(engine, hook.channel, 0).await;
    }
    let received = Received {
        channel: hook.channel,
        signed_by: signer.fingerprint.clone(),
        body,
    };
    if engine.intake.store(received).await {
        Ok(())
    } else {
        Err(NotAccepted::Unavailable)
    }
}

async fn not_signed(engine: &Engine, hook: &Hook, why: SignatureError) -> NotAccepted {
    if let Some(count) = hook.failures.one_more(engine.clock().now().millis()) {
        note_signatures(engine, hook.channel, count).await;
    }
    NotAccepted::Signature(why)
}

/// Writes down how many signatures in a row were wrong, and tells the pages when that changes the badge.
async fn note_signatures(engine: &Engine, id: ChannelId, count: i64) {
    let noted = async {
        let tx = engine.transaction(&Actor::System).await?;
        let mut update =
            channel::Entity::update_many().col_expr(channel::Column::SignatureFailures, Expr::value(count));
        if count > 0 {
            let now = engine.clock().now().millis();
            update = update.col_expr(channel::Column::SignatureFailedAt, Expr::value(now));
        }
        update.filter(channel::Column::Id.eq(id.uuid())).exec(&tx).await?;
        if count == 0 || count == doctor::SIGNATURES_WRONG_FROM {
            tx.changed(Change::Channel { channel: id }, Audience::Everybody);
        }
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "wrong signatures could not be counted");
    }
}

/// Maximum length of a webhook id. Switchboard's have 32 characters (`random::token`).
const MAX_ID: usize = 64;

/// The channel at a webhook address.
pub(crate) async fn find(engine: &Engine, webhook_id: &str) -> Result<Option<Arc<Hook>>> {
    if let Some(hook) = engine.webhook_cache.known(webhook_id) {
        return Ok(Some(hook));
    }
    // Anybody may call any address. A text that cannot be a webhook id is not looked up.
    if webhook_id.len() > MAX_ID || !webhook_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let generation = engine.webhook_cache.generation();
    let db = engine.db.read();
    let Some(found) = channel::Entity::find()
        .filter(channel::Column::WebhookId.eq(webhook_id))
        .one(db)
        .await?
    else {
        return reserved(engine, webhook_id).await;
    };
    let channel = ChannelId::new(found.id);
    let mut signers = Vec::new();
    for (kind, row) in secrets::signers(db, channel).await? {
        signers.push(Signer {
            secret: secrets::open(engine, db, channel, kind, &row).await?,
            fingerprint: row.fingerprint.into(),
        });
    }
    let hook = Arc::new(Hook {
        channel,
        verify_token: found.verify_token,
        signers,
        failures: Failures::from_stored(found.signature_failures),
    });
    engine.webhook_cache.keep(webhook_id, hook.clone(), generation);
    Ok(Some(hook))
}

/// An address that is reserved for a channel which has not been saved yet: Meta may verify it, and nothing else. It is
/// not kept in memory, because the next save makes it a channel's.
async fn reserved(engine: &Engine, webhook_id: &str) -> Result<Option<Arc<Hook>>> {
    let reserved = reservation::at_address(engine.db.read(), webhook_id).await?;
    Ok(reserved.map(|reserved| {
        Arc::new(Hook {
            channel: ChannelId::new(reserved.id),
            verify_token: reserved.verify_token,
            signers: Vec::new(),
            failures: Failures::from_stored(0),
        })
    }))
}
