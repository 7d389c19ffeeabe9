//! One call to a push service. Who may hear of the session, and what there is to tell, is read when the call is made.

use crate::{
    Engine, Result,
    entity::push_subscription::{self, Column},
    push::{
        encryption::{Keys, encrypt},
        endpoint::endpoint,
        listeners,
        news::{LIVES, News, still},
        sender::identity,
        text::text,
    },
    random,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use metrics::counter;
use reqwest::{
    Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use strum::IntoStaticStr;

const MAX_ATTEMPTS: u32 = 3;
/// The wait before the second attempt; it doubles with each.
const WAIT: Duration = Duration::from_secs(2);
/// A push service that asks to wait for longer is not waited for.
const MAX_WAIT: Duration = Duration::from_secs(10 * 60);
/// How exactly the last success is noted.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Outcome {
    Accepted,
    /// There is nothing to tell any more, or nobody to be told.
    Unneeded,
    /// The browser has no such subscription any more.
    Gone,
    Refused,
    /// To be tried again after this.
    Unanswered(Duration),
    Lost,
}

/// `attempts`: how many there were before.
pub(super) async fn call(engine: &Engine, news: News, attempts: u32) -> Outcome {
    let outcome = match attempt(engine, news).await {
        Ok(Outcome::Unanswered(_)) if attempts + 1 >= MAX_ATTEMPTS => Outcome::Lost,
        Ok(Outcome::Unanswered(asked)) => {
            Outcome::Unanswered(asked.max(random::jittered(WAIT * 2_u32.pow(attempts))))
        }
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::warn!(%error, subscription = %news.subscription, "an alert cannot be pushed");
            Outcome::Lost
        }
    };
    let name: &'static str = outcome.into();
    counter!(crate::metrics::PUSHES, "outcome" => name).increment(1);
    tracing::debug!(subscription = %news.subscription, ?outcome, "pushed an alert");
    outcome
}

async fn attempt(engine: &Engine, news: News) -> Result<Outcome> {
    let Some(listener) = listeners::one(engine, news.subscription).await? else {
        return Ok(Outcome::Unneeded);
    };
    let Some(alert) = still(engine, &listener, news).await? else {
        return Ok(Outcome::Unneeded);
    };
    let to = &listener.subscription;
    let text = text(&alert, listener.language);
    let (Some(endpoint), Some(body)) = (
        endpoint(&to.endpoint, engine.push.services),
        encrypt(&text, &Keys::of_row(to)?),
    ) else {
        return Ok(Outcome::Refused);
    };
    let now = engine.clock().now();
    let authorization = identity(engine)
        .await?
        .authorization(&endpoint, &engine.public_url, now)?;
    let request = engine
        .push
        .web
        .post(endpoint)
        .header(AUTHORIZATION, authorization)
        .header(CONTENT_ENCODING, "aes128gcm")
        .header(CONTENT_TYPE, "application/octet-stream")
        .header("ttl", LIVES.as_secs())
        .header("urgency", "high")
        .header("topic", topic(&news))
        .body(body);
    let Ok(response) = request.send().await else {
        return Ok(Outcome::Unanswered(Duration::ZERO));
    };
    let outcome = outcome(&response);
    match outcome {
        Outcome::Accepted => note_success(engine, to).await?,
        Outcome::Gone => forget(engine, to).await?,
        _ => {}
    }
    Ok(outcome)
}

/// <https://www.rfc-editor.org/rfc/rfc8030#section-5>
fn outcome(response: &Response) -> Outcome {
    let status = response.status();
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Outcome::Gone,
        StatusCode::TOO_MANY_REQUESTS => asked_wait(response),
        _ if status.is_success() => Outcome::Accepted,
        _ if status.is_server_error() => asked_wait(response),
        _ => {
            tracing::warn!(%status, "a push service refused an alert");
            Outcome::Refused
        }
    }
}

fn asked_wait(response: &Response) -> Outcome {
    let asked = response.headers().get(RETRY_AFTER);
    let asked = asked.and_then(|value| value.to_str().ok()?.parse().ok());
    match Duration::from_secs(asked.unwrap_or(0)) {
        long if long > MAX_WAIT => Outcome::Lost,
        asked => Outcome::Unanswered(asked),
    }
}

/// A push of the same topic takes the place of one that waits at the push service. The name tells nothing of the session,
/// and another browser's is another one. <https://www.rfc-editor.org/rfc/rfc8030#section-5.4>
fn topic(news: &News) -> String {
    let mut hash = Sha256::new();
    hash.update(news.subscription.as_bytes());
    hash.update(news.session.uuid().as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(&hash.finalize()[..24])
}

async fn note_success(engine: &Engine, to: &push_subscription::Model) -> Result<()> {
    let now = engine.clock().now();
    let before = now.minus(HOUR).millis();
    if to.succeeded_at.is_some_and(|last| last > before) {
        return Ok(());
    }
    let tx = engine.db.write().await?;
    push_subscription::Entity::update_many()
        .col_expr(Column::SucceededAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(to.id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Unless the browser has subscribed anew meanwhile.
async fn forget(engine: &Engine, gone: &push_subscription::Model) -> Result<()> {
    let tx = engine.db.write().await?;
    push_subscription::Entity::delete_many()
        .filter(
            Condition::all()
                .add(Column::Id.eq(gone.id))
                .add(Column::P256dh.eq(gone.p256dh.as_str())),
        )
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
