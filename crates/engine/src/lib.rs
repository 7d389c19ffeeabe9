//! What the product does: entities, use cases and workers. It knows the database and, through `whatsapp`, Meta; it
//! knows nothing of HTTP servers and pages.
//!
//! Use cases are free functions, one module a noun: `sessions::pick_up(&engine, &actor, id)`.
//!
//! | a customer's message | an operator's answer | connecting |
//! |---|---|---|
//! | [`webhook`] → [`inbox`] → [`process`] → [`apply`] | [`messages`] → [`outbox`] → [`statuses`] | [`channels`] → [`channel_check`] → [`doctor`] |

pub mod access;
pub mod channels;
pub mod countries;
pub mod directory;
pub mod doctor;
pub mod events;
pub mod inbound;
pub mod metrics;
pub mod outbound;
pub mod sessions;
pub mod testing;

mod audit;
mod clock;
mod config;
mod contacts;
mod credentials;
mod data_folder;
mod database;
mod entity;
mod error;
mod random;
mod retention;
mod workers;

pub use clock::Clock;
pub use config::{Config, Purpose};
pub use error::{Error, Result};
pub use events::Events;
pub use workers::Workers;

use access::{login_throttle::Throttle, passwords::Passwords};
use contacts::search;
use countries::Countries;
use credentials::{master_key, seal::MasterKey};
use data_folder::Held;
use database::Database;
use doctor::schedule::Rounds;
use domain::people::Actor;
use inbound::{intake::Inbox, webhook_cache::Hooks};
use outbound::worker::{self, Memory};
use std::{
    fmt,
    ops::Deref,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};
use tokio::sync::{Notify, Semaphore};
use url::Url;
use whatsapp::graph::Graph;

/// The engine. Clones share everything: a request makes several, so a clone is one pointer.
#[derive(Debug, Clone)]
pub struct Engine(Arc<Parts>);

/// What the engine is made of.
pub struct Parts {
    pub(crate) db: Database,
    pub(crate) key: Arc<MasterKey>,
    pub(crate) graph: Graph,
    pub(crate) public_url: Url,
    pub(crate) hooks: Arc<Hooks>,
    pub(crate) inbox: Inbox,
    pub(crate) inbox_patience: Duration,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    pub(crate) countries: Arc<Countries>,
    pub(crate) process_wake: Arc<Notify>,
    pub(crate) outbox_wake: Arc<Notify>,
    pub(crate) channel_check: Arc<Notify>,
    pub(crate) rounds: Arc<Rounds>,
    /// The newest event after which badges were looked at.
    pub(crate) badges_heard: Arc<AtomicU64>,
    /// For addresses that are not Meta's.
    pub(crate) web: reqwest::Client,
    /// Places for calls that send; all are free when none is under way.
    pub(crate) calls: Arc<Semaphore>,
    pub(crate) outbox: Memory,
    clock: Clock,
    events: Arc<Events>,
    _held: Vec<Held>,
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
    /// Connects, brings the tables up to date, and loads the master key, which the first start creates. No worker runs
    /// yet.
    ///
    /// # Errors
    /// [`Error::Setup`] names what is wrong with the data directory, the database, the key or Meta's address, and what
    /// to do; [`Error::Database`] when the database cannot be used.
    pub async fn open(config: Config) -> Result<Self> {
        let graph = Graph::new(config.graph_url, &config.graph_version)
            .map_err(|error| Error::Setup(format!("meta.graph_url, meta.graph_version: {error}")))?;
        let (folder, url, given) = (&config.data_dir, &config.database_url, &config.master_key);
        data_folder::create(folder)?;
        let db = Database::connect(folder, url.as_ref(), config.database_wait).await?;
        // An older version that serves must not have its tables changed under its feet, either.
        let alone = db.is_sqlite() && (config.purpose != Purpose::Command || db.is_behind().await?);
        let mut held = Vec::new();
        if alone {
            held.push(data_folder::hold(folder)?);
            if let Some(file) = db.file().await? {
                held.push(data_folder::hold_database(&file)?);
            }
        }
        db.migrate().await?;
        search::complete(&db, &config.clock).await?;
        let (key, forgotten) = match config.purpose {
            Purpose::NewMasterKey => master_key::replace(&db, folder, given.as_ref(), &config.clock).await?,
            _ => (
                master_key::load(&db, folder, given.as_ref(), &config.clock).await?,
                0,
            ),
        };
        let process_wake = Arc::new(Notify::new());
        let engine = Self(Arc::new(Parts {
            inbox: Inbox::start(
                config.inbox_capacity,
                db.clone(),
                config.clock.clone(),
                process_wake.clone(),
            ),
            inbox_patience: config.inbox_patience,
            db,
            key: Arc::new(key),
            graph,
            public_url: config.public_url,
            hooks: Arc::default(),
            passwords: Passwords::default(),
            throttle: Throttle::new(&config.clock),
            countries: Arc::new(Countries::new(&config.data_dir, config.country_database)),
            process_wake,
            outbox_wake: Arc::default(),
            channel_check: Arc::default(),
            rounds: Arc::default(),
            badges_heard: Arc::default(),
            web: doctor::client()
                .map_err(|error| Error::Setup(format!("there is no client for HTTPS: {error}")))?,
            calls: Arc::new(Semaphore::new(worker::AT_ONCE)),
            outbox: Memory::default(),
            clock: config.clock,
            events: Arc::new(Events::new()),
            _held: match config.purpose {
                Purpose::Serve => held,
                Purpose::Command | Purpose::NewMasterKey => Vec::new(),
            },
        }));
        if config.purpose == Purpose::NewMasterKey {
            engine.note_new_key(forgotten).await?;
        }
        countries::load(&engine).await?;
        Ok(engine)
    }

    async fn note_new_key(&self, forgotten: u64) -> Result<()> {
        let detail = format!("{forgotten} secrets forgotten");
        let (actor, subject) = (Actor::System, audit::Subject::MasterKey);
        let tx = self.db.write().await?;
        audit::note(self, &tx, &actor, "master_key.replace", subject, Some(detail)).await?;
        Ok(tx.commit().await?)
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
