//! What every change of a channel does: locks its row, writes its audit row, tells the pages and the doctor.

use crate::{
    Engine, Result,
    audit::{self, Subject, detail},
    entity::channel,
    events::Changes,
};
use domain::{
    channel::Detail,
    event::Change,
    ids::ChannelId,
    people::{Actor, Permission},
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

/// One small change of the row, with its audit row.
pub(super) async fn change(
    e: &Engine,
    actor: &Actor,
    id: ChannelId,
    action: &str,
    apply: impl FnOnce(&Engine, &mut channel::ActiveModel) -> Result<()>,
) -> Result<()> {
    actor.require(Permission::Administer)?;
    let tx = e.db.write().await?;
    let mut row = current(&tx, id).await?.into_active_model();
    apply(e, &mut row)?;
    channel::Entity::update(row).exec(&tx).await?;
    note(e, &tx, actor, id, action, None).await?;
    tx.commit().await?;
    changed(e, id);
    Ok(())
}

/// After a commit: what is kept in memory is read again, the channel is checked soon, and pages are told.
pub(super) fn changed(e: &Engine, id: ChannelId) {
    e.hooks.forget();
    e.channel_check.notify_one();
    e.events().publish(Changes::of(Change::Channel { channel: id }));
}

pub(super) async fn note(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: ChannelId,
    action: &str,
    detail: Option<Detail>,
) -> Result<()> {
    let detail = detail.map(|detail| detail::write(&detail)).transpose()?;
    audit::note(e, tx, actor, action, Subject::Channel(id.uuid()), detail).await
}

pub(super) async fn current(tx: &DatabaseTransaction, id: ChannelId) -> Result<channel::Model> {
    let found = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}
