//! Whether the operator of an extension is there for new sessions.

use domain::{
    presence::{OFFLINE_AFTER, OwnPresence, Presence},
    time::Timestamp,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "presence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub extension_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub availability: String,
    /// A browser told that nobody is there.
    pub idle: bool,
    /// When a page of the operator's was last open.
    pub seen_at: Option<i64>,
    /// When the extension was last given a session.
    pub given_at: Option<i64>,
}

impl Model {
    pub fn own(&self) -> crate::Result<OwnPresence> {
        Ok(OwnPresence {
            availability: super::stored(&self.availability)?,
            idle: self.idle,
        })
    }

    pub fn shown(&self, now: Timestamp) -> crate::Result<Presence> {
        let offline = now.minus(OFFLINE_AFTER).millis();
        match self.seen_at {
            Some(seen) if seen > offline => Ok(self.own()?.shown()),
            _ => Ok(Presence::Offline),
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
