//! Sets up what a company has before a story begins: a Meta app, numbers, extensions, queues, channels.

use super::{
    Story,
    users::{Browser, PASSWORD},
};
use serde_json::{Value, json};
use simulator::{AppSpec, CustomerId, CustomerSpec, NumberSpec, Signature, TokenState};
use url::Url;

pub const WABA_ID: &str = "200000000000001";

/// A Meta app.
#[derive(Debug, Clone)]
pub struct App {
    pub id: String,
    pub secret: String,
    pub token: String,
}

impl App {
    /// The app's value for `X-Hub-Signature-256`.
    pub fn sign(&self, body: &[u8]) -> String {
        whatsapp::signature::sign(&self.secret.clone().into(), body)
    }
}

/// A number of an app, with its channel in Switchboard.
#[derive(Debug, Clone)]
pub struct Line {
    pub channel: String,
    pub phone_number_id: String,
    pub webhook_url: Url,
    pub verify_token: String,
    pub app: App,
}

impl Story {
    pub fn app(&self, n: u32) -> App {
        let app = App {
            id: format!("10000000000000{n}"),
            secret: format!("secret-of-app-{n}"),
            token: format!("EAAGtoken{n}"),
        };
        self.meta.add_app(AppSpec {
            id: app.id.clone(),
            secret: app.secret.clone().into(),
        });
        self.meta.add_token(&app.token, TokenState::Valid);
        app
    }

    /// An extension with a log-in: a user answers there.
    pub async fn extension(&self, number: &str) -> String {
        let body = json!({
            "number": number,
            "name": format!("Extension {number}"),
            "login": format!("somebody.{number}"),
            "password": PASSWORD,
            "role": "operator",
        });
        id_of(&self.api.post("/api/v1/extensions", body).await.ok())
    }

    /// An extension without a log-in.
    pub async fn extension_of_nobody(&self, number: &str) -> String {
        let body = json!({"number": number, "name": format!("Extension {number}")});
        id_of(&self.api.post("/api/v1/extensions", body).await.ok())
    }

    pub async fn queue(&self, name: &str, members: &[&str]) -> String {
        let body = json!({"name": name, "members": members, "pick_up": "manual"});
        id_of(&self.api.post("/api/v1/queues", body).await.ok())
    }

    /// A queue with one extension that no other queue has.
    pub async fn staffed(&self, name: &str) -> String {
        let number = 700 + self.api.items("/api/v1/extensions").await.len();
        let extension = self.extension(&number.to_string()).await;
        self.queue(name, &[&extension]).await
    }

    /// Meta has the number and Switchboard has the channel; they are not connected yet.
    pub async fn channel(&self, app: &App, n: u32, kind: &str, id: &str) -> Line {
        let phone_number_id = format!("30000000000000{n}");
        let phone_number = format!("+42080055501{n}");
        self.meta.add_number(NumberSpec {
            phone_number_id: phone_number_id.clone(),
            waba_id: WABA_ID.into(),
            display_phone_number: phone_number.clone(),
            verified_name: format!("Number {n}"),
            app_id: app.id.clone(),
        });
        let body = json!({
            "name": format!("Channel {n}"),
            "phone_number": phone_number,
            "phone_number_id": phone_number_id,
            "waba_id": WABA_ID,
            "access_token": app.token,
            "app_secret": app.secret,
            "destination": {"type": kind, "id": id},
        });
        let channel = self.api.post("/api/v1/channels", body).await.ok();
        let text = |key: &str| channel[key].as_str().expect(key).to_owned();
        Line {
            channel: text("id"),
            webhook_url: text("webhook_url").parse().expect("a URL"),
            verify_token: text("verify_token"),
            phone_number_id,
            app: app.clone(),
        }
    }

    /// Meta performs the handshake; from then on the app's deliveries come to this channel's address.
    pub async fn connect(&self, line: &Line) {
        let connected = self
            .meta
            .subscribe(&line.app.id, line.webhook_url.as_str(), &line.verify_token);
        connected.await.expect("the handshake");
    }

    /// A connected channel that leads to a queue of two extensions, 201 and 202.
    pub async fn support(&self) -> Line {
        let line = self.support_before_the_handshake().await;
        self.connect(&line).await;
        line
    }

    /// The same, before Meta has called the webhook address.
    pub async fn support_before_the_handshake(&self) -> Line {
        let (jana, petr) = (self.extension("201").await, self.extension("202").await);
        let queue = self.queue("Support", &[&jana, &petr]).await;
        self.channel(&self.app(1), 1, "queue", &queue).await
    }

