//! The settings of the simulated Meta besides its faults: the state of tokens and numbers, and the subscriptions. Each
//! setting puts Graph into one of the situations that administrators get stuck in, and holds until it is changed. Rust
//! code and, as JSON, HTTP requests use the same values.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::world::{Callback, Outage, TemplateSpec, TokenState, Unknown, World};

/// One setting. A field that is `None` keeps its old value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "set", rename_all = "snake_case")]
pub enum Setting {
    Token(TokenSetting),
    Number(NumberSetting),
    /// The callback address of an app, a WABA or a number, without a handshake; `None` removes it.
    Callback {
        of: CallbackOf,
        id: String,
        url: Option<Url>,
    },
    /// The webhook fields of an app's subscription.
    Fields {
        app_id: String,
        fields: Vec<String>,
    },
    /// The apps in a WABA's `subscribed_apps`.
    SubscribedApps {
        waba_id: String,
        app_ids: Vec<String>,
    },
    /// How many seconds Graph's `Date` is ahead.
    Clock {
        ahead_seconds: i64,
    },
    /// The delay of every answer from Graph.
    Latency {
        ms: u64,
    },
    /// Whether Meta reports statuses of the messages that it accepts.
    Statuses {
        reported: bool,
    },
    Pace(PaceSetting),
    /// The templates of an account.
    Templates {
        waba_id: String,
        templates: Vec<TemplateSpec>,
    },
    /// How many templates a page has at most; `None`: as many as the caller asks for.
    TemplatePage {
        most: Option<usize>,
    },
    /// The outcome of every call to Graph until this is `None`.
    Outage {
        outage: Option<Outage>,
    },
}

/// The objects that can have a callback address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackOf {
    App,
    Waba,
    Number,
}

/// A token; it is added if it is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenSetting {
    pub token: String,
    pub state: Option<TokenState>,
    /// The app that the token belongs to.
    pub app_id: Option<String>,
    /// `SYSTEM_USER`, `USER`, …
    pub kind: Option<String>,
    /// Unix seconds; 0 means never.
    pub expires_at: Option<i64>,
    pub scopes: Option<Vec<String>>,
    /// The WABAs that the token sees; empty: all of them.
    pub wabas: Option<Vec<String>>,
    /// Whether `debug_token` reports the WABAs (`target_ids`).
    pub tells_wabas: Option<bool>,
    /// Whether the token may inspect itself.
    pub inspects_itself: Option<bool>,
}

/// A number's state, in Meta's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberSetting {
    pub phone_number_id: String,
    pub display_phone_number: Option<String>,
    /// `CLOUD_API`, or `NOT_APPLICABLE` before the registration.
    pub platform_type: Option<String>,
    /// `CONNECTED`, `PENDING`, `DISCONNECTED`, …
    pub status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `NA`.
    pub quality_rating: Option<String>,
    /// `STANDARD`, `HIGH`.
    pub throughput: Option<String>,
    /// The messages that Meta accepts in any second; otherwise 80, with `HIGH` 1000, in coexistence 20.
    pub messages_per_second: Option<u32>,
    /// Whether the number is also used in the WhatsApp Business app.
    pub coexistence: Option<bool>,
    /// The two-step PIN; empty: none yet.
    pub pin: Option<String>,
}

/// How fast a business may send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaceSetting {
    /// Whether there are limits at all.
    pub limited: Option<bool>,
    /// Messages to one customer at once.
    pub pair_burst: Option<u32>,
    /// Milliseconds between two messages to one customer after the burst.
    pub pair_every_ms: Option<u64>,
}

impl World {
    pub(crate) fn set(&mut self, setting: Setting) -> Result<(), Unknown> {
        match setting {
            Setting::Token(setting) => self.set_token(setting),
            Setting::Number(setting) => self.set_number(setting)?,
            Setting::Callback { of, id, url } => {
                self.set_callback(of, &id, url.map(|url| Callback { url }))?
            }
            Setting::Fields { app_id, fields } => {
                let app = self.apps.get_mut(&app_id).ok_or(Unknown::App(app_id))?;
                app.fields = fields;
            }
            Setting::SubscribedApps { waba_id, app_ids } => {
                let subscribed = self.subscribed.entry(waba_id).or_default();
                subscribed.retain(|app, _| app_ids.contains(app));
                for app in app_ids {
                    subscribed.entry(app).or_default();
                }
            }
            Setting::Clock { ahead_seconds } => self.graph.ahead_seconds = ahead_seconds,
            Setting::Statuses { reported } => self.graph.silent = !reported,
            Setting::Latency { ms } => self.graph.latency_ms = ms,
            Setting::Pace(setting) => {
                put(&mut self.pace.limited, setting.limited);
                put(&mut self.pace.pair_burst, setting.pair_burst);
                let every = setting.pair_every_ms.map(Duration::from_millis);
                put(&mut self.pace.pair_every, every);
            }
            Setting::Templates { waba_id, templates } => {
                self.templates.insert(waba_id, templates);
            }
            Setting::TemplatePage { most } => self.template_page = most,
            Setting::Outage { outage } => self.graph.outage = outage,
        }
        Ok(())
    }

    fn set_token(&mut self, setting: TokenSetting) {
        let token = self.token_mut(&setting.token);
        let TokenSetting {
            token: _,
            state,
            app_id,
            kind,
            expires_at,
            scopes,
            wabas,
            tells_wabas,
            inspects_itself,
        } = setting;
        put(&mut token.state, state);
        put(&mut token.kind, kind);
        put(&mut token.expires_at, expires_at);
        put(&mut token.scopes, scopes);
        put(&mut token.wabas, wabas);
        put(&mut token.tells_wabas, tells_wabas);
        put(&mut token.inspects_itself, inspects_itself);
        token.app_id = app_id.or(token.app_id.take());
    }

    fn set_number(&mut self, setting: NumberSetting) -> Result<(), Unknown> {
        let number = self.numbers.get_mut(&setting.phone_number_id);
        let number = number.ok_or(Unknown::Number(setting.phone_number_id))?;
        put(
            &mut number.spec.display_phone_number,
            setting.display_phone_number,
        );
        put(&mut number.platform_type, setting.platform_type);
        put(&mut number.status, setting.status);
        put(&mut number.quality_rating, setting.quality_rating);
        put(&mut number.throughput, setting.throughput);
        put(&mut number.coexistence, setting.coexistence);
        put(&mut number.pin, setting.pin);
        number.messages_per_second = setting.messages_per_second.or(number.messages_per_second);
        Ok(())
    }

    fn set_callback(&mut self, of: CallbackOf, id: &str, callback: Option<Callback>) -> Result<(), Unknown> {
        match of {
            CallbackOf::App => {
                let app = self.apps.get_mut(id);
                app.ok_or_else(|| Unknown::App(id.to_owned()))?.callback = callback;
            }
            CallbackOf::Number => {
                let number = self.numbers.get_mut(id);
                number.ok_or_else(|| Unknown::Number(id.to_owned()))?.callback = callback;
            }
            CallbackOf::Waba => {
                for subscription in self.subscribed.entry(id.to_owned()).or_default().values_mut() {
                    subscription.callback.clone_from(&callback);
                }
            }
        }
        Ok(())
    }
}

fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}
