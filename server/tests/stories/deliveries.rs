//! Dead letters: found, opened, replayed once their cause is mended, or deleted.

use crate::{
    stories,
    support::{
        Story,
        world::{Line, delivery, text_message},
    },
};
use domain::{
    access::{Actor, Scope},
    dead_letter::{DeadReason, Filter, Within},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const FROM: &str = "420800555901";
const DEAD: &str = "/api/v1/deliveries/dead";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

stories! {
    a_letter_is_applied_once_its_number_has_a_channel
    replayed_by_many_at_once_it_is_applied_once
    a_letter_whose_cause_remains_stays
    many_are_replayed_in_batches_and_the_answer_says_why_some_stay
    letters_are_filtered_and_counted
    a_forged_letter_stays_one_however_often_it_is_replayed
    a_body_that_can_be_read_by_now_is_applied_whole
    what_the_journal_has_forgotten_is_applied_from_the_letter
    a_deleted_letter_is_gone_and_noted
    letters_and_their_deliveries_are_kept_for_ninety_days
    only_administrators_see_letters
    a_letter_is_replayed_without_javascript
}

/// Messages for a number that has no channel yet.
async fn orphans(story: &Story, line: &Line, number: &str, wamids: &[&str]) {
    for wamid in wamids {
        let body = delivery(number, FROM, &[text_message(FROM, wamid, "Anybody there?")]);
        assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    }
    story.settled().await;
}

/// Gives a channel the number that had none.
async fn adopt(story: &Story, line: &Line) -> Line {
    let queue = story.queue("Adopted", &[]).await;
    story.channel(&line.app, 2, "queue", &queue).await
}

async fn letters(story: &Story) -> Vec<Value> {
    story.api.items(&format!("{DEAD}?limit=200")).await
}

fn path(letter: &Value) -> String {
    format!("{DEAD}/{}", letter["id"].as_str().expect("an id"))
}

async fn a_letter_is_applied_once_its_number_has_a_channel(story: &Story) {
    let line = story.support().await;
    orphans(story, &line, "300000000000002", &["wamid.1"]).await;
    let letter = letters(story).await.remove(0);
    assert_eq!(letter["reason"], "unknown_number");
    assert!(letter.get("raw").is_none(), "the list is short");
    let open = story.api.get(&path(&letter)).await.ok();
    assert!(open["raw"].as_str().expect("JSON").contains("Anybody there?"));

    adopt(story, &line).await;
    let replay = format!("{}/replay", path(&letter));
    let replayed = story.api.post(&replay, json!({})).await.ok();
    assert_eq!(replayed["applied"], 1);
    assert_eq!(
        story.messages(&story.session().await).await[0]["wamid"],
        "wamid.1"
    );
    assert!(letters(story).await.is_empty());
    story.api.post(&replay, json!({})).await.problem(404);
    assert_eq!(story.count("messages").await, 1);
}

async fn replayed_by_many_at_once_it_is_applied_once(story: &Story) {
    let line = story.support().await;
    orphans(
        story,
        &line,
        "300000000000002",
        &["wamid.1", "wamid.2", "wamid.3"],
    )
    .await;
    adopt(story, &line).await;
    let all = format!("{DEAD}/replay");
    let (a, b, c) = tokio::join!(
        story.api.post(&all, json!({})),
        story.api.post(&all, json!({})),
        story.api.post(&all, json!({})),
    );
    let applied: u64 = [a, b, c]
        .iter()
        .map(|answer| answer.ok()["applied"].as_u64().expect("a count"))
        .sum();
    assert_eq!(applied, 3);
    assert_eq!(story.count("messages").await, 3);
    assert_eq!(story.count("dead_letters").await, 0);
    let noted = story.count("audit").await;
    story.api.post(&all, json!({})).await.ok();
    assert_eq!(story.count("audit").await, noted, "nothing was changed");
}

async fn a_letter_whose_cause_remains_stays(story: &Story) {
    let line = story.support().await;
    orphans(story, &line, "300000000000002", &["wamid.1"]).await;
    let letter = letters(story).await.remove(0);
    let replayed = story
        .api
        .post(&format!("{}/replay", path(&letter)), json!({}))
        .await
        .ok();
    assert_eq!(replayed["applied"], 0);
    assert_eq!(replayed["kept"], json!({"unknown_number": 1}));
    assert_eq!(letters(story).await, [letter]);
}

async fn many_are_replayed_in_batches_and_the_answer_says_why_some_stay(story: &Story) {
    let line = story.support().await;
    let messages: Vec<_> = (0..103)
        .map(|n| text_message(FROM, &format!("wamid.{n}"), "Hello"))
        .collect();
    for number in ["300000000000002", "399999999999999"] {
        let body = delivery(number, FROM, &messages);
        assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    }
    story.settled().await;
    adopt(story, &line).await;

    let all = format!("{DEAD}/replay");
    let first = story
        .api
        .post(&all, json!({"reason": "unknown_number"}))
        .await
        .ok();
    assert_eq!((&first["applied"], &first["left"]), (&json!(100), &json!(106)));
    let second = json!({"reason": "unknown_number", "after": first["next"]});
    let second = story.api.post(&all, second).await.ok();
    assert_eq!(second["applied"], 3);
    assert_eq!(second["kept"], json!({"unknown_number": 97}));
    let third = story.api.post(&all, json!({"after": second["next"]})).await.ok();
    assert_eq!(
        (&third["applied"], &third["kept"]),
        (&json!(0), &json!({"unknown_number": 6}))
    );
    assert_eq!((&third["next"], &third["left"]), (&Value::Null, &json!(0)));
    assert_eq!(story.count("messages").await, 103);
    assert_eq!(story.count("dead_letters").await, 103);
}

async fn letters_are_filtered_and_counted(story: &Story) {
    let line = story.support().await;
    orphans(story, &line, "311", &["wamid.1", "wamid.2"]).await;
    story.later(2 * DAY).await;
    orphans(story, &line, "322", &["wamid.3"]).await;
    story.post_signed(&line.webhook_url, &line.app, "{").await;
    story.settled().await;

    for (query, count) in [
        ("".to_owned(), 4),
        ("?reason=unknown_number".to_owned(), 3),
        ("?phone_number_id=311".to_owned(), 2),
        ("?within=day".to_owned(), 2),
        (format!("?channel={}&reason=unreadable_body", line.channel), 1),
        (format!("?channel={}", uuid_of_nobody()), 0),
    ] {
        assert_eq!(
            story.api.items(&format!("{DEAD}{query}")).await.len(),
            count,
            "{query}"
        );
    }
    story
        .api
        .get(&format!("{DEAD}?reason=nonsense"))
        .await
        .problem(400);
    let counts = |within| {
        let filter = Filter {
            within,
            reason: Some(DeadReason::Failed),
            ..Filter::default()
        };
        async move {
            engine::inbound::dead_letters::count_by_reason(&story.engine, &Actor::System, &filter)
                .await
                .expect("counts")
        }
    };
    assert_eq!(
        counts(None).await,
        [(DeadReason::UnreadableBody, 1), (DeadReason::UnknownNumber, 3)]
    );
    assert_eq!(
        counts(Some(Within::Hour)).await,
        [(DeadReason::UnreadableBody, 1), (DeadReason::UnknownNumber, 1)]
    );
}

fn uuid_of_nobody() -> &'static str {
    "00000000-0000-0000-0000-000000000000"
}

