//! What Meta asks of a webhook address: the handshake, and the acceptance of deliveries.

use crate::{
    Engine, Result,
    entity::channel,
    events::Changes,
    hooks,
    inbox::Received,
    metrics::{DELIVERIES_ACCEPTED, DELIVERIES_REFUSED},
};
use bytes::Bytes;
use domain::event::Change;
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
    channel::Entity::update_many()
        .col_expr(
            channel::Column::HandshakeAt,
            Expr::value(e.clock().now().millis()),
        )
        .filter(channel::Column::Id.eq(hook.channel.uuid()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    e.events().publish(Changes::of(Change::Channel {
        channel: hook.channel,
    }));
    Ok(Handshake::Accepted)
}

/// Checks the signature over the exact bytes, and returns once the delivery is on disk.
pub async fn accept(
    e: &Engine,
    webhook_id: &str,
    signature: Option<&str>,
    body: Bytes,
) -> std::result::Result<(), NotAccepted> {
    let accepted = try_accept(e, webhook_id, signature, body).await;
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
    let signer = hook
        .signer
        .as_ref()
        .ok_or(NotAccepted::Signature(SignatureError::Mismatch))?;
    signature::verify(&signer.secret, header, &body).map_err(NotAccepted::Signature)?;
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
