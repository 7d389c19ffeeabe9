//! The worker that checkpoints SQLite's write-ahead log into the database file while others write. Otherwise a commit
//! does so from time to time, and whoever waits for that commit waits for the checkpoint as well. PostgreSQL needs no
//! such worker.
//! <https://www.sqlite.org/wal.html#ckpt>

use crate::Engine;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// From a write to the next checkpoint, which covers what is written meanwhile.
const PAUSE: Duration = Duration::from_millis(50);
/// The same after a failure, for example a full disk.
const LONG_PAUSE: Duration = Duration::from_secs(5);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut pause = PAUSE;
    while !stop.is_cancelled() {
        tokio::select! {
            () = engine.db.written() => {}
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
        pause = match engine.db.checkpoint().await {
            Ok(()) => PAUSE,
            Err(error) => {
                tracing::warn!(%error, "the database's write-ahead log cannot be checkpointed now");
                LONG_PAUSE
            }
        };
    }
}