async fn a_forged_letter_stays_one_however_often_it_is_replayed(story: &Story) {
    let extension = story.extension("201").await;
    let ours = story.channel(&story.app(1), 1, "extension", &extension).await;
    let theirs = story.channel(&story.app(2), 2, "extension", &extension).await;
    story.connect(&ours).await;
    story.connect(&theirs).await;
    let forged = delivery(
        &ours.phone_number_id,
        FROM,
        &[text_message(FROM, "wamid.forged", "Pay me")],
    );
    story.post_signed(&theirs.webhook_url, &theirs.app, forged).await;
    story.settled().await;
    let replayed = story.api.post(&format!("{DEAD}/replay"), json!({})).await.ok();
    assert_eq!(replayed["kept"], json!({"foreign_secret": 1}));
    assert_eq!(story.count("messages").await, 0);
}

/// A newer version reads an item that an older one could not.
async fn a_body_that_can_be_read_by_now_is_applied_whole(story: &Story) {
    let line = story.support().await;
    story.post_signed(&line.webhook_url, &line.app, "{").await;
    story.settled().await;
    let replayed = story.api.post(&format!("{DEAD}/replay"), json!({})).await.ok();
    assert_eq!(replayed["kept"], json!({"unreadable_body": 1}));

    let at = (crate::support::START.millis() / 1000).to_string();
    let body = delivery(
        &line.phone_number_id,
        FROM,
        &[
            text_message(FROM, "wamid.1", "First"),
            json!({"from": FROM, "timestamp": at, "type": "text", "text": {"body": "no id"}}),
            text_message(FROM, "wamid.2", "Last"),
        ],
    );
    let body = String::from_utf8(body).expect("text");
    story
        .database
        .run(story.data_dir(), "UPDATE dead_letters SET journal_id = NULL")
        .await;
    let raw = format!("UPDATE dead_letters SET raw = '{body}'");
    story.database.run(story.data_dir(), &raw).await;
    let replayed = story.api.post(&format!("{DEAD}/replay"), json!({})).await.ok();
    assert_eq!(replayed["kept"], json!({"unreadable_item": 1}));
    assert_eq!(story.messages(&story.session().await).await.len(), 2);
    let rest = letters(story).await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0]["reason"], "unreadable_item");
}

