//! One conversation.

use domain::time::{Timestamp, service_window_closes};
use sea_orm::entity::prelude::*;
use serde::Deserialize;

/// [`Model::waiting_since`] of a customer who does not wait: it sorts last.
pub const ANSWERED: i64 = i64::MAX;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub channel_id: Uuid,
    pub contact_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub queue_id: Option<Uuid>,
    pub extension_id: Option<Uuid>,
    pub unread: i64,
    pub last_message_id: Option<Uuid>,
    pub last_message_at: i64,
    pub last_inbound_at: Option<i64>,
    pub opened_at: i64,
    pub closed_at: Option<i64>,
    /// Meta's id of the WhatsApp group of the conversation; `None`: it is private.
    #[sea_orm(column_type = "Text", nullable)]
    pub group_id: Option<String>,
    /// Time and id of the newest message that somebody has seen.
    pub read_at: Option<i64>,
    pub read_id: Option<Uuid>,
    /// Since when the customer has waited for an answer; `i64::MAX` when they have been answered.
    pub waiting_since: i64,
    /// When Meta last refused a message because the service window was closed.
    pub window_closed_at: Option<i64>,
    /// Until when the owner has put the session off. Only an open session with an owner has it.
    pub snoozed_until: Option<i64>,
    /// The time of the customer's message whose closing window somebody was reminded of.
    pub reminded_of: Option<i64>,
}

impl Model {
    /// When the service window closes or closed; `None` if the customer has never written.
    pub fn window_closes_at(&self) -> Option<Timestamp> {
        let at = |millis: Option<i64>| millis.map(Timestamp::from_millis);
        service_window_closes(at(self.last_inbound_at), at(self.window_closed_at))
    }

    pub fn window_is_open(&self, now: Timestamp) -> bool {
        self.window_closes_at().is_some_and(|closes| now < closes)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
