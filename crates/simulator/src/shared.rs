//! The state that the handlers, the lanes and the handle share.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::options::Options;
use crate::world::{Queued, World};

/// One for each simulator.
#[derive(Debug)]
pub(crate) struct Shared {
    pub options: Options,
    pub world: Mutex<World>,
    /// Notified after every change of the world.
    pub changed: watch::Sender<()>,
    pub lanes: Mutex<HashMap<String, mpsc::UnboundedSender<Queued>>>,
    pub http: reqwest::Client,
    pub closing: CancellationToken,
    pub tasks: TaskTracker,
    pub runtime: tokio::runtime::Handle,
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unix seconds.
    pub(crate) fn now_seconds(&self) -> i64 {
        (self.options.now)().div_euclid(1000)
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.world());
        self.changed.send_replace(());
        result
    }

    /// Spawns a task that ends with the simulator.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let task = self.closing.clone().run_until_cancelled_owned(task);
        self.tasks
            .spawn_on(async move { task.await.unwrap_or_default() }, &self.runtime);
    }
}
