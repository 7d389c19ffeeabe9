//! An address of another program to which events are sent.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub address: String,
    /// Which events it gets, as JSON.
    #[sea_orm(column_type = "Text")]
    pub wanted: String,
    /// Rises whenever somebody changes what stands above.
    pub version: i64,
    /// The master key that seals the secrets.
    #[sea_orm(column_type = "Text")]
    pub key_id: String,
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    /// The secrets before this one, of which the last one signs, too, until `former_until`.
    #[sea_orm(column_type = "Blob", nullable)]
    pub former_sealed: Option<Vec<u8>>,
    pub former_until: Option<i64>,
    /// The number of the newest event before it was created or switched on: it gets those that follow.
    pub after: i64,
    pub created_at: i64,
    pub off_since: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub off_why: Option<String>,
    /// When an attempt failed for the first time since one succeeded.
    pub failing_since: Option<i64>,
    /// Until when it has asked not to be called.
    pub held_until: Option<i64>,
    /// It was switched off, and the calls up to this place are being given up.
    pub giving_up_to: Option<i64>,
    /// When its latest replay was asked for; `None`: never, or it was ended early.
    pub replay_asked_at: Option<i64>,
    /// The time since which events are sent again; `None`: those that were given up.
    pub replay_since: Option<i64>,
    /// The event up to which those since then were sent again.
    pub replay_after: Option<Uuid>,
    /// The newest event when the replay was asked for; what follows is sent once. `None`: the replay is over.
    pub replay_to: Option<Uuid>,
    /// How many events the replay has sent.
    pub replayed: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
