//! Applying a dead letter again, after its cause has been fixed.
//!
//! The transaction that applies the item also deletes the dead letter, so it is applied once, however often and by
//! however many it is asked for. As always, the wamid makes sure that a message is stored only once.

use crate::{
    Engine, Error, Result,
    audit::Subject,
    database::storable,
    entity::{dead_letter, delivery, journal},
    events::Audience,
    inbound::{
        apply,
        batch::Batch,
        dead_letters::filter::matching,
        journal::{self as codec, Delivery, Entry},
        reject::{self, Dead},
    },
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    dead_letter::{DeadReason, Filter, Replayed},
    event::Change,
    ids::DeadLetterId,
    refusal::Refusal,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;
use whatsapp::webhook::Item;

/// Dead letters per call; whoever asks for more goes on after the last.
const AT_ONCE: u64 = 100;
/// Tries of one dead letter: another writer may be in the way.
const TRIES: u32 = 3;

/// What became of one dead letter.
enum Outcome {
    Applied,
    Kept(DeadReason),
    /// Neither the delivery nor who signed it is known any more.
    Lost,
    /// Somebody else was quicker.
    Gone,
}

/// Applies one dead letter again.
///
/// # Errors
/// [`Refusal::NothingToReplay`] when what is needed for it is no longer stored.
pub async fn replay(engine: &Engine, actor: &Actor, id: DeadLetterId) -> Result<Replayed> {
    actor.require(Permission::DeadLetterChange)?;
    let mut replayed = Replayed::default();
    match one(engine, actor, id).await? {
        Outcome::Applied => replayed.applied = 1,
        Outcome::Kept(reason) => replayed.keep(reason),
        Outcome::Lost => return Err(Refusal::NothingToReplay.into()),
        Outcome::Gone => return Err(Refusal::NotFound.into()),
    }
    Ok(replayed)
}

/// Applies the first hundred dead letters that match, oldest first, after the one named.
pub async fn replay_all(
    engine: &Engine,
    actor: &Actor,
    filter: &Filter,
    after: Option<DeadLetterId>,
) -> Result<Replayed> {
    use dead_letter::Column;
    actor.require(Permission::DeadLetterChange)?;
    let from = |after: Option<Uuid>| {
        let all = dead_letter::Entity::find().filter(matching(engine, filter));
        match after {
            Some(after) => all.filter(Column::Id.gt(after)),
            None => all,
        }
    };
    let ids: Vec<Uuid> = from(after.map(DeadLetterId::uuid))
        .select_only()
        .column(Column::Id)
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let mut replayed = Replayed::default();
    for id in &ids {
        match one(engine, actor, DeadLetterId::new(*id)).await? {
            Outcome::Applied => replayed.applied += 1,
            Outcome::Kept(reason) => replayed.keep(reason),
            Outcome::Lost => replayed.lost += 1,
            Outcome::Gone => {}
        }
    }
    if let Some(last) = ids.last() {
        replayed.left = from(Some(*last)).count(engine.db.read()).await?;
        replayed.next = (replayed.left > 0).then(|| DeadLetterId::new(*last));
    }
    Ok(replayed)
}

async fn one(engine: &Engine, actor: &Actor, id: DeadLetterId) -> Result<Outcome> {
    let mut tries = 0;
    loop {
        tries += 1;
        match attempt(engine, actor, id).await {
            Err(Error::Database(_)) if tries < TRIES => {}
            Err(error @ Error::Database(_)) if !error.is_passing() => {
                let tx = engine.transaction(actor).await?;
                let why = (DeadReason::Failed, Some(error.to_string()));
                keep(&tx, id.uuid(), why).await?;
                tx.commit().await?;
                return Ok(Outcome::Kept(DeadReason::Failed));
            }
            other => return other,
        }
    }
}

async fn attempt(engine: &Engine, actor: &Actor, id: DeadLetterId) -> Result<Outcome> {
    let tx = engine.transaction(actor).await?;
    let dead_letter = dead_letter::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(&tx)
        .await?;
    let Some(dead_letter) = dead_letter else {
        return Ok(Outcome::Gone);
    };
    let Some(delivery) = delivery_of(&tx, &dead_letter).await? else {
        return Ok(Outcome::Lost);
    };
    let items = match items_of(&dead_letter, &delivery) {
        Ok(items) => items,
        Err(why) => {
            let reason = why.0;
            keep(&tx, dead_letter.id, why).await?;
            tx.commit().await?;
            return Ok(Outcome::Kept(reason));
        }
    };
    let found: Vec<&Item> = items.iter().map(|(_, item)| item).collect();
    let mut batch = Batch::read(&tx, &found).await?;
    let whole_body = dead_letter.reason == DeadReason::UnreadableBody.as_str();
    let mut kept = None;
    for (position, item) in &items {
        let Err(why) = apply::try_item(&mut batch, &delivery, item) else {
            continue;
        };
        kept = kept.or(Some(why.0));
        if whole_body {
            // The body can be read by now: each item that cannot be applied becomes a dead letter of its own.
            let number = item.phone_number_id.as_deref();
            reject::keep(&mut batch, &delivery, *position, number, &item.raw, why);
        } else {
            keep(&tx, dead_letter.id, why).await?;
        }
    }
    if whole_body || kept.is_none() {
        dead_letter::Entity::delete_by_id(dead_letter.id)
            .exec(&tx)
            .await?;
        tx.audit(
            "replayed",
            Subject::DeadLetter(dead_letter.id),
            Some(dead_letter.reason),
        );
    }
    batch.write(&tx).await?;
    tx.changed(Change::DeadLetter, Audience::Everybody);
    tx.commit().await?;
    Ok(kept.map_or(Outcome::Applied, Outcome::Kept))
}

/// Keeps the dead letter, with this reason.
async fn keep(tx: &Transaction, id: Uuid, (reason, detail): Dead) -> Result<()> {
    tx.changed(Change::DeadLetter, Audience::Everybody);
    let row = dead_letter::ActiveModel {
        id: Set(id),
        reason: Set(reason.as_str().to_owned()),
        detail: Set(detail.map(storable)),
        ..Default::default()
    };
    dead_letter::Entity::update_many()
        .set(row)
        .filter(dead_letter::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The dead letter's items, each with its place in the delivery.
fn items_of(
    dead_letter: &dead_letter::Model,
    delivery: &Delivery,
) -> std::result::Result<Vec<(usize, Item)>, Dead> {
    let items = whatsapp::webhook::parse(&delivery.body)
        .map_err(|error| (DeadReason::UnreadableBody, Some(error.to_string())))?;
    let mut items: Vec<_> = items.into_iter().enumerate().collect();
    if dead_letter.reason == DeadReason::UnreadableBody.as_str() {
        return Ok(items);
    }
    // Another version of this program may count positions otherwise; the item's JSON stays the same.
    let position = usize::try_from(dead_letter.position).unwrap_or(usize::MAX);
    let same = |(_, item): &&(usize, Item)| storable(item.raw.clone()) == dead_letter.raw;
    let of_place = items.get(position).filter(same).map(|(place, _)| *place);
    let place = of_place.or_else(|| items.iter().find(same).map(|(place, _)| *place));
    match place {
        Some(place) => Ok(vec![items.swap_remove(place)]),
        None => {
            let why = "it is not in its delivery any more".to_owned();
            Err((DeadReason::UnreadableItem, Some(why)))
        }
    }
}

/// The delivery in which the dead letter came: from the journal, or built around the dead letter's own JSON when the
/// journal no longer has it. The signer must be known: otherwise nothing may be applied.
async fn delivery_of(tx: &DatabaseTransaction, dead_letter: &dead_letter::Model) -> Result<Option<Delivery>> {
    let stored: Option<(i64, Vec<u8>)> = match dead_letter.journal_id {
        None => None,
        Some(id) => {
            journal::Entity::find_by_id(id)
                .select_only()
                .columns([journal::Column::ReceivedAt, journal::Column::Body])
                .into_tuple()
                .one(tx)
                .await?
        }
    };
    if let Some((received_at, body)) = stored {
        // A batch that cannot be read was set aside with a dead letter: it must not stop the others from being
        // replayed.
        let entries = codec::read(body).unwrap_or_default();
        if let Some(entry) = entries
            .into_iter()
            .find(|entry| entry.id == dead_letter.delivery_id)
        {
            return Ok(Some(Delivery {
                journal: dead_letter.journal_id.unwrap_or_default(),
                received_at,
                attempts: 0,
                entry,
            }));
        }
    }
    let row = delivery::Entity::find_by_id(dead_letter.delivery_id)
        .one(tx)
        .await?;
    Ok(row.map(|row| Delivery {
        journal: dead_letter.journal_id.unwrap_or_default(),
        received_at: row.received_at,
        attempts: row.attempts,
        entry: Entry {
            id: row.id,
            channel: row.channel_id,
            signed_by: row.signed_by,
            body: around(dead_letter).into(),
        },
    }))
}

/// A notification with the dead letter's item in it.
fn around(dead_letter: &dead_letter::Model) -> String {
    if dead_letter.reason == DeadReason::UnreadableBody.as_str() {
        return dead_letter.raw.clone();
    }
    let number = serde_json::Value::from(dead_letter.phone_number_id.clone());
    let item = serde_json::from_str::<serde_json::Value>(&dead_letter.raw).unwrap_or_default();
    let change = match (item.get("field"), item.get("status"), item.get("code")) {
        // A whole change is its own envelope.
        (Some(_), ..) => dead_letter.raw.clone(),
        (_, Some(_), _) => within(&number, "statuses", &dead_letter.raw),
        _ if item.is_string() => within(&number, "errors", &dead_letter.raw),
        (_, _, Some(_)) => within(&number, "errors", &dead_letter.raw),
        _ if item.get("to").or(item.get("to_user_id")).is_some() => format!(
            r#"{{"field":"smb_message_echoes","value":{{"metadata":{{"phone_number_id":{number}}},"message_echoes":[{}]}}}}"#,
            dead_letter.raw
        ),
        _ => within(&number, "messages", &dead_letter.raw),
    };
    format!(
        r#"{{"object":"{}","entry":[{{"id":"","changes":[{change}]}}]}}"#,
        whatsapp::webhook::OBJECT,
    )
}

fn within(number: &serde_json::Value, list: &str, item: &str) -> String {
    format!(
        r#"{{"field":"messages","value":{{"metadata":{{"phone_number_id":{number}}},"{list}":[{item}]}}}}"#
    )
}
