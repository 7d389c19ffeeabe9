//! A stand-in for Meta's WhatsApp Cloud API: the part of the Graph API that Switchboard calls, the webhooks that Meta
//! calls, and a customer's phone in the browser. It follows Meta's rules where they cause trouble (signatures, retries,
//! the 24-hour window, lost answers), so code that works here has been tested against them.
//!
//! A test builds a world, points the code under test at [`Simulator::url`], and then acts:
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

mod calls;
mod control;
mod delivery;
mod example;
mod fate;
mod faults;
mod files;
mod graph;
mod handshake;
mod ids;
mod kinds;
mod link;
mod options;
mod payload;
mod phone;
mod settings;
mod shared;
mod simulator;
mod store;
mod talk;
mod wire;
mod world;

pub use crate::example::ExampleWorld;
pub use crate::faults::{Fault, MediaFault, RetryPlan, SendFault, WebhookFault};
pub use crate::handshake::HandshakeError;
pub use crate::kinds::FileKind;
pub use crate::options::{NowFn, Options};
pub use crate::settings::{CallbackOf, NumberSetting, PaceSetting, Setting, TokenSetting};
pub use crate::simulator::{Signature, Simulator};
pub use crate::world::{
    Answer, AppSpec, Attempt, CustomerFile, CustomerId, CustomerSpec, Delivery, DeliveryId, FileSource,
    NumberSpec, Outage, Outcome, ReadMark, SentFile, SentMessage, TemplateEvent, TemplateSpec, TokenState,
    Unknown, example_templates,
};
