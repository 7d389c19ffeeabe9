//! What scripts do to webhooks: creating, changing and deleting them, their secrets, and which addresses they may have.

use super::{DAY, does, listed, read};
use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        receiver::{self, Got, Receiver, Webhook},
        world::id_of,
    },
};
use domain::access::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_script_keeps_webhooks
    what_is_wrong_is_refused_by_its_field
    a_change_of_another_version_is_refused
    a_change_to_what_it_is_already_is_none
    a_deleted_channel_gets_no_new_webhook
    a_secret_changes_without_a_gap
    whoever_has_a_secret_of_the_last_day_verifies
    a_webhook_is_deleted_with_what_waits_for_it
    only_administrators_see_webhooks
}

stories! {
    with |settings| settings.webhooks.networks.clear();
    only_public_addresses_are_called
}

const PATH: &str = "/api/v1/webhooks";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
const ADDRESS: &str = "https://crm.example/hook";

async fn patch(api: &Api, path: &str, tag: &str, body: Value) -> Answer {
    let request = api.request(Method::PATCH, path).header("if-match", tag);
    api.send(request.json(&body)).await
}

async fn delete(api: &Api, path: &str, tag: &str) -> Answer {
    let request = api.request(Method::DELETE, path);
    api.send(request.header("if-match", tag)).await
}

#[track_caller]
fn refuses(answer: &Answer, field: &str) {
    let problem = answer.problem(422);
    assert_eq!(problem["fields"][0]["field"], field, "{problem}");
}

async fn a_script_keeps_webhooks(story: &Story) {
    let line = story.support().await;
    let new = json!({"name": " CRM ", "address": ADDRESS, "types": ["message.received"], "channels": [line.channel]});
    let made = story.api.post(PATH, new).await;
    assert_eq!(made.status, 201);
    let path = made.header("location").to_owned();
    let secret = made.ok()["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    let got = story.api.get(&path).await;
    assert!(!got.text.contains(&secret), "it is shown once");
    assert_eq!(got.header("etag"), made.header("etag"));
    let webhook = got.ok();
    assert_eq!(
        (&webhook["name"], &webhook["address"], &webhook["types"]),
        (&json!("CRM"), &json!(ADDRESS), &json!(["message.received"]))
    );
    assert_eq!((&webhook["off"], &webhook["queues"]), (&Value::Null, &json!([])));

    let changed = patch(&story.api, &path, "*", json!({"types": []})).await.ok();
    assert_eq!((&changed["types"], &changed["name"]), (&json!([]), &json!("CRM")));
    for n in 0..3 {
        let other = json!({"name": format!("Other {n}"), "address": ADDRESS});
        story.api.post(PATH, other).await.ok();
    }
    let page = story.api.get(&format!("{PATH}?limit=3")).await.ok();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(3));
    let cursor = page["next_cursor"].as_str().expect("a cursor");
    let rest = story
        .api
        .get(&format!("{PATH}?limit=3&cursor={cursor}"))
        .await
        .ok();
    assert_eq!(
        (&rest["items"][0]["name"], &rest["next_cursor"]),
        (&json!("CRM"), &Value::Null)
    );
    story.api.get(&format!("{PATH}/{NOBODY}")).await.problem(404);

    let rows = story.api.items("/api/v1/audit?about=webhook").await;
    let actions: Vec<_> = rows.iter().map(|row| row["action"].as_str()).collect();
    assert!(
        actions.contains(&Some("webhook.create")) && actions.contains(&Some("webhook.change")),
        "{actions:?}"
    );
}

async fn what_is_wrong_is_refused_by_its_field(story: &Story) {
    let post = async |field: &str, value: Value| {
        let mut new = json!({"name": "CRM", "address": ADDRESS});
        new[field] = value;
        story.api.post(PATH, new).await
    };
    for (field, wrong) in [
        ("name", json!("")),
        ("address", json!("")),
        ("address", json!("crm.example")),
        ("address", json!("ftp://crm.example/")),
        ("address", json!("https://user@crm.example/")),
        ("address", json!("http://10.0.0.1/")),
        ("types", json!(["message.lost"])),
        ("channels", json!([NOBODY])),
        ("queues", json!([NOBODY])),
    ] {
        refuses(&post(field, wrong).await, field);
    }
    post("colour", json!("red")).await.problem(422);
    post("types", json!(["message.received"])).await.ok();
    refuses(&post("name", json!("CRM")).await, "name");
}

