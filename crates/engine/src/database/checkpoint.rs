//! The worker that carries SQLite's log back into the database file while others write. Otherwise a commit does it, now
//! and then, and whoever waits for that commit waits for it. PostgreSQL sees to it by itself.
//! <https://www.sqlite.org/wal.html#ckpt>

use crate::Engine;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// From a write to the next look: what is written meanwhile is carried back together.
const PAUSE: Duration = Duration::from_millis(50);
/// The same after a failure, a full disk say.
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
                tracing::warn!(%error, "the database's log cannot be carried back now");
                LONG_PAUSE
            }
        };
    }
}
