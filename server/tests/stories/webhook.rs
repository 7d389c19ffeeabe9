//! Requests that Meta, or somebody who pretends to be Meta, sends to a webhook address.

use crate::{
    stories,
    support::{
        Story,
        world::{Line, delivery, text_message},
    },
};
use domain::{access::Actor, dead_letter::DeadReason};
use reqwest::Method;
use serde_json::json;
use simulator::{Signature, WebhookFault};
use url::Url;

const FROM: &str = "420800555901";

stories! {
    the_handshake_returns_the_challenge_as_it_came
    a_handshake_with_anything_wrong_is_refused
    what_is_not_signed_is_refused_and_leaves_nothing
    an_unknown_address_takes_nothing
    a_body_that_is_too_large_is_refused
    broken_json_is_kept_when_it_is_signed
    the_content_type_is_not_looked_at
    the_same_delivery_twice_changes_nothing
    two_channels_of_one_app_share_one_address
    another_apps_secret_does_not_speak_for_our_number
    a_number_without_a_channel_is_kept_with_the_reason
    one_bad_item_does_not_hold_up_its_neighbours
    deliveries_out_of_order_end_the_same
}

fn one_message(line: &Line, wamid: &str) -> Vec<u8> {
    delivery(&line.phone_number_id, FROM, &[text_message(FROM, wamid, "Hello")])
}

async fn the_handshake_returns_the_challenge_as_it_came(story: &Story) {
    let line = story.support().await;
    let challenge = "0012345_aB-";
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.verify_token", &line.verify_token),
        ("hub.challenge", challenge),
    ];
    let answer = handshake(story, &line, &query).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text, challenge);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
}

async fn a_handshake_with_anything_wrong_is_refused(story: &Story) {
    let line = story.support().await;
    let long = "7".repeat(129);
    let (mode, token, challenge) = (
        ("hub.mode", "subscribe"),
        ("hub.verify_token", &*line.verify_token),
        ("hub.challenge", "1"),
    );
    for wrong in [
        vec![mode, ("hub.verify_token", "wrong"), challenge],
        vec![mode, ("hub.verify_token", ""), challenge],
        vec![mode, challenge],
        vec![("hub.mode", "unsubscribe"), token, challenge],
        vec![token, challenge],
        vec![],
        // Whatever a browser could run or show is not returned.
        vec![mode, token],
        vec![mode, token, ("hub.challenge", "")],
        vec![mode, token, ("hub.challenge", "alert(1)")],
        vec![mode, token, ("hub.challenge", "0012345<b>ž")],
        vec![mode, token, ("hub.challenge", &long)],
    ] {
        assert_eq!(handshake(story, &line, &wrong).await.status, 403, "{wrong:?}");
    }
    let unknown = Line {
        webhook_url: unknown_address(&line),
        ..line.clone()
    };
    assert_eq!(
        handshake(story, &unknown, &[mode, token, challenge]).await.status,
        404
    );
}

async fn handshake(story: &Story, line: &Line, query: &[(&str, &str)]) -> crate::support::http::Answer {
    let anonymous = story.anonymous();
    anonymous
        .send(
            anonymous
                .request(Method::GET, line.webhook_url.as_str())
                .query(query),
        )
        .await
}

fn unknown_address(line: &Line) -> Url {
    line.webhook_url.join("nosuchwebhook").expect("a URL")
}

async fn what_is_not_signed_is_refused_and_leaves_nothing(story: &Story) {
    let line = story.support().await;
    let body = one_message(&line, "wamid.1");
    let other_body = line.app.sign(b"another body");
    let other_secret = story.app(2).sign(&body);
    for signature in [
        Signature::Missing,
        Signature::Given(String::new()),
        Signature::Given("sha256=".into()),
        Signature::Given("sha256=zz".into()),
        Signature::Given(other_body),
        Signature::Given(other_secret),
    ] {
        let refused = story
            .meta
            .deliver_raw(Some(&line.webhook_url), body.clone(), signature.clone())
            .await;
        assert_eq!(refused.expect("an answer").0, 401, "{signature:?}");
    }
    let broken = story
        .meta
        .deliver_raw(Some(&line.webhook_url), "{", Signature::Missing)
        .await;
    assert_eq!(
        broken.expect("an answer").0,
        401,
        "the signature is looked at first"
    );
    leaves_nothing(story).await;
}

