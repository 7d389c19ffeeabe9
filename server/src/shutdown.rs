//! The stop: the signals that request it, and the notice to everything that would otherwise run on.

use futures::FutureExt as _;
use std::io;
use tokio_util::sync::CancellationToken;

/// Resolves at SIGINT (Ctrl+C) or SIGTERM.
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

/// Tells tasks that the server is stopping.
#[derive(Debug, Clone, Default)]
pub struct Stopping(CancellationToken);

impl Stopping {
    pub(crate) fn cancel(&self) {
        self.0.cancel();
    }

    pub fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until the stop has begun.
    pub async fn begun(self) {
        self.0.cancelled_owned().await;
    }
}
