//! Inserting rows, as many with one statement as the databases take.

use crate::Result;
use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable as _, sea_query::OnConflict};

/// Parameters in one statement: SQLite's limit is 32,766.
pub(crate) const PARAMETERS: usize = 30_000;

/// Inserts rows; with `conflict` those that exist are changed or left alone.
pub(crate) async fn put<M, E, A>(
    tx: &DatabaseTransaction,
    rows: Vec<M>,
    conflict: Option<OnConflict>,
) -> Result<()>
where
    M: IntoActiveModel<A> + sea_orm::ModelTrait<Entity = E>,
    E: EntityTrait<Model = M, ActiveModel = A>,
    A: sea_orm::ActiveModelTrait<Entity = E>,
{
    let at_once = PARAMETERS / E::Column::iter().count();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows
            .by_ref()
            .take(at_once)
            .map(IntoActiveModel::into_active_model)
            .collect();
        let mut insert = E::insert_many(some);
        if let Some(conflict) = &conflict {
            insert = insert.on_conflict(conflict.clone());
        }
        insert.exec_without_returning(tx).await?;
    }
    Ok(())
}
