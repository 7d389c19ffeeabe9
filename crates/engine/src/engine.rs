//! The engine: the database, the client of Meta's Graph API, and what the modules keep in memory.

use crate::{
    Clock, Events, Result,
    access::{
        login_throttle::LoginThrottle, passwords::Passwords, single_sign_on::provider::Provider,
        token_addresses::TokenAddresses,
    },
    audit::refusal_rate::RefusalRate,
    countries::memory::Countries,
    credentials::keys::Keys,
    data_folder::Held,
    database::Database,
    doctor::schedule::Schedule,
    entity::api_token,
    files::{busy::Busy, store::Store},
    idempotency::room::KeyRoom,
    inbound::{intake::Intake, webhook_cache::WebhookCache},
    outbound::memory::Memory,
    presence::pages::Pages,
    push::state::Push,
    receipts::waiting::Receipts,
    shared_reads::SharedReads,
    wakes::Wakes,
    webhooks::state::Webhooks,
};
use domain::{
    access::{Actor, Permission, Role},
    erasure::Retention,
    mask::Mask,
};
use std::{
    fmt,
    ops::Deref,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};
use tokio::sync::{Notify, Semaphore};
use url::Url;
use uuid::Uuid;
use webauthn_rs::Webauthn;
use whatsapp::graph::Graph;

/// The engine. Clones share everything: a request makes several, so a clone is one pointer.
#[derive(Debug, Clone)]
pub struct Engine(pub(crate) Arc<Parts>);

/// What the engine is made of.
pub struct Parts {
    /// Identifies this engine in its claims and leases, when several engines share one database.
    pub(crate) id: Uuid,
    pub(crate) db: Database,
    pub(crate) keys: Keys,
    pub(crate) graph: Graph,
    pub(crate) public_url: Url,
    pub(crate) webhook_cache: Arc<WebhookCache>,
    pub(crate) intake: Intake,
    pub(crate) intake_patience: Duration,
    pub(crate) close_idle_after: Option<Duration>,
    pub(crate) mask_numbers: bool,
    pub(crate) tokens_give: Role,
    pub(crate) second_factor_roles: Vec<Role>,
    pub(crate) single_sign_on: Option<Provider>,
    /// `None`: browsers have no passkeys for the console's address.
    pub(crate) webauthn: Option<Webauthn>,
    pub(crate) passwords: Passwords,
    pub(crate) login_throttle: LoginThrottle,
    pub(crate) token_addresses: TokenAddresses,
    pub(crate) token_reads: SharedReads<Option<api_token::Model>>,
    pub(crate) key_room: KeyRoom,
    pub(crate) refusal_rate: RefusalRate,
    pub(crate) countries: Arc<Countries>,
    /// Wakes the inbound worker when deliveries are in the journal.
    pub(crate) journal_written: Arc<Notify>,
    pub(crate) wakes: Wakes,
    pub(crate) doctor_schedule: Arc<Schedule>,
    /// The number of the newest event up to which the badge worker has looked at badges.
    pub(crate) badges_heard: Arc<AtomicU64>,
    /// The HTTP client for addresses that are not Meta's.
    pub(crate) web: reqwest::Client,
    /// One permit for each call that may send at the same time; all are free when no call is under way.
    pub(crate) calls: Arc<Semaphore>,
    pub(crate) outbound: Memory,
    pub(crate) receipts: Receipts,
    pub(crate) pages: Pages,
    pub(crate) push: Push,
    pub(crate) webhooks: Webhooks,
    pub(crate) files: Store,
    pub(crate) uploads: Busy,
    /// Bytes that files leave free on the disk.
    pub(crate) files_free: u64,
    pub(crate) keep_sent: Duration,
    pub(crate) keep_received: Duration,
    pub(crate) retention: Retention,
    pub(crate) clock: Clock,
    pub(crate) events: Arc<Events>,
    pub(crate) _held: Vec<Held>,
}

impl Deref for Engine {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

impl Engine {
    /// Whether the actor sees only the end of customers' numbers.
    pub(crate) fn masks_numbers(&self, actor: &Actor) -> bool {
        self.mask_numbers && !actor.may(Permission::NumberRead)
    }

    /// What the actor sees of something in which a customer's number may stand.
    pub(crate) fn seen_by<T: Mask>(&self, actor: &Actor, what: T) -> T {
        match self.masks_numbers(actor) {
            true => what.masked(),
            false => what,
        }
    }

    /// Whether browsers reach this process by HTTPS.
    pub fn is_behind_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<()> {
        self.db.ping().await
    }
}