async fn an_unknown_address_takes_nothing(story: &Story) {
    let line = story.support().await;
    let status = story
        .post_signed(&unknown_address(&line), &line.app, one_message(&line, "wamid.1"))
        .await;
    assert_eq!(status, 404);
    leaves_nothing(story).await;
}

async fn a_body_that_is_too_large_is_refused(story: &Story) {
    let line = story.support().await;
    let mut body = one_message(&line, "wamid.1");
    body.resize(3 * 1024 * 1024, b' ');
    assert_eq!(
        story
            .post_signed(&line.webhook_url, &line.app, body.clone())
            .await,
        200,
        "Meta's largest"
    );
    story.settled().await;
    let before = story.count("journal").await;

    body.resize(4 * 1024 * 1024 + 1, b' ');
    let anonymous = story.anonymous();
    let signature = line.app.sign(&body);
    let post = |body: reqwest::Body| {
        let request = anonymous.request(Method::POST, line.webhook_url.as_str());
        request.header("x-hub-signature-256", &signature).body(body)
    };
    assert_eq!(anonymous.send(post(body.clone().into())).await.status, 413);
    assert_eq!(
        without_length(story, &line, &signature, &body).await,
        "HTTP/1.1 413"
    );
    assert_eq!(story.count("journal").await, before);
}

/// Sends a body without a `Content-Length`, and returns the beginning of the answer.
async fn without_length(story: &Story, line: &Line, signature: &str, body: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = story.url.socket_addrs(|| None).expect("an address")[0];
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: {signature}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        line.webhook_url.path(),
        body.len(),
    );
    stream.write_all(head.as_bytes()).await.expect("written");
    stream.write_all(body).await.expect("written");
    stream.write_all(b"\r\n0\r\n\r\n").await.expect("written");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

async fn leaves_nothing(story: &Story) {
    story.settled().await;
    for table in [
        "deliveries",
        "journal",
        "dead_letters",
        "contacts",
        "sessions",
        "messages",
    ] {
        assert_eq!(story.count(table).await, 0, "{table}");
    }
}

async fn broken_json_is_kept_when_it_is_signed(story: &Story) {
    let line = story.support().await;
    for body in [
        "{\"object\":",
        "[]",
        "\u{0}",
        "{\"object\":\"page\",\"entry\":[]}",
    ] {
        assert_eq!(
            story.post_signed(&line.webhook_url, &line.app, body).await,
            200,
            "{body:?}"
        );
    }
    story.settled().await;
    let letters = story.dead_letters().await;
    let reasons: Vec<_> = letters.iter().map(|letter| letter.reason).collect();
    assert_eq!(reasons, [DeadReason::UnreadableBody; 4]);
    assert_eq!(story.count("sessions").await, 0);
}

async fn the_content_type_is_not_looked_at(story: &Story) {
    let line = story.support().await;
    let anonymous = story.anonymous();
    for (n, kind) in ["text/plain", "application/json; charset=utf-8", "nonsense"]
        .into_iter()
        .enumerate()
    {
        let body = one_message(&line, &format!("wamid.{n}"));
        let signature = line.app.sign(&body);
        let request = anonymous.request(Method::POST, line.webhook_url.as_str());
        let request = request
            .header("content-type", kind)
            .header("x-hub-signature-256", signature)
            .body(body);
        assert_eq!(anonymous.send(request).await.status, 200, "{kind}");
    }
    story.settled().await;
    assert_eq!(story.messages(&story.session().await).await.len(), 3);
}

async fn the_same_delivery_twice_changes_nothing(story: &Story) {
    let line = story.support().await;
    story.meta.fault(WebhookFault::Duplicate);
    story.says(story.customer(1), &line, "Hello").await;
    let body = one_message(&line, "wamid.again");
    for _ in 0..3 {
        assert_eq!(
            story
                .post_signed(&line.webhook_url, &line.app, body.clone())
                .await,
            200
        );
    }
    story.settled().await;

    assert_eq!(story.count("messages").await, 2);
    assert_eq!(story.count("sessions").await, 2);
    let sessions = story.api.items("/api/v1/sessions").await;
    assert!(
        sessions.iter().all(|session| session["unread"] == 1),
        "{sessions:#?}"
    );
    assert!(story.dead_letters().await.is_empty());
}

