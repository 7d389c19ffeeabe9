//! The extensions at which somebody answers.

use crate::{Result, entity::person};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashSet;
use uuid::Uuid;

/// The extensions as which somebody can log in.
pub(crate) async fn attended(db: &impl ConnectionTrait) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = person::Entity::find()
        .select_only()
        .column(person::Column::ExtensionId)
        .filter(person::Column::ExtensionId.is_not_null())
        .filter(person::Column::DisabledAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}
