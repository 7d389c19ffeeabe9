//! Inserting many rows.

use crate::Result;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, sea_query::OnConflict,
};

/// Parameters of one statement: SQLite's limit is 32,766.
pub(crate) const PARAMETERS: usize = 30_000;

/// Rows of one statement. A statement is prepared once for each of these sizes, and not once for each number of rows:
/// preparing a statement of a hundred rows takes as long as running it.
const SIZES: [usize; 8] = [128, 64, 32, 16, 8, 4, 2, 1];

/// Inserts rows in their order; with `conflict` rows that exist are changed or left alone.
pub(crate) async fn insert<M, E, A>(
    tx: &impl ConnectionTrait,
    rows: Vec<M>,
    conflict: Option<OnConflict>,
) -> Result<()>
where
    M: IntoActiveModel<A>,
    E: EntityTrait<ActiveModel = A>,
    A: ActiveModelTrait<Entity = E>,
{
    let most = PARAMETERS / E::Column::iter().count();
    let mut rows = rows.into_iter();
    while let Some(size) = SIZES.into_iter().find(|size| *size <= rows.len().min(most)) {
        let some = rows.by_ref().take(size).map(IntoActiveModel::into_active_model);
        let mut insert = E::insert_many(some);
        if let Some(conflict) = &conflict {
            insert = insert.on_conflict(conflict.clone());
        }
        insert.exec_without_returning(tx).await?;
    }
    Ok(())
}
