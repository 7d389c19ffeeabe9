//! Sends a test to a webhook, also to one that is off: so an administrator sees whether it answers again.

use crate::{
    Engine, Result,
    database::put::put,
    entity::{webhook_call, webhook_event},
    wakes::Worker,
    webhooks::{lanes::take_turn, manage::note, row::known},
};
use bytes::Bytes;
use domain::{
    access::{Actor, Permission},
    ids::WebhookId,
};

/// Sends this body once it is this webhook's turn. `kind` and `body` are the caller's, like those of events. Returns the
/// name of the test in the list of attempts.
pub async fn send_test(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    kind: &str,
    body: Bytes,
) -> Result<String> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction(actor).await?;
    known(&tx, id).await?;
    let place = take_turn(&tx, 1).await? + 1;
    let now = engine.clock().now().millis();
    let event_id = engine.clock().new_id();
    let event = webhook_event::Model {
        id: event_id,
        name: format!("test_{}", event_id.simple()),
        kind: kind.to_owned(),
        at: now,
        session_id: None,
        channel_id: None,
        queue_id: None,
        body: body.to_vec(),
    };
    let name = event.name.clone();
    let call = webhook_call::Model {
        id: engine.clock().new_id(),
        webhook_id: id.uuid(),
        event_id,
        session_id: None,
        place,
        attempts: 0,
        due_at: Some(now),
        claimed_by: None,
        dead_at: None,
    };
    put(&tx, vec![event], None).await?;
    put(&tx, vec![call], None).await?;
    note(&tx, "webhook.test", id, None);
    tx.wake(Worker::Webhooks);
    tx.commit().await?;
    Ok(name)
}
