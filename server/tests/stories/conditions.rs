//! `If-Match` where a script changes something as a whole: of all who have read the same state, one replaces it.

use crate::{
    stories,
    support::{Story, world::id_of},
};
use domain::{access::Actor, label::LabelForm};
use engine::{labels, saved::Expected};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

stories! {
    what_is_changed_as_a_whole_is_changed_by_its_tag
    of_sixteen_who_read_the_same_one_changes_it
    what_changes_by_itself_changes_no_tag
    what_the_console_saves_counts
}

const LABELS: &str = "/api/v1/labels";
const REPLIES: &str = "/api/v1/canned-replies";
const RATES: &str = "/api/v1/costs/rates";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// For each of [`places`] another body for each number.
const BODIES: [fn(usize) -> Value; 6] = [
    |n| json!({"number": "201", "name": format!("Jana {n}"), "login": "somebody.201"}),
    |n| json!({"name": format!("Support {n}"), "members": [], "pick_up": "manual"}),
    |n| json!({"name": format!("VIP {n}")}),
    |n| json!({"shortcut": "price", "text": format!("It costs {n}.")}),
    |n| {
        json!({"currency": "PLN", "date": "2026-12-01", "source": "our own card",
            "markets": [{"countries": ["PL"], "rates": {"utility": format!("1.{n}")}}]})
    },
    |n| json!({"amount": 100 + n, "currency": "PLN"}),
];

/// Everything that is changed as a whole, without channels and webhooks, of which a script changes what it names.
async fn places(story: &Story) -> [String; 6] {
    let extension = story.extension("201").await;
    let queue = story.queue("Support", &[&extension]).await;
    let made = async |path: &str, body: Value| {
        let made = story.api.post(path, body).await;
        let place = made.header("location").to_owned();
        let read = story.api.get(&place).await;
        assert_eq!(read.header("etag"), made.header("etag"), "{place}");
        place
    };
    [
        format!("/api/v1/extensions/{extension}"),
        format!("/api/v1/queues/{queue}"),
        made(LABELS, json!({"name": "VIP"})).await,
        made(REPLIES, json!({"shortcut": "price", "text": "It costs much."})).await,
        RATES.to_owned(),
        "/api/v1/costs/budget".to_owned(),
    ]
}

fn may_be_deleted(path: &str) -> bool {
    [LABELS, REPLIES, RATES]
        .iter()
        .any(|place| path.starts_with(place))
}

async fn what_is_changed_as_a_whole_is_changed_by_its_tag(story: &Story) {
    for (path, body) in places(story).await.into_iter().zip(BODIES) {
        let ask = async |method: Method, tag: &str, n: usize| {
            let request = story.api.request(method, &path).header("if-match", tag);
            story.api.send(request.json(&body(n))).await
        };
        let before = story.api.get(&path).await;
        let old = before.header("etag");
        assert!(old.starts_with("W/\""), "{path}: {old}");
        let changed = ask(Method::PUT, old, 1).await;
        changed.ok();
        let new = changed.header("etag");
        assert_ne!(new, old, "{path}");

        let ways = [Method::PUT, Method::DELETE];
        for method in ways.into_iter().take(1 + usize::from(may_be_deleted(&path))) {
            let refused = ask(method, old, 2).await.problem(412);
            assert_eq!(refused["type"], "urn:switchboard:precondition_failed");
        }
        ask(Method::PUT, new.trim_matches(['W', '/', '"']), 2)
            .await
            .problem(412);
        let read = story.api.get(&path).await;
        assert_eq!((read.ok(), read.header("etag")), (changed.ok(), new), "{path}");

        ask(Method::PUT, new.trim_start_matches("W/"), 3).await.ok();
        let several = format!("{old}, {}", story.api.get(&path).await.header("etag"));
        ask(Method::PUT, &several, 4).await.ok();
        let last = ask(Method::PUT, "*", 5).await;
        last.ok();
        if may_be_deleted(&path) {
            let deleted = ask(Method::DELETE, last.header("etag"), 6).await;
            assert!(deleted.status.is_success(), "{deleted:?}");
        }
    }
    let nowhere = story.api.request(Method::PUT, &format!("{LABELS}/{NOBODY}"));
    let nowhere = nowhere.header("if-match", "*").json(&json!({"name": "VIP"}));
    story.api.send(nowhere).await.problem(404);
}

