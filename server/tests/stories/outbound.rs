//! What happens to an answer when Meta fails.

use crate::{
    content::{notification, post_body},
    stories,
    support::{
        Story,
        database::Database,
        world::{WABA_ID, id_of},
    },
};
use domain::{
    access::Actor,
    channel::AuthenticationForm,
    message::{Waits, content::Content},
    refusal::Refusal,
    session::Blocked,
};
use serde_json::{Value, json};
use simulator::{SendFault, Setting, TokenState};
use std::time::Duration;

stories! {
    a_server_error_is_tried_once_more
    a_rate_limit_is_tried_again
    retry_after_is_obeyed
    a_lost_answer_does_not_send_twice
    a_gateways_page_after_accepting_does_not_send_twice
    a_success_that_cannot_be_read_is_not_sent_again
    what_nobody_can_tell_is_sent_twice_at_the_most
    a_refusal_after_a_doubt_does_not_end_the_doubt
    a_channel_deleted_in_doubt_leaves_the_doubt
    a_success_that_cannot_be_recorded_is_noted
    a_message_that_cannot_be_written_keeps_nobody_waiting
    a_permanent_error_fails_with_its_reason
    while_the_token_is_refused_messages_wait_and_go_out_with_another
    a_refused_number_stops_and_goes_on_by_itself
    outside_the_window_nothing_is_sent
    meta_may_close_the_window_and_the_customer_opens_it
    a_status_may_come_before_the_answer_to_the_send
    the_same_key_sends_once
    a_key_is_for_one_text
    a_body_for_the_graph_api_is_taken_where_it_is_true
    a_paused_channel_says_so
    a_closed_session_sends_nothing_again
}

/// Longer than any wait between two attempts.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Meta sends no statuses.
fn tells_no_statuses(story: &Story) {
    story
        .meta
        .set(Setting::Statuses { reported: false })
        .expect("set");
}

async fn last(story: &Story, session: &Value) -> Value {
    story.messages(session).await.pop().expect("a message")
}

async fn is_sent_after(story: &Story, faults: &[SendFault]) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    faults.iter().for_each(|fault| story.meta.fault(fault.clone()));
    story.answers(&session, "Hello").await;
    story.settled().await;
    assert_eq!(
        last(story, &session).await["status"],
        "queued",
        "it is not given up"
    );
    for _ in faults {
        story.later(PATIENCE).await;
    }
    assert_eq!(last(story, &session).await["status"], "delivered");
    assert_eq!(story.meta.sent_messages().len(), 1);
}

/// The API behind the gateway may have accepted the message: it is sent once more, and no oftener.
async fn a_server_error_is_tried_once_more(story: &Story) {
    is_sent_after(story, &[gateway(502)]).await;
}

fn gateway(code: u16) -> SendFault {
    SendFault::Status5xx {
        code,
        body: "<html>Bad gateway</html>".into(),
    }
}

async fn a_rate_limit_is_tried_again(story: &Story) {
    is_sent_after(
        story,
        &[
            SendFault::RateCode,
            SendFault::ErrorCode {
                code: 131_056,
                http: 400,
            },
        ],
    )
    .await;
}

