//! Items that cannot be applied: why, and the dead letter that keeps them.

use crate::{
    database::storable,
    entity::dead_letter,
    inbound::{batch::Batch, journal::Delivery},
};
use domain::{dead_letter::DeadReason, event::Change};

/// Keeps an item; the same item of the same delivery only once.
pub(crate) fn keep(
    batch: &mut Batch,
    delivery: &Delivery,
    position: usize,
    phone_number_id: Option<&str>,
    raw: &str,
    (reason, detail): Dead,
) {
    let row = dead_letter::Model {
        id: batch.clock.new_id(),
        delivery_id: delivery.id,
        position: i64::try_from(position).unwrap_or(i64::MAX),
        at: batch.now,
        reason: reason.as_str().to_owned(),
        detail: detail.map(storable),
        phone_number_id: phone_number_id.map(|id| storable(id.to_owned())),
        channel_id: delivery.channel,
        journal_id: Some(delivery.journal),
        raw: storable(raw.to_owned()),
    };
    batch.wait(&row);
    batch.written().dead(row);
    batch.tell(Change::DeadLetter);
}

/// Why an item cannot be applied.
pub(crate) type Dead = (DeadReason, Option<String>);
