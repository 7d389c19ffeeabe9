//! What is stored of one customer, to be handed out to them.

use crate::{
    Engine, Result,
    audit::Subject,
    contacts::{self, merged},
    entity::{contact_block, contact_identity, contact_note, session},
};
use domain::{
    access::{Actor, Permission},
    contact_note::ContactNote,
    ids::{ContactId, SessionId},
    refs::ContactRef,
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use uuid::Uuid;

/// A contact and those that are merged with it.
#[derive(Debug, Clone, Serialize)]
pub struct ContactRecord {
    /// The main one first.
    pub contacts: Vec<KnownContact>,
    pub notes: Vec<ContactNote>,
    /// Of all of them, the oldest first.
    pub sessions: Vec<SessionId>,
}

/// What is known of one contact.
#[derive(Debug, Clone, Serialize)]
pub struct KnownContact {
    #[serde(flatten)]
    pub contact: ContactRef,
    pub first_seen: Timestamp,
    /// Numbers and BSUIDs by which it is recognised, also former ones.
    pub identities: Vec<String>,
    /// Meta's ids of the company's numbers on which it is blocked.
    pub blocked_on: Vec<String>,
}

/// What is stored of a contact, apart from its sessions. The audit log keeps who has got it.
///
/// # Errors
/// Not an administrator; there is no such contact.
pub async fn contact_record(engine: &Engine, actor: &Actor, id: ContactId) -> Result<ContactRecord> {
    actor.require(Permission::ContactExport)?;
    let tx = engine.transaction(actor).await?;
    let all = merged::all_of(&tx, id.uuid()).await?;
    let Some(main) = all
        .first()
        .filter(|main| main.erased_at.is_none())
        .map(|main| main.id)
    else {
        return Err(Refusal::NotFound.into());
    };
    let ids = || all.iter().map(|contact| contact.id);
    let notes = contact_note::Entity::find().filter(contact_note::Column::ContactId.is_in(ids()));
    let notes = notes.all(&tx).await?;
    let sessions: Vec<Uuid> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::ContactId.is_in(ids()))
        .order_by_asc(session::Column::OpenedAt)
        .order_by_asc(session::Column::Id)
        .into_tuple()
        .all(&tx)
        .await?;
    let identities = contact_identity::Entity::find();
    let identities = identities.filter(contact_identity::Column::ContactId.is_in(ids()));
    let identities = identities.all(&tx).await?;
    let blocks = contact_block::Entity::find()
        .filter(contact_block::Column::ContactId.is_in(ids()))
        .filter(contact_block::Column::BlockedAt.is_not_null());
    let blocks = blocks.all(&tx).await?;
    tx.audit("contact.export", Subject::Contact(main), None);
    tx.commit().await?;
    Ok(ContactRecord {
        contacts: all
            .into_iter()
            .map(|contact| {
                let of = contact.id;
                let identities = identities.iter().filter(|identity| identity.contact_id == of);
                let blocks = blocks.iter().filter(|block| block.contact_id == of);
                KnownContact {
                    first_seen: Timestamp::from_millis(contact.created_at),
                    identities: identities.map(|identity| identity.value.clone()).collect(),
                    blocked_on: blocks.map(|block| block.phone_number_id.clone()).collect(),
                    contact: contacts::reference(contact),
                }
            })
            .collect(),
        notes: notes.into_iter().map(Into::into).collect(),
        sessions: sessions.into_iter().map(SessionId::new).collect(),
    })
}
