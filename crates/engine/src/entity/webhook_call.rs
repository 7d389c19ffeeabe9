//! An event on its way to a webhook. It goes when the webhook has it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_calls")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub webhook_id: Uuid,
    pub event_id: Uuid,
    pub session_id: Option<Uuid>,
    /// Rises in the order in which a webhook gets the events of a session.
    pub place: i64,
    pub attempts: i64,
    /// `None`: it waits behind another event of its session, or was given up.
    pub due_at: Option<i64>,
    /// The engine whose request is under way. Its claim ends with `due_at`.
    pub claimed_by: Option<Uuid>,
    /// When it was given up.
    pub dead_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
