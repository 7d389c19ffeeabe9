//! The state that the handlers, the lanes and the handle share.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::options::Options;
use crate::store::StoredFile;
use crate::world::{Media, Queued, UPLOAD_LIVES_MS, World};

/// The first part of the path of a file's bytes.
pub(crate) const DOWNLOADS: &str = "media-download";

/// One for each simulator.
#[derive(Debug)]
pub(crate) struct Shared {
    pub options: Options,
    /// The simulator's own address.
    pub url: Url,
    pub started: Instant,
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

    /// Keeps a file of the business; its id.
    pub(crate) fn keep_upload(&self, phone_number_id: &str, mime_type: &str, file: StoredFile) -> String {
        let media = Media {
            phone_number_id: phone_number_id.to_owned(),
            mime_type: mime_type.to_owned(),
            file,
            until: (self.options.now)() + UPLOAD_LIVES_MS,
        };
        self.change(|world| world.add_media(media))
    }

    /// A new address of a file's bytes.
    pub(crate) fn download_address(&self, media_id: &str) -> String {
        let now = (self.options.now)();
        let key = self.change(|world| world.add_download(media_id, now));
        format!("{}{DOWNLOADS}/{key}", self.url)
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
