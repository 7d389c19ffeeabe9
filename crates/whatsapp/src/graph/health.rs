//! The calls that read a channel's health, and those that repair it: tokens, numbers, subscriptions.
//!
//! Secrets, including an app's own token, are sent in the `Authorization` header wherever Meta accepts them there. The
//! inspected token is a parameter of a GET, so errors and logs never contain a URL.

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{
    answer::PhoneNumber,
    client::Graph,
    error::{ApiError, GraphError},
};
use crate::{
    json::{Object, string},
    signature,
    webhook::TEMPLATE_FIELDS,
};

/// The webhook object of WhatsApp.
const OBJECT: &str = "whatsapp_business_account";
/// The most that Meta tells at once; few accounts have as many numbers.
const PAGE: &str = "100";

/// Meta's answer, and the time on Meta's clock when it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    pub answer: Result<T, GraphError>,
    /// The answer's `Date` in seconds since 1970.
    pub date: Option<i64>,
}

/// The state and permissions of an access token.
/// <https://developers.facebook.com/docs/graph-api/reference/debug_token>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenInfo {
    pub app_id: Option<String>,
    /// `SYSTEM_USER`, `USER`, …
    pub kind: Option<String>,
    pub is_valid: bool,
    /// Seconds since 1970; `None`: never.
    pub expires_at: Option<i64>,
    pub scopes: Vec<String>,
    /// Scopes with the ids that they are limited to; no ids: not limited.
    pub granular_scopes: Vec<(String, Vec<String>)>,
    /// Why the token is not valid.
    pub error: Option<ApiError>,
}

/// An app that receives a WhatsApp Business Account's webhooks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscribedApp {
    pub id: String,
    pub name: Option<String>,
    pub override_callback: Option<String>,
}

/// What an app is subscribed to, and its callback address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppSubscription {
    pub object: String,
    pub callback_url: String,
    pub active: bool,
    pub fields: Vec<String>,
}

impl AppSubscription {
    pub fn is_whatsapp(&self) -> bool {
        self.object == OBJECT
    }
}

/// A webhook address, and the token that proves Meta's handshake.
#[derive(Debug, Clone, Copy)]
pub struct Callback<'a> {
    pub url: &'a str,
    pub verify_token: &'a str,
}

/// The access token of an app.
pub fn app_token(app_id: &str, app_secret: &SecretString) -> SecretString {
    format!("{app_id}|{}", app_secret.expose_secret()).into()
}

impl Graph {
    /// Inspects a token. `access` is an app's token, or the inspected token itself.
    pub async fn debug_token(&self, access: &SecretString, inspected: &SecretString) -> Told<TokenInfo> {
        let ask = |request: RequestBuilder| request.query(&[("input_token", inspected.expose_secret())]);
        self.tell(
            "debug_token",
            Method::GET,
            "debug_token",
            &[],
            access,
            ask,
            |body| TokenInfo::read(&body.object("data")?),
        )
        .await
    }

    /// Reads a number like [`phone_number`](Self::phone_number), and Meta's clock.
    pub async fn look_at_number(&self, token: &SecretString, phone_number_id: &str) -> Told<PhoneNumber> {
        let ask = |request: RequestBuilder| request.query(&[("fields", PhoneNumber::FIELDS)]);
        self.tell(
            "phone_number",
            Method::GET,
            phone_number_id,
            &[],
            token,
            ask,
            PhoneNumber::read,
        )
        .await
    }

    /// The numbers of a WhatsApp Business Account.
    pub async fn phone_numbers(&self, token: &SecretString, waba_id: &str) -> Told<Vec<PhoneNumber>> {
        let ask =
            |request: RequestBuilder| request.query(&[("fields", PhoneNumber::FIELDS), ("limit", PAGE)]);
        self.tell(
            "phone_numbers",
            Method::GET,
            waba_id,
            &["phone_numbers"],
            token,
            ask,
            |body| {
                body.raw("data")?;
                Some(
                    body.objects("data")
                        .filter_map(|number| PhoneNumber::read(&number))
                        .collect(),
                )
            },
        )
        .await
    }

