//! A running engine as Meta and an operator see it.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use bytes::Bytes;
use domain::{
    access::{Actor, Role},
    channel::{AuthenticationForm, MessagingForm},
    directory::{ExtensionForm, QueueForm},
    message::content::Content,
    page::PageRequest,
    time::Timestamp,
};
use engine::{
    Clock, Config, Engine, Purpose, PushServices, channels,
    directory::{extensions, queues},
    inbound::webhook,
    sessions::{self},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use whatsapp::signature;

const NUMBER: &str = "106540352242922";
const SECRET: &str = "an-app-secret";
/// Seconds.
pub const NOW: i64 = 1_780_000_000;

/// One update of the history, in whatever order Meta tells it.
#[derive(Debug, Clone)]
pub enum Update {
    Message(Value),
    Status(Value),
}

/// One delivery with these updates.
fn body(updates: &[Update]) -> Bytes {
    let of = |statuses: bool| -> Vec<&Value> {
        let chosen = updates.iter().filter_map(|update| match update {
            Update::Message(message) => (!statuses).then_some(message),
            Update::Status(status) => statuses.then_some(status),
        });
        chosen.collect()
    };
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "420777123456", "phone_number_id": NUMBER },
        "messages": of(false),
        "statuses": of(true),
    });
    let change = json!({ "field": "messages", "value": value });
    let body =
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "0", "changes": [change] }] });
    body.to_string().into()
}

/// A running engine with one channel and one session, in which an answer is under way.
pub struct Desk {
    pub engine: Engine,
    pub workers: engine::Workers,
    webhook: String,
    /// Switchboard's id of the answer.
    pub ours: String,
    pub folder: TempDir,
}

/// The template that every desk copies: making the tables takes longer than most cases.
struct Template {
    folder: TempDir,
    webhook: String,
    ours: String,
}

static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

