//! Opening the engine: connects, migrates, loads the master key.

use crate::{
    Config, Engine, Error, Events, Purpose, Result,
    access::passwords::Passwords,
    access::{
        login_throttle::LoginThrottle, second_factor::passkeys, single_sign_on::provider::Provider,
        token_addresses::TokenAddresses,
    },
    audit::Subject,
    audit::refusal_rate::RefusalRate,
    contacts::search,
    costs,
    countries::{self, memory::Countries},
    credentials::{key_source::KeySource, keys::Keys, master_key},
    data_folder,
    database::Database,
    doctor,
    engine::Parts,
    events::log,
    files::{busy::Busy, store::Store},
    idempotency::room::KeyRoom,
    inbound::intake::Intake,
    outbound::{memory::Memory, pace},
    presence::pages::Pages,
    push::state::Push,
    receipts::waiting::Receipts,
    shared_reads::SharedReads,
    wakes::Wakes,
    webhooks::state::Webhooks,
};
use domain::access::Actor;
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore};
use whatsapp::graph::Graph;

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
        let (folder, url) = (&config.data_dir, &config.database_url);
        data_folder::create(folder)?;
        data_folder::warn_if_open(folder);
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
        costs::begin(&db, &config.clock).await?;
        let source = KeySource::new(folder, config.master_key, config.next_master_key);
        let (key, forgotten) = match config.purpose {
            Purpose::NewMasterKey => master_key::replace(&db, &source, &config.clock).await?,
            _ => (master_key::load(&db, &source, &config.clock).await?, 0),
        };
        let single_sign_on = config
            .single_sign_on
            .map(|settings| Provider::new(settings, &config.public_url, &config.clock));
        let journal_written = Arc::new(Notify::new());
        let engine = Self(Arc::new(Parts {
            id: config.clock.new_id(),
            intake: Intake::start(
                config.intake_capacity,
                db.clone(),
                config.clock.clone(),
                journal_written.clone(),
            ),
            intake_patience: config.intake_patience,
            close_idle_after: config.close_idle_after,
            mask_numbers: config.mask_numbers,
            tokens_give: config.tokens_give,
            second_factor_roles: config.second_factor_roles,
            single_sign_on: single_sign_on.transpose()?,
            webauthn: passkeys::webauthn(&config.public_url)?,
            events: Arc::new(Events::new(log::newest(db.read()).await?)),
            db,
            keys: Keys::new(source, key),
            graph,
            public_url: config.public_url,
            webhook_cache: Arc::default(),
            passwords: Passwords::default(),
            login_throttle: LoginThrottle::new(&config.clock),
            token_addresses: TokenAddresses::default(),
            token_reads: SharedReads::default(),
            key_room: KeyRoom::default(),
            refusal_rate: RefusalRate::new(&config.clock),
            countries: Arc::new(Countries::new(&config.data_dir, config.country_database)),
            journal_written,
            wakes: Wakes::default(),
            doctor_schedule: Arc::default(),
            badges_heard: Arc::default(),
            web: doctor::client()
                .map_err(|error| Error::Setup(format!("there is no client for HTTPS: {error}")))?,
            calls: Arc::new(Semaphore::new(pace::AT_ONCE)),
            outbound: Memory::default(),
            receipts: Receipts::default(),
            pages: Pages::default(),
            push: Push::new(config.push_services)
                .map_err(|error| Error::Setup(format!("there is no client for HTTPS: {error}")))?,
            webhooks: Webhooks::new(config.webhook_networks.into())
                .map_err(|error| Error::Setup(format!("there is no client for HTTPS: {error}")))?,
            files: Store::open(folder, config.files_most, config.files_bucket.as_ref())?,
            uploads: Busy::default(),
            files_free: config.files_free,
            keep_sent: config.keep_sent,
            keep_received: config.keep_received,
            retention: config.retention,
            clock: config.clock,
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
        let tx = self.transaction(&Actor::System).await?;
        tx.audit("master_key.replace", Subject::MasterKey, Some(detail));
        tx.commit().await
    }
}
