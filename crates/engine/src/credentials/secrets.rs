//! A channel's secrets: sealed, told apart by kind, recognised by fingerprint.

use crate::{
    Engine, Result,
    credentials::seal::Kind,
    entity::{channel_secret, stored},
};
use domain::ids::ChannelId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::OnConflict,
};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use uuid::Uuid;

/// Minimum length of a secret whose characters are shown: four characters of a shorter one would be too many.
const SHOWN_FROM: usize = 12;

/// What may be shown of a channel's secrets.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) access_token: Option<channel_secret::Model>,
    pub(crate) app_secret: Option<channel_secret::Model>,
    pub(crate) next_app_secret: Option<channel_secret::Model>,
}

pub(crate) async fn known(db: &impl ConnectionTrait, id: ChannelId) -> Result<Known> {
    let mut known = Known::default();
    for row in channel_secret::Entity::find()
        .filter(channel_secret::Column::ChannelId.eq(id.uuid()))
        .all(db)
        .await?
    {
        known.add(row)?;
    }
    Ok(known)
}

/// The same for these channels; one without a secret is missing.
pub(crate) async fn of_channels(
    db: &impl ConnectionTrait,
    channels: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Known>> {
    let mut all: HashMap<Uuid, Known> = HashMap::new();
    let theirs = channel_secret::Entity::find().filter(channel_secret::Column::ChannelId.is_in(channels));
    for row in theirs.all(db).await? {
        all.entry(row.channel_id).or_default().add(row)?;
    }
    Ok(all)
}

impl Known {
    fn add(&mut self, row: channel_secret::Model) -> Result<()> {
        match stored(&row.kind)? {
            Kind::AccessToken => self.access_token = Some(row),
            Kind::AppSecret => self.app_secret = Some(row),
            Kind::NextAppSecret => self.next_app_secret = Some(row),
        }
        Ok(())
    }
}

/// Every app secret that may sign for the channel: two while the app secret is being reset at Meta.
pub(crate) async fn signers(
    db: &impl ConnectionTrait,
    id: ChannelId,
) -> Result<Vec<(Kind, channel_secret::Model)>> {
    let known = known(db, id).await?;
    let first = known.app_secret.map(|row| (Kind::AppSecret, row));
    let second = known.next_app_secret.map(|row| (Kind::NextAppSecret, row));
    Ok(first.into_iter().chain(second).collect())
}

/// A channel's secret, opened.
pub(crate) async fn open_secret(
    engine: &Engine,
    db: &impl ConnectionTrait,
    id: ChannelId,
    kind: Kind,
) -> Result<Option<SecretString>> {
    let found = channel_secret::Entity::find_by_id((id.uuid(), kind.as_str().to_owned()))
        .one(db)
        .await?;
    match found {
        Some(row) => open(engine, db, id, kind, &row).await.map(Some),
        None => Ok(None),
    }
}

/// The secret of a row that was read.
pub(crate) async fn open(
    engine: &Engine,
    db: &impl ConnectionTrait,
    id: ChannelId,
    kind: Kind,
    row: &channel_secret::Model,
) -> Result<SecretString> {
    let key = engine.keys.that_sealed(db, &row.key_id).await?;
    key.open(id, kind, &row.sealed)
}

pub(crate) async fn write(
    engine: &Engine,
    tx: &DatabaseTransaction,
    id: ChannelId,
    kind: Kind,
    secret: &SecretString,
) -> Result<()> {
    use channel_secret::Column;
    let key = engine.keys.to_seal(tx).await?;
    let text = secret.expose_secret();
    let last: Vec<char> = text.chars().rev().take(4).collect();
    let shown = text.chars().count() >= SHOWN_FROM;
    let row = channel_secret::Model {
        channel_id: id.uuid(),
        kind: kind.as_str().to_owned(),
        key_id: key.id().to_owned(),
        sealed: key.seal(id, kind, secret)?,
        last_four: if shown {
            last.iter().rev().collect()
        } else {
            String::new()
        },
        fingerprint: key.fingerprint(secret),
        created_at: engine.clock().now().millis(),
    };
    let replace = OnConflict::columns([Column::ChannelId, Column::Kind])
        .update_columns([
            Column::KeyId,
            Column::Sealed,
            Column::LastFour,
            Column::Fingerprint,
            Column::CreatedAt,
        ])
        .to_owned();
    channel_secret::Entity::insert(row.into_active_model())
        .on_conflict(replace)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub(crate) async fn remove(tx: &DatabaseTransaction, id: ChannelId, kinds: &[Kind]) -> Result<()> {
    channel_secret::Entity::delete_many()
        .filter(channel_secret::Column::ChannelId.eq(id.uuid()))
        .filter(channel_secret::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .exec(tx)
        .await?;
    Ok(())
}
