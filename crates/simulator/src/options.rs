//! The settings of a simulator.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::faults::RetryPlan;

/// The simulator's clock, in unix milliseconds.
pub type NowFn = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The settings of a simulator.
#[derive(Clone)]
pub struct Options {
    /// Port 0 takes any free one.
    pub listen: SocketAddr,
    pub now: NowFn,
    pub retry: RetryPlan,
    /// Report `sent` and `delivered`, or `failed`, automatically.
    pub auto_statuses: bool,
    /// Fail every message except a template with 131047 unless the customer wrote within 24 hours.
    pub service_window: bool,
    /// Refuse what is sent faster than Meta allows, with 130429 or 131056.
    pub pace_limits: bool,
}

impl Default for Options {
    /// Any free port of 127.0.0.1, the system's clock, quick retries, and Meta's statuses, service window and pace.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            now: Arc::new(system_now),
            retry: RetryPlan::default(),
            auto_statuses: true,
            service_window: true,
            pace_limits: true,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("listen", &self.listen)
            .field("retry", &self.retry)
            .field("auto_statuses", &self.auto_statuses)
            .field("service_window", &self.service_window)
            .field("pace_limits", &self.pace_limits)
            .finish_non_exhaustive()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock; tests pass their own"
)]
fn system_now() -> i64 {
    let since_1970 = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}
