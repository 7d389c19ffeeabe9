//! An event as webhooks get it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_events")]
pub struct Model {
    /// Rises with the events.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the header `webhook-id` names it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub at: i64,
    pub session_id: Option<Uuid>,
    pub channel_id: Option<Uuid>,
    /// That of the session when the event happened.
    pub queue_id: Option<Uuid>,
    /// The JSON as it is signed and sent.
    #[sea_orm(column_type = "Blob")]
    pub body: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
