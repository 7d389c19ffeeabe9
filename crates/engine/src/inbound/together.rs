//! Applying rows of the journal in one transaction, and marking them as applied.

use crate::{
    Engine, Result,
    entity::journal,
    inbound::{
        apply,
        batch::Batch,
        journal::{self as codec, Delivery},
        lease,
        reject::keep,
    },
};
use domain::{access::Actor, dead_letter::DeadReason};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DerivePartialModel, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use std::collections::HashMap;
use uuid::Uuid;
use whatsapp::webhook::{BodyError, Item};

/// Deliveries applied in one transaction, more or less: whole rows of the journal.
const TOGETHER: i64 = 128;
/// Rows of the journal read at once.
const ROWS: u64 = 64;

/// A row that is not applied, without its body.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "journal::Entity")]
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) received_at: i64,
    pub(super) deliveries: i64,
    pub(super) attempts: i64,
}

/// The oldest rows that are not applied, about [`TOGETHER`] deliveries.
pub(super) async fn oldest(engine: &Engine) -> Result<Vec<Waiting>> {
    let found: Vec<Waiting> = journal::Entity::find()
        .filter(journal::Column::AppliedAt.is_null())
        .order_by_asc(journal::Column::Id)
        .limit(ROWS)
        .into_partial_model()
        .all(engine.db.read())
        .await?;
    let mut deliveries = 0;
    let enough = |row: &Waiting| {
        let more = deliveries < TOGETHER;
        deliveries += row.deliveries;
        more
    };
    Ok(found.into_iter().take_while(enough).collect())
}

/// The items of a delivery; `Err` when its body cannot be read.
pub(super) type Items = std::result::Result<Vec<Item>, BodyError>;

/// The deliveries of these rows, in the order in which they came.
pub(super) async fn deliveries(engine: &Engine, rows: &[Waiting]) -> Result<Vec<(Delivery, Items)>> {
    let bodies: Vec<(Uuid, Vec<u8>)> = journal::Entity::find()
        .filter(journal::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .select_only()
        .columns([journal::Column::Id, journal::Column::Body])
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let mut bodies: HashMap<_, _> = bodies.into_iter().collect();
    let mut all = Vec::new();
    for of in rows {
        let body = bodies.remove(&of.id).unwrap_or_default();
        for entry in codec::read(body)? {
            let items = whatsapp::webhook::parse(&entry.body);
            let delivery = Delivery {
                journal: of.id,
                received_at: of.received_at,
                attempts: 0,
                entry,
            };
            all.push((delivery, items));
        }
    }
    Ok(all)
}

/// Applies rows in one transaction: all or none.
pub(super) async fn together(engine: &Engine, rows: &[Waiting]) -> Result<()> {
    let work = deliveries(engine, rows).await?;
    let work: Vec<_> = work.iter().collect();
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    apply_all(engine, &work, &ids).await
}

pub(super) async fn apply_all(engine: &Engine, work: &[&(Delivery, Items)], finished: &[Uuid]) -> Result<()> {
    let items: Vec<_> = work
        .iter()
        .flat_map(|(_, items)| items.iter().flatten())
        .collect();
    let tx = engine.transaction(&Actor::System).await?;
    let mut batch = Batch::read(&tx, &items).await?;
    for (delivery, items) in work {
        match items {
            Ok(items) => {
                for (position, item) in items.iter().enumerate() {
                    apply::item(&mut batch, delivery, position, item);
                }
            }
            Err(error) => {
                let why = (DeadReason::UnreadableBody, Some(error.to_string()));
                let raw = String::from_utf8_lossy(&delivery.body);
                keep(&mut batch, delivery, 0, None, &raw, why);
            }
        }
        batch.done(delivery);
    }
    batch.write(&tx).await?;
    mark_applied(engine, &tx, finished).await?;
    tx.commit().await
}

/// Marks these rows as applied, if this engine still holds the lease. The last statement of a transaction that applies.
///
/// # Errors
/// As [`lease::lost`]; nothing may be committed then.
pub(super) async fn mark_applied(engine: &Engine, tx: &DatabaseTransaction, rows: &[Uuid]) -> Result<()> {
    if rows.is_empty() {
        return lease::confirm(engine, tx).await;
    }
    let marked = journal::Entity::update_many()
        .col_expr(
            journal::Column::AppliedAt,
            Expr::value(engine.clock().now().millis()),
        )
        .filter(journal::Column::Id.is_in(rows.iter().copied()))
        .filter(journal::Column::AppliedAt.is_null())
        .filter(lease::held(engine))
        .exec(tx)
        .await?;
    match usize::try_from(marked.rows_affected) == Ok(rows.len()) {
        true => Ok(()),
        false => Err(lease::lost()),
    }
}
