//! Words events for webhooks: a webhook gets the JSON that `GET /api/v1/events` tells.

use super::fill;
use async_trait::async_trait;
use engine::{
    Engine,
    events::feed::Happening,
    webhooks::{Tells, Wording},
};

/// As the REST API tells events.
#[derive(Debug)]
pub struct Words;

#[async_trait]
impl Tells for Words {
    async fn tell(&self, engine: &Engine, happenings: &[Happening]) -> engine::Result<Vec<Wording>> {
        fill::wordings(engine, happenings).await
    }
}
