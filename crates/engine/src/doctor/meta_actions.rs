//! Steps that an administrator would otherwise take in Meta's portal. Each step says what it called, and passes a
//! refusal on in Meta's words. Every step is in the audit log, whatever its outcome.

use crate::{
    Engine, Result,
    audit::{Subject, detail},
    doctor::{
        probes,
        records::{self, Records},
    },
};
use domain::{
    access::{Actor, Permission},
    channel::{AuditDetail, Step, meta_id},
    doctor::{MetaAction, NumberChoice, Outcome, Place},
    form::{Problem, is_invisible, optional},
    ids::ChannelId,
    refusal::Refusal,
};
use secrecy::SecretString;
use whatsapp::graph::{Callback, GraphError, PhoneNumber, Told};

/// Digits of a number's two-step PIN.
const PIN: usize = 6;
/// Meta's error code for a token that it rejects; also for an app's token.
const BAD_TOKEN: i64 = 190;

/// Subscribes the token's app to the channel's WhatsApp Business Account.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` when the channel has no access token or no WABA id.
pub async fn subscribe_waba(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<MetaAction> {
    actor.require(Permission::ChannelChange)?;
    let records = Records::read(engine, id).await?;
    let token = needed("access_token", records.token.as_ref())?;
    let waba = needed("waba_id", records.channel.waba_id.as_deref())?;
    let told = engine.graph.subscribe_app(token, waba).await;
    let meta_action = report(format!("POST /{waba}/subscribed_apps"), told);
    finish(engine, actor, id, Step::SubscribeWaba, meta_action).await
}

/// Tells Meta this channel's webhook address: in the app's subscription, for all its numbers, or as an override of
/// this number. Meta makes the handshake before it answers.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` when a value that the call needs is missing, or for any other place.
pub async fn set_callback(engine: &Engine, actor: &Actor, id: ChannelId, place: Place) -> Result<MetaAction> {
    actor.require(Permission::ChannelChange)?;
    let records = Records::read(engine, id).await?;
    let token = needed("access_token", records.token.as_ref())?;
    let callback = Callback {
        url: &records.webhook_url,
        verify_token: &records.channel.verify_token,
    };
    let meta_action = match place {
        Place::Waba => return Err(Refusal::field("place", Problem::Unknown).into()),
        Place::Number => {
            let number = needed("phone_number_id", records.channel.phone_number_id.as_deref())?;
            let told = engine.graph.set_number_callback(token, number, callback).await;
            report(format!("POST /{number}"), told)
        }
        Place::App => {
            needed("app_secret", records.app_secrets.first())?;
            match app_id(engine, &records, token).await {
                Ok(app) => {
                    let told = subscribe_with_any(engine, &app, &records.app_secrets, callback).await;
                    report(format!("POST /{app}/subscriptions"), told)
                }
                Err(failed) => failed,
            }
        }
    };
    finish(engine, actor, id, Step::SetCallback, meta_action).await
}

/// Registers the number for the Cloud API, with the six digits of its two-step PIN.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` when the PIN is malformed, or when the channel has no access token or number.
pub async fn register(engine: &Engine, actor: &Actor, id: ChannelId, pin: &str) -> Result<MetaAction> {
    actor.require(Permission::ChannelChange)?;
    let pin: String = pin
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .collect();
    check_pin(&pin)?;
    let records = Records::read(engine, id).await?;
    let token = needed("access_token", records.token.as_ref())?;
    let number = needed("phone_number_id", records.channel.phone_number_id.as_deref())?;
    let told = engine.graph.register(token, number, &pin).await;
    let meta_action = report(format!("POST /{number}/register"), told);
    finish(engine, actor, id, Step::Register, meta_action).await
}

/// The numbers of a WhatsApp Business Account; without an id, of every account that the token is limited to. The caller
/// passes a token that is typed but not saved yet.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` when the id is malformed, without a token, or when the account has to be named.
pub async fn fetch_numbers(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    waba_id: &str,
    token: Option<&str>,
) -> Result<MetaAction<Vec<NumberChoice>>> {
    actor.require(Permission::ChannelChange)?;
    let waba_id = match optional(waba_id).map(meta_id).transpose() {
        Ok(waba_id) => waba_id,
        Err(problem) => return Err(Refusal::field("waba_id", problem).into()),
    };
    let typed = token.map(str::trim).filter(|token| !token.is_empty());
    let stored = match typed {
        Some(_) => {
            records::channel(engine.db.read(), id).await?;
            None
        }
        None => Records::read(engine, id).await?.token,
    };
    let token = typed.map(SecretString::from).or(stored);
    let token = needed("access_token", token.as_ref())?;
    let wabas = match waba_id {
        Some(waba_id) => vec![waba_id],
        None => match limited_to(engine, token).await {
            Ok(wabas) if wabas.is_empty() => return Err(Refusal::field("waba_id", Problem::Required).into()),
            Ok(wabas) => wabas,
            Err(failed) => return finish(engine, actor, id, Step::FetchNumbers, failed).await,
        },
    };
    let mut meta_action = MetaAction {
        called: String::new(),
        outcome: Outcome::Done(Vec::new()),
    };
    for waba in wabas {
        let told = engine.graph.phone_numbers(token, &waba).await;
        let one = report(format!("GET /{waba}/phone_numbers"), told);
        meta_action.called = one.called;
        match (&mut meta_action.outcome, one.outcome) {
            (Outcome::Done(choices), Outcome::Done(numbers)) => {
                choices.extend(numbers.into_iter().map(|number| choice(&waba, number)));
            }
            (_, failed) => {
                meta_action.outcome = failed.map(|_| Vec::new());
                break;
            }
        }
    }
    finish(engine, actor, id, Step::FetchNumbers, meta_action).await
}

fn choice(waba: &str, number: PhoneNumber) -> NumberChoice {
    NumberChoice {
        waba_id: waba.to_owned(),
        phone_number_id: number.id,
        display: number.display_phone_number,
        verified_name: number.verified_name,
    }
}

fn needed<'a, T: ?Sized>(field: &str, value: Option<&'a T>) -> Result<&'a T> {
    Ok(value.ok_or_else(|| Refusal::field(field, Problem::Required))?)
}

