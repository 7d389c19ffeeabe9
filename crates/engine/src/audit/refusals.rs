//! What was refused, as rows of the audit log. Strangers can cause it as often as they like, so of each kind there are
//! few rows; each says how many were left out before it.

use super::{Subject, refusal_rate::Kind, request};
use crate::{Engine, Result};
use domain::access::Actor;

/// Writes a row, if one is due. Somebody is refused all the same if it cannot be written.
pub(crate) async fn note(
    engine: &Engine,
    kind: Kind,
    action: &str,
    subject: Subject,
    detail: Option<String>,
) {
    let Some(left_out) = engine.refusal_rate.due(kind) else {
        return;
    };
    let more = (left_out > 0).then(|| format!("{left_out} more before"));
    let detail: Vec<String> = detail.into_iter().chain(more).collect();
    let detail = (!detail.is_empty()).then(|| detail.join("; "));
    // Apart, because every request has room for this and hardly any needs it.
    let written = Box::pin(write(engine, action, subject, detail));
    if let Err(error) = written.await {
        tracing::error!(%error, action, "what was refused cannot be written into the audit log");
    }
}

async fn write(engine: &Engine, action: &str, subject: Subject, detail: Option<String>) -> Result<()> {
    let tx = engine
        .transaction(&request::actor().unwrap_or(Actor::System))
        .await?;
    tx.audit_refused(action, subject, detail);
    tx.commit().await
}

/// Notes that what the request of this task asked for is not its actor's right. `status_says_so`: its answer has the
/// status 403. A request of somebody unknown is not noted here.
pub async fn forbidden(engine: &Engine, asked_for: &str, status_says_so: bool) {
    if !status_says_so && !request::was_forbidden() {
        return;
    }
    let subject = match request::actor() {
        Some(Actor::User(_)) => Subject::Console,
        Some(Actor::Token { .. }) => Subject::Api,
        Some(Actor::System) | None => return,
    };
    note(
        engine,
        Kind::Forbidden,
        "request",
        subject,
        Some(asked_for.to_owned()),
    )
    .await;
}
