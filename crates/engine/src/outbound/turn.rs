//! A message that waits until its number may make a call.

use crate::{Engine, entity::outbox};
use std::time::Instant;
use uuid::Uuid;

/// A message's place among those that wait for their turn; it is given back with the value.
#[derive(Debug)]
pub(super) struct Place {
    engine: Engine,
    channel: Uuid,
    session: Uuid,
    had_its_turn: bool,
}

impl Place {
    /// `None` if the message has to wait without one.
    pub(super) fn take(engine: &Engine, job: &outbox::Model) -> Option<Self> {
        let entered = engine
            .outbound
            .pace()
            .enter(job.channel_id, job.session_id, Instant::now());
        entered.then(|| Self {
            engine: engine.clone(),
            channel: job.channel_id,
            session: job.session_id,
            had_its_turn: false,
        })
    }

    /// Waits until the number may make a call. It has to be made at once.
    pub(super) async fn turn(&mut self) {
        loop {
            let turn = self.engine.outbound.pace().turn(self.channel, Instant::now());
            match turn {
                Ok(()) => {
                    self.had_its_turn = true;
                    return self.engine.outbound.pace().leave(self.channel);
                }
                Err(next) => tokio::time::sleep_until(next.into()).await,
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut pace = self.engine.outbound.pace();
        if !self.had_its_turn {
            pace.give_up(self.channel, self.session);
        }
        pace.end(self.channel);
    }
}
