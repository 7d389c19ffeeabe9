//! Meta promises neither order nor that a thing comes once. Whatever it makes of one history (any order, anything
//! twice, any number of updates in a delivery), the end is the same.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use bytes::Bytes;
use domain::{
    channel::{AuthenticationForm, MessagingForm},
    page::PageRequest,
    people::{Actor, ExtensionForm, Role},
    queue::QueueForm,
    time::Timestamp,
};
use engine::{Clock, Config, Engine, channels, extensions, messages, queues, sessions, webhook};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use whatsapp::signature;

const NUMBER: &str = "106540352242922";
const SECRET: &str = "an-app-secret";
const NOW: i64 = 1_780_000_000;

/// One update of the history, before it is known in which order Meta tells it.
#[derive(Debug, Clone)]
enum Update {
    Message(Value),
    Status(Value),
}

/// How Meta names a sender.
#[derive(Debug, Clone, Copy)]
enum Named {
    Number,
    /// As Meta did until February 2026: the number is there, and empty.
    UserId,
    /// The user id stands where the number should be.
    MisplacedUserId,
    Both,
}

#[derive(Debug, Clone)]
enum Says {
    Text,
    Reaction(Index, bool),
    Edit(Index),
    Revoke(Index),
}

/// Who writes, how Meta names them, and what they say.
type Line = (u8, Named, Says);

fn line() -> impl Strategy<Value = Line> {
    let named = prop_oneof![
        Just(Named::Number),
        Just(Named::UserId),
        Just(Named::MisplacedUserId),
        Just(Named::Both),
    ];
    let says = prop_oneof![
        5 => Just(Says::Text),
        2 => (any::<Index>(), any::<bool>()).prop_map(|(which, taken_back)| Says::Reaction(which, taken_back)),
        1 => any::<Index>().prop_map(Says::Edit),
        1 => any::<Index>().prop_map(Says::Revoke),
    ];
    (0..3_u8, named, says)
}

/// What the customers do, in the order in which it happened, a second after the other.
fn history(lines: &[Line]) -> Vec<Update> {
    let mut updates = Vec::new();
    let mut texts: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    // In the end every number and user id of a person is known to be theirs.
    let links = (0..3).map(|person| (person, Named::Both, Says::Text));
    for (n, (person, named, says)) in lines.iter().cloned().chain(links).enumerate() {
        let wamid = format!("wamid.{n}");
        let own = texts.entry(person).or_default();
        let chosen = |which: &Index| which.get(own).clone();
        let content = match &says {
            Says::Reaction(which, false) if !own.is_empty() => {
                json!({ "type": "reaction", "reaction": { "message_id": chosen(which), "emoji": "👍" } })
            }
            Says::Reaction(which, true) if !own.is_empty() => {
                json!({ "type": "reaction", "reaction": { "message_id": chosen(which) } })
            }
            Says::Edit(which) if !own.is_empty() => json!({ "type": "edit", "edit": {
                "original_message_id": chosen(which),
                "message": { "type": "text", "text": { "body": format!("edited {n}") } },
            } }),
            Says::Revoke(which) if !own.is_empty() => {
                json!({ "type": "revoke", "revoke": { "original_message_id": chosen(which) } })
            }
            _ => json!({ "type": "text", "text": { "body": format!("text {n}") } }),
        };
        if content["type"] == "text" {
            texts.entry(person).or_default().push(wamid.clone());
        }
        let mut message = content;
        message["id"] = json!(wamid);
        message["timestamp"] = json!((NOW + i64::try_from(n).unwrap()).to_string());
        let (number, user) = (format!("42060000000{person}"), format!("CZ.{person}00000"));
        match named {
            Named::Number => message["from"] = json!(number),
            Named::UserId => {
                message["from"] = json!("");
                message["from_user_id"] = json!(user);
            }
            Named::MisplacedUserId => message["from"] = json!(user),
            Named::Both => {
                message["from"] = json!(number);
                message["from_user_id"] = json!(user);
            }
        }
        updates.push(Update::Message(message));
    }
    updates
}

