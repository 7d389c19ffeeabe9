//! What every change of a channel does: locks its row, writes its audit row, tells the pages and the doctor.

use crate::{
    Engine, Result,
    audit::{Subject, detail},
    entity::channel,
    events::{Audience, Deed, deeds::About},
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
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

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
    tx.did(About::Channel(id), Deed::Channel);
    tx.changed(Change::Channel { channel: id }, Audience::Everybody);
}

pub(super) fn note(tx: &Transaction, id: ChannelId, action: &str, detail: Option<AuditDetail>) -> Result<()> {
    let detail = detail.map(|detail| detail::write(&detail)).transpose()?;
    tx.audit(action, Subject::Channel(id.uuid()), detail);
    Ok(())
}

/// The channel, locked against other changes. What only refers to it, such as a new session, does not wait.
pub(super) async fn current(tx: &DatabaseTransaction, id: ChannelId) -> Result<channel::Model> {
    locked(tx, id, LockType::NoKeyUpdate).await
}

/// The channel, locked so that nothing new refers to it until the transaction ends.
pub(super) async fn current_alone(tx: &DatabaseTransaction, id: ChannelId) -> Result<channel::Model> {
    locked(tx, id, LockType::Update).await
}

async fn locked(tx: &DatabaseTransaction, id: ChannelId, how: LockType) -> Result<channel::Model> {
    let found = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .lock(how)
        .one(tx)
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}
