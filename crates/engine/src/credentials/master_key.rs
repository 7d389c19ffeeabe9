//! Which master key this installation has. The database stores its fingerprint from the first start on. Without that
//! check, a process with another key, or with a new one because the file is gone, would run, and every channel would
//! fail later, one by one.

use crate::{
    Clock, Error, Result,
    credentials::{key_source::KeySource, seal::MasterKey},
    database::Database,
    entity::{
        channel_secret, idempotency_key,
        master_key::{self, ONLY},
        push_sender, push_subscription, second_factor, webhook,
    },
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
    sea_query::{Expr, OnConflict},
};

/// Loads the key that belongs to the database; the first start creates one.
///
/// # Errors
/// [`Error::Setup`] when the key is missing or is another one.
pub(crate) async fn load(db: &Database, source: &KeySource, clock: &Clock) -> Result<MasterKey> {
    let row = match stored(db.read()).await? {
        Some(row) => row,
        None => note_first(db, source, clock).await?,
    };
    current(db, source, row).await?.ok_or_else(|| unfit(source))
}

/// Takes the existing key, or creates one, and deletes the secrets that another key sealed. Returns how many.
pub(crate) async fn replace(db: &Database, source: &KeySource, clock: &Clock) -> Result<(MasterKey, u64)> {
    let fits = match stored(db.read()).await? {
        Some(row) => current(db, source, row).await?,
        None => None,
    };
    let is_another = fits.is_none();
    let key = match fits {
        Some(key) => key,
        None => match source.key()? {
            Some(key) => key,
            None => source.create()?,
        },
    };
    let tx = db.write_alone().await?;
    let forgotten = channel_secret::Entity::delete_many()
        .filter(channel_secret::Column::KeyId.ne(key.id()))
        .exec(&tx)
        .await?;
    let push_key = push_sender::Entity::delete_many()
        .filter(push_sender::Column::KeyId.ne(key.id()))
        .exec(&tx)
        .await?;
    if push_key.rows_affected > 0 {
        // Browsers subscribed to that key. Their pages subscribe again.
        push_subscription::Entity::delete_many().exec(&tx).await?;
    }
    // Whoever had one logs in with the password, and sets up another.
    second_factor::Entity::delete_many()
        .filter(second_factor::Column::KeyId.ne(key.id()))
        .exec(&tx)
        .await?;
    forget_answers(&tx, &key).await?;
    // Whoever checks their signatures needs another secret in any case.
    let webhooks = webhook::Entity::delete_many()
        .filter(webhook::Column::KeyId.ne(key.id()))
        .exec(&tx)
        .await?;
    if is_another {
        master_key::Entity::delete_many().exec(&tx).await?;
    }
    tx.commit().await?;
    note(db, &key, clock).await?;
    Ok((key, forgotten.rows_affected + webhooks.rows_affected))
}

/// Forgets the answers that another key sealed: whoever repeats a call that had an effect hears that its answer is lost.
pub(super) async fn forget_answers(tx: &DatabaseTransaction, key: &MasterKey) -> Result<()> {
    use idempotency_key::Column;
    idempotency_key::Entity::update_many()
        .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::KeyId, Expr::value(None::<String>))
        .filter(Column::KeyId.ne(key.id()))
        .exec(tx)
        .await?;
    Ok(())
}

/// What the database says of its key.
pub(super) async fn stored(db: &impl ConnectionTrait) -> Result<Option<master_key::Model>> {
    Ok(master_key::Entity::find_by_id(ONLY).one(db).await?)
}

/// The key of which the database speaks, if it is here.
pub(super) fn belonging(source: &KeySource, row: &master_key::Model) -> Result<Option<MasterKey>> {
    let key = source.find(&row.fingerprint)?;
    key.map(|key| match &row.fingerprint_key {
        Some(sealed) => key.with_fingerprint_key(sealed),
        None => Ok(key),
    })
    .transpose()
}

/// The same, also if a rotation ends between the reading of the row and that of the files.
async fn current(db: &Database, source: &KeySource, mut row: master_key::Model) -> Result<Option<MasterKey>> {
    loop {
        if let Some(key) = belonging(source, &row)? {
            return Ok(Some(key));
        }
        match stored(db.read()).await? {
            Some(changed) if changed.fingerprint != row.fingerprint => row = changed,
            _ => return Ok(None),
        }
    }
}

/// The first start, or the first one since the database has stored the fingerprint.
async fn note_first(db: &Database, source: &KeySource, clock: &Clock) -> Result<master_key::Model> {
    let key = match source.key()? {
        Some(key) => key,
        None if channel_secret::Entity::find().count(db.read()).await? == 0 => source.create()?,
        None => return Err(unfit(source)),
    };
    let foreign = channel_secret::Entity::find()
        .filter(channel_secret::Column::KeyId.ne(key.id()))
        .count(db.read())
        .await?;
    if foreign > 0 {
        return Err(unfit(source));
    }
    note(db, &key, clock).await
}

/// Notes the key's fingerprint. When two processes start at once, the key of the first one counts.
async fn note(db: &Database, key: &MasterKey, clock: &Clock) -> Result<master_key::Model> {
    let row = master_key::Model {
        id: ONLY,
        fingerprint: key.of_itself(),
        fingerprint_key: None,
        since: clock.now().millis(),
    };
    let first_counts = OnConflict::column(master_key::Column::Id).do_nothing().to_owned();
    let tx = db.write().await?;
    master_key::Entity::insert(row.into_active_model())
        .on_conflict(first_counts)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    stored(db.read())
        .await?
        .ok_or_else(|| Error::Corrupt("the master key's fingerprint is gone".into()))
}

/// Says which key there is instead of the right one.
fn unfit(source: &KeySource) -> Error {
    let name = source.name();
    let what = match source.key() {
        Ok(None) => format!("the master key is missing: there is no {name}"),
        Ok(Some(key)) => format!(
            "{name} is not the master key of this database (it is the one with the fingerprint {})",
            key.id()
        ),
        Err(error) => return error,
    };
    Error::Setup(format!(
        "{what}. Access tokens and app secrets are sealed with it and cannot be read without it. Put the right one \
         back, from your backup: as that file, or as security.master_key. If it is lost, `switchboard keys replace` \
         forgets those secrets, and they have to be typed in again"
    ))
}
