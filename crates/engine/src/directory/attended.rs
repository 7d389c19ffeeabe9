//! The extensions at which somebody answers.

use crate::{Result, entity::user};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashSet;
use uuid::Uuid;

/// The extensions as which somebody can log in.
pub(crate) async fn attended(db: &impl ConnectionTrait) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = user::Entity::find()
        .select_only()
        .column(user::Column::ExtensionId)
        .filter(user::Column::ExtensionId.is_not_null())
        .filter(user::Column::DisabledAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}
