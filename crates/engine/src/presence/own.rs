//! What an operator chooses for themselves, or the PBX for them.

use crate::{
    Engine, Result,
    entity::{
        extension,
        presence::{self, Column},
    },
    events::{Audience, Deed, deeds::About},
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    access::{Actor, Permission},
    event::Change,
    ids::ExtensionId,
    presence::{Availability, OwnPresence},
    refusal::Refusal,
};
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

/// The actor's own; `None` without an extension.
pub async fn own(engine: &Engine, actor: &Actor) -> Result<Option<OwnPresence>> {
    let Some(own) = actor.extension() else {
        return Ok(None);
    };
    let row = presence::Entity::find_by_id(own.id.uuid())
        .one(engine.db.read())
        .await?;
    let fresh = OwnPresence {
        availability: Availability::default(),
        idle: false,
    };
    Ok(Some(row.map_or(Ok(fresh), |row| row.own())?))
}

/// # Errors
/// The actor has no extension.
pub async fn choose(engine: &Engine, actor: &Actor, availability: Availability) -> Result<()> {
    let own = actor.own_extension()?.id;
    let tx = engine.transaction(actor).await?;
    // Whoever chooses is there.
    put(
        &tx,
        own,
        availability,
        false,
        &[Column::Availability, Column::Idle],
    )
    .await?;
    tx.did(About::Presence, Deed::Availability(own));
    tx.commit().await
}

/// For the PBX: somebody is on the phone.
///
/// # Errors
/// The actor may not transfer sessions or is bound, or there is no such extension.
pub async fn choose_for(
    engine: &Engine,
    actor: &Actor,
    id: ExtensionId,
    availability: Availability,
) -> Result<()> {
    actor.require(Permission::SessionTransfer)?;
    actor.reaches_everything()?;
    let tx = engine.transaction(actor).await?;
    extension::Entity::find_by_id(id.uuid())
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    put(&tx, id, availability, false, &[Column::Availability]).await?;
    tx.did(About::Presence, Deed::Availability(id));
    tx.commit().await
}

/// A browser tells that nobody is there, or somebody again.
///
/// # Errors
/// The actor has no extension.
pub async fn set_idle(engine: &Engine, actor: &Actor, idle: bool) -> Result<()> {
    let own = actor.own_extension()?.id;
    let tx = engine.transaction(actor).await?;
    put(&tx, own, Availability::default(), idle, &[Column::Idle]).await?;
    tx.commit().await
}

/// Writes these columns of the operator's row.
async fn put(
    tx: &Transaction,
    of: ExtensionId,
    availability: Availability,
    idle: bool,
    only: &[Column],
) -> Result<()> {
    let row = presence::ActiveModel {
        extension_id: Set(of.uuid()),
        availability: Set(availability.as_str().to_owned()),
        idle: Set(idle),
        seen_at: Set(None),
        given_at: Set(None),
    };
    presence::Entity::insert(row)
        .on_conflict(
            OnConflict::column(Column::ExtensionId)
                .update_columns(only.iter().copied())
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    tx.changed(Change::Presence, Audience::of([of.uuid()], None));
    tx.wake(Worker::Distribution);
    Ok(())
}