impl Desk {
    pub async fn open() -> Self {
        let template = TEMPLATE.get_or_init(Self::template).await;
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(template.folder.path()).unwrap() {
            let file = file.unwrap();
            // The folders of files are empty, and made again.
            if file.path().is_dir() {
                continue;
            }
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        Self::of(folder).await
    }

    /// What a copy of the template has become.
    pub async fn of(folder: TempDir) -> Self {
        let template = TEMPLATE.get_or_init(Self::template).await;
        let engine = Self::engine(&folder).await;
        Self {
            workers: engine.start_workers(),
            engine,
            webhook: template.webhook.clone(),
            ours: template.ours.clone(),
            folder,
        }
    }

    async fn engine(folder: &TempDir) -> Engine {
        // Fails only when a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Engine::open(Config {
            data_dir: folder.path().to_owned(),
            database_url: None,
            database_wait: Duration::ZERO,
            purpose: Purpose::Serve,
            public_url: "http://127.0.0.1/".parse().unwrap(),
            // Nothing listens there.
            graph_url: "http://127.0.0.1:9/".parse().unwrap(),
            graph_version: "v25.0".to_owned(),
            master_key: None,
            next_master_key: None,
            clock: Clock::manual(Timestamp::from_seconds(NOW)),
            intake_capacity: 64,
            intake_patience: Duration::from_secs(10),
            close_idle_after: None,
            mask_numbers: false,
            tokens_give: Role::Operator,
            second_factor_roles: Vec::new(),
            single_sign_on: None,
            files_most: 100_000_000,
            files_bucket: None,
            files_free: 0,
            retention: domain::erasure::Retention::default(),
            keep_sent: Duration::from_secs(72 * 60 * 60),
            keep_received: Duration::from_secs(72 * 60 * 60),
            country_database: None,
            push_services: PushServices::None,
            webhook_networks: vec!["127.0.0.0/8".parse().unwrap()],
        })
        .await
        .unwrap()
    }

    async fn template() -> Template {
        let folder = tempfile::tempdir().unwrap();
        let engine = Self::engine(&folder).await;
        let admin = Actor::System;
        let extension = ExtensionForm {
            number: "201".to_owned(),
            name: "Desk".to_owned(),
            role: Role::Operator.to_string(),
            ..ExtensionForm::default()
        };
        let extension = extensions::create(&engine, &admin, &extension).await.unwrap();
        let queue = QueueForm {
            name: "Desk".to_owned(),
            members: vec![extension.to_string()],
            pick_up: "auto".to_owned(),
            ..QueueForm::default()
        };
        let queue = queues::create(&engine, &admin, &queue).await.unwrap();
        let authentication = AuthenticationForm {
            name: "Desk".to_owned(),
            access_token: "a-token".to_owned(),
            app_secret: SECRET.to_owned(),
            ..AuthenticationForm::default()
        };
        let messaging = MessagingForm {
            phone_number: "+420777123456".to_owned(),
            phone_number_id: NUMBER.to_owned(),
            destination: format!("queue:{queue}"),
            ..MessagingForm::default()
        };
        let channel = channels::create(&engine, &admin, &authentication, &messaging)
            .await
            .unwrap();
        let webhook = channel.webhook_url.rsplit('/').next().unwrap().to_owned();
        let workers = engine.start_workers();
        let mut desk = Self {
            engine,
            workers,
            webhook,
            ours: String::new(),
            folder,
        };
        let first = json!({ "id": "wamid.first", "from": "420600000999", "timestamp": NOW.to_string(), "type": "text", "text": { "body": "first" } });
        desk.receive(&[Update::Message(first)]).await;
        desk.settled().await;
        let session = desk.sessions().await[0].id;
        sessions::pick_up(&desk.engine, &admin, session, Some(extension))
            .await
            .unwrap();
        let sent =
            engine::outbound::send::send(&desk.engine, &admin, session, Content::text_of("an answer"), None)
                .await
                .unwrap();
        desk.ours = sent.id.to_string();
        desk.workers.stop().await;
        Template {
            folder: desk.folder,
            webhook: desk.webhook,
            ours: desk.ours,
        }
    }

    pub async fn receive(&self, updates: &[Update]) {
        let body = body(updates);
        let signature = signature::sign(&SECRET.into(), &body);
        let call = webhook::call(&self.engine, &self.webhook, Some(&signature))
            .await
            .unwrap();
        webhook::accept(&self.engine, call, body).await.unwrap();
    }

    /// The answer stays in the outbox while Meta cannot be reached, so this waits for the deliveries only.
    pub async fn settled(&self) {
        self.engine.applied().await;
    }

    pub async fn sessions(&self) -> Vec<domain::session::SessionRow> {
        let all = PageRequest::default();
        sessions::list(
            &self.engine,
            &Actor::System,
            domain::session::Filter::default(),
            &all,
        )
        .await
        .unwrap()
        .items
    }

    /// All that an operator sees, without Switchboard's own ids.
    pub async fn state(&self) -> BTreeMap<String, Value> {
        let mut state = BTreeMap::new();
        for row in self.sessions().await {
            let thread = sessions::thread::read(&self.engine, &Actor::System, row.id, None)
                .await
                .unwrap();
            let messages: Vec<_> = thread
                .messages
                .iter()
                .map(|message| {
                    let failure = message.failure.as_ref().map(|failure| failure.code);
                    json!({
                        "wamid": message.wamid,
                        "kind": message.kind,
                        "text": message.text,
                        "at": message.at,
                        "status": message.status,
                        "failure": failure,
                        "reactions": message.marks.reactions,
                        "edited": message.marks.edited.as_ref().map(|edited| &edited.before),
                        "deleted": message.marks.deleted,
                    })
                })
                .collect();
            let shown = json!({
                "open": row.closed_at.is_none(), "unread": row.unread, "last": row.last_message_at,
                "name": row.contact.label, "messages": messages,
            });
            let key = format!(
                "{} {}",
                row.contact.number.unwrap_or_default(),
                row.closed_at.is_some()
            );
            // A session whose messages went into another is empty, and there may be several.
            if !messages.is_empty() {
                assert!(
                    state.insert(key.clone(), shown).is_none(),
                    "two sessions of {key}"
                );
            }
        }
        state
    }

    pub async fn end(self) {
        self.workers.stop().await;
    }
}
