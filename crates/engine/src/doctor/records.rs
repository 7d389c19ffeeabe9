//! What we know ourselves of a channel that is to be examined.

use super::findings;
use crate::{
    Engine, Result, channels,
    entity::{channel, channel_secret, extension, queue},
    seal::Kind,
};
use domain::{
    doctor::{Check, Finding, Seen},
    ids::ChannelId,
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

pub(super) struct Records {
    pub(super) channel: channel::Model,
    pub(super) token: Option<SecretString>,
    /// Two while one takes the other's place.
    pub(super) app_secrets: Vec<SecretString>,
    /// Of the token's app, when the doctor has seen it with this app secret.
    pub(super) app_id: Option<String>,
    pub(super) public_url: Url,
    /// This channel's first, then those of channels with the same app secret.
    pub(super) webhook_urls: Vec<String>,
    /// Of the channel, or of another one of the same Meta app: Meta makes one for the app's one address.
    pub(super) handshake_at: Option<i64>,
    pub(super) has_destination: bool,
    pub(super) destination_disabled: bool,
    pub(super) has_fallback: bool,
    pub(super) kept: Vec<Finding>,
}

/// A channel that has not been deleted.
pub(super) async fn channel(db: &impl ConnectionTrait, id: ChannelId) -> Result<channel::Model> {
    let found = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .one(db)
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

impl Records {
    pub(super) async fn read(e: &Engine, id: ChannelId) -> Result<Self> {
        let db = e.db.read();
        let channel = channel(db, id).await?;
        let token = channels::open_secret(e, db, id, Kind::AccessToken).await?;
        let signers = channels::signers(db, id).await?;
        let mut app_secrets = Vec::with_capacity(signers.len());
        for (kind, row) in &signers {
            app_secrets.push(e.key.open(id, *kind, &row.sealed)?);
        }
        let fingerprints: Vec<&str> = signers.iter().map(|(_, row)| row.fingerprint.as_str()).collect();
        let kin = kin(db, &channel, &fingerprints).await?;

        let kept = match channel.doctor_at {
            Some(_) => findings::read(db, id).await?,
            // It was saved since: what was found before may be of other values.
            None => Vec::new(),
        };
        let newest_secret = signers.iter().map(|(_, row)| row.created_at).max();
        let (has_destination, is_good) = taker(db, channel.extension_id, channel.queue_id).await?;
        let (_, has_fallback) = taker(db, channel.fallback_extension_id, channel.fallback_queue_id).await?;
        Ok(Self {
            token,
            app_secrets,
            app_id: known_app(&kept, newest_secret),
            public_url: e.public_url.clone(),
            webhook_urls: kin
                .iter()
                .map(|channel| channels::webhook_url(e, &channel.webhook_id))
                .collect(),
            handshake_at: kin.iter().filter_map(|channel| channel.handshake_at).max(),
            has_destination,
            destination_disabled: !is_good,
            has_fallback,
            kept,
            channel,
        })
    }
}

/// The id that was shown with the app secret, unless the secret is younger.
fn known_app(kept: &[Finding], newest_secret: Option<i64>) -> Option<String> {
    let finding = super::of(kept, Check::AppSecret)?;
    match &finding.seen {
        Seen::Fine { what } if newest_secret? <= finding.at.millis() => what.clone(),
        _ => None,
    }
}

/// The channel, and after it the others that share an app secret with it.
pub(super) async fn kin(
    db: &impl ConnectionTrait,
    channel: &channel::Model,
    fingerprints: &[&str],
) -> Result<Vec<channel::Model>> {
    let shared = channel_secret::Entity::find()
        .filter(channel_secret::Column::Fingerprint.is_in(fingerprints.iter().copied()))
        .filter(channel_secret::Column::ChannelId.ne(channel.id))
        .all(db)
        .await?;
    let others = channel::Entity::find()
        .filter(channel::Column::Id.is_in(shared.into_iter().map(|row| row.channel_id)))
        .filter(channel::Column::DeletedAt.is_null())
        .all(db)
        .await?;
    Ok([vec![channel.clone()], others].concat())
}

/// Whether there is an extension or queue, and whether it takes new sessions.
async fn taker(
    db: &impl ConnectionTrait,
    extension_id: Option<Uuid>,
    queue_id: Option<Uuid>,
) -> Result<(bool, bool)> {
    let disabled_at = match (extension_id, queue_id) {
        (Some(id), _) => extension::Entity::find_by_id(id)
            .one(db)
            .await?
            .map(|extension| extension.disabled_at),
        (None, Some(id)) => queue::Entity::find_by_id(id)
            .one(db)
            .await?
            .map(|queue| queue.disabled_at),
        (None, None) => return Ok((false, false)),
    };
    // A deleted one is as good as disabled.
    Ok((true, disabled_at == Some(None)))
}