async fn a_change_of_another_version_is_refused(story: &Story) {
    let new = json!({"name": "CRM", "address": ADDRESS});
    let made = story.api.post(PATH, new).await;
    let path = made.header("location");
    let old = made.header("etag");
    let changed = patch(&story.api, path, old, json!({"name": "PBX"})).await;
    assert_eq!(changed.ok()["name"], "PBX");
    for refused in [
        patch(&story.api, path, old, json!({"name": "CRM"})).await,
        delete(&story.api, path, old).await,
    ] {
        assert_eq!(
            refused.problem(412)["type"],
            "urn:switchboard:precondition_failed"
        );
    }
    let deleted = delete(&story.api, path, changed.header("etag")).await;
    assert_eq!(deleted.status, 204);
    story.api.get(path).await.problem(404);
}

async fn a_change_to_what_it_is_already_is_none(story: &Story) {
    let new = json!({"name": "CRM", "address": ADDRESS, "types": ["message.received"]});
    let made = story.api.post(PATH, new.clone()).await;
    let (path, tag) = (made.header("location"), made.header("etag"));
    for same in [json!({}), json!({"name": " CRM "}), new] {
        let answer = patch(&story.api, path, tag, same).await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, tag));
    }
    let rows = story.api.items("/api/v1/audit?about=webhook").await;
    let actions: Vec<_> = rows.iter().map(|row| &row["action"]).collect();
    assert_eq!(actions, ["webhook.create"]);
}

async fn a_deleted_channel_gets_no_new_webhook(story: &Story) {
    let line = story.support().await;
    let new = |name: &str| json!({"name": name, "address": ADDRESS, "channels": [line.channel]});
    let made = story.api.post(PATH, new("CRM")).await.ok();
    let other = story
        .api
        .post(PATH, json!({"name": "PBX", "address": ADDRESS}))
        .await
        .ok();
    let channel = format!("/api/v1/channels/{}?name=Channel%201", line.channel);
    let deleted = story.api.send(story.api.request(Method::DELETE, &channel)).await;
    assert_eq!(deleted.status, 204);

    refuses(&story.api.post(PATH, new("Fax")).await, "channels");
    let other = format!("{PATH}/{}", id_of(&other));
    let gone = json!({"channels": [line.channel]});
    refuses(&patch(&story.api, &other, "*", gone.clone()).await, "channels");
    let path = format!("{PATH}/{}", id_of(&made));
    for (change, name) in [(json!({"name": "Old CRM"}), "Old CRM"), (new("CRM"), "CRM")] {
        let changed = patch(&story.api, &path, "*", change).await.ok();
        assert_eq!(
            (&changed["name"], &changed["channels"]),
            (&json!(name), &gone["channels"])
        );
    }
}

/// A test as it comes now.
async fn newest(story: &Story, webhook: &Webhook, receiver: &Receiver) -> Got {
    does(story, webhook, "test", json!({})).await;
    story.called().await;
    receiver.got().pop().expect("a test")
}

async fn rotated(story: &Story, webhook: &Webhook) -> String {
    let new = does(story, webhook, "rotate", json!({})).await;
    new["secret"].as_str().expect("a secret").to_owned()
}

async fn a_secret_changes_without_a_gap(story: &Story) {
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    let got = newest(story, &crm, &receiver).await;
    assert_eq!(got.signed(&crm.secret), (1, true));
    assert_eq!(got.json()["type"], "webhook.test");
    assert_eq!(got.json()["data"]["webhook"]["id"], json!(crm.id));
    let at = (story.clock.now().millis() / 1000).to_string();
    assert_eq!(got.header("webhook-timestamp"), at);

    let new = rotated(story, &crm).await;
    assert!(read(story, &crm).await["former_secret_until"].is_string());
    let got = newest(story, &crm, &receiver).await;
    assert_eq!(
        (got.signed(&crm.secret), got.signed(&new)),
        ((2, true), (2, true))
    );

    story.called_later(DAY + Duration::from_secs(1)).await;
    let got = newest(story, &crm, &receiver).await;
    assert_eq!(
        (got.signed(&crm.secret), got.signed(&new)),
        ((1, false), (1, true))
    );
}

