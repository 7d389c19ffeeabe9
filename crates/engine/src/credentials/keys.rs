//! The master key that is in use. Another process may change it (`switchboard keys rotate`): each secret is stored with
//! the id of its key, and the database with the fingerprint of the key that seals, so a process that still has the old
//! one notices, and goes on with the new one.

use crate::{
    Error, Result,
    credentials::{
        key_source::KeySource,
        master_key::{belonging, stored},
        seal::MasterKey,
    },
    entity::master_key::{self, ONLY},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, QuerySelect};
use std::sync::{Arc, PoisonError, RwLock};

#[derive(Debug)]
pub(crate) struct Keys {
    pub(super) source: KeySource,
    in_use: RwLock<Arc<MasterKey>>,
}

impl Keys {
    pub(crate) fn new(source: KeySource, key: MasterKey) -> Self {
        Self {
            source,
            in_use: RwLock::new(Arc::new(key)),
        }
    }

    /// For what is not stored: links of files, cookies.
    pub(crate) fn now(&self) -> Arc<MasterKey> {
        self.in_use.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key with this id, which sealed something that was read.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when this process does not have it, or when it has been changed since that was read.
    pub(crate) async fn that_sealed(
        &self,
        db: &impl ConnectionTrait,
        key_id: &str,
    ) -> Result<Arc<MasterKey>> {
        let now = self.now();
        if now.id() == key_id {
            return Ok(now);
        }
        let key = self.of_row(stored(db).await?)?;
        match key.id() == key_id {
            true => Ok(key),
            false => Err(MISSING),
        }
    }

    /// The key that seals. It is not changed before the transaction ends.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when this process does not have it.
    pub(crate) async fn to_seal(&self, tx: &DatabaseTransaction) -> Result<Arc<MasterKey>> {
        let row = master_key::Entity::find_by_id(ONLY).lock_shared().one(tx).await?;
        self.of_row(row)
    }

    /// The key that the database names.
    pub(super) fn of_row(&self, row: Option<master_key::Model>) -> Result<Arc<MasterKey>> {
        let row = row.ok_or(MISSING)?;
        let now = self.now();
        if now.of_itself() == row.fingerprint {
            return Ok(now);
        }
        let key = Arc::new(belonging(&self.source, &row)?.ok_or(MISSING)?);
        tracing::info!(
            key = key.id(),
            "the master key was changed; this process goes on with the new one"
        );
        *self.in_use.write().unwrap_or_else(PoisonError::into_inner) = key.clone();
        Ok(key)
    }
}

const MISSING: Error =
    Error::Unavailable("the master key was changed, and this process does not have the new one");
