//! A message that waits until its number may make a call.

use crate::{Engine, entity::outbox, outbound::pace::Waiting};
use std::time::Instant;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

/// A message's place among those that wait for their turn; it is given back with the value.
#[derive(Debug)]
pub(super) struct Place {
    engine: Engine,
    channel: Uuid,
    session: Uuid,
    message: Waiting,
    had_its_turn: bool,
    _call: OwnedSemaphorePermit,
    in_hand: Option<InHand>,
}

impl Place {
    /// `None` if the message has to wait without one.
    pub(super) fn take(engine: &Engine, job: &outbox::Model, rate: u32) -> Option<Self> {
        let call = engine.calls.clone().try_acquire_owned().ok()?;
        let message = Waiting {
            lane: job.lane,
            message: job.message_id,
        };
        let now = Instant::now();
        let mut pace = engine.outbound.pace();
        let entered = pace.enter(job.channel_id, rate, job.session_id, message, now);
        entered.then(|| Self {
            engine: engine.clone(),
            channel: job.channel_id,
            session: job.session_id,
            message,
            had_its_turn: false,
            _call: call,
            in_hand: Some(InHand::take(engine, job.message_id)),
        })
    }

    /// Waits until the number may make a call. It has to be made at once.
    pub(super) async fn turn(&mut self) {
        loop {
            let now = Instant::now();
            let turn = self.engine.outbound.pace().turn(self.channel, self.message, now);
            match turn {
                Ok(()) => {
                    self.had_its_turn = true;
                    return;
                }
                Err(next) => tokio::time::sleep_until(next.into()).await,
            }
        }
    }

    /// The call is over; the message stays in hand until its outcome is written down.
    pub(super) fn over(mut self) -> Option<InHand> {
        self.in_hand.take()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut pace = self.engine.outbound.pace();
        if !self.had_its_turn {
            pace.give_up(self.channel, self.session, self.message);
        }
        pace.end(self.channel);
    }
}

/// A message in hand, until the value is dropped.
#[derive(Debug)]
pub(super) struct InHand {
    engine: Engine,
    message: Uuid,
}

impl InHand {
    pub(super) fn take(engine: &Engine, message: Uuid) -> Self {
        engine.outbound.in_hand().insert(message);
        Self {
            engine: engine.clone(),
            message,
        }
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.engine.outbound.in_hand().remove(&self.message);
    }
}
