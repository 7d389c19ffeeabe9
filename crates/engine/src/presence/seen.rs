//! When each operator was last seen: the open pages of all processes, in the database.

use crate::{
    Engine, Result,
    entity::{extension, presence},
    events::Audience,
    presence::list::presences,
    wakes::Worker,
};
use domain::{
    access::{Actor, Me},
    event::Change,
    presence::Availability,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

/// A page is open for as long as this is kept.
#[derive(Debug)]
pub struct OpenPage {
    engine: Engine,
    extension: Option<Uuid>,
}

impl OpenPage {
    pub fn open(engine: &Engine, me: &Me) -> Self {
        let extension = me.extension.as_ref().map(|own| own.id.uuid());
        if let Some(extension) = extension {
            engine.pages.open(extension);
            engine.wakes.wake(Worker::Distribution);
        }
        Self {
            engine: engine.clone(),
            extension,
        }
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        if let Some(extension) = self.extension {
            self.engine.pages.close(extension, self.engine.clock().now());
        }
    }
}

/// Writes down which operators have a page open now, and tells colleagues who has come and who has gone.
pub(crate) async fn note_seen(engine: &Engine) -> Result<()> {
    let open = engine.pages.extensions();
    let now = engine.clock().now();
    // Where nobody works, nothing is written.
    if open.is_empty() && engine.pages.are_told(&presences(engine.db.read(), now).await?) {
        return Ok(());
    }
    let tx = engine.transaction(&Actor::System).await?;
    // An extension may have been removed from a database that was restored.
    let open: Vec<Uuid> = extension::Entity::find()
        .select_only()
        .column(extension::Column::Id)
        .filter(extension::Column::Id.is_in(open))
        // All processes lock the rows in this order.
        .order_by_asc(extension::Column::Id)
        .into_tuple()
        .all(&tx)
        .await?;
    let seen = open.into_iter().map(|extension_id| presence::ActiveModel {
        extension_id: Set(extension_id),
        availability: Set(Availability::default().as_str().to_owned()),
        idle: Set(false),
        seen_at: Set(Some(now.millis())),
        given_at: Set(None),
    });
    let seen: Vec<_> = seen.collect();
    if !seen.is_empty() {
        presence::Entity::insert_many(seen)
            .on_conflict(
                OnConflict::column(presence::Column::ExtensionId)
                    .update_column(presence::Column::SeenAt)
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
    }
    let shown = presences(&tx, now).await?;
    if !engine.pages.are_told(&shown) {
        // Those who see everybody. Operators know of themselves that they are there.
        tx.changed(Change::Presence, Audience::of(None, None));
    }
    tx.commit().await?;
    engine.pages.told(shown);
    Ok(())
}
