//! A message that still has to reach Meta.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    pub session_id: Uuid,
    pub channel_id: Uuid,
    pub attempts: i64,
    pub due_at: i64,
    pub calling_since: Option<i64>,
    /// Calls whose outcome never became known.
    pub doubts: i64,
    /// The engine whose call is under way. Its claim ends with `due_at`.
    pub claimed_by: Option<Uuid>,
    /// Lower ones go first: [`OPERATOR`], then [`SCRIPT`].
    pub lane: i64,
    /// The file that has to be at Meta before the message can go.
    pub file_id: Option<Uuid>,
}

/// A user waits for it to go.
pub const OPERATOR: i64 = 0;
/// Written by a script, perhaps with thousands of others.
pub const SCRIPT: i64 = 1;

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
