//! The membership of an extension in a queue.

use sea_orm::{QuerySelect, entity::prelude::*};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub extension_id: Uuid,
}

impl Entity {
    /// The ids of the extensions in a queue.
    pub fn extensions_in(queue: Uuid) -> Select<Self> {
        Self::find()
            .select_only()
            .column(Column::ExtensionId)
            .filter(Column::QueueId.eq(queue))
    }

    /// The ids of the queues that an extension is in.
    pub fn queues_of(extension: Uuid) -> Select<Self> {
        Self::find()
            .select_only()
            .column(Column::QueueId)
            .filter(Column::ExtensionId.eq(extension))
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
