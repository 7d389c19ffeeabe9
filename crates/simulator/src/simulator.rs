//! The handle: the actions that tests, the demo and the phone page's API can perform in the simulated Meta.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use url::Url;

use crate::faults::Fault;
use crate::handshake::HandshakeError;
use crate::options::Options;
use crate::payload::Update;
use crate::settings::Setting;
use crate::shared::Shared;
use crate::wire::{CuttableListener, Scissors};
use crate::world::{
    Answer, App, AppSpec, CustomerId, CustomerSpec, Delivery, Number, NumberSpec, ReadMark, SentMessage,
    TemplateEvent, TokenState, Unknown, World,
};
use crate::{control, graph, phone};

/// How long [`Simulator::settled`] waits.
const SETTLES_WITHIN: Duration = Duration::from_secs(30);
/// How long [`Simulator::shutdown`] waits for running tasks.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

/// A running simulator. Clones share it; it ends with [`Simulator::shutdown`] or with the last clone.
#[derive(Debug, Clone)]
pub struct Simulator {
    pub(crate) shared: Arc<Shared>,
    url: Url,
    _ends_with_the_last_clone: Arc<DropGuard>,
}

/// The `X-Hub-Signature-256` of a hand-made delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// The correct signature of this app.
    Of(String),
    Missing,
    /// Exactly this text.
    Given(String),
}

