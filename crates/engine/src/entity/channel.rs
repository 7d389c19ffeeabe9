//! A communication channel, without its secrets.

use domain::channel::ReadReceipts;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i64,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub webhook_id: String,
    #[sea_orm(column_type = "Text")]
    pub verify_token: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone_number: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone_number_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub waba_id: Option<String>,
    pub extension_id: Option<Uuid>,
    pub queue_id: Option<Uuid>,
    pub handshake_at: Option<i64>,
    pub last_inbound_at: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub token_state: String,
    pub token_checked_at: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub token_answer: Option<String>,
    pub created_at: i64,
    pub fallback_extension_id: Option<Uuid>,
    pub fallback_queue_id: Option<Uuid>,
    pub paused_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub last_status_at: Option<i64>,
    pub signature_failures: i64,
    pub signature_failed_at: Option<i64>,
    pub doctor_at: Option<i64>,
    pub messages_per_second: i64,
    #[sea_orm(column_type = "Text")]
    pub file_way: String,
    #[sea_orm(column_type = "Text")]
    pub unconfirmed: String,
    /// Meta has delivered nothing that is paid for since.
    pub payment_refused_at: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub read_receipts: String,
    /// Whether operators may send templates.
    pub templates_allowed: bool,
}

impl Model {
    pub fn read_receipts(&self) -> crate::Result<ReadReceipts> {
        super::stored(&self.read_receipts)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
