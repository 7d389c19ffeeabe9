//! What the product does: entities, use cases and workers. It knows the database and, through `whatsapp`, Meta; it
//! knows nothing of HTTP servers and pages.
//!
//! Use cases are free functions, one module a noun: `sessions::pick_up(&engine, &actor, id)`.
//!
//! | a customer's message | an operator's answer | connecting |
//! |---|---|---|
//! | [`webhook`] → [`inbox`] → [`process`] → [`apply`] | [`messages`] → [`outbox`] → [`statuses`] | [`channels`] → [`channel_check`] → [`doctor`] |

pub mod browsers;
pub mod channels;
pub mod countries;
pub mod dead_letters;
pub mod doctor;
pub mod events;
pub mod extensions;
pub mod messages;
pub mod metrics;
pub mod people;
pub mod queues;
pub mod sessions;
pub mod thread;
pub mod tokens;
pub mod web_sessions;
pub mod webhook;

mod apply;
mod audit;
mod channel_check;
mod checkpoint;
mod clock;
mod contacts;
mod cursor;
mod data_folder;
mod database;
mod entity;
mod error;
mod hooks;
mod inbox;
mod journal;
mod ledger;
mod master_key;
mod outbox;
mod passwords;
mod postgres;
mod process;
mod random;
mod retention;
mod said;
mod seal;
mod search;
mod statuses;
mod throttle;
mod token_state;

pub use clock::Clock;
pub use error::{Error, Result};
pub use events::Events;

use data_folder::Held;
use database::Database;
use domain::people::Actor;
use hooks::Hooks;
use inbox::Inbox;
use passwords::Passwords;
use seal::MasterKey;
use secrecy::SecretString;
use std::{
    fmt,
    ops::Deref,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use throttle::Throttle;
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use url::Url;
use whatsapp::graph::Graph;

/// What the engine needs to know.
#[derive(Debug)]
pub struct Config {
    /// Where the database (SQLite) and the master key live. It is created when absent.
    pub data_dir: PathBuf,
    /// `postgres://…` or `sqlite:…`; none: SQLite in the data directory.
    pub database_url: Option<SecretString>,
    /// How long a PostgreSQL that is not there is waited for.
    pub database_wait: Duration,
    pub purpose: Purpose,
    /// How Meta reaches this process.
    pub public_url: Url,
    pub graph_url: Url,
    /// Such as `v25.0`.
    pub graph_version: String,
    /// 32 bytes in base64; none: `master.key` in the data directory.
    pub master_key: Option<SecretString>,
    pub clock: Clock,
    /// Deliveries that may wait for the journal; more are told to come later.
    pub inbox_capacity: usize,
    /// How long a delivery may wait for the disk before it is told to come later.
    pub inbox_patience: Duration,
    /// A country database that some other program keeps; none: the one that is uploaded.
    pub country_database: Option<PathBuf>,
}

/// What a process is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To serve: the only one in a data folder with SQLite, and on its file.
    Serve,
    /// To make one call; a server may run beside it.
    Command,
    /// To give up a master key that is lost.
    NewMasterKey,
}

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
    pub(crate) countries: Arc<countries::Countries>,
    pub(crate) process_wake: Arc<Notify>,
    pub(crate) outbox_wake: Arc<Notify>,
    pub(crate) channel_check: Arc<Notify>,
    pub(crate) rounds: Arc<channel_check::Rounds>,
    /// The newest event after which badges were looked at.
    pub(crate) badges_heard: Arc<AtomicU64>,
    /// For addresses that are not Meta's.
    pub(crate) web: reqwest::Client,
    /// Places for calls that send; all are free when none is under way.
    pub(crate) calls: Arc<Semaphore>,
    pub(crate) outbox: outbox::Memory,
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
            countries: Arc::new(countries::Countries::new(
                &config.data_dir,
                config.country_database,
            )),
            process_wake,
            outbox_wake: Arc::default(),
            channel_check: Arc::default(),
            rounds: Arc::default(),
            badges_heard: Arc::default(),
            web: doctor::client()
                .map_err(|error| Error::Setup(format!("there is no client for HTTPS: {error}")))?,
            calls: Arc::new(Semaphore::new(outbox::AT_ONCE)),
            outbox: outbox::Memory::default(),
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

    pub fn start_workers(&self) -> Workers {
        let stop = CancellationToken::new();
        let tasks = vec![
            tokio::spawn(process::run(self.clone(), stop.clone())),
            tokio::spawn(outbox::run(self.clone(), stop.clone())),
            tokio::spawn(channel_check::run(self.clone(), stop.clone())),
            tokio::spawn(doctor::badge::run(self.clone(), stop.clone())),
            tokio::spawn(retention::run(self.clone(), stop.clone())),
            tokio::spawn(countries::run(self.clone(), stop.clone())),
            tokio::spawn(checkpoint::run(self.clone(), stop.clone())),
        ];
        Workers {
            stop,
            tasks,
            db: self.db.clone(),
        }
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

    /// For tests: returns once every delivery is processed, nothing in the outbox is due, every channel is checked
    /// and its badge noted, or after ten seconds.
    pub async fn settled(&self) {
        for _ in 0..1000 {
            if self.is_settled().await.unwrap_or(false) {
                return;
            }
            self.process_wake.notify_one();
            self.outbox_wake.notify_one();
            self.channel_check.notify_one();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// For tests: returns once every delivery is applied, or after ten seconds.
    pub async fn applied(&self) {
        for _ in 0..2000 {
            if metrics::waiting(self.db.read())
                .await
                .is_ok_and(|waiting| waiting == 0)
            {
                return;
            }
            self.process_wake.notify_one();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// For tests: does what is done at each start, so that all contacts can be searched.
    pub async fn complete_search(&self) -> Result<()> {
        search::complete(&self.db, &self.clock).await
    }

    /// For tests: forgets what is due to be forgotten now.
    pub async fn forget(&self) -> Result<()> {
        retention::pass(self).await
    }

    async fn is_settled(&self) -> Result<bool> {
        let unprocessed = metrics::waiting(self.db.read()).await?;
        let due = outbox::due(self, self.clock().now().millis()).await?;
        let idle = self.calls.available_permits() == outbox::AT_ONCE;
        let examined = channel_check::due(self).await?.is_empty();
        let noted = self.badges_heard.load(Ordering::SeqCst) == self.events().last();
        Ok(unprocessed == 0 && due.is_empty() && idle && examined && noted)
    }
}

/// The running workers.
#[derive(Debug)]
pub struct Workers {
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    db: Database,
}

impl Workers {
    /// Lets each worker finish what it has in hand, then closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a worker ended badly");
            }
        }
        self.db.close().await;
    }
}
