//! A refusal has the same status through the REST API and from the console.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::{Browser, PASSWORD},
        world::id_of,
    },
};
use reqwest::{Method, header};
use serde_json::json;

stories! {
    the_api_and_the_console_refuse_alike
    what_only_the_console_refuses_has_its_status
    a_call_that_cannot_be_read_is_told_apart_from_wrong_values
}

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

#[track_caller]
fn console_refuses(answer: &Answer, status: u16, reason: &str) {
    assert_eq!(answer.status, status, "{reason}: {}", answer.text);
    assert_eq!(answer.json()["Refused"]["reason"], reason);
}

#[track_caller]
fn both_refuse(api: &Answer, console: &Answer, status: u16, reason: &str) {
    assert_eq!(
        api.problem(status)["type"],
        format!("urn:switchboard:{reason}"),
        "{}",
        api.text
    );
    console_refuses(console, status, reason);
}

async fn the_api_and_the_console_refuse_alike(story: &Story) {
    let admin = story.admin("admin").await;
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let queue = story.queue("Support", &[&jana_id, &petr_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let path = |end: &str| format!("/api/v1/sessions/{session}/{end}");
    let say = |text: &str| json!({"type": "text", "text": {"body": text}});

    let api = story.api.get("/api/v1/sessions?cursor=nonsense").await;
    let console = jana.call("inbox/list", &[("tab", "all"), ("cursor", "nonsense")]);
    both_refuse(&api, &console.await, 400, "bad_cursor");

    let api = story.api.get(&format!("/api/v1/sessions/{NOBODY}")).await;
    let console = jana.call("inbox/thread", &[("session", NOBODY)]).await;
    both_refuse(&api, &console, 404, "not_found");

    let api = story.api.post("/api/v1/extensions", json!({})).await;
    let console = admin.call("extensions/save", &[]).await;
    both_refuse(&api, &console, 422, "invalid");

    let api = story.api.post(&path("messages"), say("Hello")).await;
    let hello = [("session", &*session), ("body", "Hello")];
    let console = jana.call("inbox/send", &hello).await;
    both_refuse(&api, &console, 409, "pick_up_first");

    // The session waits in the queue, not at the extension that the request names.
    let (from, to) = (format!("extension:{jana_id}"), format!("extension:{petr_id}"));
    let place = |id: &str| json!({"type": "extension", "id": id});
    let body = json!({"from": place(&jana_id), "to": place(&petr_id)});
    let api = story.api.post(&path("transfer"), body).await;
    let form = [("session", &*session), ("from", &*from), ("to", &*to)];
    let console = boss.call("transfers/transfer", &form).await;
    both_refuse(&api, &console, 409, "moved");

    petr.call("inbox/pick-up", &[("session", &session)]).await.ok();
    let api = story
        .api
        .post(&path("pick-up"), json!({"extension": "201"}))
        .await;
    let console = jana.call("inbox/pick-up", &[("session", &session)]).await;
    both_refuse(&api, &console, 409, "taken");

    let text = |body| [("session", &*session), ("key", "k-1"), ("body", body)];
    petr.call("inbox/send", &text("Once")).await.ok();
    let request = story.api.request(Method::POST, &path("messages"));
    let request = request.header("idempotency-key", "k-1").json(&say("Twice"));
    let api = story.api.send(request).await;
    let console = petr.call("inbox/send", &text("Twice")).await;
    both_refuse(&api, &console, 422, "key_reused");

    petr.call("inbox/close", &[("session", &session)]).await.ok();
    let api = story.api.post(&path("messages"), say("Hello")).await;
    let console = petr.call("inbox/send", &hello).await;
    both_refuse(&api, &console, 409, "session_closed");
}

async fn what_only_the_console_refuses_has_its_status(story: &Story) {
    let (_, jana) = story.operator("201", "jana").await;
    let mut stranger = Browser::new(story);

    let wrong = stranger.log_in("jana", "not her password").await;
    console_refuses(&wrong, 401, "wrong_login");

    console_refuses(&jana.call("extensions/list", &[]).await, 403, "forbidden");

    let form = [
        ("token", "used"),
        ("form[login]", "first"),
        ("form[name]", "First"),
        ("form[password]", PASSWORD),
    ];
    let used = stranger.call("auth/finish-setup", &form).await;
    console_refuses(&used, 410, "link_used");
}

/// 415: not declared as JSON. 400: not JSON. 422: JSON of another shape, or with wrong values.
async fn a_call_that_cannot_be_read_is_told_apart_from_wrong_values(story: &Story) {
    let line = story.support().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let paths = [
        "channels",
        "extensions",
        "queues",
        "sessions/{id}/messages",
        "sessions/{id}/pick-up",
        "sessions/{id}/transfer",
        "sessions/transfer",
        "deliveries/dead/replay",
    ];
    for path in paths {
        let path = format!("/api/v1/{}", path.replace("{id}", &session));
        for (kind, body, status) in [
            ("text/plain", "{}", 415),
            ("application/json", "{", 400),
            ("application/json", "", 400),
            ("application/json", "7", 422),
            (
                "application/json",
                "{\"name\": 7, \"type\": 7, \"extension\": 7, \"to\": 7, \"reason\": 7}",
                422,
            ),
        ] {
            let request = story.api.request(Method::POST, &path);
            let request = request.header(header::CONTENT_TYPE, kind).body(body);
            let answer = story.api.send(request).await;
            assert_eq!(answer.status, status, "{path} {kind} {body}: {}", answer.text);
            answer.problem(status);
        }
    }
}
