//! The target of the requests and its secret: a channel of the load run, created through the REST API.

use std::net::SocketAddr;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::net::lookup_host;
use url::Url;

use super::run::run_number;

#[derive(Debug, Clone)]
pub struct Target {
    pub address: SocketAddr,
    pub path: String,
    pub secret: String,
    pub phone_number_id: String,
}

impl Target {
    /// Creates an extension, a queue that contains it and these others, and a channel whose destination is the queue.
    ///
    /// # Errors
    /// The server does not answer or refuses; the error contains its answer.
    pub async fn connect(api: &Api<'_>, others: &[String]) -> anyhow::Result<Self> {
        let number = run_number();
        let server = api.server;
        let extension = json!({ "number": format!("{}", 100_000 + number % 900_000), "name": "Load" });
        let extension = api.create("api/v1/extensions", &extension).await?;
        let mut members = vec![extension["id"].clone()];
        members.extend(others.iter().map(|id| json!(id)));
        let queue = json!({ "name": format!("Load {number}"), "members": members, "pick_up": "manual" });
        let queue = api.create("api/v1/queues", &queue).await?;
        let secret = format!("{number:032x}");
        let channel = json!({
            "name": format!("Load {number}"),
            "phone_number": format!("+420777{:06}", number % 1_000_000),
            "phone_number_id": number.to_string(),
            "access_token": "none",
            "app_secret": secret,
            "destination": { "type": "queue", "id": queue["id"] },
        });
        let channel = api.create("api/v1/channels", &channel).await?;
        let webhook: Url = channel["webhook_url"].as_str().unwrap_or_default().parse()?;
        Ok(Self {
            address: address_of(server).await?,
            path: webhook.path().to_owned(),
            secret,
            phone_number_id: number.to_string(),
        })
    }
}

/// Where a server listens.
pub async fn address_of(server: &Url) -> anyhow::Result<SocketAddr> {
    let host = (
        server.host_str().context("the server's address has no host")?,
        server.port_or_known_default().unwrap_or(80),
    );
    lookup_host(host).await?.next().context("no address")
}

/// The REST API, for a script of an administrator.
#[derive(Debug, Clone, Copy)]
pub struct Api<'a> {
    pub server: &'a Url,
    pub token: &'a str,
}

impl Api<'_> {
    pub async fn create(&self, path: &str, what: &Value) -> anyhow::Result<Value> {
        let url = self.server.join(path)?;
        let request = reqwest::Client::new()
            .post(url)
            .bearer_auth(self.token)
            .json(what);
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{path}: {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    pub async fn delete(&self, path: &str) -> anyhow::Result<()> {
        let url = self.server.join(path)?;
        let request = reqwest::Client::new().delete(url).bearer_auth(self.token);
        request.send().await?.error_for_status()?;
        Ok(())
    }
}
