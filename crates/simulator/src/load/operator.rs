//! A user who is logged in to the console, as their browser would be.

use anyhow::{Context as _, bail};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, ORIGIN, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use url::{Url, form_urlencoded};

use super::target::Api;

#[derive(Debug, Clone)]
pub struct Operator {
    login: String,
    http: Client,
    server: Url,
    /// The headers that tell the server who asks.
    identity: HeaderMap,
}

impl Operator {
    /// `operator`: `login:password`.
    pub async fn log_in(server: &Url, operator: &str) -> anyhow::Result<Self> {
        let (login, password) = operator.split_once(':').context("--operator is login:password")?;
        let mut operator = Self::unknown(login, server)?;
        let answer = operator
            .call("auth/log-in", &[("login", login), ("password", password)])?
            .send()
            .await?;
        let cookies: Vec<_> = answer
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .collect();
        if cookies.is_empty() {
            bail!("the operator could not log in: {}", answer.status());
        }
        let cookies = cookies.join("; ").parse()?;
        operator.identity.insert(COOKIE, cookies);
        Ok(operator)
    }

    /// A script with an API token.
    pub fn with_token(api: &Api<'_>) -> anyhow::Result<Self> {
        let mut script = Self::unknown("script", api.server)?;
        let token = format!("Bearer {}", api.token).parse()?;
        script.identity.insert(AUTHORIZATION, token);
        Ok(script)
    }

    fn unknown(login: &str, server: &Url) -> anyhow::Result<Self> {
        Ok(Self {
            login: login.to_owned(),
            http: Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
            server: server.clone(),
            identity: HeaderMap::new(),
        })
    }

    /// The same reader, at another server.
    pub fn at(&self, server: &Url) -> Self {
        Self {
            server: server.clone(),
            ..self.clone()
        }
    }

    pub fn login(&self) -> &str {
        &self.login
    }

    pub async fn get(&self, path: &str, accept: &str) -> anyhow::Result<Response> {
        let request = self.http.get(self.server.join(path)?);
        let request = request.headers(self.identity.clone()).header(ACCEPT, accept);
        Ok(request.send().await?.error_for_status()?)
    }

    /// Calls a server function, as the console's own script does.
    pub fn call(&self, function: &str, arguments: &[(&str, &str)]) -> anyhow::Result<RequestBuilder> {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(arguments)
            .finish();
        let request = self
            .http
            .post(self.server.join("rpc/")?.join(function)?)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .header(ORIGIN, self.server.origin().ascii_serialization())
            .headers(self.identity.clone());
        Ok(request.body(form))
    }
}
