//! The questions to Meta: asked at the same time as far as possible, each with its own time limit.

use super::records::Records;
use crate::Engine;
use domain::{
    doctor::{AppSecret, AppSubscription, NumberSeen, Probe, TokenSeen, WabaSubscription},
    time::Timestamp,
};
use futures::future::{OptionFuture, join_all};
use secrecy::SecretString;
use std::{sync::Mutex, time::Duration};
use whatsapp::{
    errors::RetryClass,
    graph::{self, ApiError, Graph, GraphError, PhoneNumber, SubscribedApp, TokenInfo, Told, app_token},
};

/// The time limit of each question.
const EACH: Duration = Duration::from_secs(4);
/// The time limit of all questions: those about the app can only be asked after the answer about the token.
const ALL: Duration = Duration::from_secs(9);
const MANAGEMENT: &str = "whatsapp_business_management";

/// Meta's answers.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) token: Probe<TokenSeen>,
    pub(super) app_id: Option<String>,
    pub(super) app_secret: Probe<AppSecret>,
    pub(super) number: Probe<NumberSeen>,
    pub(super) waba: Probe<WabaSubscription>,
    pub(super) waba_numbers: Probe<Vec<String>>,
    pub(super) app: Probe<Option<AppSubscription>>,
    /// Seconds.
    pub(super) clock_ahead: Option<i64>,
}

pub(super) async fn ask(engine: &Engine, records: &Records) -> Answers {
    let questions = Questions {
        engine,
        graph: engine.graph.within(EACH),
        ahead: Mutex::default(),
    };
    let answers = tokio::time::timeout(ALL, questions.ask(records)).await;
    answers.unwrap_or_else(|_| Answers::none(records))
}

impl Answers {
    fn none(records: &Records) -> Self {
        fn down<T>() -> Probe<T> {
            Probe::Down {
                why: "no answer in time".to_owned(),
            }
        }
        Self {
            token: if records.token.is_some() {
                down()
            } else {
                Probe::NotAsked
            },
            app_id: records.app_id.clone(),
            app_secret: down(),
            number: down(),
            waba: down(),
            waba_numbers: down(),
            app: down(),
            clock_ahead: None,
        }
    }
}

struct Questions<'engine> {
    engine: &'engine Engine,
    graph: Graph,
    /// By how many seconds this machine's clock was ahead of each answer's.
    ahead: Mutex<Vec<i64>>,
}

/// What an app secret gave access to.
struct OfApp {
    secret: Probe<AppSecret>,
    subscription: Probe<Option<AppSubscription>>,
    token: Probe<TokenSeen>,
}

