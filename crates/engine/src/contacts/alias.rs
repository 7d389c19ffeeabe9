//! The company's own names of its customers, and whom it has merged, in the pipe from Meta: what Meta tells changes none
//! of this.

use crate::{Result, contacts::merged::all_of, entity::contact, transaction::Transaction};
use sea_orm::sea_query::LockType;
use std::collections::HashMap;
use uuid::Uuid;

/// Takes over the names and the pointers that stored contacts have now, and locks these contacts: a user may have named
/// or merged one since the batch has read it. Of two that became one (`gone`, `kept`), the name of the one that stays holds, or else the
/// other's.
pub(crate) async fn keep(
    tx: &Transaction,
    contacts: &mut [contact::Model],
    merged: &[(Uuid, Uuid)],
) -> Result<()> {
    let stored = contacts.iter().filter(|contact| contact.words_at.is_some());
    let stored = stored.map(|contact| contact.id);
    let mut ids: Vec<_> = stored.collect();
    for id in merged.iter().flat_map(|&(gone, kept)| [gone, kept]) {
        // With those whose pointers change when it goes.
        ids.extend(all_of(tx, id).await?.iter().map(|contact| contact.id));
    }
    // Others may begin sessions of a contact meanwhile, unless it goes.
    let how = match merged.is_empty() {
        true => LockType::NoKeyUpdate,
        false => LockType::Update,
    };
    let now = tx
        .lock_as::<contact::Entity>(how, contact::Column::Id, ids)
        .await?;
    let mains: HashMap<_, _> = now
        .iter()
        .map(|contact| (contact.id, contact.merged_into))
        .collect();
    let mut names: HashMap<_, _> = now
        .into_iter()
        .filter_map(|contact| Some((contact.id, contact.alias?)))
        .collect();
    for (gone, kept) in merged {
        if let Some(name) = names.remove(gone) {
            names.entry(*kept).or_insert(name);
        }
    }
    for contact in contacts {
        contact.alias = names.remove(&contact.id);
        contact.merged_into = mains.get(&contact.id).copied().flatten();
    }
    Ok(())
}