async fn whoever_has_a_secret_of_the_last_day_verifies(story: &Story) {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    // The first answer is lost, so the call is repeated; an hour later somebody else makes another secret.
    let (lost, second) = (rotated(story, &crm).await, rotated(story, &crm).await);
    story.called_later(HOUR).await;
    let third = rotated(story, &crm).await;
    let until = server::http::api::time(story.clock.now().plus(DAY));
    assert_eq!(read(story, &crm).await["former_secret_until"], until);
    let secrets = [&crm.secret, &lost, &second, &third];
    let got = newest(story, &crm, &receiver).await;
    assert_eq!(secrets.map(|secret| got.signed(secret)), [(4, true); 4]);

    for (later, signs) in [
        (DAY - HOUR, [false, false, true, true]),
        (HOUR, [false, false, false, true]),
    ] {
        story.called_later(later + Duration::from_secs(1)).await;
        let got = newest(story, &crm, &receiver).await;
        assert_eq!(secrets.map(|secret| got.signed(secret).1), signs);
    }
}

async fn a_webhook_is_deleted_with_what_waits_for_it(story: &Story) {
    let receiver = Receiver::start().await;
    receiver.always(receiver::Answer::Status(500));
    let crm = story.hears("CRM", &receiver, json!({})).await;
    does(story, &crm, "test", json!({})).await;
    story.called().await;
    assert_eq!(read(story, &crm).await["waiting"], 1);
    assert_eq!(delete(&story.api, &crm.path, "*").await.status, 204);
    story.called_later(DAY).await;
    assert_eq!(receiver.got().len(), 1);
    for table in ["webhooks", "webhook_calls", "webhook_attempts"] {
        assert_eq!(story.count(table).await, 0, "{table}");
    }
}

async fn only_administrators_see_webhooks(story: &Story) {
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    let from = story.api.get("/api/v1/events").await.ok();
    let from = from["next_cursor"].as_str().expect("a place");
    does(story, &crm, "disable", json!({})).await;
    story.settled().await;
    let events = format!("/api/v1/events?after={from}");
    assert_eq!(story.api.items(&events).await.len(), 1);
    for scope in [Scope::Read, Scope::Operate] {
        let api = story.api_with(scope).await;
        for path in [PATH.to_owned(), crm.path.clone(), format!("{}/calls", crm.path)] {
            api.get(&path).await.problem(403);
        }
        for what in ["enable", "rotate", "test", "replay"] {
            let path = format!("{}/{what}", crm.path);
            api.post(&path, json!({})).await.problem(403);
        }
        assert!(api.items(&events).await.is_empty(), "nobody else is told of it");
    }
}

async fn only_public_addresses_are_called(story: &Story) {
    let receiver = Receiver::start().await;
    let port = receiver.port();
    let here = format!("http://127.0.0.1:{port}/");
    for address in [
        here.as_str(),
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00:ec2::254]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://168.63.129.16/",
        "https://100.64.0.1/",
        "https://192.168.1.1:8443/",
        "http://crm.example/",
    ] {
        let new = json!({"name": "CRM", "address": address});
        refuses(&story.api.post(PATH, new).await, "address");
    }
    // A name is looked up when it is called.
    let new = json!({"name": "CRM", "address": format!("https://localhost:{port}/")});
    let made = story.api.post(PATH, new).await.ok();
    let crm = Webhook {
        id: id_of(&made),
        path: format!("{PATH}/{}", id_of(&made)),
        secret: String::new(),
    };
    does(story, &crm, "test", json!({})).await;
    story.called().await;
    let attempts = listed(story, &crm, "attempts").await;
    assert_eq!(
        (&attempts[0]["failure"], &attempts[0]["status"]),
        (&json!("address_not_allowed"), &Value::Null)
    );
    assert!(receiver.got().is_empty());
}
