//! What every change of a channel does: locks its row, writes its audit row, tells the pages and the doctor.

use crate::{
    Engine, Result,
    audit::{Subject, detail},
    entity::channel,
    events::Audience,
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    access::{Actor, Permission},
    channel::AuditDetail,
    event::Change,
    ids::ChannelId,
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

/// One small change of the row, with its audit row.
pub(super) async fn change(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    action: &str,
    apply: impl FnOnce(&Transaction, &mut channel::ActiveModel),
) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let tx = engine.transaction(actor).await?;
    let mut row = current(&tx, id).await?.into_active_model();
    apply(&tx, &mut row);
    channel::Entity::update(row).exec(&tx).await?;
    note(&tx, id, action, None)?;
    changed(&tx, id);
    tx.commit().await
}

/// After the commit, clears the cache of webhook addresses, has the channel checked soon, and tells the pages.
pub(super) fn changed(tx: &Transaction, id: ChannelId) {
    tx.then(|engine| engine.webhook_cache.forget());
    tx.wake(Worker::Doctor);
    tx.changed(Change::Channel { channel: id }, Audience::Everybody);
}

pub(super) fn note(tx: &Transaction, id: ChannelId, action: &str, detail: Option<AuditDetail>) -> Result<()> {
    let detail = detail.map(|detail| detail::write(&detail)).transpose()?;
    tx.audit(action, Subject::Channel(id.uuid()), detail);
    Ok(())
}

pub(super) async fn current(tx: &DatabaseTransaction, id: ChannelId) -> Result<channel::Model> {
    let found = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}