impl Simulator {
    /// Listens and serves until shut down or dropped.
    ///
    /// # Errors
    /// The address cannot be bound, or no HTTP client can be built.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        // Fails only if the process has already chosen its provider, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent("facebookexternalua")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .build()
            .context("building the webhook client")?;
        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("listening on {}", options.listen))?;
        let mut address = listener.local_addr()?;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        let url = Url::parse(&format!("http://{address}/"))?;
        let closing = CancellationToken::new();
        let mut world = World::default();
        world.pace.limited = options.pace_limits;
        let shared = Arc::new(Shared {
            options,
            url: url.clone(),
            started: Instant::now(),
            world: Mutex::new(world),
            changed: watch::Sender::new(()),
            lanes: Mutex::default(),
            http,
            closing: closing.clone(),
            tasks: TaskTracker::new(),
            runtime: tokio::runtime::Handle::current(),
        });
        let router = graph::router(Arc::clone(&shared))
            .merge(control::router(Arc::clone(&shared)))
            .merge(phone::router());
        let service = router.into_make_service_with_connect_info::<Scissors>();
        let server = axum::serve(CuttableListener(listener), service)
            .with_graceful_shutdown(closing.clone().cancelled_owned());
        shared.tasks.spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the simulator's server ended");
            }
        });
        Ok(Self {
            shared,
            url,
            _ends_with_the_last_clone: Arc::new(closing.drop_guard()),
        })
    }

    /// The base of the Graph API; the version and the path follow it.
    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// The customer's phone in the browser.
    pub fn phone_page(&self) -> Url {
        self.url.clone()
    }

    /// Ends the simulator: connections are closed and pending deliveries are dropped.
    pub async fn shutdown(&self) {
        self.shared.closing.cancel();
        self.shared.tasks.close();
        let _ = tokio::time::timeout(ENDS_WITHIN, self.shared.tasks.wait()).await;
    }

    /// Adds an app, or changes the secret of an existing app.
    pub fn add_app(&self, app: AppSpec) {
        self.shared.change(|world| {
            world.newest_app = Some(app.id.clone());
            let callback = world.apps.remove(&app.id).and_then(|old| old.callback);
            world.apps.insert(
                app.id,
                App {
                    secret: app.secret,
                    callback,
                    fields: vec!["messages".into()],
                },
            );
        });
    }

    /// Adds a number. Its WABA is subscribed to the app by [`Self::subscribe`] or through Graph.
    pub fn add_number(&self, number: NumberSpec) {
        self.shared.change(|world| {
            let number = Number::new(number);
            world.numbers.insert(number.spec.phone_number_id.clone(), number);
        });
    }

    /// Adds a token of the most recently added app, with both scopes.
    pub fn add_token(&self, token: &str, state: TokenState) {
        self.set_token(token, state);
    }

    /// Changes how a token is treated from now on.
    pub fn set_token(&self, token: &str, state: TokenState) {
        self.shared.change(|world| world.token_mut(token).state = state);
    }

    /// Puts Graph into a situation that holds until another setting changes it.
    ///
    /// # Errors
    /// The setting names an unknown app or number.
    pub fn set(&self, setting: Setting) -> Result<(), Unknown> {
        self.shared.change(|world| world.set(setting))
    }

    /// Adds a customer.
    pub fn add_customer(&self, customer: CustomerSpec) -> CustomerId {
        self.shared.change(|world| world.add_customer(customer))
    }

    /// Makes the handshake and, if it succeeds, sets the app's callback and subscribes all WABAs that the app serves:
    /// the two steps of `POST /{app}/subscriptions` and `POST /{waba}/subscribed_apps`.
    ///
    /// # Errors
    /// The app is unknown, or the callback fails the handshake.
    pub async fn subscribe(
        &self,
        app_id: &str,
        callback_url: &str,
        verify_token: &str,
    ) -> Result<(), HandshakeError> {
        self.shared.subscribe(app_id, callback_url, verify_token).await
    }

    /// A customer writes to a number. Returns the message's wamid; the delivery follows.
    ///
    /// # Errors
    /// The customer or the number is unknown.
    pub fn customer_says(
        &self,
        customer: CustomerId,
        phone_number_id: &str,
        text: &str,
    ) -> Result<String, Unknown> {
        self.shared.customer_says(customer, phone_number_id, text)
    }

    /// A customer calls, and talks for so many seconds if somebody picks up. Returns the call's id; what Meta reports of
    /// it follows, if the app subscribes to `calls`.
    ///
    /// # Errors
    /// The customer or the number is unknown.
    pub fn customer_calls(
        &self,
        customer: CustomerId,
        phone_number_id: &str,
        seconds: Option<u32>,
    ) -> Result<String, Unknown> {
        self.shared.customer_calls(customer, phone_number_id, seconds)
    }

    /// A customer taps a button, or chooses a row of a list, of a message that has reached them; `choice` is its id.
    ///
    /// # Errors
    /// There is no such message or choice.
    pub fn customer_chooses(
        &self,
        customer: CustomerId,
        wamid: &str,
        choice: &str,
    ) -> Result<String, Unknown> {
        self.shared.customer_chooses(customer, wamid, choice)
    }

    /// A customer reads every message that has reached them; each message is reported as `read` once.
    ///
    /// # Errors
    /// The customer is unknown.
    pub fn customer_reads(&self, customer: CustomerId) -> Result<(), Unknown> {
        self.shared.customer_reads(customer, None)
    }

    /// Something happens to a template of an account. Meta reports it if the app is subscribed to that field.
    ///
    /// # Errors
    /// The account has no such template, or no number.
    pub fn template_event(
        &self,
        waba_id: &str,
        name: &str,
        language: &str,
        event: TemplateEvent,
    ) -> Result<(), Unknown> {
        self.shared.template_event(waba_id, name, language, event)
    }

    /// Queues a status (`sent`, `delivered`, `read`, `failed`, …) of a message that the business sent.
    ///
    /// # Errors
    /// No such message was sent.
    pub fn post_status(&self, wamid: &str, status: &str, errors: &[Value]) -> Result<(), Unknown> {
        self.shared.post_status(wamid, status, errors)
    }

    /// Queues hand-made messages and statuses in one delivery, inside a proper envelope.
    ///
    /// # Errors
    /// The number is unknown.
    pub fn deliver(
        &self,
        phone_number_id: &str,
        messages: Vec<Value>,
        statuses: Vec<Value>,
    ) -> Result<(), Unknown> {
        let update = Update {
            messages,
            statuses,
            ..Update::default()
        };
        self.shared.queue(phone_number_id, update)?;
        Ok(())
    }

    /// Posts exactly these bytes once, without faults, retries and the log (so they open no service window), and
    /// returns the status and the body. Without `callback` they go to the app's own, which is the first app's for
    /// signatures other than [`Signature::Of`].
    ///
    /// # Errors
    /// There is no such app or callback, or the callback does not answer within ten seconds.
    pub async fn deliver_raw(
        &self,
        callback: Option<&Url>,
        body: impl Into<Vec<u8>>,
        signature: Signature,
    ) -> anyhow::Result<(u16, String)> {
        let body = body.into();
        let (own_callback, signature) = {
            let world = self.shared.world();
            let first = world.apps.values().next();
            match signature {
                Signature::Of(id) => {
                    let app = world.apps.get(&id).ok_or(Unknown::App(id))?;
                    let signature = whatsapp::signature::sign(&app.secret, &body);
                    (app.callback.clone(), Some(signature))
                }
                Signature::Missing => (first.and_then(|app| app.callback.clone()), None),
                Signature::Given(text) => (first.and_then(|app| app.callback.clone()), Some(text)),
            }
        };
        let own_callback = own_callback.map(|callback| callback.url);
        let callback = callback
            .cloned()
            .or(own_callback)
            .context("there is no callback to post to")?;
        match self.shared.post(&callback, body, signature).await {
            Answer::Http { status, body } => Ok((status, body)),
            Answer::TimedOut => anyhow::bail!("{callback} did not answer in time"),
            Answer::NoConnection { reason } => anyhow::bail!("{callback}: {reason}"),
        }
    }

    /// Scripts a fault for the next action of its target; several faults wait in a queue.
    pub fn fault(&self, fault: impl Into<Fault>) {
        self.shared.change(|world| world.script(fault.into()));
    }

    /// Discards the faults that have not been applied yet.
    pub fn clear_faults(&self) {
        self.shared.change(World::clear_faults);
    }

    /// Whether the number has blocked the customer.
    pub fn has_blocked(&self, phone_number_id: &str, customer: CustomerId) -> bool {
        let world = self.shared.world();
        world.blocked.contains(&(phone_number_id.to_owned(), customer))
    }

    /// All messages that Graph has accepted, oldest first.
    pub fn sent_messages(&self) -> Vec<SentMessage> {
        self.shared.world().sent.clone()
    }

    /// The wamids that the business has marked as read, oldest first.
    pub fn read_by_business(&self) -> Vec<String> {
        let world = self.shared.world();
        world
            .said
            .iter()
            .filter(|said| said.read)
            .map(|said| said.wamid.clone())
            .collect()
    }

    /// The calls by which the business marked messages as read, oldest first.
    pub fn read_marks(&self) -> Vec<ReadMark> {
        self.shared.world().marks.clone()
    }

    /// All webhook deliveries with their attempts, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.world().deliveries.clone()
    }

    /// Waits until no delivery is pending, at most half a minute; false if one still is.
    pub async fn settled(&self) -> bool {
        let mut changed = self.shared.changed.subscribe();
        let quiet = changed.wait_for(|()| self.shared.world().pending == 0);
        matches!(tokio::time::timeout(SETTLES_WITHIN, quiet).await, Ok(Ok(_)))
    }
}
