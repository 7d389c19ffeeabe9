//! Sending much again takes longer than a request may: a task of its own goes to the end. Of each webhook there is one at a
//! time.

use crate::{Error, Result};
use domain::{ids::WebhookId, refusal::Refusal, webhook::Replayed};
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long a caller waits for the end.
const PATIENCE: Duration = Duration::from_secs(10);
/// Seconds after which whoever was refused asks again.
const AGAIN: u32 = 30;
/// The rest after an error that passes, and how many there may be.
const PAUSE: Duration = Duration::from_secs(5);
const MOST_ERRORS: u32 = 60;

type UnderWay = HashMap<WebhookId, CancellationToken>;

/// The replays of this process.
#[derive(Debug, Default)]
pub(super) struct Replays {
    under_way: Arc<Mutex<UnderWay>>,
    stop: CancellationToken,
}

impl Replays {
    /// # Errors
    /// [`Refusal::WebhookAtWork`] while another one of this webhook is under way.
    pub(super) fn begin(&self, id: WebhookId) -> Result<Replay> {
        match lock(&self.under_way).entry(id) {
            Entry::Occupied(_) => Err(Refusal::WebhookAtWork { seconds: AGAIN }.into()),
            Entry::Vacant(place) => {
                let stop = place.insert(self.stop.child_token()).clone();
                let under_way = self.under_way.clone();
                Ok(Replay { id, stop, under_way })
            }
        }
    }

    /// Ends that of this webhook, if there is one.
    pub(super) fn end(&self, id: WebhookId) {
        if let Some(stop) = lock(&self.under_way).get(&id) {
            stop.cancel();
        }
    }

    /// Ends all, also those that begin later.
    pub(super) fn end_all(&self) {
        self.stop.cancel();
    }
}

/// One that is under way, until this is dropped.
#[derive(Debug)]
pub(super) struct Replay {
    id: WebhookId,
    stop: CancellationToken,
    under_way: Arc<Mutex<UnderWay>>,
}

impl Drop for Replay {
    fn drop(&mut self) {
        lock(&self.under_way).remove(&self.id);
    }
}

fn lock(under_way: &Mutex<UnderWay>) -> MutexGuard<'_, UnderWay> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many events are sent again by now.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent(Arc<AtomicU64>);

impl Sent {
    pub(super) fn add(&self, events: u64) {
        self.0.fetch_add(events, Ordering::Relaxed);
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

/// Goes on when the caller leaves. `sending` returns whether it came to the last. What a stop of the process leaves is asked
/// for again.
pub(super) async fn to_the_end(
    replay: Replay,
    sent: Sent,
    sending: impl Future<Output = Result<bool>> + Send + 'static,
) -> Result<Replayed> {
    let task = tokio::spawn(async move {
        let done = replay.stop.run_until_cancelled(sending).await;
        let done = done.unwrap_or(Ok(false));
        let webhook = replay.id;
        match &done {
            Ok(true) => {}
            Ok(false) => tracing::info!(%webhook, "sending events again was ended"),
            Err(error) => tracing::warn!(%error, %webhook, "events are not sent again to the last"),
        }
        done
    });
    let is_all = match timeout(PATIENCE, task).await {
        Err(_) => false,
        Ok(Ok(done)) => done?,
        Ok(Err(_)) => return Err(Error::Unavailable("sending events again was broken off")),
    };
    Ok(Replayed {
        events: sent.0.load(Ordering::Relaxed),
        is_all,
    })
}
