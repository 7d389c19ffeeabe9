//! What scripts do to channels: changing what they name, by the version that they read; pausing, deleting, costs.

use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        world::{App, id_of},
    },
};
use domain::{
    access::{Actor, Scope},
    channel::AuthenticationForm,
};
use engine::channels;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Signature;

stories! {
    a_script_changes_what_it_names_of_a_channel
    a_change_of_another_version_is_refused
    what_compares_no_versions_refuses_a_condition
    of_a_channel_whose_change_is_refused_nothing_is_saved
    what_null_does_is_said
    a_script_ends_the_reset_of_an_app_secret
    a_channel_that_is_being_set_up_is_none_yet
    a_script_pauses_and_deletes_a_channel
    the_costs_of_one_channel_are_its_part_of_all
}

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

async fn patch_by(api: &Api, path: &str, body: Value) -> Answer {
    api.send(api.request(Method::PATCH, path).json(&body)).await
}

async fn patch(story: &Story, path: &str, body: Value) -> Answer {
    patch_by(&story.api, path, body).await
}

async fn a_script_changes_what_it_names_of_a_channel(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    let before = story.api.get(&path).await.ok();
    let rescue = story.staffed("Rescue").await;
    let change = json!({
        "name": "Help",
        "access_token": "EAAGanother",
        "fallback": {"type": "queue", "id": rescue},
        "sending": {"messages_per_second": 20, "templates_allowed": true},
    });
    let changed = patch(story, &path, change).await;
    let now = changed.ok();
    assert!(!changed.text.contains("EAAGanother"), "secrets never come out");
    assert_eq!(now["name"], "Help");
    assert_eq!(now["fallback"]["label"], "Rescue");
    assert_eq!(now["sending"]["messages_per_second"], 20);
    assert_eq!(now["sending"]["templates_allowed"], true);
    for stays in [
        "phone_number",
        "phone_number_id",
        "waba_id",
        "destination",
        "webhook_url",
    ] {
        assert_eq!(now[stays], before[stays], "{stays}");
    }
    assert_eq!(now["sending"]["file_way"], before["sending"]["file_way"]);

    // What is null is taken away; what is missing is not.
    let now = patch(story, &path, json!({"fallback": null, "waba_id": null}))
        .await
        .ok();
    assert_eq!((&now["fallback"], &now["waba_id"]), (&Value::Null, &Value::Null));
    assert_eq!(now["destination"], before["destination"]);

    let operator = story.api_with(Scope::Operate).await;
    patch_by(&operator, &path, json!({"name": "X"}))
        .await
        .problem(403);
    patch(story, &path, json!({"colour": "red"})).await.problem(422);
    patch(story, &format!("/api/v1/channels/{NOBODY}"), json!({"name": "X"}))
        .await
        .problem(404);
}

async fn a_change_of_another_version_is_refused(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    let change = async |method: Method, tag: &str, body: Value| {
        let request = story.api.request(method, &path).header("if-match", tag);
        story.api.send(request.json(&body)).await
    };
    let read = story.api.get(&path).await;
    let tag = read.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let changed = change(Method::PATCH, &tag, json!({"name": "One"})).await;
    changed.ok();
    assert_ne!(changed.header("etag"), tag);

    for method in [Method::PATCH, Method::DELETE] {
        let refused = change(method, &tag, json!({"name": "Two"})).await.problem(412);
        assert_eq!(refused["type"], "urn:switchboard:precondition_failed");
    }
    assert_eq!(story.api.get(&path).await.ok()["name"], "One");
    // The number is what counts.
    let bare = changed.header("etag").trim_start_matches("W/");
    change(Method::PATCH, bare, json!({"name": "Three"})).await.ok();
    change(Method::PATCH, "*", json!({"name": "Four"})).await.ok();
    // A change of nothing is no new version.
    let last = story.api.get(&path).await;
    let same = patch(story, &path, json!({})).await;
    same.ok();
    assert_eq!(same.header("etag"), last.header("etag"));
    story.settled().await;
    let audited = story.count("audit").await;
    for nothing in [
        json!({"name": "Four"}),
        json!({"sending": {}}),
        json!({"sending": {"messages_per_second": 80}, "fallback": null}),
        json!({"next_app_secret": null}),
    ] {
        let same = patch(story, &path, nothing.clone()).await;
        same.ok();
        assert_eq!(same.header("etag"), last.header("etag"), "{nothing}");
    }
    assert_eq!(story.count("audit").await, audited);

    // What the console saves counts, too.
    let id = line.channel.parse().expect("an id");
    let view = channels::get(&story.engine, &Actor::System, id)
        .await
        .expect("it");
    let form = AuthenticationForm {
        name: "Five".into(),
        ..AuthenticationForm::default()
    };
    channels::save_authentication(&story.engine, &Actor::System, id, view.version, &form)
        .await
        .expect("saved");
    change(Method::PATCH, last.header("etag"), json!({"name": "Six"}))
        .await
        .problem(412);
}

async fn what_compares_no_versions_refuses_a_condition(story: &Story) {
    let line = story.support().await;
    let label = story
        .api
        .post("/api/v1/labels", json!({"name": "VIP"}))
        .await
        .ok();
    let label = format!("/api/v1/labels/{}", id_of(&label));
    let extension = id_of(&story.api.items("/api/v1/extensions").await[0]);
    let availability = format!("/api/v1/extensions/{extension}/availability");
    let pause = format!("/api/v1/channels/{}/pause", line.channel);
    let ask = async |method: Method, path: &str, tag: &str, body: Value| {
        let request = story.api.request(method, path).header("if-match", tag);
        story.api.send(request.json(&body)).await
    };
    let tag = story.api.get(&format!("/api/v1/channels/{}", line.channel)).await;
    let tag = tag.header("etag");
    for (method, path) in [
        (Method::PUT, availability.as_str()),
        (Method::POST, pause.as_str()),
        (Method::POST, "/api/v1/labels"),
        (Method::POST, "/api/v1/uploads"),
    ] {
        let refused = ask(method, path, tag, json!({"availability": "busy"})).await;
        assert_eq!(refused.problem(412)["type"], "urn:switchboard:no_version");
    }
    assert_eq!(
        ask(Method::GET, &label, tag, Value::Null).await.ok()["name"],
        "VIP"
    );
    // It only has to be there.
    ask(Method::PUT, &availability, "*", json!({"availability": "busy"}))
        .await
        .ok();
}