async fn two_channels_of_one_app_share_one_address(story: &Story) {
    let app = story.app(1);
    let (sales, support) = (story.extension("201").await, story.extension("202").await);
    let first = story.channel(&app, 1, "extension", &sales).await;
    let second = story.channel(&app, 2, "extension", &support).await;
    story.connect(&first).await;

    story.says(story.customer(1), &first, "To sales").await;
    story.says(story.customer(2), &second, "To support").await;

    let sessions = story.api.items("/api/v1/sessions").await;
    assert_eq!(sessions.len(), 2);
    for (line, owner) in [(&first, &sales), (&second, &support)] {
        let session = sessions
            .iter()
            .find(|session| session["channel"]["id"] == line.channel);
        assert_eq!(session.expect("a session")["extension"]["id"], **owner);
    }
    let path = format!("/api/v1/channels/{}", second.channel);
    assert_eq!(
        story.api.get(&path).await.ok()["status"],
        "active",
        "a good delivery is as good as a handshake"
    );
}

async fn another_apps_secret_does_not_speak_for_our_number(story: &Story) {
    let extension = story.extension("201").await;
    let ours = story.channel(&story.app(1), 1, "extension", &extension).await;
    let theirs = story.channel(&story.app(2), 2, "extension", &extension).await;
    story.connect(&ours).await;
    story.connect(&theirs).await;

    let forged = one_message(&ours, "wamid.forged");
    assert_eq!(
        story
            .post_signed(&theirs.webhook_url, &theirs.app, forged.clone())
            .await,
        200
    );
    assert_eq!(
        story.post_signed(&ours.webhook_url, &theirs.app, forged).await,
        401
    );
    story.settled().await;

    assert_eq!(story.count("messages").await, 0);
    let letters = story.dead_letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason, DeadReason::ForeignSecret);
    assert_eq!(
        letters[0].phone_number_id.as_deref(),
        Some(&*ours.phone_number_id)
    );
}

async fn a_number_without_a_channel_is_kept_with_the_reason(story: &Story) {
    let line = story.support().await;
    let body = delivery(
        "399999999999999",
        FROM,
        &[text_message(FROM, "wamid.1", "Anybody there?")],
    );
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;

    let letters = story.dead_letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason, DeadReason::UnknownNumber);
    let open = engine::inbound::dead_letters::open(&story.engine, &Actor::System, letters[0].id).await;
    assert!(open.expect("a letter").raw.contains("Anybody there?"));
    assert_eq!(story.count("sessions").await, 0);
}

async fn one_bad_item_does_not_hold_up_its_neighbours(story: &Story) {
    let line = story.support().await;
    let at = (crate::support::START.millis() / 1000).to_string();
    let messages = [
        text_message(FROM, "wamid.1", "First"),
        json!({"from": FROM, "timestamp": at, "type": "text", "text": {"body": "no id"}}),
        json!({"from": FROM, "id": "wamid.2", "timestamp": at, "type": "hologram", "hologram": {"depth": 3}}),
        text_message(FROM, "wamid.3", "Last"),
    ];
    assert_eq!(
        story
            .post_signed(
                &line.webhook_url,
                &line.app,
                delivery(&line.phone_number_id, FROM, &messages)
            )
            .await,
        200
    );
    story.settled().await;

    let kept = story.messages(&story.session().await).await;
    let kinds: Vec<_> = kept
        .iter()
        .map(|message| message["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(kinds, ["text", "hologram", "text"]);
    let letters = story.dead_letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason, DeadReason::UnreadableItem);
}

async fn deliveries_out_of_order_end_the_same(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(WebhookFault::Reorder);
    story.answers(&session, "Yes?").await;
    story.settled().await;
    let answer = story.messages(&session).await.pop().expect("a message");
    assert_eq!(
        answer["status"], "delivered",
        "whichever of sent and delivered came first"
    );
}
