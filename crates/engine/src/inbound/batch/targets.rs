//! The channels of a batch, and where they lead.

use crate::{
    Result,
    credentials::seal::Kind,
    entity::{channel, channel_secret, extension, queue},
    inbound::batch::{
        state::{Heard, Named, Number, distinct},
        wanted::Wanted,
    },
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

pub(super) async fn numbers(tx: &DatabaseTransaction, wanted: &Wanted) -> Result<HashMap<String, Number>> {
    let channels = channel::Entity::find()
        .filter(channel::Column::PhoneNumberId.is_in(wanted.wamids.keys()))
        .all(tx)
        .await?;
    if channels.is_empty() {
        return Ok(HashMap::new());
    }
    let secrets = channel_secret::Entity::find()
        .filter(channel_secret::Column::ChannelId.is_in(channels.iter().map(|channel| channel.id)))
        .filter(
            channel_secret::Column::Kind
                .is_in([Kind::AppSecret, Kind::NextAppSecret].map(|kind| kind.as_str())),
        )
        .all(tx)
        .await?;
    let number = |channel: channel::Model| {
        let own = secrets.iter().filter(|secret| secret.channel_id == channel.id);
        let signers = own.map(|secret| secret.fingerprint.clone()).collect();
        let number = Number {
            signers,
            heard: Heard::default(),
            channel: Arc::new(channel),
        };
        Some((number.channel.phone_number_id.clone()?, number))
    };
    Ok(channels.into_iter().filter_map(number).collect())
}

/// The extensions to which the channels lead. They are locked, so that nobody disables one until the transaction ends:
/// otherwise a disabled extension would be left with a session that it gets now. They are locked before messages and
/// sessions, in the same order as when an extension is disabled.
pub(super) async fn extensions(
    tx: &DatabaseTransaction,
    numbers: &HashMap<String, Number>,
) -> Result<HashMap<Uuid, Named>> {
    let channels = numbers.values().map(|number| number.channel.as_ref());
    let ids = channels.flat_map(|c| [c.extension_id, c.fallback_extension_id]);
    let ids = distinct(ids.flatten());
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = extension::Entity::find().filter(extension::Column::Id.is_in(ids));
    let query = query.order_by_asc(extension::Column::Id).lock_shared();
    let named = |row: extension::Model| (row.id, Named::new(row.name, row.disabled_at));
    Ok(query.all(tx).await?.into_iter().map(named).collect())
}

/// The queues to which the channels lead.
pub(super) async fn queues(
    tx: &DatabaseTransaction,
    numbers: &HashMap<String, Number>,
) -> Result<HashMap<Uuid, Named>> {
    let channels = numbers.values().map(|number| number.channel.as_ref());
    let queues = distinct(channels.flat_map(|c| [c.queue_id, c.fallback_queue_id]).flatten());
    if queues.is_empty() {
        return Ok(HashMap::new());
    }
    let found = queue::Entity::find().filter(queue::Column::Id.is_in(queues));
    let named = |row: queue::Model| (row.id, Named::new(row.name, row.disabled_at));
    Ok(found.all(tx).await?.into_iter().map(named).collect())
}
