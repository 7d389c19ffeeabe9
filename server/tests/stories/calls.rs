//! Customers' calls: each is shown in a session, waits for an answer, and opens the service window.

use crate::{
    stories,
    support::{
        Story,
        world::{Line, WABA_ID, id_of},
    },
};
use domain::{
    access::Actor,
    message::content::{Call, Content},
};
use serde_json::{Value, json};
use simulator::Setting;
use std::time::Duration;

stories! {
    a_call_opens_a_session_and_the_service_window
    the_events_of_a_call_may_come_in_any_order_and_again
    a_voicemail_is_a_message_of_its_own
    what_is_no_call_of_a_customer_is_kept
    a_call_is_never_marked_read_at_meta
}

const FROM: &str = "420800555201";
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Meta reports calls, too.
fn subscribe(story: &Story, line: &Line) {
    let setting = Setting::Fields {
        app_id: line.app.id.clone(),
        fields: vec!["messages".to_owned(), "calls".to_owned()],
    };
    story.meta.set(setting).expect("an app");
}

/// A notification of the field `calls` with these parts of its value.
async fn tell(story: &Story, line: &Line, parts: Value) {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id},
        "contacts": [{"profile": {"name": "Karel"}, "wa_id": FROM}],
    });
    let parts = parts.as_object().cloned().unwrap_or_default();
    value.as_object_mut().expect("an object").extend(parts);
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA_ID, "changes": [{"field": "calls", "value": value}]}],
    });
    let body = body.to_string().into_bytes();
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
}

fn event(id: &str, event: &str) -> Value {
    json!({
        "id": id, "from": FROM, "to": "420800555010", "event": event, "timestamp": "1790000000",
        "direction": "USER_INITIATED",
    })
}

async fn calls(story: &Story) -> Vec<Call> {
    let id = id_of(&story.session().await).parse().expect("an id");
    let thread = engine::sessions::thread::read(&story.engine, &Actor::System, id, None).await;
    let messages = thread.expect("a thread").messages.into_iter();
    let what = messages.filter_map(|message| message.content?.what);
    what.filter_map(|what| match what {
        Content::Call(call) => Some(call),
        _ => None,
    })
    .collect()
}

async fn a_call_opens_a_session_and_the_service_window(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    subscribe(story, &line);
    let karel = story.customer(1);
    story.says(karel, &line, "Hello").await;
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    let path = format!("/api/v1/sessions/{session}/messages");
    let answer = async || {
        let text = json!({"type": "text", "text": {"body": "We call you back"}});
        story.api.post(&path, text).await
    };
    story.later(12 * HOUR).await;
    answer().await.ok();
    // No call to Meta is under way while half a day passes.
    story.settled().await;
    story.later(13 * HOUR).await;
    answer().await.problem(409);

    story
        .meta
        .customer_calls(karel, &line.phone_number_id, None)
        .expect("a customer");
    story.settled().await;
    let row = story.session().await;
    assert_eq!((id_of(&row), &row["unread"]), (session.clone(), &json!(1)));
    let missed = Call {
        is_over: true,
        seconds: None,
    };
    assert_eq!(calls(story).await, [missed]);
    let messages = story.messages(&row).await;
    let call = messages.last().expect("a call");
    assert_eq!((&call["type"], &call["wamid"]), (&json!("call"), &Value::Null));
    answer().await.ok();
    story.settled().await;
    let messages = story.messages(&row).await;
    assert_eq!(messages.last().expect("an answer")["status"], "delivered");

    // After the session is closed, a call opens the next one.
    let close = format!("/api/v1/sessions/{session}/close");
    story.api.post(&close, json!({})).await.ok();
    story
        .meta
        .customer_calls(karel, &line.phone_number_id, Some(200))
        .expect("a customer");
    story.settled().await;
    assert_eq!(story.count("sessions").await, 2);
    assert_eq!(story.count("dead_letters").await, 0);
}

async fn the_events_of_a_call_may_come_in_any_order_and_again(story: &Story) {
    let line = story.support().await;
    let connect = || event("wacid.a", "connect");
    let over = || {
        let mut over = event("wacid.a", "terminate");
        over["status"] = json!("COMPLETED");
        over["duration"] = json!("75");
        over
    };
    let told = Call {
        is_over: true,
        seconds: Some(75),
    };
    tell(story, &line, json!({"calls": [connect()]})).await;
    assert_eq!(calls(story).await, [Call::default()]);
    tell(story, &line, json!({"calls": [connect(), over(), over()]})).await;
    tell(story, &line, json!({"calls": [over(), connect()]})).await;
    assert_eq!(calls(story).await, [told]);
    // In one delivery, and the end first.
    let other = |mut of: Value| {
        of["id"] = json!("wacid.b");
        of
    };
    tell(story, &line, json!({"calls": [other(over()), other(connect())]})).await;
    assert_eq!(calls(story).await, [told, told]);
    assert_eq!(story.count("messages").await, 2);
    assert_eq!(story.session().await["unread"], 2);
    assert_eq!(story.count("dead_letters").await, 0);
}

async fn a_voicemail_is_a_message_of_its_own(story: &Story) {
    let line = story.support().await;
    tell(story, &line, json!({"calls": [event("wacid.v", "terminate")]})).await;
    let voicemail = json!({
        "from": FROM, "id": "wacid.v", "timestamp": "1790000060", "type": "audio",
        "audio": {"id": "1234", "mime_type": "audio/ogg; codecs=opus", "voice": true},
    });
    let body = crate::support::world::delivery(&line.phone_number_id, FROM, &[voicemail]);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
    let messages = story.messages(&story.session().await).await;
    let kinds: Vec<_> = messages.iter().map(|message| &message["type"]).collect();
    assert_eq!(kinds, ["call", "audio"]);
}

async fn what_is_no_call_of_a_customer_is_kept(story: &Story) {
    let line = story.support().await;
    let ours = {
        let mut ours = event("wacid.c", "connect");
        ours["direction"] = json!("BUSINESS_INITIATED");
        ours
    };
    let ringing = json!([{"id": "wacid.c", "type": "call", "status": "RINGING", "recipient_id": FROM}]);
    tell(story, &line, json!({"calls": [ours]})).await;
    tell(story, &line, json!({"statuses": ringing})).await;
    tell(
        story,
        &line,
        json!({"calls": [event("wacid.d", "call_recording_available")]}),
    )
    .await;
    tell(story, &line, json!({"calls": [7, {"event": "connect"}]})).await;
    assert_eq!(story.count("messages").await, 0);
    assert_eq!(story.count("sessions").await, 0);
    assert_eq!(
        story.dead_letters().await.len(),
        5,
        "four changes, and a call without an id"
    );
}

async fn a_call_is_never_marked_read_at_meta(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    subscribe(story, &line);
    let karel = story.customer(1);
    let said = story.says(karel, &line, "Hello").await;
    story
        .meta
        .customer_calls(karel, &line.phone_number_id, None)
        .expect("a customer");
    story.settled().await;
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    let newest = story.count("messages").await;
    assert_eq!(newest, 2);
    let path = format!("/api/v1/sessions/{session}/read");
    story.api.post(&path, json!({})).await.ok();
    story.settled().await;
    assert_eq!(story.session().await["unread"], 0);
    let marks = story.meta.read_marks();
    assert_eq!(marks.iter().map(|mark| &mark.wamid).collect::<Vec<_>>(), [&said]);
}
