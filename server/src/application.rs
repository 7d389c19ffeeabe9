//! Builds the listening server from the settings, and stops it cleanly. `main` uses it, and so do tests (on port 0).

use crate::{
    connections,
    http::{self, api::events::words::Words, state::Http},
    settings::Settings,
};
use engine::{Clock, Config, Engine, Purpose};
use hyper_util::server::graceful::GracefulShutdown;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, time::timeout};
use url::Url;

/// At the stop, running requests get this long, then the workers the same again: under ten seconds in all.
const FINISH_WITHIN: Duration = Duration::from_millis(4500);

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(
        "{0} is taken by another program: stop that one, or choose another address (http.listen, --listen)"
    )]
    Taken(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// A server that has bound its port and opened its database, but does not serve yet.
#[derive(Debug)]
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    public_url: Url,
    engine: Engine,
    http: Http,
}

impl Application {
    /// Binds the port, then opens and migrates the database.
    ///
    /// # Errors
    /// The port is taken, or the database cannot be opened.
    pub async fn build(settings: Settings, clock: Clock) -> Result<Self, BuildError> {
        install_crypto();
        // Metrics count from here on.
        let _ = http::health::recorder();
        let listen = settings.http.listen;
        let listener = TcpListener::bind(listen)
            .await
            .map_err(|error| match error.kind() {
                io::ErrorKind::AddrInUse => BuildError::Taken(listen),
                _ => BuildError::Listen(listen, error),
            })?;
        let address = listener
            .local_addr()
            .map_err(|error| BuildError::Listen(listen, error))?;
        let public_url = settings
            .http
            .public_url
            .clone()
            .unwrap_or_else(|| url_of(address));
        let config = engine_config(&settings, Purpose::Serve, public_url.clone(), clock);
        let engine = Engine::open(config).await?;
        let http = Http::new(engine.clone(), settings, public_url.clone());
        Ok(Self {
            listener,
            address,
            public_url,
            engine,
            http,
        })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL at which browsers and Meta reach it.
    pub fn public_url(&self) -> &Url {
        &self.public_url
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Serves until `shutdown` resolves; then accepts nothing new, ends event streams, and finishes the running
    /// requests and the workers' current work. Returns within ten seconds of `shutdown`, whatever happens.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) {
        let workers = self.engine.start_workers();
        let workers = workers.with_webhooks(&self.engine, Arc::new(Words));
        tracing::info!(address = %self.address, public_url = %self.public_url, "serving");

        let (stopping, keyed) = (self.http.stopping.clone(), self.http.keyed.clone());
        let open = GracefulShutdown::new();
        tokio::select! {
            never = connections::accept(self.listener, self.http, &open) => match never {},
            never = http::health::keep_up() => match never {},
            () = shutdown => {}
        }
        tracing::info!("stopping");
        stopping.cancel();
        let requests = async {
            open.shutdown().await;
            // Nobody is left who could bring another.
            keyed.close();
            keyed.wait().await;
        };
        if timeout(FINISH_WITHIN, requests).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
        if timeout(FINISH_WITHIN, workers.stop()).await.is_err() {
            tracing::warn!("some work did not finish in time; it goes on at the next start");
        }
        tracing::info!("stopped");
    }
}

/// The part of the settings that the engine needs.
pub fn engine_config(settings: &Settings, purpose: Purpose, public_url: Url, clock: Clock) -> Config {
    Config {
        data_dir: settings.data.dir.clone(),
        database_url: settings.database.url.clone(),
        database_wait: settings.database.wait_seconds,
        purpose,
        public_url,
        graph_url: settings.meta.graph_url.clone(),
        graph_version: settings.meta.graph_version.clone(),
        master_key: settings.security.master_key.clone(),
        next_master_key: settings.security.next_master_key.clone(),
        clock,
        intake_capacity: settings.http.webhook_waiting,
        intake_patience: settings.http.webhook_seconds,
        close_idle_after: settings.sessions.close_idle_hours,
        files_most: settings.files.most,
        files_bucket: settings.files.s3.bucket(),
        files_free: settings.files.free,
        keep_sent: settings.files.keep_sent_hours,
        keep_received: settings.files.keep_received_hours,
        retention: settings.retention.into(),
        mask_numbers: settings.security.mask_numbers,
        tokens_give: settings.security.tokens_give,
        second_factor_roles: settings.security.second_factor_roles.clone(),
        single_sign_on: settings.single_sign_on.provider(),
        country_database: settings.security.country_database.clone(),
        push_services: settings.push.services.into(),
        webhook_networks: settings
            .webhooks
            .networks
            .iter()
            .map(|network| network.0)
            .collect(),
    }
}

/// Installs the process's TLS provider.
pub fn install_crypto() {
    // Fails only if a provider is installed already, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The URL for a listening address; a wildcard address becomes localhost.
pub fn url_of(address: SocketAddr) -> Url {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::from(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    Url::parse(&format!("http://{}/", SocketAddr::new(ip, address.port())))
        .expect("an address and a port make a URL")
}
