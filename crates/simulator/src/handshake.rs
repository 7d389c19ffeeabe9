//! The GET with which Meta verifies a callback URL:
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint>

use url::Url;

use crate::ids;
use crate::shared::Shared;
use crate::world::Callback;

/// Meta's limit for a callback URL, in characters.
const LONGEST_URL: usize = 200;

/// Why a callback was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    #[error("the callback URL is not an http(s) URL of at most {LONGEST_URL} characters")]
    BadUrl,
    #[error("the verify token is missing")]
    NoToken,
    #[error("no app {0}")]
    UnknownApp(String),
    #[error("the callback could not be reached: {0}")]
    Unreachable(String),
    #[error("the callback answered HTTP {0}")]
    Refused(u16),
    #[error("the callback answered 200, but with {0:?} instead of the challenge")]
    WrongChallenge(String),
}

/// Sends the challenge to the callback and accepts only 200 with exactly the challenge as the body.
pub(crate) async fn verify(
    http: &reqwest::Client,
    callback: &str,
    verify_token: &str,
) -> Result<Url, HandshakeError> {
    let url = Url::parse(callback).map_err(|_| HandshakeError::BadUrl)?;
    if !matches!(url.scheme(), "http" | "https") || callback.chars().count() > LONGEST_URL {
        return Err(HandshakeError::BadUrl);
    }
    if verify_token.is_empty() {
        return Err(HandshakeError::NoToken);
    }
    let challenge = ids::challenge();
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", &challenge),
        ("hub.verify_token", verify_token),
    ];
    let unreachable = |error: reqwest::Error| HandshakeError::Unreachable(error.to_string());
    let response = http
        .get(url.clone())
        .query(&query)
        .send()
        .await
        .map_err(unreachable)?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(HandshakeError::Refused(status));
    }
    let body = response.text().await.map_err(unreachable)?;
    if body != challenge {
        return Err(HandshakeError::WrongChallenge(body.chars().take(100).collect()));
    }
    Ok(url)
}

impl Shared {
    /// Both steps to webhooks at once, for a test or a demo that does not use Graph.
    pub(crate) async fn subscribe(
        &self,
        app_id: &str,
        callback_url: &str,
        verify_token: &str,
    ) -> Result<(), HandshakeError> {
        if !self.world().apps.contains_key(app_id) {
            return Err(HandshakeError::UnknownApp(app_id.to_owned()));
        }
        let url = verify(&self.http, callback_url, verify_token).await?;
        self.change(|world| {
            if let Some(app) = world.apps.get_mut(app_id) {
                app.callback = Some(Callback { url });
            }
            for number in world
                .numbers
                .values()
                .filter(|number| number.spec.app_id == app_id)
            {
                let apps = world.subscribed.entry(number.spec.waba_id.clone()).or_default();
                apps.entry(app_id.to_owned()).or_default();
            }
        });
        Ok(())
    }
}