async fn retry_after_is_obeyed(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.says(story.customer(2), &line, "And me?").await;
    let sessions = story.api.items("/api/v1/sessions").await;
    let other = sessions.iter().find(|other| other["id"] != session["id"]);
    let other = id_of(other.expect("a second session"));
    let picked = format!("/api/v1/sessions/{other}/pick-up");
    let other = story.api.post(&picked, json!({"extension": "202"})).await.ok();

    let in_five_minutes = || {
        let at = story.clock.now().plus(Duration::from_secs(300)).millis() / 1000;
        let at = std::time::UNIX_EPOCH + Duration::from_secs(u64::try_from(at).expect("after 1970"));
        httpdate::fmt_http_date(at)
    };
    let minute = Duration::from_secs(60);
    let mut sent = 0;
    for (http, code, date) in [(429, Some(130_429), false), (429, None, true)] {
        let retry_after = match date {
            true => in_five_minutes(),
            false => "300".to_owned(),
        };
        story.meta.fault(SendFault::Busy {
            http,
            code,
            retry_after,
        });
        story.answers(&session, "Hello").await;
        story.settled().await;
        // The whole number has to wait, not only this message.
        story.answers(&other, "Hello to you, too").await;
        for _ in 0..4 {
            story.later(minute).await;
            assert_eq!(story.meta.sent_messages().len(), sent, "{http} {code:?}");
        }
        assert_eq!(last(story, &other).await["status"], "queued");
        story.later(2 * minute).await;
        sent += 2;
        assert_eq!(story.meta.sent_messages().len(), sent, "{http} {code:?}");
    }

    // An absurd `Retry-After` does not hold answers back for days.
    story.meta.fault(SendFault::Busy {
        http: 429,
        code: None,
        retry_after: "31536000".into(),
    });
    story.answers(&session, "Still there?").await;
    story.settled().await;
    story.later(61 * minute).await;
    assert_eq!(story.meta.sent_messages().len(), sent + 1);
}

/// Meta has no idempotency key: after a lost answer a status shows that Meta accepted the message.
async fn a_lost_answer_does_not_send_twice(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(SendFault::AcceptThenDrop);
    story.answers(&session, "Hello").await;
    story.settled().await;
    for _ in 0..3 {
        story.later(PATIENCE).await;
    }
    assert_eq!(story.meta.sent_messages().len(), 1, "sent once");
    let message = last(story, &session).await;
    assert_eq!(message["status"], "delivered", "{message:#}");
    assert_eq!(message["wamid"], story.meta.sent_messages()[0].wamid);
}

async fn a_gateways_page_after_accepting_does_not_send_twice(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    tells_no_statuses(story);
    let html = |code| (code, "<html>Gateway time-out</html>".to_owned());
    // A gateway's page may have the form of Meta's errors, with a code of its own.
    let json = |code| {
        let error = json!({"error": {"code": code, "message": "Bad Gateway"}});
        (code, error.to_string())
    };
    let pages = [502, 503, 504, 500].map(html).into_iter();
    let pages = pages.chain([502, 503, 504].map(json));
    for (n, (code, body)) in pages.enumerate() {
        story.meta.fault(SendFault::AcceptThenPage {
            code,
            body: body.clone(),
        });
        story.answers(&session, &format!("Hello {n}")).await;
        story.settled().await;
        // The status that settles it arrives later.
        for _ in 0..3 {
            story.later(Duration::from_secs(5)).await;
        }
        let at_meta = story.meta.sent_messages();
        assert_eq!(at_meta.len(), n + 1, "{code} {body}: sent once");
        story
            .meta
            .post_status(&at_meta[n].wamid, "delivered", &[])
            .expect("delivered");
        story.settled().await;
        assert_eq!(
            last(story, &session).await["status"],
            "delivered",
            "{code} {body}"
        );
    }
}

