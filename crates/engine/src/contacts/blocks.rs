//! Which contacts are blocked on which of the company's numbers.

use crate::{Result, entity::contact_block};
use domain::contact_block::ContactBlock;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter, QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

/// Whether the contact is blocked on the number.
pub(crate) async fn block_of(
    db: &impl ConnectionTrait,
    contact: Uuid,
    phone_number_id: Option<&str>,
) -> Result<Option<ContactBlock>> {
    let Some(number) = phone_number_id else {
        return Ok(None);
    };
    let row = contact_block::Entity::find_by_id((contact, number.to_owned()))
        .one(db)
        .await?;
    Ok(row.and_then(|row| row.block()))
}

/// The row of the contact on the number, locked until the transaction ends; a new one if there is none.
pub(crate) async fn locked(
    tx: &impl ConnectionTrait,
    contact: Uuid,
    phone_number_id: &str,
) -> Result<contact_block::Model> {
    let new = contact_block::Model {
        contact_id: contact,
        phone_number_id: phone_number_id.to_owned(),
        blocked_by: None,
        blocked_at: None,
        calling_until: None,
    };
    contact_block::Entity::insert(new.clone().into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let row = contact_block::Entity::find_by_id((contact, phone_number_id.to_owned()))
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(row.unwrap_or(new))
}

/// Two contacts have become one, who is blocked where either was.
pub(crate) async fn merged(tx: &impl ConnectionTrait, gone: Uuid, kept: Uuid) -> Result<()> {
    let theirs = contact_block::Entity::find().filter(contact_block::Column::ContactId.eq(gone));
    for row in theirs.lock_exclusive().all(tx).await? {
        row.clone().delete(tx).await?;
        let ours = locked(tx, kept, &row.phone_number_id).await?;
        let blocked = if ours.blocked_at.is_some() { &ours } else { &row };
        let joined = contact_block::Model {
            blocked_by: blocked.blocked_by.clone(),
            blocked_at: blocked.blocked_at,
            calling_until: ours.calling_until.max(row.calling_until),
            ..ours.clone()
        };
        contact_block::Entity::update(joined.into_active_model().reset_all())
            .exec(tx)
            .await?;
    }
    Ok(())
}
