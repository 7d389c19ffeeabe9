//! Which master key this installation has. The database stores its fingerprint from the first start on. Without that
//! check, a process with another key, or with a new one because the file is gone, would run, and every channel would
//! fail later, one by one.

use crate::{
    Clock, Error, Result,
    credentials::seal::MasterKey,
    database::Database,
    entity::{
        channel_secret,
        master_key::{self, ONLY},
    },
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    sea_query::OnConflict,
};
use secrecy::SecretString;
use std::path::Path;

/// Loads the key that belongs to the database; the first start creates one.
///
/// # Errors
/// [`Error::Setup`] when the key is missing or is another one.
pub(crate) async fn load(
    db: &Database,
    data_dir: &Path,
    given: Option<&SecretString>,
    clock: &Clock,
) -> Result<MasterKey> {
    let known = known(db.read()).await?;
    let sealed = channel_secret::Entity::find().count(db.read()).await?;
    let key = match MasterKey::load(data_dir, given)? {
        Some(key) => key,
        None if known.is_none() && sealed == 0 => MasterKey::create(data_dir)?,
        None => {
            return Err(refuse(&format!(
                "the master key is missing: there is no {}",
                MasterKey::file(data_dir).display()
            )));
        }
    };
    let known = match known {
        Some(known) => known,
        None => {
            let foreign = channel_secret::Entity::find()
                .filter(channel_secret::Column::KeyId.ne(key.id()))
                .count(db.read())
                .await?;
            if foreign > 0 {
                return Err(wrong(&key, data_dir, given));
            }
            note(db, &key, clock).await?
        }
    };
    if known == key.of_itself() {
        Ok(key)
    } else {
        Err(wrong(&key, data_dir, given))
    }
}

/// Takes the existing key, or creates one, and deletes the secrets that another key sealed. Returns how many.
pub(crate) async fn replace(
    db: &Database,
    data_dir: &Path,
    given: Option<&SecretString>,
    clock: &Clock,
) -> Result<(MasterKey, u64)> {
    let key = match MasterKey::load(data_dir, given)? {
        Some(key) => key,
        None => MasterKey::create(data_dir)?,
    };
    let tx = db.write_alone().await?;
    let forgotten = channel_secret::Entity::delete_many()
        .filter(channel_secret::Column::KeyId.ne(key.id()))
        .exec(&tx)
        .await?;
    master_key::Entity::delete_many().exec(&tx).await?;
    tx.commit().await?;
    note(db, &key, clock).await?;
    Ok((key, forgotten.rows_affected))
}

async fn known(db: &impl ConnectionTrait) -> Result<Option<String>> {
    let row = master_key::Entity::find_by_id(ONLY).one(db).await?;
    Ok(row.map(|row| row.fingerprint))
}

/// Notes the key's fingerprint. When two processes start at once, the key of the first one counts.
async fn note(db: &Database, key: &MasterKey, clock: &Clock) -> Result<String> {
    let row = master_key::Model {
        id: ONLY,
        fingerprint: key.of_itself(),
        since: clock.now().millis(),
    };
    let first_counts = OnConflict::column(master_key::Column::Id).do_nothing().to_owned();
    let tx = db.write().await?;
    master_key::Entity::insert(row.into_active_model())
        .on_conflict(first_counts)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    known(db.read())
        .await?
        .ok_or_else(|| Error::Corrupt("the master key's fingerprint is gone".into()))
}

fn wrong(key: &MasterKey, data_dir: &Path, given: Option<&SecretString>) -> Error {
    let from = match given {
        Some(_) => "security.master_key".to_owned(),
        None => MasterKey::file(data_dir).display().to_string(),
    };
    refuse(&format!(
        "{from} is not the master key of this database (it is the one with the fingerprint {})",
        key.id()
    ))
}

fn refuse(what: &str) -> Error {
    Error::Setup(format!(
        "{what}. Access tokens and app secrets are sealed with it and cannot be read without it. Put the right one \
         back, from your backup: as that file, or as security.master_key. If it is lost, `switchboard master-key \
         replace` forgets those secrets, and they have to be typed in again"
    ))
}