/// Only a status could bring the wamid. None comes, so a user decides, and is warned of what may happen.
async fn a_success_that_cannot_be_read_is_not_sent_again(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let silence = |reported| story.meta.set(Setting::Statuses { reported });
    silence(false).expect("set");
    story.meta.fault(SendFault::AcceptThenPage {
        code: 200,
        body: "<html>Welcome to the hotel's network</html>".into(),
    });
    story.answers(&session, "Hello").await;
    story.answers(&session, "One more thing").await;
    story.settled().await;
    assert_eq!(
        last(story, &session).await["status"],
        "queued",
        "answers keep their order, so this one waits for the first"
    );
    for _ in 0..40 {
        story.later(PATIENCE).await;
    }
    assert_eq!(story.meta.sent_messages().len(), 2, "each once, in seven hours");
    let messages = story.messages(&session).await;
    assert_eq!(messages[1]["status"], "unconfirmed");
    assert_eq!(messages[2]["status"], "sent");

    // A user decides to send it once more; then a status arrives after all.
    let retry = id_of(&messages[1]).parse().expect("an id");
    let system = Actor::System;
    let again = engine::outbound::send::retry(&story.engine, &system, retry)
        .await
        .expect("sent again");
    assert_eq!(again.retry_of, Some(retry));
    story.settled().await;
    let at_meta = story.meta.sent_messages();
    assert_eq!(at_meta.len(), 3);
    silence(true).expect("set");
    story
        .meta
        .post_status(&at_meta[0].wamid, "delivered", &[])
        .expect("sent");
    story.settled().await;
    let first = &story.messages(&session).await[1];
    assert_eq!(
        (&first["status"], &first["wamid"]),
        (&json!("delivered"), &json!(at_meta[0].wamid))
    );
}

async fn what_nobody_can_tell_is_sent_twice_at_the_most(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    tells_no_statuses(story);
    let page = |code| SendFault::AcceptThenPage {
        code,
        body: "<html>".into(),
    };
    for fault in [
        page(504),
        SendFault::AcceptThenDrop,
        page(502),
        page(504),
        page(504),
    ] {
        story.meta.fault(fault);
    }
    story.answers(&session, "Hello").await;
    story.settled().await;
    for _ in 0..40 {
        story.later(PATIENCE).await;
    }
    assert_eq!(story.meta.sent_messages().len(), 2);
    assert_eq!(last(story, &session).await["status"], "unconfirmed");
    assert_eq!(story.count("outbox").await, 0);
    story.meta.clear_faults();
    story.answers(&session, "Are you there?").await;
    story.settled().await;
    assert_eq!(
        last(story, &session).await["status"],
        "sent",
        "the session is not blocked"
    );
}

/// Meta accepted the message, but its answer was lost. The refusal of the second call does not prove the contrary.
async fn a_refusal_after_a_doubt_does_not_end_the_doubt(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    tells_no_statuses(story);
    story.meta.fault(accepted_behind_a_gateway());
    story.meta.fault(SendFault::ErrorCode {
        code: 131_026,
        http: 400,
    });
    story.answers(&session, "Hello").await;
    story.settled().await;
    for _ in 0..3 {
        story.later(PATIENCE).await;
    }
    assert_eq!(story.meta.sent_messages().len(), 1);
    assert_eq!(story.count("outbox").await, 0);
    let message = last(story, &session).await;
    assert_eq!(message["status"], "unconfirmed");
    assert_eq!(message["error"]["code"], 131_026, "the reason is kept");

    let wamid = story.meta.sent_messages()[0].wamid.clone();
    story.meta.post_status(&wamid, "sent", &[]).expect("sent");
    story.settled().await;
    let message = last(story, &session).await;
    assert_eq!(
        (&message["status"], &message["error"]),
        (&json!("sent"), &json!(null))
    );
}

fn accepted_behind_a_gateway() -> SendFault {
    SendFault::AcceptThenPage {
        code: 504,
        body: "<html>Gateway time-out</html>".into(),
    }
}

async fn a_channel_deleted_in_doubt_leaves_the_doubt(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    tells_no_statuses(story);
    story.meta.fault(accepted_behind_a_gateway());
    story.answers(&session, "Perhaps").await;
    story.answers(&session, "Certainly not").await;
    story.settled().await;
    let channel = line.channel.parse().expect("an id");
    let system = Actor::System;
    engine::channels::delete(&story.engine, &system, channel, None, "Channel 1")
        .await
        .expect("deleted");
    story.settled().await;
    let messages = story.messages(&session).await;
    assert_eq!(messages[1]["status"], "unconfirmed");
    assert_eq!(messages[2]["status"], "failed");
}

