//! Runs the real program as a separate process, which can be killed and started again on the same data.

pub mod postgres;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Connect, DatabaseConnection, DbBackend, Statement,
};
use serde_json::{Value, json};
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub const SECRET: &str = "secret-of-the-app";
pub const NUMBER: &str = "106540352242922";

/// The database in which the program keeps its data.
#[derive(Debug)]
pub enum Store {
    Sqlite,
    Postgres { url: String },
}

/// An installation with one channel, and its process while that runs.
#[derive(Debug)]
pub struct Program {
    pub folder: TempDir,
    pub store: Store,
    pub address: String,
    pub webhook: String,
    /// A token with the scope `administer`.
    pub token: String,
    process: Option<Child>,
    settings: Vec<(&'static str, &'static str)>,
}

impl Program {
    /// Starts the program for the first time and connects a channel.
    pub async fn connected(store: Store) -> Self {
        Self::connected_with(store, &[("SWITCHBOARD_HTTP__WEBHOOK_SECONDS", "1")]).await
    }

    /// The same with these settings in the environment.
    pub async fn connected_with(store: Store, settings: &[(&'static str, &'static str)]) -> Self {
        server::application::install_crypto();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let mut program = Self {
            folder: TempDir::new().expect("a folder"),
            store,
            address: format!("127.0.0.1:{}", port.expect("a port").port()),
            webhook: String::new(),
            token: String::new(),
            process: None,
            settings: settings.to_vec(),
        };
        let token = program
            .command(&["token", "create", "--name", "test", "--scope", "administer"])
            .output()
            .expect("the binary");
        let token = String::from_utf8(token.stdout).expect("text").trim().to_owned();
        program.start().await;
        let extension = json!({ "number": "201", "name": "Jana" });
        let extension = program.create(&token, "extensions", &extension).await;
        let queue = json!({ "name": "Support", "members": [extension["id"]], "pick_up": "manual" });
        let queue = program.create(&token, "queues", &queue).await;
        let channel = json!({
            "name": "Support", "phone_number": "+420777123456", "phone_number_id": NUMBER,
            "access_token": "EAAG", "app_secret": SECRET, "destination": { "type": "queue", "id": queue["id"] },
        });
        let channel = program.create(&token, "channels", &channel).await;
        let webhook = channel["webhook_url"].as_str().expect("an address");
        let path = webhook.rsplit('/').next().expect("an id");
        program.token = token;
        program.webhook = format!("http://{}/webhooks/whatsapp/{path}", program.address);
        program
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        // Ignores SIGXFSZ: on a "full disk" a write fails instead of killing the process.
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                "trap '' XFSZ; exec \"$0\" \"$@\"",
                env!("CARGO_BIN_EXE_switchboard"),
            ])
            .args(arguments)
            .env_clear()
            .current_dir(self.folder.path())
            .env("SWITCHBOARD_HTTP__LISTEN", &self.address)
            // Nothing listens there, unless a test's settings say otherwise.
            .env("SWITCHBOARD_META__GRAPH_URL", "http://127.0.0.1:9/")
            .env("SWITCHBOARD_LOG__LEVEL", "warn")
            .envs(self.settings.iter().copied())
            .stdin(Stdio::null());
        if let Store::Postgres { url } = &self.store {
            command.env("SWITCHBOARD_DATABASE__URL", url);
        }
        command
    }

    /// Starts it and waits until it is ready.
    pub async fn start(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .expect("a log");
        let process = self.command(&["serve"]).stdout(Stdio::null()).stderr(log).spawn();
        self.process = Some(process.expect("the binary"));
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if let Ok(answer) = reqwest::get(format!("http://{}/readyz", self.address)).await
                && answer.status().is_success()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it is not ready:\n{}", self.log());
    }

    /// Kills the process like `kill -9`: at once, whatever it is doing.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("a signal");
            process.wait().expect("its end");
        }
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.process.as_ref().expect("it runs").id()
    }

    pub async fn metrics(&self) -> String {
        let request = reqwest::Client::new().get(format!("http://{}/metrics", self.address));
        let answer = request.bearer_auth(&self.token).send().await;
        answer.expect("an answer").text().await.expect("text")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    async fn create(&self, token: &str, what: &str, body: &Value) -> Value {
        let request = reqwest::Client::new()
            .post(format!("http://{}/api/v1/{what}", self.address))
            .bearer_auth(token)
            .json(body);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    /// Waits until the journal is applied, and returns a connection to the database.
    pub async fn applied(&self) -> DatabaseConnection {
        let db = self.database().await;
        let started = Instant::now();
        while number(&db, "SELECT count(*) AS n FROM journal WHERE applied_at IS NULL").await > 0 {
            assert!(started.elapsed() < Duration::from_secs(60), "{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        db
    }

    pub async fn database(&self) -> DatabaseConnection {
        let url = match &self.store {
            Store::Sqlite => format!(
                "sqlite://{}",
                self.folder.path().join("data/switchboard.db").display()
            ),
            Store::Postgres { url } => url.clone(),
        };
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Connect::connect(options).await.expect("a connection")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The number that a query returns in column `n`.
pub async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db
        .query_one_raw(statement(db, sql))
        .await
        .expect("a query")
        .expect("a row");
    row.try_get("", "n").expect("a number")
}

/// The texts that a query returns in column `t`.
pub async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(statement(db, sql)).await.expect("a query");
    rows.iter()
        .map(|row| row.try_get("", "t").expect("text"))
        .collect()
}

fn statement(db: &DatabaseConnection, sql: &str) -> Statement {
    let backend = match db.get_database_backend() {
        DbBackend::Postgres => DbBackend::Postgres,
        _ => DbBackend::Sqlite,
    };
    Statement::from_string(backend, sql)
}

/// A delivery with these messages and statuses.
pub fn delivery(messages: &[Value], statuses: &[Value]) -> Vec<u8> {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "420777123456", "phone_number_id": NUMBER },
        "messages": messages,
        "statuses": statuses,
    });
    let change = json!({ "field": "messages", "value": value });
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "0", "changes": [change] }] })
        .to_string()
        .into_bytes()
}

pub fn text_message(wamid: &str, from: &str) -> Value {
    json!({ "id": wamid, "from": from, "timestamp": "1780000000", "type": "text", "text": { "body": wamid } })
}

/// Sends a signed delivery; returns the status of the answer, or `None` if none came.
pub async fn post(client: &reqwest::Client, webhook: &str, body: Vec<u8>) -> Option<u16> {
    let signature = whatsapp::signature::sign(&SECRET.into(), &body);
    let request = client
        .post(webhook)
        .header("x-hub-signature-256", signature)
        .body(body);
    Some(request.send().await.ok()?.status().as_u16())
}
