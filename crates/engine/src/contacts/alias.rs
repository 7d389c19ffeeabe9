//! The company's own names of its customers, and whom it has merged, in the pipe from Meta: what Meta tells changes none
//! of this.

use crate::{Result, contacts::merged::all_of, entity::contact, transaction::Transaction};
use std::collections::HashMap;
use uuid::Uuid;

/// Of two contacts that became one (`gone`, `kept`), the one that stays keeps its pointer and its name, or else gets the
/// other's name. A batch has locked both when it read them; this also locks those with which they are merged.
pub(crate) async fn keep(
    tx: &Transaction,
    contacts: &mut [contact::Model],
    merged: &[(Uuid, Uuid)],
) -> Result<()> {
    let mut ids = Vec::new();
    for id in merged.iter().flat_map(|&(gone, kept)| [gone, kept]) {
        // With those whose pointers change when it goes.
        ids.extend(all_of(tx, id).await?.iter().map(|contact| contact.id));
    }
    let now = tx.lock::<contact::Entity>(contact::Column::Id, ids).await?;
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
        if merged.iter().any(|(_, kept)| *kept == contact.id) {
            contact.alias = names.remove(&contact.id);
            contact.merged_into = mains.get(&contact.id).copied().flatten();
        }
    }
    Ok(())
}