async fn a_success_that_cannot_be_recorded_is_noted(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    tells_no_statuses(story);
    story.answers(&session, "First").await;
    story.settled().await;
    let wamid = story.meta.sent_messages()[0].wamid.clone();
    story.meta.fault(SendFault::AcceptAs { wamid: wamid.clone() });
    story.answers(&session, "Second").await;
    story.settled().await;
    for _ in 0..5 {
        story.later(PATIENCE).await;
    }
    assert_eq!(story.meta.sent_messages().len(), 2, "each once");
    let second = last(story, &session).await;
    assert_eq!(
        (&second["status"], &second["wamid"]),
        (&json!("sent"), &json!(null))
    );
    assert!(
        second["error"]["title"]
            .as_str()
            .is_some_and(|title| title.contains("could not be stored"))
    );
    story.answers(&session, "Third").await;
    story.settled().await;
    assert_eq!(
        last(story, &session).await["status"],
        "sent",
        "the session is not blocked"
    );

    // A status that brings our message's id back moves that message's tick, whatever its wamid.
    let status = json!({
        "id": wamid, "status": "read", "timestamp": "1795341700", "recipient_id": "420800555201",
        "biz_opaque_callback_data": second["id"],
    });
    story
        .meta
        .deliver(&line.phone_number_id, vec![], vec![status])
        .expect("a number");
    story.settled().await;
    let messages = story.messages(&session).await;
    assert_eq!(messages[1]["status"], "sent");
    assert_eq!(
        (&messages[2]["status"], &messages[2]["error"]),
        (&json!("read"), &json!(null))
    );
    assert!(story.dead_letters().await.is_empty());
}

/// If the database refuses to record one message's outcome, only that message suffers: it is sent once, or as often as
/// a doubt allows, and all other answers go on.
async fn a_message_that_cannot_be_written_keeps_nobody_waiting(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.says(story.customer(2), &line, "And me?").await;
    let sessions = story.api.items("/api/v1/sessions").await;
    let other = sessions.iter().find(|other| other["id"] != session["id"]);
    let picked = format!(
        "/api/v1/sessions/{}/pick-up",
        id_of(other.expect("a second session"))
    );
    let other = story.api.post(&picked, json!({"extension": "202"})).await.ok();
    tells_no_statuses(story);
    let refuses = match &story.database {
        Database::Sqlite => {
            "CREATE TRIGGER stuck BEFORE UPDATE ON messages WHEN OLD.text LIKE 'Stuck%' \
             BEGIN SELECT RAISE(ABORT, 'stuck'); END"
        }
        Database::Postgres { .. } => {
            "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stuck'; END $$; \
             CREATE TRIGGER stuck BEFORE UPDATE ON messages FOR EACH ROW WHEN (OLD.text LIKE 'Stuck%') \
             EXECUTE FUNCTION stuck()"
        }
    };
    story.database.run(story.data_dir(), refuses).await;

    let refused = SendFault::ErrorCode {
        code: 131_026,
        http: 400,
    };
    let lost = SendFault::AcceptThenDrop;
    let mut sent = 0;
    for (text, faults, times) in [
        ("Stuck with a success", vec![], 1),
        ("Stuck with a refusal", vec![refused], 0),
        ("Stuck with a doubt", vec![lost.clone(), lost], 2),
    ] {
        faults.into_iter().for_each(|fault| story.meta.fault(fault));
        story.answers(&session, text).await;
        story.settled().await;
        for _ in 0..3 {
            story.later(PATIENCE).await;
        }
        sent += times;
        assert_eq!(story.meta.sent_messages().len(), sent, "{text}");
        assert_eq!(story.count("outbox").await, 0, "{text}");
        for session in [&session, &other] {
            story.answers(session, "Next").await;
            story.settled().await;
            sent += 1;
            assert_eq!(last(story, session).await["status"], "sent", "after {text}");
        }
    }
    assert_eq!(story.meta.sent_messages().len(), sent);
}

