//! An API token; only its SHA-256 is kept.

use domain::{
    access::Bound,
    ids::{ChannelId, QueueId},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub scope: String,
    #[sea_orm(column_type = "Text")]
    pub token_hash: String,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub used_at: Option<i64>,
    pub channel_id: Option<Uuid>,
    pub queue_id: Option<Uuid>,
}

impl Model {
    /// What it is bound to; `None`: it reaches everything.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] when it is bound to two: a guess could widen its reach.
    pub(crate) fn bound(&self) -> crate::Result<Option<Bound>> {
        match (self.channel_id, self.queue_id) {
            (None, None) => Ok(None),
            (Some(channel), None) => Ok(Some(Bound::Channel(ChannelId::new(channel)))),
            (None, Some(queue)) => Ok(Some(Bound::Queue(QueueId::new(queue)))),
            (Some(_), Some(_)) => Err(crate::Error::Corrupt("an API token is bound twice".to_owned())),
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
