//! Contacts that the company has merged. Each points to the main one, which points to nobody: one step leads to it, and
//! undoing it is to clear the pointer. No row moves, so Meta's identities stay with their contact.

use crate::{Result, entity::contact, transaction::Transaction};
use domain::refusal::Refusal;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// This contact and those that it is merged with, the main one first. For a contact that points to nobody, one
/// statement.
pub(crate) async fn all_of(db: &impl ConnectionTrait, id: Uuid) -> Result<Vec<contact::Model>> {
    let mut all = pointing_to(id).all(db).await?;
    let main = all
        .iter()
        .find(|row| row.id == id)
        .and_then(|row| row.merged_into);
    if let Some(main) = main {
        all = pointing_to(main).all(db).await?;
    }
    all.sort_by_key(|row| (row.merged_into.is_some(), row.id));
    Ok(all)
}

/// This contact, and those that point to it.
pub(crate) fn pointing_to(id: Uuid) -> Select<contact::Entity> {
    use contact::Column;
    let either = Condition::any()
        .add(Column::Id.eq(id))
        .add(Column::MergedInto.eq(id));
    contact::Entity::find().filter(either)
}

/// Locks these contacts until the transaction ends. `ids` has each of them once.
///
/// # Errors
/// One of them is gone: Meta has told meanwhile that two of them are one, or somebody has erased it.
pub(crate) async fn locked(tx: &Transaction, ids: &[Uuid]) -> Result<Vec<contact::Model>> {
    let found = tx
        .lock::<contact::Entity>(contact::Column::Id, ids.iter().copied())
        .await?;
    match found.len() == ids.len() {
        true => Ok(found),
        false => Err(Refusal::ChangedMeanwhile.into()),
    }
}

/// The contact whose name and note hold for this one.
pub(crate) async fn main_of(db: &impl ConnectionTrait, id: Uuid) -> Result<Uuid> {
    let main: Option<Option<Uuid>> = contact::Entity::find_by_id(id)
        .select_only()
        .column(contact::Column::MergedInto)
        .into_tuple()
        .one(db)
        .await?;
    Ok(main.flatten().unwrap_or(id))
}

/// The company's own names of main contacts.
pub(crate) struct Names(HashMap<Uuid, Option<String>>);

impl Names {
    /// Of those to which these contacts point: most point to nobody.
    pub(crate) async fn read<'a>(
        db: &impl ConnectionTrait,
        contacts: impl IntoIterator<Item = &'a contact::Model>,
    ) -> Result<Self> {
        let mains: BTreeSet<Uuid> = contacts.into_iter().filter_map(|row| row.merged_into).collect();
        if mains.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let names: Vec<(Uuid, Option<String>)> = contact::Entity::find()
            .select_only()
            .columns([contact::Column::Id, contact::Column::Alias])
            .filter(contact::Column::Id.is_in(mains))
            .into_tuple()
            .all(db)
            .await?;
        Ok(Self(names.into_iter().collect()))
    }

    /// The name by which this contact is known.
    pub(crate) fn of<'a>(&'a self, contact: &'a contact::Model) -> Option<&'a str> {
        match contact.merged_into {
            Some(main) => self.0.get(&main)?.as_deref(),
            None => contact.alias.as_deref(),
        }
    }
}

/// Contacts by their ids, each with the name by which it is known.
pub(crate) async fn known(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, contact::Model>> {
    let by_id = contact::Entity::find().filter(contact::Column::Id.is_in(ids));
    let mut contacts = by_id.all(db).await?;
    let names = Names::read(db, &contacts).await?;
    for contact in &mut contacts {
        contact.alias = names.of(contact).map(str::to_owned);
    }
    Ok(contacts.into_iter().map(|row| (row.id, row)).collect())
}