async fn a_permanent_error_fails_with_its_reason(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(SendFault::ErrorCode {
        code: 131_026,
        http: 400,
    });
    story.answers(&session, "Hello").await;
    story.settled().await;
    let message = last(story, &session).await;
    assert_eq!(message["status"], "failed");
    assert_eq!(message["error"]["code"], 131_026);
    for told in ["title", "trace"] {
        assert!(
            !message["error"][told].as_str().unwrap_or_default().is_empty(),
            "{told}"
        );
    }
    story.later(PATIENCE).await;
    assert!(story.meta.sent_messages().is_empty(), "it is not tried again");
}

async fn while_the_token_is_refused_messages_wait_and_go_out_with_another(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.set_token(&line.app.token, TokenState::Expired);
    for text in ["One", "Two", "Three"] {
        story.answers(&session, text).await;
    }
    story.settled().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    assert_eq!(story.api.get(&path).await.ok()["status"], "token_refused");
    // They wait for longer than for anything else, and are not tried all the time.
    for _ in 0..7 {
        story.later(Duration::from_secs(60 * 60)).await;
    }
    assert_eq!(last(story, &session).await["status"], "queued");
    let (system, id) = (Actor::System, id_of(&session).parse().expect("an id"));
    let thread = engine::sessions::thread::read(&story.engine, &system, id, None).await;
    let waits: Vec<_> = thread
        .expect("a thread")
        .messages
        .iter()
        .map(|message| message.waits)
        .collect();
    assert_eq!(waits[1..], [Some(Waits::Token); 3]);
    assert!(story.meta.sent_messages().is_empty());

    story.meta.set_token(&line.app.token, TokenState::Valid);
    let form = AuthenticationForm {
        name: "Support".into(),
        access_token: line.app.token.clone(),
        ..AuthenticationForm::default()
    };
    let id = line.channel.parse().expect("an id");
    let channel = engine::channels::get(&story.engine, &system, id).await;
    let version = channel.expect("the channel").version;
    engine::channels::save_authentication(&story.engine, &system, id, version, &form)
        .await
        .expect("saved");
    story.settled().await;
    let bodies: Vec<_> = story
        .meta
        .sent_messages()
        .iter()
        .map(|sent| sent.body["text"]["body"].clone())
        .collect();
    assert_eq!(bodies, ["One", "Two", "Three"], "each once, in their order");
    assert_eq!(story.api.get(&path).await.ok()["status"], "active");
}

async fn a_refused_number_stops_and_goes_on_by_itself(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(SendFault::ErrorCode {
        code: 131_031,
        http: 403,
    });
    story.answers(&session, "One").await;
    story.settled().await;
    assert_eq!(last(story, &session).await["status"], "queued");
    assert!(story.meta.sent_messages().is_empty());
    story.later(Duration::from_secs(6 * 60)).await;
    assert_eq!(last(story, &session).await["status"], "delivered");
}