async fn of_a_channel_whose_change_is_refused_nothing_is_saved(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    let before = story.api.get(&path).await.ok();
    let wrong = json!({
        "name": "Help",
        "access_token": "two words",
        "phone_number": "nonsense",
        "sending": {"messages_per_second": 0},
    });
    let refused = patch(story, &path, wrong).await.problem(422);
    let fields: Vec<_> = refused["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|field| field["field"].as_str().expect("a name"))
        .collect();
    assert_eq!(fields, ["access_token", "phone_number", "messages_per_second"]);
    // A destination is known only in the transaction: what was written before it is undone.
    let unknown = json!({"name": "Help", "destination": {"type": "queue", "id": NOBODY}});
    patch(story, &path, unknown).await.problem(422);
    assert_eq!(story.api.get(&path).await.ok(), before);
}

async fn what_null_does_is_said(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    let before = story.api.get(&path).await;
    for field in [
        "name",
        "access_token",
        "app_secret",
        "phone_number",
        "phone_number_id",
        "destination",
        "sending",
    ] {
        patch(story, &path, json!({ field: null })).await.problem(422);
    }
    for field in [
        "messages_per_second",
        "file_way",
        "unconfirmed",
        "read_receipts",
        "templates_allowed",
    ] {
        let change = json!({"sending": { field: null }});
        patch(story, &path, change).await.problem(422);
    }
    assert_eq!(story.api.get(&path).await.header("etag"), before.header("etag"));
}

async fn a_script_ends_the_reset_of_an_app_secret(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    let mut reset = line.app.clone();
    reset.secret = "the-new-secret".to_owned();
    let is_signed_by = async |app: &App| {
        let signature = Signature::Given(app.sign(b"{}"));
        let answer = story
            .meta
            .deliver_raw(Some(&line.webhook_url), "{}", signature)
            .await;
        answer.expect("an answer").0 != 401
    };
    patch(story, &path, json!({"next_app_secret": reset.secret}))
        .await
        .ok();
    assert!(is_signed_by(&line.app).await && is_signed_by(&reset).await);
    patch(story, &path, json!({"next_app_secret": null})).await.ok();
    assert!(!is_signed_by(&line.app).await && is_signed_by(&reset).await);
    // Whoever gives the only one with it has decided.
    patch(story, &path, json!({"next_app_secret": "another"}))
        .await
        .ok();
    let back = json!({"app_secret": line.app.secret, "next_app_secret": null});
    patch(story, &path, back).await.ok();
    assert!(is_signed_by(&line.app).await && !is_signed_by(&reset).await);
}

async fn a_channel_that_is_being_set_up_is_none_yet(story: &Story) {
    let id = channels::reserve(&story.engine, &Actor::System).await;
    let id = id.expect("an id");
    let path = format!("/api/v1/channels/{id}");
    story.api.get(&path).await.problem(404);
    for change in [
        json!({"name": "Mine"}),
        json!({"sending": {"messages_per_second": 20}}),
    ] {
        patch(story, &path, change).await.problem(404);
    }
    let delete = story
        .api
        .request(Method::DELETE, &format!("{path}?name=WhatsApp"));
    story.api.send(delete).await.problem(404);
    assert_eq!(story.count("channels").await, 0);
    let view = channels::get(&story.engine, &Actor::System, id).await;
    assert_eq!(view.expect("what is being set up").version, 0);
}

async fn a_script_pauses_and_deletes_a_channel(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    let post = async |what: &str| story.api.post(&format!("{path}/{what}"), json!({})).await;
    assert_eq!(post("pause").await.ok()["status"], "paused");
    assert_eq!(post("resume").await.ok()["status"], "active");

    let delete = async |address: &str| story.api.send(story.api.request(Method::DELETE, address)).await;
    for unsure in ["", "?name=Another"] {
        let refused = delete(&format!("{path}{unsure}")).await.problem(409);
        assert_eq!(refused["type"], "urn:switchboard:name_differs");
    }
    let deleted = delete(&format!("{path}?name=Channel%201")).await;
    assert_eq!(deleted.status, 204);
    story.api.get(&path).await.problem(404);
    delete(&format!("{path}?name=Channel%201")).await.problem(404);
    post("pause").await.problem(404);
}

async fn the_costs_of_one_channel_are_its_part_of_all(story: &Story) {
    let line = story.support().await;
    let all = story.api.get("/api/v1/costs").await.ok();
    let path = format!("/api/v1/channels/{}/costs", line.channel);
    let own = story.api.get(&path).await.ok();
    for (member, value) in all["channels"][0].as_object().expect("a channel") {
        assert_eq!(&own[member], value, "{member}");
    }
    for shared in ["month", "currency", "rates_date", "counted_since"] {
        assert_eq!(own[shared], all[shared], "{shared}");
    }
    let before = story.api.get(&format!("{path}?month=2020-01")).await.ok();
    assert_eq!(before["month"], "2020-01");
    story
        .api
        .get(&format!("/api/v1/channels/{NOBODY}/costs"))
        .await
        .problem(404);
}
