//! The stop: the signals that ask for it, and the word of it to whatever would run on.

use futures::FutureExt as _;
use std::io;
use tokio_util::sync::CancellationToken;

/// Ready at SIGINT (Ctrl+C) or SIGTERM.
///
/// # Errors
/// The handlers cannot be installed.
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        futures::select! {
            _ = interrupt.recv().boxed().fuse() => {}
            _ = terminate.recv().boxed().fuse() => {}
        }
    })
}

/// Ends when the server stops.
#[derive(Debug, Clone, Default)]
pub struct Stopping(CancellationToken);

impl Stopping {
    pub(crate) fn cancel(&self) {
        self.0.cancel();
    }

    pub fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits for the stop.
    pub async fn begun(self) {
        self.0.cancelled_owned().await;
    }
}