async fn what_the_journal_has_forgotten_is_applied_from_the_letter(story: &Story) {
    let line = story.support().await;
    orphans(story, &line, "300000000000002", &["wamid.1", "wamid.2"]).await;
    adopt(story, &line).await;
    story.database.run(story.data_dir(), "DELETE FROM journal").await;
    let letter = letters(story).await.remove(1);
    let replayed = story
        .api
        .post(&format!("{}/replay", path(&letter)), json!({}))
        .await
        .ok();
    assert_eq!(replayed["applied"], 1);
    assert_eq!(
        story.messages(&story.session().await).await[0]["text"]["body"],
        "Anybody there?"
    );

    // The record of who signed is deleted, too.
    story
        .database
        .run(story.data_dir(), "DELETE FROM deliveries")
        .await;
    let letter = letters(story).await.remove(0);
    let refused = story
        .api
        .post(&format!("{}/replay", path(&letter)), json!({}))
        .await;
    assert_eq!(refused.problem(409)["type"], "urn:switchboard:nothing_to_replay");
    let replayed = story.api.post(&format!("{DEAD}/replay"), json!({})).await.ok();
    assert_eq!((&replayed["lost"], &replayed["next"]), (&json!(1), &Value::Null));
}

async fn a_deleted_letter_is_gone_and_noted(story: &Story) {
    let line = story.support().await;
    orphans(story, &line, "311", &["wamid.1", "wamid.2"]).await;
    let noted = story.count("audit").await;
    let letter = letters(story).await.remove(0);
    let delete = story.api.request(Method::DELETE, &path(&letter));
    assert_eq!(story.api.send(delete).await.status, 204);
    let again = story.api.request(Method::DELETE, &path(&letter));
    story.api.send(again).await.problem(404);
    assert_eq!(letters(story).await.len(), 1);
    assert_eq!(story.count("audit").await, noted + 1);
}

async fn letters_and_their_deliveries_are_kept_for_ninety_days(story: &Story) {
    let line = story.support().await;
    orphans(story, &line, "311", &["wamid.1"]).await;
    story.clock.advance(89 * DAY);
    story.engine.forget().await.expect("a pass");
    assert_eq!(story.count("dead_letters").await, 1);
    assert_eq!(story.count("journal").await, 1);
    story.clock.advance(2 * DAY);
    story.engine.forget().await.expect("a pass");
    assert_eq!(story.count("dead_letters").await, 0);
    assert_eq!(story.count("journal").await, 0);
}

async fn only_administrators_see_letters(story: &Story) {
    let line = story.support().await;
    orphans(story, &line, "311", &["wamid.1"]).await;
    let letter = letters(story).await.remove(0);
    let id = letter["id"].as_str().expect("an id");
    let operate = story.api_with(Scope::Operate).await;
    operate.get(DEAD).await.problem(403);
    operate.get(&path(&letter)).await.problem(403);
    operate
        .post(&format!("{DEAD}/replay"), json!({}))
        .await
        .problem(403);
    operate
        .send(operate.request(Method::DELETE, &path(&letter)))
        .await
        .problem(403);
    let (_, jana) = story.operator("301", "jana").await;
    for function in [
        "deliveries/list",
        "deliveries/letter",
        "deliveries/replay",
        "deliveries/replay-all",
        "deliveries/delete",
    ] {
        assert_eq!(jana.call(function, &[("id", id)]).await.status, 403, "{function}");
    }
}

async fn a_letter_is_replayed_without_javascript(story: &Story) {
    let line = story.support().await;
    orphans(story, &line, "300000000000002", &["wamid.1"]).await;
    let admin = story.admin("admin").await;
    let id = letters(story).await.remove(0)["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let list = admin.get("/system/deliveries?reason=unknown_number").await;
    assert!(
        list.text.contains("No channel has this phone number ID"),
        "{}",
        list.text
    );
    let one = admin.get(&format!("/system/deliveries/{id}")).await;
    assert!(one.text.contains("Anybody there?"));

    let post = |function: &'static str, arguments: Vec<(&'static str, String)>| {
        let admin = admin.clone();
        async move {
            let arguments: Vec<_> = arguments
                .iter()
                .map(|(key, value)| (*key, value.as_str()))
                .collect();
            let request = admin.calling(function, &arguments).header("accept", "text/html");
            let answer = crate::support::http::Answer::of(request.send().await.expect("an answer")).await;
            assert_eq!(answer.status, 302, "{}", answer.text);
            admin.get(answer.header("location")).await.text
        }
    };
    let still = post("deliveries/replay", vec![("id", id.clone())]).await;
    assert!(still.contains("Still here: 1"), "{still}");
    adopt(story, &line).await;
    let all = post(
        "deliveries/replay-all",
        vec![("filter[reason]", "unknown_number".to_owned())],
    )
    .await;
    assert!(all.contains("Processed: 1."), "{all}");
    assert_eq!(story.count("messages").await, 1);
}