async fn outside_the_window_nothing_is_sent(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let text = json!({"type": "text", "text": {"body": "Sorry for the wait"}});
    story.later(Duration::from_secs(24 * 60 * 60 - 60)).await;
    story.api.post(&path, text.clone()).await.ok();
    story.settled().await;
    story.later(Duration::from_secs(60)).await;
    let refused = story.api.post(&path, text.clone()).await.problem(409);
    assert_eq!(refused["type"], "urn:switchboard:window_closed");
    let (system, id) = (Actor::System, id_of(&session).parse().expect("an id"));
    let thread = engine::sessions::thread::read(&story.engine, &system, id, None).await;
    assert_eq!(thread.expect("a thread").may.reply, Err(Refusal::WindowClosed));
    assert_eq!(
        story.messages(&session).await.len(),
        2,
        "nothing is written that cannot be sent"
    );
    assert_eq!(story.meta.sent_messages().len(), 1);

    // A template opens the conversation again.
    story.allow_templates(&line).await;
    let template =
        json!({"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    story.api.post(&path, template).await.ok();
}

async fn meta_may_close_the_window_and_the_customer_opens_it(story: &Story) {
    let line = story.support().await;
    let customer = story.customer(1);
    story.says(customer, &line, "Hello").await;
    let session = story.session().await;
    let pick_up = format!("/api/v1/sessions/{}/pick-up", id_of(&session));
    story.api.post(&pick_up, json!({"extension": "201"})).await.ok();
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let text = json!({"type": "text", "text": {"body": "Hello"}});
    let closed = || async {
        story.settled().await;
        let message = last(story, &session).await;
        assert_eq!(
            (&message["status"], &message["error"]["code"]),
            (&json!("failed"), &json!(131_047))
        );
        let refused = story.api.post(&path, text.clone()).await.problem(409);
        assert_eq!(refused["type"], "urn:switchboard:window_closed");
        story.later(Duration::from_secs(60)).await;
        story.says(customer, &line, "Are you there?").await;
    };
    story.later(Duration::from_secs(60)).await;
    story.meta.fault(SendFault::ErrorCode {
        code: 131_047,
        http: 400,
    });
    story.api.post(&path, text.clone()).await.ok();
    closed().await;

    // Meta accepts first, and tells later.
    tells_no_statuses(story);
    story.api.post(&path, text.clone()).await.ok();
    story.settled().await;
    story.later(Duration::from_secs(60)).await;
    let now = (story.clock.now().millis() / 1000).to_string();
    let failed = json!({"id": last(story, &session).await["wamid"], "status": "failed", "timestamp": now,
        "errors": [{"code": 131_047, "title": "Re-engagement message"}]});
    let metadata = json!({"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id});
    let statuses = json!({"metadata": metadata, "statuses": [failed]});
    post_body(story, &line, notification(WABA_ID, "messages", &statuses)).await;
    closed().await;
    story.api.post(&path, text.clone()).await.ok();
    story.settled().await;
    assert_eq!(last(story, &session).await["status"], "sent");
}

async fn a_status_may_come_before_the_answer_to_the_send(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(SendFault::Hang { seconds: Some(1) });
    story.answers(&session, "Hello").await;
    story.settled().await;
    let message = last(story, &session).await;
    assert_eq!(message["status"], "delivered");
    assert_eq!(message["wamid"], story.meta.sent_messages()[0].wamid);
}

async fn the_same_key_sends_once(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let send = |text: &'static str| {
        let body = json!({"type": "text", "text": {"body": text}});
        let request = story
            .api
            .request(reqwest::Method::POST, &path)
            .header("idempotency-key", "k-1")
            .json(&body);
        story.api.send(request)
    };
    let (first, second) = futures::join!(send("Once"), send("Once"));
    assert_eq!(id_of(&first.ok()), id_of(&second.ok()));
    assert_eq!(id_of(&send("Once").await.ok()), id_of(&first.ok()));
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
}

async fn a_key_is_for_one_text(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let send = |key: String, text: &'static str| {
        let body = json!({"type": "text", "text": {"body": text}});
        let request = story
            .api
            .request(reqwest::Method::POST, &path)
            .header("idempotency-key", key)
            .json(&body);
        story.api.send(request)
    };
    let first = send("obj-7".into(), "first text").await.ok();
    let refused = send("obj-7".into(), "quite another text").await;
    assert_eq!(refused.problem(422)["type"], "urn:switchboard:key_reused");
    assert_eq!(
        id_of(&send("obj-7".into(), "first text").await.ok()),
        id_of(&first)
    );

    // The API and the console have the same limit.
    let (longest, longer) = ("k".repeat(255), "k".repeat(256));
    assert_eq!(send(longest.clone(), "Long").await.status, 202);
    assert_eq!(
        send(longer.clone(), "Too long").await.problem(422)["type"],
        "urn:switchboard:invalid"
    );
    let system = Actor::System;
    let id = id_of(&session).parse().expect("an id");
    let by_console = |key: String| {
        let (engine, system) = (&story.engine, &system);
        async move { engine::outbound::send::send(engine, system, id, Content::text_of("Long"), Some(&key)).await }
    };
    assert!(by_console(longest).await.is_ok());
    assert!(by_console(longer).await.is_err());
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 2);
}

async fn a_body_for_the_graph_api_is_taken_where_it_is_true(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let body = |to: &str| {
        json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": to,
            "type": "text", "text": {"preview_url": true, "body": "Hello"},
        })
    };
    for to in ["420800555201", "+420 800 555 201"] {
        assert_eq!(story.api.post(&path, body(to)).await.status, 202, "{to}");
    }
    let with = |key: &str, value: Value| {
        let mut body = body("420800555201");
        body[key] = value;
        body
    };
    for (wrong, field) in [
        (body("420800555299"), "to"),
        (with("messaging_product", json!("telegram")), "messaging_product"),
        (with("recipient_type", json!("group")), "recipient_type"),
        (with("type", json!("order")), "type"),
        (with("text", json!({"body": " "})), "text.body"),
    ] {
        let refused = story.api.post(&path, wrong).await.problem(422);
        assert_eq!(refused["fields"][0]["field"], field);
    }
    story
        .api
        .post(&path, with("template", json!({})))
        .await
        .problem(422);
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 2);
}