/// What became of an answer of ours; `ours` is our id, which Meta hands back.
fn statuses(words: &[u8], ours: &str) -> Vec<Update> {
    let status = |word: &u8| {
        let word = ["sent", "delivered", "read", "failed"][usize::from(*word)];
        let mut status = json!({
            "id": "wamid.ours", "status": word, "timestamp": NOW.to_string(), "biz_opaque_callback_data": ours,
        });
        if word == "failed" {
            status["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
        }
        Update::Status(status)
    };
    words.iter().map(status).collect()
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

/// A running engine with one channel and one session, in which an answer of ours is under way.
struct Desk {
    engine: Engine,
    workers: engine::Workers,
    webhook: String,
    ours: String,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn open() -> Self {
        // Fails only when it is chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(Config {
            data_dir: folder.path().to_owned(),
            database_url: None,
            public_url: "http://127.0.0.1/".parse().unwrap(),
            // Nobody is there.
            graph_url: "http://127.0.0.1:9/".parse().unwrap(),
            graph_version: "v25.0".to_owned(),
            master_key: None,
            clock: Clock::manual(Timestamp::from_seconds(NOW)),
            inbox_capacity: 64,
            inbox_patience: Duration::from_secs(10),
            country_database: None,
        })
        .await
        .unwrap();
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
            _folder: folder,
        };
        let first = json!({ "id": "wamid.first", "from": "420600000999", "timestamp": NOW.to_string(), "type": "text", "text": { "body": "first" } });
        desk.receive(&[Update::Message(first)]).await;
        desk.settled().await;
        let session = desk.sessions().await[0].id;
        sessions::pick_up(&desk.engine, &admin, session, Some(extension))
            .await
            .unwrap();
        let sent = messages::send_text(&desk.engine, &admin, session, "an answer", None)
            .await
            .unwrap();
        desk.ours = sent.id.to_string();
        desk
    }

    async fn receive(&self, updates: &[Update]) {
        let body = body(updates);
        let signature = signature::sign(&SECRET.into(), &body);
        webhook::accept(&self.engine, &self.webhook, Some(&signature), body)
            .await
            .unwrap();
    }

    /// The answer stays in the outbox while Meta cannot be reached, so only the deliveries are waited for.
    async fn settled(&self) {
        self.engine.applied().await;
    }

    async fn sessions(&self) -> Vec<domain::session::SessionRow> {
        let all = PageRequest::default();
        sessions::list(&self.engine, &Actor::System, &all)
            .await
            .unwrap()
            .items
    }

    /// All that an operator sees, without our own ids.
    async fn state(&self) -> BTreeMap<String, Value> {
        let mut state = BTreeMap::new();
        for row in self.sessions().await {
            let thread = sessions::thread(&self.engine, &Actor::System, row.id)
                .await
                .unwrap();
            let messages: Vec<_> = thread
                .messages
                .iter()
                .map(|message| {
                    let failure = message.failure.as_ref().map(|failure| failure.code);
                    json!([
                        message.wamid,
                        message.kind,
                        message.text,
                        message.at,
                        message.status,
                        failure
                    ])
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

    async fn end(self) {
        self.workers.stop().await;
    }
}

/// The state after these deliveries.
async fn after(deliveries: impl Fn(&str) -> Vec<Vec<Update>>) -> BTreeMap<String, Value> {
    let desk = Desk::open().await;
    for updates in deliveries(&desk.ours) {
        desk.receive(&updates).await;
    }
    desk.settled().await;
    let state = desk.state().await;
    desk.end().await;
    state
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_repetition_and_any_batching_end_the_same(
        lines in proptest::collection::vec(line(), 1..14),
        words in proptest::collection::vec(0..4_u8, 0..5),
        order in any::<u64>(),
        twice in proptest::collection::vec(any::<Index>(), 0..6),
        cuts in proptest::collection::vec(1..5_usize, 1..8),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let all = |ours: &str| [history(&lines), statuses(&words, ours)].concat();
        let in_order = runtime.block_on(after(|ours| all(ours).into_iter().map(|update| vec![update]).collect()));
        let mixed = runtime.block_on(after(|ours| {
            let mut updates = all(ours);
            let again: Vec<_> = twice.iter().map(|which| which.get(&updates).clone()).collect();
            updates.extend(again);
            shuffle(&mut updates, order);
            let mut sizes = cuts.iter().cycle();
            let mut deliveries = Vec::new();
            while !updates.is_empty() {
                let size = updates.len().min(*sizes.next().unwrap());
                deliveries.push(updates.drain(..size).collect());
            }
            deliveries
        }));
        prop_assert_eq!(in_order, mixed);
    }
}

/// A shuffle that a failing case can repeat.
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for end in (1..items.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).unwrap() % (end + 1);
        items.swap(end, other);
    }
}
