//! The objects of the simulated Meta: apps, numbers, tokens and customers, and their messages. Plain data behind one
//! lock; it grows as long as the simulator runs.

mod account;
mod customer;
mod delivery;
mod media;
mod message;
mod mood;
mod pace;
mod template;
mod token;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

pub use self::account::{AppSpec, NumberSpec};
pub use self::customer::{CustomerId, CustomerSpec};
pub use self::delivery::{Answer, Attempt, Delivery, DeliveryId, Outcome};
pub use self::media::{CustomerFile, FileSource, SentFile};
pub use self::message::{ReadMark, SentMessage};
pub use self::mood::Outage;
pub use self::template::{TemplateEvent, TemplateSpec, example_templates};
pub use self::token::TokenState;

pub(crate) use self::account::{App, CONNECTED, Callback, Number, REGISTERED, WabaSubscription};
pub(crate) use self::delivery::Queued;
pub(crate) use self::media::{ADDRESS_LIVES_MS, Download, INBOUND_LIVES_MS, Media, UPLOAD_LIVES_MS};
pub(crate) use self::message::{MessageContent, gist};
pub(crate) use self::mood::GraphMood;
pub(crate) use self::pace::{Pace, TooFast};
pub(crate) use self::template::{values, variables};
pub(crate) use self::token::{MANAGEMENT, MESSAGING, Token};

use crate::faults::{Fault, MediaFault, SendFault, WebhookFault};
use crate::ids;

/// The customer service window: <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>
const SERVICE_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

/// A name that does not exist in the simulated world.
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
    #[error("the message offers no choice {0}")]
    Choice(String),
    #[error("no template {0}")]
    Template(String),
}

#[derive(Debug, Default)]
pub(crate) struct World {
    pub apps: BTreeMap<String, App>,
    pub numbers: BTreeMap<String, Number>,
    /// Keyed by WABA and app.
    pub subscribed: BTreeMap<String, BTreeMap<String, WabaSubscription>>,
    pub tokens: HashMap<String, Token>,
    /// The app that a new token belongs to.
    pub newest_app: Option<String>,
    pub graph: GraphMood,
    pub customers: BTreeMap<CustomerId, CustomerSpec>,
    pub said: Vec<MessageContent>,
    pub sent: Vec<SentMessage>,
    pub deliveries: Vec<Delivery>,
    /// Webhook deliveries and fetched links that have not come to their end.
    pub pending: usize,
    /// Keyed by media id.
    pub media: HashMap<String, Media>,
    /// Keyed by the last part of the address.
    pub downloads: HashMap<String, Download>,
    pub pace: Pace,
    /// Keyed by WABA; an account without an entry has the example templates.
    pub templates: BTreeMap<String, Vec<TemplateSpec>>,
    /// Templates of one page at most, if that is fewer than the caller asks for.
    pub template_page: Option<usize>,
    pub media_upload_faults: VecDeque<MediaFault>,
    pub media_info_faults: VecDeque<MediaFault>,
    pub media_download_faults: VecDeque<MediaFault>,
    /// HTTP statuses.
    pub link_faults: VecDeque<u16>,
    pub send_faults: VecDeque<SendFault>,
    pub webhook_faults: VecDeque<WebhookFault>,
    /// When each customer last wrote to each number, in unix milliseconds.
    pub last_words: HashMap<(String, CustomerId), i64>,
    /// Whom each number has blocked.
    pub blocked: HashSet<(String, CustomerId)>,
    /// The time until which the business is shown as typing, in unix milliseconds.
    pub typing: HashMap<(String, CustomerId), i64>,
    pub marks: Vec<ReadMark>,
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