async fn a_paused_channel_says_so(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let (system, id) = (Actor::System, id_of(&session).parse().expect("an id"));
    let channel = line.channel.parse().expect("an id");
    let thread = || async {
        let thread = engine::sessions::thread::read(&story.engine, &system, id, None).await;
        thread.expect("a thread")
    };
    assert_eq!(thread().await.blocked, None);
    engine::channels::pause(&story.engine, &system, channel)
        .await
        .expect("paused");
    story.answers(&session, "Hello").await;
    story.settled().await;
    let paused = thread().await;
    assert_eq!(paused.blocked, Some(Blocked::Paused));
    assert_eq!(paused.messages[1].waits, Some(Waits::Paused));
    engine::channels::resume(&story.engine, &system, channel)
        .await
        .expect("resumed");
    story.settled().await;
    assert_eq!(
        (thread().await.blocked, thread().await.messages[1].waits),
        (None, None)
    );

    story.meta.fault(gateway(504));
    story.answers(&session, "Hello again").await;
    story.settled().await;
    assert_eq!(thread().await.messages[2].waits, Some(Waits::Confirmation));
    story.meta.clear_faults();
    story.later(PATIENCE).await;
    story.meta.fault(SendFault::RateCode);
    story.answers(&session, "And again").await;
    story.settled().await;
    assert_eq!(thread().await.messages[3].waits, Some(Waits::Meta));
    story.later(PATIENCE).await;

    story.meta.set_token(&line.app.token, TokenState::Expired);
    story.answers(&session, "Too late").await;
    story.settled().await;
    assert_eq!(thread().await.blocked, Some(Blocked::TokenRefused));
}

async fn a_closed_session_sends_nothing_again(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(SendFault::ErrorCode {
        code: 131_026,
        http: 400,
    });
    let failed = id_of(&story.answers(&session, "Hello").await)
        .parse()
        .expect("an id");
    story.settled().await;
    let close = format!("/api/v1/sessions/{}/close", id_of(&session));
    story.api.post(&close, json!({})).await.ok();
    let system = Actor::System;
    let again = engine::outbound::send::retry(&story.engine, &system, failed).await;
    assert!(matches!(
        again,
        Err(engine::Error::Refused(Refusal::SessionClosed))
    ));
    story.settled().await;
    assert!(story.meta.sent_messages().is_empty());
}
