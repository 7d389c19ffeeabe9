//! Who pushes, and how far it has come: one row of the database. The key pair is made once, and sealed with the master key.

use crate::{
    Engine, Error, Result,
    entity::{
        push_sender::{self, ONLY},
        push_subscription,
    },
    events::log,
    push::identity::Identity,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::sync::Arc;

/// This installation's; the first call makes it.
pub(super) async fn identity(engine: &Engine) -> Result<Arc<Identity>> {
    let stored = async || {
        let row = match push_sender::Entity::find_by_id(ONLY)
            .one(engine.db.read())
            .await?
        {
            Some(row) => row,
            None => create(engine).await?,
        };
        let key = engine.keys.that_sealed(engine.db.read(), &row.key_id).await?;
        Identity::new(&key.open_push_key(&row.sealed)?).map(Arc::new)
    };
    engine.push.identity.get_or_try_init(stored).await.cloned()
}

/// When two processes do this at once, the key of the first one counts.
async fn create(engine: &Engine) -> Result<push_sender::Model> {
    let pair = Identity::create()?;
    let tx = engine.db.write().await?;
    let key = engine.keys.to_seal(&tx).await?;
    let row = push_sender::Model {
        id: ONLY,
        key_id: key.id().to_owned(),
        sealed: key.seal_push_key(pair.as_ref())?,
        told: number(log::newest(&tx).await?),
        created_at: engine.clock().now().millis(),
    };
    let first_counts = OnConflict::column(push_sender::Column::Id)
        .do_nothing()
        .to_owned();
    push_sender::Entity::insert(row.into_active_model())
        .on_conflict(first_counts)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    push_sender::Entity::find_by_id(ONLY)
        .one(engine.db.read())
        .await?
        .ok_or_else(|| Error::Corrupt("the push key is gone".into()))
}

/// The number of the event up to which browsers were told; `None` while no browser wants pushes.
pub(super) async fn told(engine: &Engine) -> Result<Option<u64>> {
    let some = push_subscription::Entity::find().limit(1);
    if some.count(engine.db.read()).await? == 0 {
        return Ok(None);
    }
    let told: Option<i64> = push_sender::Entity::find_by_id(ONLY)
        .select_only()
        .column(push_sender::Column::Told)
        .into_tuple()
        .one(engine.db.read())
        .await?;
    Ok(told.map(i64::unsigned_abs))
}

/// Goes on from one event to a later one. Returns whether it did: of several processes, one does, and pushes.
pub(super) async fn go_on(engine: &Engine, from: u64, to: u64) -> Result<bool> {
    let tx = engine.db.write().await?;
    let gone = push_sender::Entity::update_many()
        .col_expr(push_sender::Column::Told, Expr::value(number(to)))
        .filter(push_sender::Column::Told.eq(number(from)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected > 0)
}

/// For the first browser that wants pushes: of what happened before, nobody is told.
pub(super) async fn begin_now(tx: &impl ConnectionTrait) -> Result<()> {
    push_sender::Entity::update_many()
        .col_expr(
            push_sender::Column::Told,
            Expr::value(number(log::newest(tx).await?)),
        )
        .exec(tx)
        .await?;
    Ok(())
}

fn number(of: u64) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
