//! Webhooks as administrators manage them in the console.

use crate::{
    stories,
    support::{
        Story,
        receiver::{Answer, Receiver},
    },
};
use serde_json::{Value, json};

stories! {
    administrators_see_what_a_webhook_answers_and_are_warned_when_it_is_gone
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn administrators_see_what_a_webhook_answers_and_are_warned_when_it_is_gone(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("201", "jana").await;
    let receiver = Receiver::start().await;
    let address = format!("http://127.0.0.1:{}/hook", receiver.port());
    let form = [
        ("form[name]", "CRM"),
        ("form[address]", address.as_str()),
        ("form[wanted][types][]", "note.written"),
        ("form[wanted][types][]", "message.received"),
    ];
    let created = admin.call("webhooks/create", &form).await.ok();
    let (id, secret) = (text(&created["id"]), text(&created["secret"]));
    let it = ("id", id.as_str());
    let stored = admin.call("webhooks/get", &[it]).await.ok();
    assert_eq!(
        stored["wanted"]["types"],
        json!(["note.written", "message.received"])
    );
    assert!(!stored.to_string().contains(&secret), "{stored}");

    let tested = admin.call("webhooks/test", &[it]).await.ok();
    assert_eq!(tested["answer"]["status"], 204);
    assert_eq!(receiver.got()[0].signed(&secret), (1, true));
    assert_eq!(receiver.got()[0].json()["type"], "webhook.test");

    receiver.always(Answer::Status(410));
    let tested = admin.call("webhooks/test", &[it]).await.ok();
    assert_eq!(tested["answer"]["status"], 410);
    let off = admin.call("webhooks/off", &[]).await.ok();
    assert_eq!(off, json!([{"id": id, "name": "CRM", "why": "gone"}]));
    assert_eq!(jana.call("webhooks/off", &[]).await.ok(), json!([]));
    let attempts = admin.call("webhooks/attempts", &[it]).await.ok();
    assert_eq!(attempts["items"].as_array().map(Vec::len), Some(2));

    receiver.always(Answer::Status(204));
    let on = [it, ("disabled", "false")];
    admin.call("webhooks/set-disabled", &on).await.ok();
    assert_eq!(admin.call("webhooks/off", &[]).await.ok(), json!([]));
    let undelivered = admin.call("webhooks/undelivered", &[it]).await.ok();
    let call = text(&undelivered["calls"]["items"][0]["id"]);
    let again = [it, ("call", call.as_str())];
    assert_eq!(admin.call("webhooks/replay", &again).await.ok(), 1);
    story.called().await;
    assert_eq!(receiver.got().len(), 3);
    assert_eq!(admin.call("webhooks/replay", &again).await.status, 409);

    admin.call("webhooks/delete", &[it]).await.ok();
    assert_eq!(admin.call("webhooks/list", &[]).await.ok(), json!([]));
}
