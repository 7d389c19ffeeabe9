//! What Meta asks of a webhook address: the handshake, and the acceptance of deliveries.

use crate::{
    Engine, Result,
    channels::reservation,
    doctor::connection,
    entity::channel,
    events::Changes,
    hooks::{self, Hook, Signer},
    inbox::Received,
    metrics::{DELIVERIES_ACCEPTED, DELIVERIES_REFUSED},
};
use bytes::Bytes;
use domain::{doctor, event::Change, ids::ChannelId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use subtle::ConstantTimeEq;
use whatsapp::signature::{self, SignatureError};

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
pub async fn handshake(e: &Engine, webhook_id: &str, verify_token: &str) -> Result<Handshake> {
    let Some(hook) = hooks::find(e, webhook_id).await? else {
        return Ok(Handshake::UnknownWebhook);
    };
    if !bool::from(hook.verify_token.as_bytes().ct_eq(verify_token.as_bytes())) {
        return Ok(Handshake::WrongToken);
    }
    let tx = e.db.write().await?;
    let now = e.clock().now().millis();
    if reservation::verified(&tx, hook.channel, now).await? {
        tx.commit().await?;
        return Ok(Handshake::Accepted);
    }
    channel::Entity::update_many()
        .col_expr(channel::Column::HandshakeAt, Expr::value(now))
        .filter(channel::Column::Id.eq(hook.channel.uuid()))
        .exec(&tx)
        .await?;
    let kin = connection::outdate(e, &tx, hook.channel).await?;
    tx.commit().await?;
    e.rounds.outdate();
    for channel in kin {
        e.events().publish(Changes::of(Change::Channel { channel }));
    }
    Ok(Handshake::Accepted)
}

/// Checks the signature over the exact bytes, and returns once the delivery is on disk.
pub async fn accept(
    e: &Engine,
    webhook_id: &str,
    signature: Option<&str>,
    body: Bytes,
) -> std::result::Result<(), NotAccepted> {
    // Meta does not wait for ever, and what it gave up it sends again.
    let accepted = tokio::time::timeout(e.inbox_patience, try_accept(e, webhook_id, signature, body)).await;
    let accepted = accepted.unwrap_or(Err(NotAccepted::Unavailable));
    match &accepted {
        Ok(()) => metrics::counter!(DELIVERIES_ACCEPTED).increment(1),
        Err(why) => {
            let reason = match why {
                NotAccepted::UnknownWebhook => "unknown_webhook",
                NotAccepted::Signature(_) => "signature",
                NotAccepted::Unavailable => "unavailable",
            };
            metrics::counter!(DELIVERIES_REFUSED, "reason" => reason).increment(1);
        }
    }
    accepted
}

async fn try_accept(
    e: &Engine,
    webhook_id: &str,
    header: Option<&str>,
    body: Bytes,
) -> std::result::Result<(), NotAccepted> {
    let hook = hooks::find(e, webhook_id).await.map_err(|error| {
        tracing::error!(%error, "the channel of a webhook address cannot be read");
        NotAccepted::Unavailable
    })?;
    let hook = hook.ok_or(NotAccepted::UnknownWebhook)?;
    let signer = match signer_of(&hook, header, &body) {
        Ok(signer) => signer,
        Err(why) => {
            if let Some(count) = hook.failures.one_more(e.clock().now().millis()) {
                note_signatures(e, hook.channel, count).await;
            }
            return Err(NotAccepted::Signature(why));
        }
    };
    if hook.failures.over() {
        note_signatures(e, hook.channel, 0).await;
    }
    let received = Received {
        channel: hook.channel,
        signed_by: signer.fingerprint.clone(),
        body,
    };
    if e.inbox.store(received).await {
        Ok(())
    } else {
        Err(NotAccepted::Unavailable)
    }
}

/// The app secret that signed: the first, or the second while Meta's is being reset.
fn signer_of<'h>(
    hook: &'h Hook,
    header: Option<&str>,
    body: &[u8],
) -> std::result::Result<&'h Signer, SignatureError> {
    let mut why = SignatureError::Mismatch;
    for signer in &hook.signers {
        match signature::verify(&signer.secret, header, body) {
            Ok(()) => return Ok(signer),
            Err(error) => why = error,
        }
    }
    Err(why)
}

/// Writes down how many signatures in a row were wrong, and tells the pages when that changes the badge.
async fn note_signatures(e: &Engine, id: ChannelId, count: i64) {
    let noted = async {
        let tx = e.db.write().await?;
        let mut update =
            channel::Entity::update_many().col_expr(channel::Column::SignatureFailures, Expr::value(count));
        if count > 0 {
            let now = e.clock().now().millis();
            update = update.col_expr(channel::Column::SignatureFailedAt, Expr::value(now));
        }
        update.filter(channel::Column::Id.eq(id.uuid())).exec(&tx).await?;
        tx.commit().await?;
        Result::Ok(())
    };
    match noted.await {
        Ok(()) if count == 0 || count == doctor::SIGNATURES_WRONG_FROM => {
            e.events().publish(Changes::of(Change::Channel { channel: id }));
        }
        Ok(()) => {}
        Err(error) => tracing::warn!(%error, "wrong signatures could not be counted"),
    }
}