fn check_pin(pin: &str) -> Result<()> {
    let problem = match pin.len() {
        0 => Problem::Required,
        _ if !pin.bytes().all(|byte| byte.is_ascii_digit()) => Problem::NotNumeric,
        length if length < PIN => Problem::TooShort,
        length if length > PIN => Problem::TooLong,
        _ => return Ok(()),
    };
    Err(Refusal::field("pin", problem).into())
}

/// The token's app, or why it cannot be found out.
async fn app_id(
    engine: &Engine,
    records: &Records,
    token: &SecretString,
) -> std::result::Result<String, MetaAction> {
    let inspected = report(
        "GET /debug_token".to_owned(),
        engine.graph.debug_token(token, token).await,
    );
    match inspected.outcome {
        Outcome::Done(token) => match token.app_id.or_else(|| records.app_id.clone()) {
            Some(app) => Ok(app),
            None => Err(MetaAction {
                called: inspected.called,
                outcome: match token.error {
                    Some(error) => refused(&error),
                    None => Outcome::NoAnswer {
                        why: "Meta does not tell the token's app".to_owned(),
                    },
                },
            }),
        },
        failed => records.app_id.clone().ok_or(MetaAction {
            called: inspected.called,
            outcome: failed.map(drop),
        }),
    }
}

async fn limited_to(
    engine: &Engine,
    token: &SecretString,
) -> std::result::Result<Vec<String>, MetaAction<Vec<NumberChoice>>> {
    let inspected = report(
        "GET /debug_token".to_owned(),
        engine.graph.debug_token(token, token).await,
    );
    match inspected.outcome {
        Outcome::Done(token) => Ok(probes::token_seen(token).wabas),
        failed => Err(MetaAction {
            called: inspected.called,
            outcome: failed.map(|_| Vec::new()),
        }),
    }
}

/// Tries each app secret: while one replaces the other, either may be the right one.
async fn subscribe_with_any(
    engine: &Engine,
    app: &str,
    secrets: &[SecretString],
    callback: Callback<'_>,
) -> Told<()> {
    let mut last = None;
    for secret in secrets {
        let told = engine.graph.set_app_subscription(app, secret, callback).await;
        let wrong_secret = matches!(&told.answer, Err(GraphError::Refused(error)) if error.code == BAD_TOKEN);
        last = Some(told);
        if !wrong_secret {
            break;
        }
    }
    last.unwrap_or_else(|| Told {
        answer: Err(GraphError::NotSent("there is no app secret".to_owned())),
        date: None,
    })
}

fn report<T>(called: String, told: Told<T>) -> MetaAction<T> {
    let outcome = match told.answer {
        Ok(value) => Outcome::Done(value),
        Err(GraphError::Refused(error)) => refused(&error),
        Err(error) => Outcome::NoAnswer {
            why: error.to_string(),
        },
    };
    MetaAction { called, outcome }
}

fn refused<T>(error: &whatsapp::graph::ApiError) -> Outcome<T> {
    let words = [&error.user_title, &error.user_msg, &error.details];
    let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    Outcome::Refused {
        code: error.code,
        message: error.message.clone(),
        details: (!words.is_empty()).then(|| words.join(" ")),
    }
}

/// Writes the audit entry, and has the channel examined again after a change.
async fn finish<T: Clone>(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    step: Step,
    meta_action: MetaAction<T>,
) -> Result<MetaAction<T>> {
    let action = match step {
        Step::SubscribeWaba => "channel.meta.subscribe_waba",
        Step::SetCallback => "channel.meta.set_callback",
        Step::Register => "channel.meta.register",
        Step::FetchNumbers => "channel.meta.fetch_numbers",
    };
    let detail = detail::write(&AuditDetail::Meta {
        step,
        meta_action: meta_action.without_value(),
    })?;
    let tx = engine.transaction(actor).await?;
    tx.audit(action, Subject::Channel(id.uuid()), Some(detail));
    tx.commit().await?;
    if meta_action.called.starts_with("POST") {
        super::soon(engine, id).await?;
    }
    Ok(meta_action)
}