impl Questions<'_> {
    async fn ask(&self, records: &Records) -> Answers {
        let Some(token) = &records.token else {
            return Answers {
                token: Probe::NotAsked,
                app_id: records.app_id.clone(),
                app_secret: Probe::NotAsked,
                number: Probe::NotAsked,
                waba: Probe::NotAsked,
                waba_numbers: Probe::NotAsked,
                app: Probe::NotAsked,
                clock_ahead: None,
            };
        };
        let channel = &records.channel;
        let number = channel.phone_number_id.as_deref();
        let number = number.map(|id| self.timed(self.graph.look_at_number(token, id)));
        let waba_id = channel.waba_id.as_deref();
        let waba = waba_id.map(|id| self.timed(self.graph.subscribed_apps(token, id)));
        let listed = waba_id.map(|id| self.timed(self.graph.phone_numbers(token, id)));
        let (inspected, number, waba, listed) = tokio::join!(
            self.timed(self.graph.debug_token(token, token)),
            OptionFuture::from(number),
            OptionFuture::from(waba),
            OptionFuture::from(listed),
        );
        let inspected = probe(inspected.and_then(conclusive), token_seen);
        let app_id = inspected.seen().and_then(|token| token.app_id.clone());
        let app_id = app_id.or_else(|| records.app_id.clone());

        let of_app = match &app_id {
            Some(app_id) => self.of_app(app_id, &records.app_secrets, token).await,
            None => None,
        };
        let (app_secret, app, by_app) = match of_app {
            Some(OfApp {
                secret,
                subscription,
                token,
            }) => (secret, subscription, token),
            None => {
                let proof = self.prove(&records.app_secrets, token).await;
                (proof, Probe::NotAsked, Probe::NotAsked)
            }
        };
        // Meta tells an app more about its tokens than it tells the tokens themselves.
        let token = match (&inspected, &by_app) {
            (Probe::Seen(_), _) => inspected,
            (_, Probe::Seen(_)) => by_app,
            _ => inspected,
        };
        Answers {
            token,
            app_id,
            app_secret,
            number: number.map_or(Probe::NotAsked, |number| probe(number, number_seen)),
            waba: waba.map_or(Probe::NotAsked, |waba| probe(waba, waba_seen)),
            waba_numbers: listed.map_or(Probe::NotAsked, |listed| probe(listed, numbers_seen)),
            app,
            clock_ahead: self.clock_ahead(),
        }
    }

    /// Tries each app secret; the first that is right answers the rest.
    async fn of_app(&self, app_id: &str, secrets: &[SecretString], token: &SecretString) -> Option<OfApp> {
        let tries = secrets.iter().map(async |secret| {
            let own = app_token(app_id, secret);
            let (subscriptions, token) = tokio::join!(
                self.timed(self.graph.app_subscriptions(app_id, secret)),
                self.timed(self.graph.debug_token(&own, token)),
            );
            let subscription = probe(subscriptions, whatsapp_subscription);
            OfApp {
                secret: secret_by(&subscription),
                subscription,
                token: probe(token.and_then(conclusive), token_seen),
            }
        });
        let mut tried = join_all(tries).await;
        let right = tried
            .iter()
            .position(|tried| matches!(tried.secret, Probe::Seen(AppSecret::Right)));
        (!tried.is_empty()).then(|| tried.swap_remove(right.unwrap_or(0)))
    }

    /// Whether a secret belongs to the token's app, when the app's id is unknown: some tokens may not inspect
    /// themselves, and then the app's own token, which holds the app's id, cannot be made. Where the id is known, this
    /// would prove nothing that the app's token does not.
    async fn prove(&self, secrets: &[SecretString], token: &SecretString) -> Probe<AppSecret> {
        let tries = secrets
            .iter()
            .map(|secret| self.timed(self.graph.prove_app_secret(token, secret)));
        let mut tried = join_all(tries)
            .await
            .into_iter()
            .map(|told| proof_by(probe(told, |()| ())));
        let first = tried.next().unwrap_or(Probe::NotAsked);
        tried.fold(first, |first, next| match next {
            Probe::Seen(AppSecret::Right) => next,
            _ => first,
        })
    }

    /// Compares Meta's clock with this machine's, in the middle of the call.
    async fn timed<T>(&self, call: impl Future<Output = Told<T>>) -> Told<T> {
        let asked = self.engine.clock().now().millis();
        let told = call.await;
        let answered = self.engine.clock().now().millis();
        if let (Some(date), Ok(mut ahead)) = (told.date, self.ahead.lock()) {
            ahead.push(asked.midpoint(answered).div_euclid(1000) - date);
        }
        told
    }

    /// The smallest value: a slow answer only makes the difference larger.
    fn clock_ahead(&self) -> Option<i64> {
        let ahead = self.ahead.lock().ok()?;
        ahead.iter().copied().min_by_key(|seconds| seconds.abs())
    }
}

/// Whether an error passes by itself; such an error is not an answer.
pub(super) fn passes(error: &ApiError) -> bool {
    matches!(
        error.class(),
        RetryClass::Retry | RetryClass::RetryFew | RetryClass::RetrySlow | RetryClass::Wait
    )
}

/// A token that is invalid for a passing reason has not been judged.
fn conclusive(token: TokenInfo) -> Result<TokenInfo, GraphError> {
    match token.error {
        Some(error) if !token.is_valid && passes(&error) => Err(error.into()),
        _ => Ok(token),
    }
}

