//! What exists in the simulated Meta: apps, numbers, tokens and customers, and what has passed between
//! them. Plain data behind one lock; it grows for as long as the simulator runs.

use std::collections::{BTreeMap, HashMap, VecDeque};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::delivery::{Delivery, DeliveryId};
use crate::faults::{Fault, SendFault, WebhookFault};
use crate::ids;
use crate::payload;
use crate::settings::Outage;

pub(crate) const MANAGEMENT: &str = "whatsapp_business_management";
pub(crate) const MESSAGING: &str = "whatsapp_business_messaging";
/// A number's `platform_type` and `status` after its registration.
pub(crate) const REGISTERED: &str = "CLOUD_API";
pub(crate) const CONNECTED: &str = "CONNECTED";

/// A Meta app: it owns the webhook subscription and signs deliveries with its secret.
#[derive(Debug, Clone, Deserialize)]
pub struct AppSpec {
    pub id: String,
    pub secret: SecretString,
}

/// A business phone number, the WhatsApp Business Account it belongs to, and the app that serves it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NumberSpec {
    pub phone_number_id: String,
    pub waba_id: String,
    /// As Meta shows it, for example `+420 555 010 100`.
    pub display_phone_number: String,
    pub verified_name: String,
    pub app_id: String,
}

/// How Graph treats a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    Valid,
    /// 190 with subcode 463.
    Expired,
    /// 190 with subcode 467.
    Revoked,
    /// 190 as for a token that Graph has never given out.
    Malformed,
    /// Valid, but without the WhatsApp permissions: 10 under HTTP 403.
    Powerless,
}

/// A person with WhatsApp. Without a number and without a BSUID they are given a BSUID.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CustomerSpec {
    pub name: String,
    /// International digits without `+`.
    #[serde(default)]
    pub wa_id: Option<String>,
    /// The business-scoped user id, such as `CZ.13491208655302741918`.
    #[serde(default)]
    pub bsuid: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
}

/// A customer of this simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerId(pub u64);

/// Something was named that the simulated world does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    #[error("no business number {0}")]
    Number(String),
    #[error("no customer {0}")]
    Customer(u64),
    #[error("no app {0}")]
    App(String),
    #[error("no message {0}")]
    Message(String),
}

/// A message that Graph has accepted from the business.
#[derive(Debug, Clone, Serialize)]
pub struct SentMessage {
    pub wamid: String,
    pub phone_number_id: String,
    pub to: Option<String>,
    /// The BSUID, where the message was sent to one.
    pub recipient: Option<String>,
    /// The customer it reaches, if there is one.
    pub customer: Option<CustomerId>,
    pub body: Value,
    #[serde(skip)]
    pub token: String,
    /// Unix milliseconds.
    pub at: i64,
    /// The statuses reported so far, oldest first.
    pub statuses: Vec<String>,
}

/// A message that a customer has written.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub wamid: String,
    pub customer: CustomerId,
    pub phone_number_id: String,
    pub text: String,
    pub at: i64,
    pub deliveries: Vec<DeliveryId>,
    /// The business has marked it as read.
    pub read: bool,
}

/// Where deliveries go; it has passed the handshake.
#[derive(Debug, Clone)]
pub(crate) struct Callback {
    pub url: Url,
}

#[derive(Debug, Clone)]
pub(crate) struct App {
    pub secret: SecretString,
    pub callback: Option<Callback>,
    pub fields: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub spec: NumberSpec,
    pub callback: Option<Callback>,
    pub platform_type: String,
    pub status: String,
    pub quality_rating: String,
    pub throughput: String,
    /// Two-step verification; empty: none yet.
    pub pin: String,
}

impl Number {
    /// Registered, connected and well.
    pub(crate) fn new(spec: NumberSpec) -> Self {
        Self {
            spec,
            callback: None,
            platform_type: REGISTERED.into(),
            status: CONNECTED.into(),
            quality_rating: "GREEN".into(),
            throughput: "STANDARD".into(),
            pin: String::new(),
        }
    }
}

/// An app in a WABA's `subscribed_apps`, with the WABA's own callback where it has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct WabaSubscription {
    pub callback: Option<Callback>,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub state: TokenState,
    pub app_id: Option<String>,
    pub kind: String,
    /// Unix seconds; 0 is never.
    pub expires_at: i64,
    pub scopes: Vec<String>,
    /// Empty: all.
    pub wabas: Vec<String>,
    pub tells_wabas: bool,
    pub inspects_itself: bool,
}

impl Token {
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.state != TokenState::Powerless && self.scopes.iter().any(|own| own == scope)
    }

    pub(crate) fn sees(&self, waba_id: &str) -> bool {
        self.wabas.is_empty() || self.wabas.iter().any(|own| own == waba_id)
    }
}

/// How Graph as a whole behaves.
#[derive(Debug, Default)]
pub(crate) struct GraphMood {
    pub ahead_seconds: i64,
    pub latency_ms: u64,
    /// It reports on no message that it accepts.
    pub silent: bool,
    pub outage: Option<Outage>,
}

