//! The rates and the budget, in one row.

use sea_orm::entity::prelude::*;

/// The row's key.
pub const ONLY: i64 = 1;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cost_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub version: i64,
    /// What was delivered before is not counted.
    pub counted_since: Option<i64>,
    /// JSON of `domain::cost::RateTable`; `None`: the embedded table.
    #[sea_orm(column_type = "Text", nullable)]
    pub rates: Option<String>,
    pub budget_micros: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub budget_currency: Option<String>,
    pub budget_warn_percent: i64,
    pub budget_stops_templates: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
