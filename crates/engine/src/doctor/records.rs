//! The database's records of a channel that is to be examined.

use crate::{
    Engine, Result, channels,
    credentials::{seal::Kind, secrets},
    directory::destination::Directory,
    doctor::findings,
    entity::{channel, channel_secret, file_attempt},
};
use domain::{
    channel::DestinationRef,
    doctor::{Check, FilesSent, Finding, Kin, Seen, Taker},
    file::FileWay,
    ids::ChannelId,
    refusal::Refusal,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};
use secrecy::SecretString;
use std::time::Duration;
use url::Url;

pub(super) struct Records {
    pub(super) channel: channel::Model,
    pub(super) token: Option<SecretString>,
    /// Two while one replaces the other.
    pub(super) app_secrets: Vec<SecretString>,
    /// The id of the token's app, when the doctor has seen it with this app secret.
    pub(super) app_id: Option<String>,
    pub(super) public_url: Url,
    pub(super) webhook_url: String,
    /// Channels with the same app secret.
    pub(super) kin: Vec<Kin>,
    /// When Meta last verified an address of the app: this channel's or that of one of its kin.
    pub(super) app_verified_at: Option<i64>,
    pub(super) destination: Taker,
    pub(super) fallback: Taker,
    pub(super) kept: Vec<Finding>,
    /// Since yesterday.
    pub(super) files: Vec<FilesSent>,
}

/// A channel that has not been deleted.
pub(super) async fn channel(db: &impl ConnectionTrait, id: ChannelId) -> Result<channel::Model> {
    let found = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .one(db)
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// Reads the channel and locks its row: a handshake that comes meanwhile waits for the end of the transaction, because
/// otherwise it would outdate what is not written yet.
pub(super) async fn locked(tx: &DatabaseTransaction, id: ChannelId) -> Result<channel::Model> {
    let found = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

impl Records {
    pub(super) async fn read(engine: &Engine, id: ChannelId) -> Result<Self> {
        let db = engine.db.read();
        let channel = channel(db, id).await?;
        let token = secrets::open_secret(engine, db, id, Kind::AccessToken).await?;
        let signers = secrets::signers(db, id).await?;
        let mut app_secrets = Vec::with_capacity(signers.len());
        for (kind, row) in &signers {
            app_secrets.push(secrets::open(engine, db, id, *kind, row).await?);
        }
        let fingerprints: Vec<&str> = signers.iter().map(|(_, row)| row.fingerprint.as_str()).collect();
        let kin = kin(db, &channel, &fingerprints).await?;
        let directory = Directory::of(db, std::slice::from_ref(&channel)).await?;
        let chosen = channel.extension_id.or(channel.queue_id).is_some();
        let destination = taker(chosen, directory.destination(&channel));
        let chosen = channel
            .fallback_extension_id
            .or(channel.fallback_queue_id)
            .is_some();
        let fallback = taker(chosen, directory.fallback(&channel));

        let kept = match channel.doctor_at {
            Some(_) => findings::read(db, id).await?,
            // The channel was saved since: an earlier finding may be about other values.
            None => Vec::new(),
        };
        let newest_secret = signers.iter().map(|(_, row)| row.created_at).max();
        Ok(Self {
            token,
            app_secrets,
            app_id: known_app(&kept, newest_secret),
            public_url: engine.public_url.clone(),
            webhook_url: channels::webhook_url(engine, &channel.webhook_id),
            app_verified_at: verified_at(&kin),
            kin: kin
                .into_iter()
                .skip(1)
                .map(|channel| Kin {
                    webhook_url: channels::webhook_url(engine, &channel.webhook_id),
                    name: channel.name,
                })
                .collect(),
            destination,
            fallback,
            kept,
            files: files_sent(engine, &channel).await?,
            channel,
        })
    }
}

/// How the files since yesterday went, by way.
async fn files_sent(engine: &Engine, channel: &channel::Model) -> Result<Vec<FilesSent>> {
    let since = engine.clock().now().minus(Duration::from_secs(24 * 60 * 60));
    let mut sent = Vec::new();
    for &way in FileWay::ALL {
        let all = file_attempt::Entity::find()
            .filter(file_attempt::Column::ChannelId.eq(channel.id))
            .filter(file_attempt::Column::At.gt(since.millis()))
            .filter(file_attempt::Column::Way.eq(way.as_str()));
        let failed = all.clone().filter(file_attempt::Column::Failed.eq(true));
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        sent.push(FilesSent {
            way,
            failed: count(failed.count(engine.db.read()).await?),
            of: count(all.count(engine.db.read()).await?),
        });
    }
    Ok(sent)
}

/// The app id that was found with the app secret, unless the secret is newer.
fn known_app(kept: &[Finding], newest_secret: Option<i64>) -> Option<String> {
    let finding = findings::of(kept, Check::AppSecret)?;
    match &finding.seen {
        Seen::Fine { what } if newest_secret? <= finding.at.millis() => what.clone(),
        _ => None,
    }
}

/// When Meta last verified an address of these channels.
fn verified_at(kin: &[channel::Model]) -> Option<i64> {
    kin.iter().filter_map(|channel| channel.handshake_at).max()
}

/// Reads when Meta last verified an address of the channel's app, as it is now.
pub(super) async fn app_verified_at(
    db: &impl ConnectionTrait,
    channel: &channel::Model,
) -> Result<Option<i64>> {
    let signers = secrets::signers(db, ChannelId::new(channel.id)).await?;
    let fingerprints: Vec<&str> = signers.iter().map(|(_, row)| row.fingerprint.as_str()).collect();
    Ok(verified_at(&kin(db, channel, &fingerprints).await?))
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

/// Whether somebody takes the sessions that go there. A destination that is gone counts as disabled.
fn taker(chosen: bool, to: Option<DestinationRef>) -> Taker {
    match to {
        _ if !chosen => Taker::NotChosen,
        Some(to) if to.takes() => Taker::Ready,
        Some(to) if !to.disabled => Taker::Empty,
        _ => Taker::Disabled,
    }
}
