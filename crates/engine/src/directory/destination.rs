//! Where a channel's new sessions go, as pages show it. The extensions and queues are read with one statement each.

use crate::{
    Engine, Result,
    directory::attended::attended,
    entity::{channel, extension, queue, queue_member, user},
};
use domain::{
    channel::{Destination, DestinationRef, Destinations},
    ids::{ExtensionId, QueueId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Extensions and queues.
#[derive(Debug, Default)]
pub(crate) struct Directory(HashMap<Uuid, DestinationRef>);

impl Directory {
    /// Reads the extensions and queues that the channels name.
    pub(crate) async fn of(db: &impl ConnectionTrait, channels: &[channel::Model]) -> Result<Self> {
        let extensions = channels
            .iter()
            .flat_map(|c| [c.extension_id, c.fallback_extension_id]);
        let queues = channels.iter().flat_map(|c| [c.queue_id, c.fallback_queue_id]);
        let (extensions, queues): (HashSet<_>, HashSet<_>) =
            (extensions.flatten().collect(), queues.flatten().collect());
        let mut known = HashMap::new();
        if !extensions.is_empty() {
            let named = Condition::all().add(extension::Column::Id.is_in(extensions));
            known.extend(self::extensions(db, named).await?);
        }
        if !queues.is_empty() {
            let named = Condition::all().add(queue::Column::Id.is_in(queues));
            known.extend(self::queues(db, named).await?);
        }
        Ok(Self(known))
    }

    pub(crate) fn destination(&self, channel: &channel::Model) -> Option<DestinationRef> {
        self.find(channel.extension_id, channel.queue_id)
    }

    pub(crate) fn fallback(&self, channel: &channel::Model) -> Option<DestinationRef> {
        self.find(channel.fallback_extension_id, channel.fallback_queue_id)
    }

    fn find(&self, extension: Option<Uuid>, queue: Option<Uuid>) -> Option<DestinationRef> {
        self.0.get(&extension.or(queue)?).cloned()
    }
}

/// The extensions, by number.
pub(super) async fn extensions(
    db: &impl ConnectionTrait,
    which: Condition,
) -> Result<Vec<(Uuid, DestinationRef)>> {
    let found = extension::Entity::find()
        .filter(which)
        .order_by_asc(extension::Column::Number)
        .all(db)
        .await?;
    let attended = attended(db).await?;
    let shown = found.into_iter().map(|extension| {
        let shown = DestinationRef {
            destination: Destination::Extension(ExtensionId::new(extension.id)),
            label: format!("{} {}", extension.number, extension.name),
            disabled: extension.disabled_at.is_some(),
            empty: !attended.contains(&extension.id),
            presence: None,
        };
        (extension.id, shown)
    });
    Ok(shown.collect())
}

/// The queues, by name.
pub(super) async fn queues(
    db: &impl ConnectionTrait,
    which: Condition,
) -> Result<Vec<(Uuid, DestinationRef)>> {
    let found = queue::Entity::find()
        .filter(which)
        .order_by_asc(queue::Column::Name)
        .all(db)
        .await?;
    let staffed = staffed(db).await?;
    let shown = found.into_iter().map(|queue| {
        let shown = DestinationRef {
            destination: Destination::Queue(QueueId::new(queue.id)),
            label: queue.name,
            disabled: queue.disabled_at.is_some(),
            empty: !staffed.contains(&queue.id),
            presence: None,
        };
        (queue.id, shown)
    });
    Ok(shown.collect())
}

/// Queues with at least one extension as which somebody can log in.
async fn staffed(db: &impl ConnectionTrait) -> Result<HashSet<Uuid>> {
    let queues: Vec<Uuid> = queue_member::Entity::find()
        .select_only()
        .column(queue_member::Column::QueueId)
        .distinct()
        .join(
            JoinType::InnerJoin,
            queue_member::Entity::belongs_to(user::Entity)
                .from(queue_member::Column::ExtensionId)
                .to(user::Column::ExtensionId)
                .into(),
        )
        .filter(user::Column::DisabledAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(queues.into_iter().collect())
}

pub(crate) async fn enabled_destinations(engine: &Engine) -> Result<Destinations> {
    let db = engine.db.read();
    let extensions = Condition::all().add(extension::Column::DisabledAt.is_null());
    let queues = Condition::all().add(queue::Column::DisabledAt.is_null());
    let shown = |found: Vec<(Uuid, _)>| found.into_iter().map(|(_, to)| to).collect();
    Ok(Destinations {
        extensions: shown(self::extensions(db, extensions).await?),
        queues: shown(self::queues(db, queues).await?),
    })
}