    /// A token; a new one is added: valid for ever, for the newest app, with both scopes.
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
            Fault::MediaUpload(fault) => self.media_upload_faults.push_back(fault),
            Fault::MediaInfo(fault) => self.media_info_faults.push_back(fault),
            Fault::MediaDownload(fault) => self.media_download_faults.push_back(fault),
            Fault::LinkFetch { http } => self.link_faults.push_back(http),
        }
    }

    pub(crate) fn clear_faults(&mut self) {
        self.send_faults.clear();
        self.webhook_faults.clear();
        self.media_upload_faults.clear();
        self.media_info_faults.clear();
        self.media_download_faults.clear();
        self.link_faults.clear();
    }

    pub(crate) fn add_media(&mut self, media: Media) -> String {
        let id = ids::media();
        self.media.insert(id.clone(), media);
        id
    }

    /// Makes a new address of a file; the last part of it.
    pub(crate) fn add_download(&mut self, media_id: &str, now: i64) -> String {
        let key = ids::download();
        let download = Download {
            media_id: media_id.to_owned(),
            until: now + ADDRESS_LIVES_MS,
        };
        self.downloads.insert(key.clone(), download);
        key
    }

    /// A file that lives and whose account passes the test.
    pub(crate) fn living_media(&self, id: &str, now: i64, owner: impl Fn(&str) -> bool) -> Option<&Media> {
        let media = self.media.get(id).filter(|media| now < media.until)?;
        let number = self.numbers.get(&media.phone_number_id)?;
        owner(&number.spec.waba_id).then_some(media)
    }

    pub(crate) fn templates_of(&self, waba_id: &str) -> Vec<TemplateSpec> {
        self.templates
            .get(waba_id)
            .cloned()
            .unwrap_or_else(example_templates)
    }

    /// A template of a number's account.
    pub(crate) fn template(&self, phone_number_id: &str, name: &str, language: &str) -> Option<TemplateSpec> {
        let waba_id = &self.numbers.get(phone_number_id)?.spec.waba_id;
        let mut templates = self.templates_of(waba_id).into_iter();
        templates.find(|template| template.name == name && template.language == language)
    }

    /// The template of a message that the business has sent.
    pub(crate) fn template_of(&self, sent: &SentMessage) -> Option<TemplateSpec> {
        let template = &sent.body["template"];
        self.template(
            &sent.phone_number_id,
            template["name"].as_str()?,
            template["language"]["code"].as_str()?,
        )
    }

    /// What a chat shows of a message of the business.
    pub(crate) fn gist_of(&self, sent: &SentMessage) -> String {
        match self.template_of(sent) {
            Some(template) => template.filled(&sent.body["template"]),
            None => gist(&sent.body),
        }
    }

    /// Whether the customer has written to the number within the day before this time.
    pub(crate) fn window_is_open(&self, phone_number_id: &str, customer: CustomerId, at: i64) -> bool {
        let last_words = self.last_words.get(&(phone_number_id.to_owned(), customer));
        last_words.is_some_and(|last| at - last < SERVICE_WINDOW_MS)
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

    /// The customer who wrote an inbound message, if the simulator knows them.
    pub(crate) fn writer_of(&self, message: &Value) -> Option<CustomerId> {
        let by_number = message["from"]
            .as_str()
            .and_then(|wa_id| self.customer_by_wa_id(wa_id));
        by_number.or_else(|| {
            message["from_user_id"]
                .as_str()
                .and_then(|bsuid| self.customer_by_bsuid(bsuid))
        })
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

    /// The customer writes or calls: the service window counts from here.
    pub(crate) fn words_at(&mut self, number: &str, customer: CustomerId, at: i64) {
        let last = self.last_words.entry((number.to_owned(), customer)).or_insert(at);
        *last = at.max(*last);
    }

    /// Records a message that is on its way to the business: it opens the service window, appears in the customer's
    /// chat and can be marked as read.
    pub(crate) fn remember(&mut self, number: &str, message: &Value, now: i64, deliveries: &[DeliveryId]) {
        let Some(customer) = self.writer_of(message) else {
            return;
        };
        let seconds = message["timestamp"]
            .as_str()
            .and_then(|seconds| seconds.parse::<i64>().ok());
        if let Some(seconds) = seconds {
            self.words_at(number, customer, seconds.saturating_mul(1000));
        }
        let wamid = message["id"].as_str().unwrap_or_default();
        if let Some(known) = self.said.iter_mut().find(|said| said.wamid == wamid) {
            known.deliveries.extend_from_slice(deliveries);
            return;
        }
        self.said.push(MessageContent {
            wamid: wamid.to_owned(),
            customer,
            phone_number_id: number.to_owned(),
            text: gist(message),
            at: now,
            deliveries: deliveries.to_vec(),
            read: false,
        });
    }

    /// The callback of this number's deliveries, and the secret that signs them; the most specific override wins.
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
