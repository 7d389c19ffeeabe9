//! Sends a test to a webhook, also to one that is off or has asked to be left alone: so an administrator sees whether it answers
//! again.

use crate::{
    Engine, Result,
    database::put::put,
    entity::{webhook_call, webhook_event},
    wakes::Worker,
    webhooks::{
        calls::first_answer,
        lanes::{new_call, take_turn},
        manage::note_sent,
        row::known,
        state::WITHIN,
    },
};
use bytes::Bytes;
use domain::{
    access::{Actor, Permission},
    ids::WebhookId,
    webhook::{Attempt, TEST_TYPE},
};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

const PREFIX: &str = "test_";
/// How often somebody who waits looks for the answer.
const LOOK: Duration = Duration::from_millis(100);
/// The answer is written down a moment after it has come.
const MARGIN: Duration = Duration::from_secs(4);

/// Sends this body once it is this webhook's turn; it is the caller's, like those of events. Returns the name of the test in
/// the list of attempts.
pub async fn send_test(engine: &Engine, actor: &Actor, id: WebhookId, body: Bytes) -> Result<String> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction(actor).await?;
    known(&tx, id).await?;
    let place = take_turn(&tx, 1).await? + 1;
    let event_id = engine.clock().new_id();
    let event = webhook_event::Model {
        id: event_id,
        name: format!("{PREFIX}{}", event_id.simple()),
        kind: TEST_TYPE.to_owned(),
        at: engine.clock().now().millis(),
        session_id: None,
        channel_id: None,
        queue_id: None,
        body: body.to_vec(),
    };
    let name = event.name.clone();
    let call = webhook_call::Model {
        place,
        ..new_call(engine.clock(), id.uuid(), event_id, None)
    };
    put(&tx, vec![event], None).await?;
    put(&tx, vec![call], None).await?;
    note_sent(&tx, "webhook.test", id, None);
    tx.wake(Worker::Webhooks);
    tx.commit().await?;
    Ok(name)
}

/// What the webhook answered to this test, as soon as it has; `None` if that takes longer than one request may.
pub async fn answer_to_test(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    test: &str,
) -> Result<Option<Attempt>> {
    actor.require(Permission::WebhookRead)?;
    let event = test.strip_prefix(PREFIX).and_then(|id| id.parse::<Uuid>().ok());
    let Some(event) = event else { return Ok(None) };
    let until = Instant::now() + WITHIN + MARGIN;
    loop {
        let answer = first_answer(engine.db.read(), id, event).await?;
        if answer.is_some() || Instant::now() >= until {
            return Ok(answer);
        }
        sleep(LOOK).await;
    }
}
