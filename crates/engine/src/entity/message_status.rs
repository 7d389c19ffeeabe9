//! A status that Meta reported, once for each participant.

use domain::message::Failure;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_statuses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub phone_number_id: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub wamid: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub status: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub participant: String,
    pub at: i64,
    pub failure_code: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure_title: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure_details: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub payload: String,
    /// The customer's country, empty if not known; `None`: the status is not counted in the costs.
    #[sea_orm(column_type = "Text", nullable)]
    pub country: Option<String>,
    pub billable: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pricing_model: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pricing_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pricing_category: Option<String>,
    /// Since when it has waited for its message; `None`: it has come with the message here.
    pub stray_since: Option<i64>,
}

impl Model {
    /// Why it was not delivered.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failure_title.clone().map(|title| Failure {
            code: self.failure_code,
            title,
            details: self.failure_details.clone(),
            trace: None,
        })
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