fn probe<T, U>(told: Told<T>, seen: impl FnOnce(T) -> U) -> Probe<U> {
    match told.answer {
        Ok(value) => Probe::Seen(seen(value)),
        Err(GraphError::Refused(error)) if is_about_secret(&error) || !passes(&error) => Probe::Refused {
            code: error.code,
            subcode: error.subcode,
            message: error.message,
        },
        Err(error) => Probe::Down {
            why: error.to_string(),
        },
    }
}

/// Meta reports a wrong secret with several codes, one of which it also uses for passing errors.
fn is_about_secret(error: &ApiError) -> bool {
    says_wrong_secret(&error.message)
}

fn says_wrong_secret(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("client secret") || message.contains("invalid appsecret_proof")
}

fn secret_by<T>(asked: &Probe<T>) -> Probe<AppSecret> {
    match asked {
        Probe::Seen(_) => Probe::Seen(AppSecret::Right),
        Probe::Refused { code: 101 | 190, .. } => Probe::Seen(AppSecret::Wrong),
        Probe::Refused { message, .. } if says_wrong_secret(message) => Probe::Seen(AppSecret::Wrong),
        Probe::Refused {
            code,
            subcode,
            message,
        } => Probe::Refused {
            code: *code,
            subcode: *subcode,
            message: message.clone(),
        },
        Probe::Down { why } => Probe::Down { why: why.clone() },
        Probe::NotAsked => Probe::NotAsked,
    }
}

/// Any other refusal is about the token.
fn proof_by(asked: Probe<()>) -> Probe<AppSecret> {
    match asked {
        Probe::Seen(()) => Probe::Seen(AppSecret::Right),
        Probe::Refused { message, .. } if says_wrong_secret(&message) => Probe::Seen(AppSecret::Wrong),
        Probe::Down { why } => Probe::Down { why },
        Probe::Refused { .. } | Probe::NotAsked => Probe::NotAsked,
    }
}

pub(super) fn token_seen(token: TokenInfo) -> TokenSeen {
    let limits = |of_management: bool| {
        let scopes = token.granular_scopes.iter();
        let mut scopes = scopes.filter(|(scope, _)| (scope == MANAGEMENT) == of_management);
        scopes
            .find_map(|(scope, ids)| (scope.starts_with("whatsapp") && !ids.is_empty()).then(|| ids.clone()))
    };
    TokenSeen {
        wabas: limits(true).or_else(|| limits(false)).unwrap_or_default(),
        app_id: token.app_id,
        kind: token.kind,
        valid: token.is_valid,
        expires_at: token.expires_at.map(Timestamp::from_seconds),
        scopes: token.scopes,
        error: token
            .error
            .map(|error| (error.code, error.subcode, error.message)),
    }
}

fn number_seen(number: PhoneNumber) -> NumberSeen {
    NumberSeen {
        display: number.display_phone_number,
        verified_name: number.verified_name,
        platform: number.platform_type,
        status: number.status,
        quality: number.quality_rating,
        throughput: number.throughput_level,
        callback_of_number: number.webhooks.phone_number,
        callback_of_waba: number.webhooks.whatsapp_business_account,
        callback_of_app: number.webhooks.application,
    }
}

fn waba_seen(apps: Vec<SubscribedApp>) -> WabaSubscription {
    WabaSubscription {
        app_ids: apps.into_iter().map(|app| app.id).collect(),
    }
}

fn numbers_seen(numbers: Vec<PhoneNumber>) -> Vec<String> {
    numbers.into_iter().map(|number| number.id).collect()
}

fn whatsapp_subscription(subscriptions: Vec<graph::AppSubscription>) -> Option<AppSubscription> {
    let found = subscriptions
        .into_iter()
        .find(graph::AppSubscription::is_whatsapp)?;
    Some(AppSubscription {
        callback_url: found.callback_url,
        fields: found.fields,
        active: found.active,
    })
}
