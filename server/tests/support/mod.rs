//! A server on port 0 with a fresh database, a simulated Meta beside it, and a clock that the test moves.

pub mod authenticator;
pub mod chance;
pub mod database;
pub mod events;
pub mod files;
pub mod http;
pub mod listener;
pub mod mmdb;
pub mod openapi;
pub mod panics;
pub mod provider;
pub mod push;
pub mod receiver;
pub mod s3;
pub mod scripts;
pub mod users;
pub mod world;

use database::Database;
use domain::{
    access::{Actor, Scope, TokenForm},
    time::Timestamp,
};
use engine::{Clock, Engine};
use http::Api;
use server::{
    application::Application,
    settings::{PushServices, Settings},
};
use simulator::{Options, Simulator};
use std::{path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

/// 2026-11-22, a Sunday morning.
pub const START: Timestamp = Timestamp::from_seconds(1_795_341_600);

/// One story: its own server, database, Meta and time.
#[derive(Debug)]
pub struct Story {
    pub engine: Engine,
    pub clock: Clock,
    pub meta: Simulator,
    /// An API client whose token may do everything.
    pub api: Api,
    pub url: Url,
    pub database: Database,
    stop: CancellationToken,
    server: JoinHandle<()>,
    folder: TempDir,
}

impl Story {
    pub async fn on_sqlite() -> Self {
        Self::begin(Database::sqlite(), |_| {}).await
    }

    pub async fn on_postgres() -> Self {
        Self::begin(Database::postgres().await, |_| {}).await
    }

    /// A story on SQLite with changed settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::begin(Database::sqlite(), change).await
    }

    /// A story on a database, with changed settings.
    pub async fn begin(database: Database, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Clock::manual(START);
        let metas_clock = clock.clone();
        let meta = Simulator::start(Options {
            now: Arc::new(move || metas_clock.now().millis()),
            ..Options::default()
        });
        let meta = meta.await.expect("a simulator");

        let folder = TempDir::new().expect("a folder");
        let mut settings = settings(folder.path(), &database, &meta);
        change(&mut settings);

        let application = Application::build(settings, clock.clone())
            .await
            .expect("a server");
        let engine = application.engine().clone();
        let url = Url::parse(&format!("http://{}/", application.address())).expect("a URL");
        let stop = CancellationToken::new();
        let server = tokio::spawn(application.run_until(stop.clone().cancelled_owned()));
        let token = token(&engine, Scope::Administer).await;
        let api = Api::new(&url, Some(token));
        Self {
            engine,
            clock,
            meta,
            api,
            url,
            database,
            stop,
            server,
            folder,
        }
    }

    /// An API client with a token of this scope.
    pub async fn api_with(&self, scope: Scope) -> Api {
        let token = token(&self.engine, scope).await;
        Api::new(&self.url, Some(token))
    }

    /// An API client without a token.
    pub fn anonymous(&self) -> Api {
        Api::new(&self.url, None)
    }

    /// Waits until Meta has delivered everything, everything is applied, and nothing is due to be sent. Work on one
    /// side may create work on the other, so it asks both several times.
    pub async fn settled(&self) {
        for _ in 0..3 {
            assert!(self.meta.settled().await, "Meta still has something to deliver");
            self.engine.settled().await;
        }
    }

    /// Advances the clock, and waits for whatever has become due. What is under way ends first: no call to Meta takes
    /// hours.
    pub async fn later(&self, by: Duration) {
        self.settled().await;
        self.clock.advance(by);
        self.settled().await;
    }

    pub async fn dead_letters(&self) -> Vec<domain::dead_letter::DeadLetter> {
        let page = domain::page::PageRequest::default();
        let filter = domain::dead_letter::Filter::default();
        let letters = engine::inbound::dead_letters::list(&self.engine, &Actor::System, &filter, &page).await;
        letters.expect("the dead letters").items
    }

    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Rows in a table.
    pub async fn count(&self, table: &str) -> i64 {
        self.database.count(self.folder.path(), table).await
    }

    /// Asks the server to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Whether it has.
    pub fn has_stopped(&self) -> bool {
        self.server.is_finished()
    }

    /// Stops the server, which must not take longer than ten seconds, and removes the database.
    pub async fn end(self) {
        self.stop.cancel();
        let stopped = tokio::time::timeout(Duration::from_secs(10), self.server).await;
        stopped
            .expect("the server stops within ten seconds")
            .expect("the server does not panic");
        self.meta.shutdown().await;
        drop(self.engine);
        self.database.remove().await;
    }
}

/// The settings of a story's server.
pub fn settings(folder: &Path, database: &Database, meta: &Simulator) -> Settings {
    let mut settings = Settings::defaults();
    settings.http.listen = "127.0.0.1:0".parse().expect("an address");
    settings.data.dir = folder.to_owned();
    // So that a story can come from any address.
    settings.http.trusted_proxies = vec!["127.0.0.1".to_owned().try_into().expect("a proxy")];
    settings.database.url = database.url();
    settings.meta.graph_url = meta.url();
    settings.push.services = PushServices::Any;
    settings.webhooks.networks = vec!["127.0.0.0/8".to_owned().try_into().expect("a network")];
    settings
}

/// Runs each story on SQLite and on PostgreSQL; `with` changes the settings: `with |settings| …;`.
#[macro_export]
macro_rules! stories {
    (with $change:expr; $($name:ident)*) => {$(
        mod $name {
            use $crate::support::{Story, database::Database};

            async fn tell(database: Database) {
                let story = Story::begin(database, $change).await;
                super::$name(&story).await;
                story.end().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                tell(Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
            async fn on_postgres() {
                tell(Database::postgres().await).await;
            }
        }
    )*};
    ($($name:ident)*) => {
        $crate::stories! { with |_| {}; $($name)* }
    };
}

/// A token of this scope that does not expire.
pub async fn token(engine: &Engine, scope: Scope) -> String {
    let form = TokenForm {
        name: "story".into(),
        scope: scope.as_str().into(),
        ..TokenForm::default()
    };
    engine::access::api_tokens::create(engine, &Actor::System, &form)
        .await
        .expect("a token")
}