async fn of_sixteen_who_read_the_same_one_changes_it(story: &Story) {
    for (path, body) in places(story).await.into_iter().zip(BODIES) {
        let read = story.api.get(&path).await;
        let tag = read.header("etag");
        let all = (0..16).map(|n| {
            let method = match n % 4 == 3 && may_be_deleted(&path) {
                true => Method::DELETE,
                false => Method::PUT,
            };
            let request = story.api.request(method, &path).header("if-match", tag);
            story.api.send(request.json(&body(n)))
        });
        let all = join_all(all).await;
        let (made, refused): (Vec<_>, Vec<_>) = all.iter().partition(|answer| answer.status.is_success());
        assert_eq!(made.len(), 1, "{path}: {made:?}");
        // Where one has deleted it, there is nothing any more.
        let is_gone = made[0].text.is_empty();
        for refused in refused {
            match refused.status.as_u16() {
                404 if is_gone => {}
                _ => assert_eq!(
                    refused.problem(412)["type"],
                    "urn:switchboard:precondition_failed"
                ),
            }
        }
        let now = story.api.get(&path).await;
        match is_gone {
            true => drop(now.problem(404)),
            false => assert_eq!(
                (now.ok(), now.header("etag")),
                (made[0].ok(), made[0].header("etag")),
                "{path}"
            ),
        }
    }
}

async fn what_changes_by_itself_changes_no_tag(story: &Story) {
    let jana = story.extension("201").await;
    let queue = story.queue("Support", &[&jana]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    let jana = format!("/api/v1/extensions/{jana}");
    let queue = format!("/api/v1/queues/{queue}");
    let tags = async || {
        let (jana, queue) = (story.api.get(&jana).await, story.api.get(&queue).await);
        (jana.header("etag").to_owned(), queue.header("etag").to_owned())
    };
    let put = async |path: &str, body: Value| {
        let request = story.api.request(Method::PUT, path);
        story.api.send(request.json(&body)).await.ok()
    };
    let before = tags().await;
    story.says(story.customer(1), &line, "Hello").await;
    assert_eq!(story.api.get(&queue).await.ok()["waiting"], 1);
    let pick_up = format!("/api/v1/sessions/{}/pick-up", id_of(&story.session().await));
    story.api.post(&pick_up, json!({"extension": "201"})).await.ok();
    put(&format!("{jana}/availability"), json!({"availability": "busy"})).await;
    assert_eq!(story.api.get(&jana).await.ok()["open_sessions"], 1);
    assert_eq!(tags().await, before);

    // The name of a member is of the member, and so is that they are disabled.
    put(
        &jana,
        json!({"number": "201", "name": "Jana", "login": "somebody.201"}),
    )
    .await;
    assert_eq!(story.api.get(&queue).await.ok()["members"][0]["name"], "Jana");
    let renamed = tags().await;
    let disabled = story.api.post(&format!("{jana}/disable"), json!({})).await;
    disabled.ok();
    assert_eq!(story.api.get(&queue).await.ok()["empty"], true);
    let after = tags().await;
    assert_eq!(after.0, disabled.header("etag"));
    assert!(after.0 != renamed.0 && renamed.0 != before.0);
    assert_eq!((&renamed.1, &after.1), (&before.1, &before.1));
}

async fn what_the_console_saves_counts(story: &Story) {
    let made = story.api.post(LABELS, json!({"name": "VIP"})).await;
    let (id, tag) = (id_of(&made.ok()), made.header("etag"));
    let form = |name: &str| LabelForm { name: name.into() };
    let save = async |name: &str| {
        let label = id.parse().expect("an id");
        labels::change(&story.engine, &Actor::System, label, &Expected::Any, &form(name))
            .await
            .expect("saved");
    };
    let rename = async |name: &str| {
        let request = story.api.request(Method::PUT, &format!("{LABELS}/{id}"));
        let request = request.header("if-match", tag).json(&json!({"name": name}));
        story.api.send(request).await
    };
    save("Complaint").await;
    rename("Order").await.problem(412);
    // It is again what was read.
    save("VIP").await;
    rename("Order").await.ok();
}