#[derive(Debug, Default)]
pub(crate) struct World {
    pub apps: BTreeMap<String, App>,
    pub numbers: BTreeMap<String, Number>,
    /// By WABA and app.
    pub subscribed: BTreeMap<String, BTreeMap<String, WabaSubscription>>,
    pub tokens: HashMap<String, Token>,
    /// The app that a new token is for.
    pub newest_app: Option<String>,
    pub graph: GraphMood,
    pub customers: BTreeMap<CustomerId, CustomerSpec>,
    pub said: Vec<Said>,
    pub sent: Vec<SentMessage>,
    pub deliveries: Vec<Delivery>,
    pub pending: usize,
    pub send_faults: VecDeque<SendFault>,
    pub webhook_faults: VecDeque<WebhookFault>,
    /// When each customer last wrote to each number, in unix milliseconds.
    pub last_words: HashMap<(String, CustomerId), i64>,
    /// Until when the business is shown as typing, in unix milliseconds.
    pub typing: HashMap<(String, CustomerId), i64>,
}

impl World {
    pub(crate) fn add_customer(&mut self, mut spec: CustomerSpec) -> CustomerId {
        if spec.wa_id.is_none() && spec.bsuid.is_none() {
            spec.bsuid = Some(ids::bsuid());
        }
        let id = CustomerId(self.customers.len() as u64 + 1);
        self.customers.insert(id, spec);
        id
    }

    /// A token, which is added when it is new: valid for ever, for the newest app, with both scopes.
    pub(crate) fn token_mut(&mut self, token: &str) -> &mut Token {
        let app_id = self.newest_app.clone();
        self.tokens.entry(token.to_owned()).or_insert_with(|| Token {
            state: TokenState::Valid,
            app_id,
            kind: "SYSTEM_USER".into(),
            expires_at: 0,
            scopes: vec![MANAGEMENT.into(), MESSAGING.into()],
            wabas: Vec::new(),
            tells_wabas: true,
            inspects_itself: true,
        })
    }

    pub(crate) fn script(&mut self, fault: Fault) {
        match fault {
            Fault::Send(fault) => self.send_faults.push_back(fault),
            Fault::Webhook(fault) => self.webhook_faults.push_back(fault),
        }
    }

    pub(crate) fn clear_faults(&mut self) {
        self.send_faults.clear();
        self.webhook_faults.clear();
    }

    pub(crate) fn number(&self, id: &str) -> Result<&Number, Unknown> {
        self.numbers.get(id).ok_or_else(|| Unknown::Number(id.to_owned()))
    }

    pub(crate) fn customer(&self, id: CustomerId) -> Result<&CustomerSpec, Unknown> {
        self.customers.get(&id).ok_or(Unknown::Customer(id.0))
    }

    pub(crate) fn customer_by_wa_id(&self, wa_id: &str) -> Option<CustomerId> {
        self.customer_where(|customer| customer.wa_id.as_deref() == Some(wa_id))
    }

    pub(crate) fn customer_by_bsuid(&self, bsuid: &str) -> Option<CustomerId> {
        self.customer_where(|customer| customer.bsuid.as_deref() == Some(bsuid))
    }

    fn customer_where(&self, fits: impl Fn(&CustomerSpec) -> bool) -> Option<CustomerId> {
        self.customers
            .iter()
            .find(|(_, customer)| fits(customer))
            .map(|(id, _)| *id)
    }

    pub(crate) fn waba_exists(&self, waba_id: &str) -> bool {
        self.numbers.values().any(|number| number.spec.waba_id == waba_id)
    }

    /// Notes a message that is on its way to the business: it opens the service window, stands in the
    /// customer's chat and can be marked as read.
    pub(crate) fn remember(&mut self, number: &str, message: &Value, now: i64, deliveries: &[DeliveryId]) {
        let Some(customer) = payload::writer_of(self, message) else {
            return;
        };
        let seconds = message["timestamp"]
            .as_str()
            .and_then(|seconds| seconds.parse::<i64>().ok());
        if let Some(seconds) = seconds {
            let at = seconds.saturating_mul(1000);
            let last = self.last_words.entry((number.to_owned(), customer)).or_insert(at);
            *last = at.max(*last);
        }
        let wamid = message["id"].as_str().unwrap_or_default();
        if let Some(known) = self.said.iter_mut().find(|said| said.wamid == wamid) {
            known.deliveries.extend_from_slice(deliveries);
            return;
        }
        self.said.push(Said {
            wamid: wamid.to_owned(),
            customer,
            phone_number_id: number.to_owned(),
            text: payload::gist(message),
            at: now,
            deliveries: deliveries.to_vec(),
            read: false,
        });
    }

    /// Where this number's deliveries go, and the secret that signs them; the nearest override wins.
    ///
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override>
    pub(crate) fn route(&self, phone_number_id: &str) -> Result<(Url, SecretString), &'static str> {
        let number = self.numbers.get(phone_number_id).ok_or("no such number")?;
        let app = self
            .apps
            .get(&number.spec.app_id)
            .ok_or("the number's app does not exist")?;
        let waba = self
            .subscribed
            .get(&number.spec.waba_id)
            .and_then(|apps| apps.get(&number.spec.app_id))
            .ok_or("the WABA is not in the app's subscribed_apps")?;
        let callback = number
            .callback
            .as_ref()
            .or(waba.callback.as_ref())
            .or(app.callback.as_ref());
        let callback = callback.ok_or("the app has no callback URL")?;
        Ok((callback.url.clone(), app.secret.clone()))
    }
}