    /// A queue of one operator with a browser, and a connected channel that leads to it.
    pub async fn desk_of_one(&self) -> (Line, Browser) {
        let (own, jana) = self.operator("301", "jana").await;
        let queue = self.queue("Support", &[&own]).await;
        let line = self.channel(&self.app(1), 1, "queue", &queue).await;
        self.connect(&line).await;
        (line, jana)
    }

    pub fn customer(&self, n: u32) -> CustomerId {
        self.meta.add_customer(CustomerSpec {
            name: format!("Customer {n}"),
            wa_id: Some(format!("42080055520{n}")),
            ..CustomerSpec::default()
        })
    }

    /// Operators may send templates on this channel; returns once Meta has told them.
    pub async fn allow_templates(&self, line: &Line) {
        self.set_templates(line, true).await;
    }

    pub async fn set_templates(&self, line: &Line, templates_allowed: bool) {
        let id = line.channel.parse().expect("an id");
        let actor = domain::access::Actor::System;
        let channel = engine::channels::get(&self.engine, &actor, id)
            .await
            .expect("a channel");
        let form = domain::channel::SendingForm {
            templates_allowed,
            ..channel.sending.into()
        };
        engine::channels::save_sending(&self.engine, &actor, id, channel.version, &form)
            .await
            .expect("it is saved");
        self.settled().await;
    }

    /// A customer writes; returns after the message has arrived.
    pub async fn says(&self, customer: CustomerId, line: &Line, text: &str) -> String {
        let wamid = self
            .meta
            .customer_says(customer, &line.phone_number_id, text)
            .expect("a customer");
        self.settled().await;
        wamid
    }

    /// The only session that exists.
    pub async fn session(&self) -> Value {
        let sessions = self.api.items("/api/v1/sessions").await;
        assert_eq!(sessions.len(), 1, "{sessions:#?}");
        sessions.into_iter().next().expect("one")
    }

    pub async fn messages(&self, session: &Value) -> Vec<Value> {
        let id = session["id"].as_str().expect("an id");
        self.api
            .items(&format!("/api/v1/sessions/{id}/messages?limit=200"))
            .await
    }

    /// A session that extension 201 has picked up, after a customer's first message.
    pub async fn picked_up(&self, line: &Line) -> Value {
        self.says(self.customer(1), line, "Hello").await;
        let path = format!("/api/v1/sessions/{}/pick-up", id_of(&self.session().await));
        self.api.post(&path, json!({"extension": "201"})).await.ok()
    }

    pub async fn answers(&self, session: &Value, text: &str) -> Value {
        let path = format!("/api/v1/sessions/{}/messages", id_of(session));
        self.api
            .post(&path, json!({"type": "text", "text": {"body": text}}))
            .await
            .ok()
    }

    /// A message of somebody whom Meta names by a number, a BSUID, or both: then it is the same customer.
    pub async fn is_known_as(&self, line: &Line, wamid: &str, number: Option<&str>, user: Option<&str>) {
        let mut message =
            json!({"id": wamid, "timestamp": "1795341600", "type": "text", "text": {"body": "Hello"}});
        let mut contact = json!({"profile": {"name": "Eva"}});
        if let Some(number) = number {
            message["from"] = json!(number);
            contact["wa_id"] = json!(number);
        }
        if let Some(user) = user {
            message["from_user_id"] = json!(user);
            contact["user_id"] = json!(user);
        }
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id},
            "contacts": [contact], "messages": [message],
        });
        let change = json!({"field": "messages", "value": value});
        let body =
            json!({"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": [change]}]});
        let status = self
            .post_signed(&line.webhook_url, &line.app, body.to_string())
            .await;
        assert_eq!(status, 200);
    }

    /// Posts these bytes to a webhook address, signed with the app's secret.
    pub async fn post_signed(&self, url: &Url, app: &App, body: impl Into<Vec<u8>>) -> u16 {
        let signature = Signature::Of(app.id.clone());
        self.meta
            .deliver_raw(Some(url), body, signature)
            .await
            .expect("an answer")
            .0
    }
}

pub fn id_of(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// A text message as Meta delivers one.
pub fn text_message(from: &str, wamid: &str, text: &str) -> Value {
    let at = super::START.millis() / 1000;
    json!({"from": from, "id": wamid, "timestamp": at.to_string(), "type": "text", "text": {"body": text}})
}

/// A delivery with one change.
pub fn delivery(phone_number_id: &str, from: &str, messages: &[Value]) -> Vec<u8> {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "420800555010", "phone_number_id": phone_number_id},
        "contacts": [{"profile": {"name": "Karel"}, "wa_id": from}],
        "messages": messages,
    });
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA_ID, "changes": [{"field": "messages", "value": value}]}],
    });
    body.to_string().into_bytes()
}
