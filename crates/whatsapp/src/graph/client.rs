//! The client, and its two basic calls: to send a message and to read a number.

use std::time::{Duration, Instant};

use reqwest::{
    Client, RequestBuilder,
    header::{AUTHORIZATION, HeaderValue},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use super::{
    answer::{Accepted, Answer, PhoneNumber},
    error::{self, ApiError, GraphError, SetupError},
    outbound::Outbound,
};

/// The limit for establishing a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The limit from the call to the end of the answer.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(15);

const USER_AGENT: &str = concat!("switchboard/", env!("CARGO_PKG_VERSION"));

/// A client for one address and one version of the API. A clone shares its connections.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(super) http: Client,
    /// The base URL including the version.
    pub(super) base: Url,
    /// The limit for each call, if it is not [`TOTAL_TIMEOUT`].
    limit: Option<Duration>,
}

impl Graph {
    /// `base` is `https://graph.facebook.com` or a stand-in, with or without a path; `version` has the form `v25.0`.
    /// The process must have installed a rustls crypto provider.
    ///
    /// # Errors
    /// [`SetupError`] if the address or the version is invalid.
    pub fn new(base: Url, version: &str) -> Result<Self, SetupError> {
        Self::with_timeouts(base, version, CONNECT_TIMEOUT, TOTAL_TIMEOUT)
    }

    /// Like [`new`](Self::new), with other limits.
    ///
    /// # Errors
    /// [`SetupError`] if the address or the version is invalid.
    pub fn with_timeouts(
        mut base: Url,
        version: &str,
        connect: Duration,
        total: Duration,
    ) -> Result<Self, SetupError> {
        if !is_version(version) {
            return Err(SetupError::Version(version.to_owned()));
        }
        if !matches!(base.scheme(), "http" | "https")
            || !base.username().is_empty()
            || base.password().is_some()
        {
            return Err(SetupError::Base);
        }
        base.set_query(None);
        base.set_fragment(None);
        base.path_segments_mut()
            .map_err(|()| SetupError::Base)?
            .pop_if_empty()
            .push(version);

        let http = Client::builder()
            .connect_timeout(connect)
            .timeout(total)
            .redirect(redirect::Policy::none())
            .user_agent(USER_AGENT)
            .build()
            .map_err(|error| SetupError::Client(error::chain(error)))?;
        Ok(Self {
            http,
            base,
            limit: None,
        })
    }

    /// The same client with another limit for each call, measured from its start to the end of the answer.
    #[must_use]
    pub fn within(&self, limit: Duration) -> Self {
        Self {
            limit: Some(limit),
            ..self.clone()
        }
    }

    /// Sends a message from a number. Success means that Meta accepted the message, not that it arrived; a status
    /// reports the arrival.
    ///
    /// # Errors
    /// [`GraphError`]; see [`GraphError::may_have_been_accepted`] before sending again.
    pub async fn send(
        &self,
        token: &SecretString,
        phone_number_id: &str,
        message: &Outbound,
    ) -> Result<Accepted, GraphError> {
        let url = self.at(phone_number_id, &["messages"])?;
        let answer = self
            .call("send", self.http.post(url).json(&message.to_json()), token)
            .await?;
        answer.accepted()
    }

    /// Marks a customer's message, and all before it, as read; `typing`: also shows that somebody types, for 25 seconds or
    /// until the answer.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators>
    ///
    /// # Errors
    /// [`GraphError`]; Meta refuses a message that it does not know, or that is older than 30 days.
    pub async fn mark_read(
        &self,
        token: &SecretString,
        phone_number_id: &str,
        wamid: &str,
        typing: bool,
    ) -> Result<(), GraphError> {
        let url = self.at(phone_number_id, &["messages"])?;
        let mut body = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": wamid });
        if typing {
            body["typing_indicator"] = json!({ "type": "text" });
        }
        let request = self.http.post(url).json(&body);
        let answer = self.call("mark_read", request, token).await?;
        answer.read(answer.unreadable(), |body| body.flag("success").then_some(()))
    }

    /// Reads a number: proves the token and the id, and returns the number's state.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn phone_number(
        &self,
        token: &SecretString,
        phone_number_id: &str,
    ) -> Result<PhoneNumber, GraphError> {
        let url = self.at(phone_number_id, &[])?;
        let request = self.http.get(url).query(&[("fields", PhoneNumber::FIELDS)]);
        self.call("phone_number", request, token).await?.phone_number()
    }

    /// The id becomes a path segment, so it must not contain anything that could change the path.
    pub(super) fn at(&self, id: &str, rest: &[&str]) -> Result<Url, GraphError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if !(1..=64).contains(&id.len()) || !id.bytes().all(plain) {
            return Err(ApiError::here(100, Some(33), "not an id of Meta's").into());
        }
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut path) => path.push(id).extend(rest),
            Err(()) => return Err(GraphError::NotSent("the address has no path".to_owned())),
        };
        Ok(url)
    }

    pub(super) async fn call(
        &self,
        name: &str,
        request: RequestBuilder,
        token: &SecretString,
    ) -> Result<Answer, GraphError> {
        let started = Instant::now();
        let mut request = request.header(AUTHORIZATION, bearer(token)?);
        if let Some(limit) = self.limit {
            request = request.timeout(limit);
        }
        let answer = Answer::receive(request).await;
        let http_status = answer.as_ref().ok().map(|answer| answer.http_status);
        let error = answer.as_ref().err().map(tracing::field::display);
        tracing::debug!(call = name, http_status, error, elapsed = ?started.elapsed(), "called the Graph API");
        answer
    }
}

pub(super) fn bearer(token: &SecretString) -> Result<HeaderValue, GraphError> {
    let mut header = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
        .map_err(|_| ApiError::here(190, None, "the access token holds a character that no token has"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// `v25.0`
fn is_version(text: &str) -> bool {
    let digits = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|number| number.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}
