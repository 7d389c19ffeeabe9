//! Counts the delivered messages of a batch by what Meta charges for them. A message counts by all of its statuses
//! (`domain::cost::counted`); a status that changes this moves the message from one counter to another. So every message
//! counts once, whatever statuses come twice, late or without a price; only one whose statuses were deleted meanwhile, because the
//! message is not here (`retention.rs`), would count again. No message of ours has to be known: another
//! application's messages from the same number cost as much.

use crate::{
    Result,
    entity::{message_cost, message_status},
};
use domain::{
    cost::{Counted, Pricing, Told, counted},
    message::Status,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;
use whatsapp::webhook::{Item, ItemKind};

/// Wamids in one query, and rows in one statement.
const AT_ONCE: usize = 5_000;

/// Meta's id of the number and of the message, and the member of a group: each is charged for.
type Key = (String, String, String);

/// The statuses of the messages that a batch is about, and how they change the counters.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Each status with what it tells; `None`: it is not counted.
    known: HashMap<Key, Vec<(String, Option<Told>)>>,
    /// In the order of the key, so that two transactions take their locks in the same order.
    changes: BTreeMap<(Counted, Uuid), i64>,
}

impl Ledger {
    /// Reads the statuses that are already stored of the messages whose statuses come now.
    pub(crate) async fn read(tx: &DatabaseTransaction, items: &[&Item]) -> Result<Self> {
        use message_status::Column;
        let mut wanted: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
        for item in items {
            if let (Some(number), ItemKind::Status(update)) = (&item.phone_number_id, &item.kind) {
                wanted.entry(number).or_default().insert(update.wamid.as_str());
            }
        }
        let mut ledger = Self::default();
        for (number, wamids) in wanted {
            let wamids: Vec<&str> = wamids.into_iter().collect();
            for wamids in wamids.chunks(AT_ONCE) {
                let stored = message_status::Entity::find()
                    .select_only()
                    .columns([
                        Column::PhoneNumberId,
                        Column::Wamid,
                        Column::Status,
                        Column::Participant,
                        Column::At,
                        Column::Country,
                        Column::Billable,
                        Column::PricingModel,
                        Column::PricingType,
                        Column::PricingCategory,
                    ])
                    .filter(Column::PhoneNumberId.eq(number))
                    .filter(Column::Wamid.is_in(wamids.iter().copied()));
                for row in stored.into_model::<Row>().all(tx).await? {
                    let told = row.told();
                    ledger
                        .known
                        .entry((row.phone_number_id, row.wamid, row.participant))
                        .or_default()
                        .push((row.status, told));
                }
            }
        }
        Ok(ledger)
    }

    /// Counts a status of a channel's number, unless it is known already.
    pub(crate) fn note(&mut self, channel: Uuid, row: &message_status::Model) {
        let row = Row::from(row.clone());
        let told = row.told();
        let key = (row.phone_number_id, row.wamid, row.participant);
        let known = self.known.entry(key).or_default();
        if known.iter().any(|(status, _)| *status == row.status) {
            return;
        }
        let before = counted(known.iter().filter_map(|(_, told)| told.as_ref()));
        known.push((row.status, told));
        let after = counted(known.iter().filter_map(|(_, told)| told.as_ref()));
        for (counted, by) in [(before, -1), (after, 1)] {
            if let Some(counted) = counted {
                *self.changes.entry((counted, channel)).or_default() += by;
            }
        }
    }

    pub(crate) async fn write(self, tx: &DatabaseTransaction) -> Result<()> {
        use message_cost::Column;
        let more = Expr::col((message_cost::Entity, Column::Messages)).add(Expr::cust("excluded.messages"));
        let key = [
            Column::Month,
            Column::ChannelId,
            Column::Country,
            Column::Category,
            Column::Charge,
        ];
        let add = OnConflict::columns(key).value(Column::Messages, more).to_owned();
        let changes = self.changes.into_iter().filter(|(_, messages)| *messages != 0);
        let rows = changes.map(|((counted, channel_id), messages)| {
            let country = counted.country.map_or("", |country| country.code());
            message_cost::Model {
                month: counted.month.to_string(),
                channel_id,
                country: country.to_owned(),
                category: counted.category.as_str().to_owned(),
                charge: counted.charge.as_str().to_owned(),
                messages,
            }
            .into_active_model()
        });
        let rows: Vec<_> = rows.collect();
        for rows in rows.chunks(AT_ONCE) {
            message_cost::Entity::insert_many(rows.iter().cloned())
                .on_conflict(add.clone())
                .exec_without_returning(tx)
                .await?;
        }
        Ok(())
    }
}

/// What is read of a status: not its JSON.
#[derive(Debug, FromQueryResult)]
struct Row {
    phone_number_id: String,
    wamid: String,
    status: String,
    participant: String,
    at: i64,
    country: Option<String>,
    billable: Option<bool>,
    pricing_model: Option<String>,
    pricing_type: Option<String>,
    pricing_category: Option<String>,
}

impl Row {
    fn told(&self) -> Option<Told> {
        let country = self.country.as_ref()?;
        let words = [&self.pricing_model, &self.pricing_type, &self.pricing_category];
        let priced = self.billable.is_some() || words.iter().any(|word| word.is_some());
        let [model, kind, category] = words.map(Option::as_deref);
        Some(Told {
            // A word that this version does not know proves no delivery.
            status: self.status.parse().unwrap_or(Status::Sent),
            at: Timestamp::from_millis(self.at),
            country: country.parse().ok(),
            pricing: priced.then(|| Pricing::read(self.billable, model, kind, category)),
        })
    }
}

impl From<message_status::Model> for Row {
    fn from(row: message_status::Model) -> Self {
        Self {
            phone_number_id: row.phone_number_id,
            wamid: row.wamid,
            status: row.status,
            participant: row.participant,
            at: row.at,
            country: row.country,
            billable: row.billable,
            pricing_model: row.pricing_model,
            pricing_type: row.pricing_type,
            pricing_category: row.pricing_category,
        }
    }
}