    /// The apps that receive an account's webhooks.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/subscribed-apps-api>
    pub async fn subscribed_apps(&self, token: &SecretString, waba_id: &str) -> Told<Vec<SubscribedApp>> {
        let read = |body: &Object<'_>| {
            body.raw("data")?;
            Some(
                body.objects("data")
                    .filter_map(|app| SubscribedApp::read(&app))
                    .collect(),
            )
        };
        self.tell(
            "subscribed_apps",
            Method::GET,
            waba_id,
            &["subscribed_apps"],
            token,
            |r| r,
            read,
        )
        .await
    }

    /// Subscribes the token's app to an account. Without this the handshake succeeds but nothing ever arrives.
    pub async fn subscribe_app(&self, token: &SecretString, waba_id: &str) -> Told<()> {
        self.change("subscribe_app", waba_id, &["subscribed_apps"], token, &json!({}))
            .await
    }

    /// Calls with the token and a proof that the caller knows its app's secret. Meta checks a proof that is sent,
    /// whether or not the app requires one.
    /// <https://developers.facebook.com/docs/graph-api/guides/secure-requests#appsecret_proof>
    pub async fn prove_app_secret(&self, token: &SecretString, app_secret: &SecretString) -> Told<()> {
        let proof = signature::digest(app_secret, token.expose_secret().as_bytes());
        let ask = |request: RequestBuilder| request.query(&[("fields", "id"), ("appsecret_proof", &proof)]);
        self.tell("prove_app_secret", Method::GET, "me", &[], token, ask, |body| {
            body.text("id").map(drop)
        })
        .await
    }

    /// The app's subscriptions for all objects.
    /// <https://developers.facebook.com/docs/graph-api/webhooks/subscriptions-edge>
    pub async fn app_subscriptions(
        &self,
        app_id: &str,
        app_secret: &SecretString,
    ) -> Told<Vec<AppSubscription>> {
        let read = |body: &Object<'_>| {
            body.raw("data")?;
            Some(
                body.objects("data")
                    .map(|data| AppSubscription::read(&data))
                    .collect(),
            )
        };
        self.tell(
            "app_subscriptions",
            Method::GET,
            app_id,
            &["subscriptions"],
            &app_token(app_id, app_secret),
            |r| r,
            read,
        )
        .await
    }

    /// Subscribes the app to WhatsApp messages and changes of templates at this address and replaces any other address. Meta makes the handshake
    /// before it answers.
    pub async fn set_app_subscription(
        &self,
        app_id: &str,
        app_secret: &SecretString,
        callback: Callback<'_>,
    ) -> Told<()> {
        let fields: Vec<&str> = ["messages"].into_iter().chain(TEMPLATE_FIELDS).collect();
        let body = json!({
            "object": OBJECT,
            "callback_url": callback.url,
            "verify_token": callback.verify_token,
            "fields": fields.join(","),
        });
        self.change(
            "set_app_subscription",
            app_id,
            &["subscriptions"],
            &app_token(app_id, app_secret),
            &body,
        )
        .await
    }

    /// Gives one number its own address, which takes precedence over its account's and its app's. Meta makes the
    /// handshake before it answers.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override>
    pub async fn set_number_callback(
        &self,
        token: &SecretString,
        phone_number_id: &str,
        callback: Callback<'_>,
    ) -> Told<()> {
        let body = json!({ "webhook_configuration": {
            "override_callback_uri": callback.url,
            "verify_token": callback.verify_token,
        }});
        self.change("set_number_callback", phone_number_id, &[], token, &body)
            .await
    }

    /// Registers a number for the Cloud API. The six-digit PIN is the number's two-step verification; the call sets the
    /// PIN if the number has none. Meta allows ten attempts in 72 hours.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration>
    pub async fn register(&self, token: &SecretString, phone_number_id: &str, pin: &str) -> Told<()> {
        let body = json!({ "messaging_product": "whatsapp", "pin": pin });
        self.change("register", phone_number_id, &["register"], token, &body)
            .await
    }

    async fn change(
        &self,
        name: &str,
        id: &str,
        rest: &[&str],
        token: &SecretString,
        body: &Value,
    ) -> Told<()> {
        self.tell(
            name,
            Method::POST,
            id,
            rest,
            token,
            |request| request.json(body),
            |answer| answer.flag("success").then_some(()),
        )
        .await
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call in full, and each is named where it is made"
    )]
    async fn tell<T>(
        &self,
        name: &str,
        method: Method,
        id: &str,
        rest: &[&str],
        token: &SecretString,
        complete: impl FnOnce(RequestBuilder) -> RequestBuilder,
        read: impl Fn(&Object<'_>) -> Option<T>,
    ) -> Told<T> {
        let answer = match self.at(id, rest) {
            Ok(url) => {
                self.call(name, complete(self.http.request(method, url)), token)
                    .await
            }
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => Told {
                date: answer.date,
                answer: answer.read(answer.unreadable(), read),
            },
            Err(error) => Told {
                answer: Err(error),
                date: None,
            },
        }
    }
}

impl<T> Told<T> {
    /// Judges the answer of a success; the date stays.
    pub fn and_then<U>(self, judge: impl FnOnce(T) -> Result<U, GraphError>) -> Told<U> {
        Told {
            answer: self.answer.and_then(judge),
            date: self.date,
        }
    }
}

impl TokenInfo {
    fn read(data: &Object<'_>) -> Option<Self> {
        data.raw("is_valid")?;
        let granular = data.objects("granular_scopes").filter_map(|scope| {
            let targets = scope.list("target_ids");
            Some((
                scope.text("scope")?,
                targets.into_iter().filter_map(string).collect(),
            ))
        });
        let error = data.object("error").map(|error| ApiError {
            subcode: error.parsed("subcode").or_else(|| error.parsed("error_subcode")),
            ..ApiError::here(
                error.parsed("code").unwrap_or(190),
                None,
                &error.text("message").unwrap_or_default(),
            )
        });
        Some(Self {
            app_id: data.text("app_id"),
            kind: data.text("type"),
            is_valid: data.flag("is_valid"),
            expires_at: data.parsed("expires_at").filter(|at| *at != 0),
            scopes: data.list("scopes").into_iter().filter_map(string).collect(),
            granular_scopes: granular.collect(),
            error,
        })
    }
}

impl SubscribedApp {
    fn read(entry: &Object<'_>) -> Option<Self> {
        let app = entry.object("whatsapp_business_api_data");
        let app = app.as_ref().unwrap_or(entry);
        Some(Self {
            id: app.text("id")?,
            name: app.text("name"),
            override_callback: entry.text("override_callback_uri"),
        })
    }
}

impl AppSubscription {
    /// Fields are objects with a name and a version; older answers have only names.
    fn read(data: &Object<'_>) -> Self {
        let field = |raw| string(raw).or_else(|| Object::open(raw)?.text("name"));
        Self {
            object: data.text("object").unwrap_or_default(),
            callback_url: data.text("callback_url").unwrap_or_default(),
            active: data.flag("active"),
            fields: data.list("fields").into_iter().filter_map(field).collect(),
        }
    }
}
