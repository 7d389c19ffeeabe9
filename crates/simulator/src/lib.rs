//! A stand-in for Meta's WhatsApp Cloud API: the part of the Graph API that a console calls, the webhooks
//! that Meta calls, and a customer's phone in the browser. It keeps to Meta's rules where they hurt
//! (signatures, retries, the 24-hour window, lost answers), so what works here has met them once.
//!
//! A test builds a world, points the code under test at [`Simulator::url`], and then plays:
//!
//! ```no_run
//! # async fn play() -> anyhow::Result<()> {
//! use simulator::{CustomerSpec, Options, SendFault, Simulator};
//!
//! let meta = Simulator::start(Options::default()).await?;
//! let world = meta.add_example_world();
//! meta.subscribe(&world.app_id, "http://127.0.0.1:3000/webhook", "verify me").await?;
//! let jana = meta.add_customer(CustomerSpec { name: "Jana".into(), ..CustomerSpec::default() });
//! meta.fault(SendFault::AcceptThenDrop);
//! meta.customer_says(jana, &world.phone_number_id, "Dobrý den")?;
//! meta.settled().await;
//! # Ok(())
//! # }
//! ```

mod control;
mod delivery;
mod example;
mod faults;
mod graph;
mod handshake;
mod ids;
mod payload;
mod phone;
mod settings;
mod simulator;
mod talk;
mod wire;
mod world;

use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::delivery::{Answer, Attempt, Delivery, DeliveryId, Outcome};
pub use crate::example::ExampleWorld;
pub use crate::faults::{Fault, RetryPlan, SendFault, WebhookFault};
pub use crate::handshake::HandshakeError;
pub use crate::settings::{CallbackOf, NumberSetting, Outage, Setting, TokenSetting};
pub use crate::simulator::{Signature, Simulator};
pub use crate::world::{AppSpec, CustomerId, CustomerSpec, NumberSpec, SentMessage, TokenState, Unknown};

use crate::delivery::Queued;
use crate::world::World;

/// The simulator's clock, in unix milliseconds.
pub type NowFn = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How a simulator runs.
#[derive(Clone)]
pub struct Options {
    /// Port 0 takes any free one.
    pub listen: SocketAddr,
    pub now: NowFn,
    pub retry: RetryPlan,
    /// Report `sent` and `delivered`, or `failed`, by itself.
    pub auto_statuses: bool,
    /// Fail anything but a template with 131047 unless the customer wrote within 24 hours.
    pub service_window: bool,
}

impl Default for Options {
    /// Any free port of 127.0.0.1, the system's clock, quick retries, statuses and the window as at Meta.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            now: Arc::new(system_now),
            retry: RetryPlan::default(),
            auto_statuses: true,
            service_window: true,
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

/// What the handlers, the lanes and the handle share.
#[derive(Debug)]
pub(crate) struct Shared {
    options: Options,
    world: Mutex<World>,
    /// Ticks after every change of the world.
    changed: watch::Sender<()>,
    lanes: Mutex<HashMap<String, mpsc::UnboundedSender<Queued>>>,
    http: reqwest::Client,
    closing: CancellationToken,
    tasks: TaskTracker,
    runtime: tokio::runtime::Handle,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unix seconds.
    fn now_seconds(&self) -> i64 {
        (self.options.now)().div_euclid(1000)
    }

    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.world());
        self.changed.send_replace(());
        result
    }

    /// Runs a task that ends with the simulator.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let task = self.closing.clone().run_until_cancelled_owned(task);
        self.tasks
            .spawn_on(async move { task.await.unwrap_or_default() }, &self.runtime);
    }
}
