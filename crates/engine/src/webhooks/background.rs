//! Sending much again takes longer than a request may: a task of its own goes to the end.

use crate::{Error, Result};
use domain::{ids::WebhookId, webhook::Replayed};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{sleep, timeout};

/// How long a caller waits for the end.
const PATIENCE: Duration = Duration::from_secs(10);
/// The rest after an error that passes, and how many there may be.
const PAUSE: Duration = Duration::from_secs(5);
const MOST_ERRORS: u32 = 60;

/// How many events are sent again by now.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent(Arc<AtomicU64>);

impl Sent {
    pub(super) fn add(&self, events: usize) {
        self.0.fetch_add(events as u64, Ordering::Relaxed);
    }
}

/// Errors that have passed.
#[derive(Debug, Default)]
pub(super) struct Passed(u32);

impl Passed {
    /// Rests after an error that passes.
    ///
    /// # Errors
    /// It does not, or there were too many.
    pub(super) async fn rest(&mut self, error: Error) -> Result<()> {
        self.0 += 1;
        if !error.is_passing() || self.0 > MOST_ERRORS {
            return Err(error);
        }
        sleep(PAUSE).await;
        Ok(())
    }
}

/// Goes on when the caller leaves. What a stop of the process leaves is asked for again.
pub(super) async fn to_the_end(
    id: WebhookId,
    sent: Sent,
    sending: impl Future<Output = Result<()>> + Send + 'static,
) -> Result<Replayed> {
    let task = tokio::spawn(async move {
        let done = sending.await;
        if let Err(error) = &done {
            tracing::warn!(%error, webhook = %id, "events are not sent again to the last");
        }
        done
    });
    let is_all = match timeout(PATIENCE, task).await {
        Err(_) => false,
        Ok(Ok(done)) => done.map(|()| true)?,
        Ok(Err(_)) => return Err(Error::Unavailable("sending events again was broken off")),
    };
    Ok(Replayed {
        events: sent.0.load(Ordering::Relaxed),
        is_all,
    })
}
