//! Operators come and go, and queues that give their sessions out give them to whoever is there.

use crate::{
    stories,
    support::{
        Story,
        events::Events,
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::access::Scope;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    whoever_waits_longest_is_given_to_whoever_has_least
    what_waits_is_given_out_when_somebody_comes_online
    only_who_is_online_is_given_sessions
    nobody_is_given_more_than_their_capacity
    a_closed_session_makes_room_for_the_next
    a_queue_gives_out_only_if_it_is_told_to
    a_pbx_tells_who_is_on_the_phone
    hostile_input_changes_nothing
}

/// Both are in a queue that gives its sessions out.
struct Desk {
    line: Line,
    queue: String,
    ids: [String; 2],
    jana: Browser,
    petr: Browser,
}

async fn desk(story: &Story, distributes: bool) -> Desk {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let form = json!({"name": "Support", "members": [jana_id, petr_id], "distributes": distributes});
    let queue = id_of(&story.api.post("/api/v1/queues", form).await.ok());
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    Desk {
        line,
        queue,
        ids: [jana_id, petr_id],
        jana,
        petr,
    }
}

/// These customers write, one after the other.
async fn write(story: &Story, line: &Line, customers: std::ops::RangeInclusive<u32>) {
    for n in customers {
        story.says(story.customer(n), line, "Hello").await;
        story.clock.advance(Duration::from_secs(1));
    }
    story.settled().await;
}

/// Whose session each customer's is, by the extension's number; the latest first.
async fn owners(story: &Story) -> Vec<(String, Option<String>)> {
    story.engine.give_out().await.expect("given out");
    let sessions = story.api.items("/api/v1/sessions").await;
    let owner = |row: &Value| {
        let text = |of: &Value| of.as_str().map(str::to_owned);
        (
            text(&row["contact"]["label"]).expect("a name"),
            text(&row["extension"]["number"]),
        )
    };
    sessions.iter().map(owner).collect()
}

async fn of(story: &Story, extension: &str) -> Vec<String> {
    let mut of: Vec<_> = owners(story)
        .await
        .into_iter()
        .filter(|(_, owner)| owner.as_deref() == Some(extension))
        .map(|(customer, _)| customer)
        .collect();
    of.sort();
    of
}

async fn whoever_waits_longest_is_given_to_whoever_has_least(story: &Story) {
    let it = desk(story, true).await;
    let (_jana, _petr) = (Events::open(&it.jana).await, Events::open(&it.petr).await);
    story.engine.give_out().await.expect("given out");
    write(story, &it.line, 1..=4).await;
    let (janas, petrs) = (of(story, "201").await, of(story, "202").await);
    assert_eq!((janas.len(), petrs.len()), (2, 2), "{janas:?} {petrs:?}");
    let session = story.api.items("/api/v1/sessions").await.remove(0);
    let timeline = format!("/api/v1/sessions/{}/timeline", id_of(&session));
    let timeline = story.api.get(&timeline).await.ok();
    let mut lines = timeline.as_array().expect("lines").iter();
    let given = lines.find(|line| line["what"] == "given").expect("a line");
    assert_eq!(given["who"], session["extension"]["name"], "{timeline:?}");
}

async fn what_waits_is_given_out_when_somebody_comes_online(story: &Story) {
    let it = desk(story, true).await;
    write(story, &it.line, 1..=3).await;
    assert!(of(story, "201").await.is_empty(), "nobody is there");
    let extension = format!("/api/v1/extensions/{}", it.ids[0]);
    assert_eq!(story.api.get(&extension).await.ok()["presence"], "offline");
    let mut jana = Events::open(&it.jana).await;
    // The worker, without being asked.
    let given = async { while jana.until("session").await["inbox"]["row"]["owner"]["number"] != "201" {} };
    tokio::time::timeout(Duration::from_secs(10), given)
        .await
        .expect("given");
    assert_eq!(of(story, "201").await, ["Customer 1", "Customer 2", "Customer 3"]);
    assert_eq!(story.api.get(&extension).await.ok()["presence"], "online");
}

async fn only_who_is_online_is_given_sessions(story: &Story) {
    let it = desk(story, true).await;
    let jana = Events::open(&it.jana).await;
    let own = async || it.jana.call("presence/own", &[]).await.ok();
    let presence = async || {
        let extension = format!("/api/v1/extensions/{}", it.ids[0]);
        story.engine.give_out().await.expect("given out");
        story.api.get(&extension).await.ok()["presence"].clone()
    };
    for (n, (availability, shown)) in (1..).zip([("busy", "busy"), ("away", "away")]) {
        let chosen = [("availability", availability)];
        it.jana.call("presence/choose", &chosen).await.ok();
        write(story, &it.line, n..=n).await;
        assert!(of(story, "201").await.is_empty(), "{availability}");
        assert_eq!(presence().await, shown);
    }
    it.jana
        .call("presence/choose", &[("availability", "online")])
        .await
        .ok();
    assert_eq!(of(story, "201").await, ["Customer 1", "Customer 2"]);
    it.jana.call("presence/idle", &[("idle", "true")]).await.ok();
    assert_eq!(own().await, json!({"availability": "online", "idle": true}));
    write(story, &it.line, 3..=3).await;
    assert_eq!(
        (of(story, "201").await.len(), presence().await),
        (2, json!("away"))
    );
    it.jana.call("presence/idle", &[("idle", "false")]).await.ok();
    assert_eq!(of(story, "201").await.len(), 3);
    // A page that is gone for a minute was not loaded again.
    drop(jana);
    write(story, &it.line, 4..=4).await;
    until_offline(story, &it.ids[0]).await;
    write(story, &it.line, 5..=5).await;
    let of_jana = of(story, "201").await;
    assert!(!of_jana.contains(&"Customer 5".to_owned()), "{of_jana:?}");
}

/// The process learns of a page that is gone when the connection ends; then a minute passes.
async fn until_offline(story: &Story, extension: &str) {
    for _ in 0..200 {
        story.clock.advance(Duration::from_secs(61));
        story.engine.give_out().await.expect("given out");
        let row = story
            .api
            .get(&format!("/api/v1/extensions/{extension}"))
            .await
            .ok();
        if row["presence"] == "offline" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the page is still open");
}

async fn nobody_is_given_more_than_their_capacity(story: &Story) {
    let it = desk(story, true).await;
    let form =
        json!({"number": "203", "name": "Eva", "capacity": 2, "login": "eva", "password": "a long password"});
    let eva = story.api.post("/api/v1/extensions", form).await.ok();
    assert_eq!(eva["capacity"], 2);
    let (_jana, _petr) = (Events::open(&it.jana).await, Events::open(&it.petr).await);
    story.engine.give_out().await.expect("given out");
    write(story, &it.line, 1..=16).await;
    // Sixteen at once, as if there were sixteen engines.
    let passes = join_all((0..16).map(|_| story.engine.give_out())).await;
    assert!(passes.iter().all(Result::is_ok), "{passes:?}");
    let (janas, petrs) = (of(story, "201").await, of(story, "202").await);
    assert_eq!(
        (janas.len(), petrs.len()),
        (5, 5),
        "five each unless told otherwise"
    );
    // They may pick up more.
    let waiting = story.api.items("/api/v1/sessions").await;
    let waiting = waiting
        .iter()
        .find(|row| row["state"] == "waiting")
        .expect("one waits");
    let picked_up = it
        .jana
        .call("inbox/pick-up", &[("session", &id_of(waiting))])
        .await;
    picked_up.ok();
    assert_eq!(of(story, "201").await.len(), 6);
}

async fn a_closed_session_makes_room_for_the_next(story: &Story) {
    let it = desk(story, true).await;
    let _jana = Events::open(&it.jana).await;
    write(story, &it.line, 1..=6).await;
    let of_jana = of(story, "201").await;
    assert_eq!(of_jana.len(), 5, "{of_jana:?}");
    let sessions = story.api.items("/api/v1/sessions").await;
    let first = sessions.iter().find(|row| row["extension"]["number"] == "201");
    let closed = [("session", id_of(first.expect("hers")))];
    let closed = [(closed[0].0, closed[0].1.as_str())];
    it.jana.call("inbox/close", &closed).await.ok();
    let owners = owners(story).await;
    assert!(owners.iter().all(|(_, owner)| owner.is_some()), "{owners:?}");
}

async fn a_queue_gives_out_only_if_it_is_told_to(story: &Story) {
    let it = desk(story, false).await;
    let _jana = Events::open(&it.jana).await;
    write(story, &it.line, 1..=2).await;
    assert!(of(story, "201").await.is_empty());
    let path = format!("/api/v1/queues/{}", it.queue);
    assert_eq!(story.api.get(&path).await.ok()["distributes"], false);
    let boss = story.admin("admin").await;
    let form = [
        ("id", it.queue.as_str()),
        ("form[name]", "Support"),
        ("form[members][]", &it.ids[0]),
        ("form[pick_up]", "manual"),
        ("form[distributes]", "true"),
    ];
    boss.call("queues/save", &form).await.ok();
    assert_eq!(of(story, "201").await.len(), 2);
    // Where nobody picks up, nothing is given out.
    let form = json!({"name": "Shared", "members": [it.ids[0]], "pick_up": "none", "distributes": true});
    let shared = story.api.post("/api/v1/queues", form).await.ok();
    assert_eq!(shared["distributes"], false);
}

async fn a_pbx_tells_who_is_on_the_phone(story: &Story) {
    let it = desk(story, true).await;
    let _jana = Events::open(&it.jana).await;
    story.engine.give_out().await.expect("her page is seen");
    let path = format!("/api/v1/extensions/{}/availability", it.ids[0]);
    let put = async |scope: Scope, body: Value| {
        let api = story.api_with(scope).await;
        api.send(api.request(Method::PUT, &path).json(&body)).await
    };
    let busy = || json!({"availability": "busy"});
    assert_eq!(put(Scope::Read, busy()).await.status, 403);
    assert_eq!(put(Scope::Operate, busy()).await.ok()["presence"], "busy");
    write(story, &it.line, 1..=1).await;
    assert!(of(story, "201").await.is_empty());
    put(Scope::Operate, json!({"availability": "online"})).await.ok();
    assert_eq!(of(story, "201").await, ["Customer 1"]);
    let nobody = "/api/v1/extensions/00000000-0000-7000-8000-000000000000/availability";
    let api = story.api_with(Scope::Operate).await;
    assert_eq!(
        api.send(api.request(Method::PUT, nobody).json(&busy()))
            .await
            .status,
        404
    );
}

async fn hostile_input_changes_nothing(story: &Story) {
    let it = desk(story, true).await;
    let admin = story.admin("admin").await;
    for availability in ["", "king", "Online", "online\0"] {
        let answer = it
            .jana
            .call("presence/choose", &[("availability", availability)])
            .await;
        assert_eq!(answer.status, 422, "{availability:?}");
    }
    assert_eq!(
        it.jana.call("presence/own", &[]).await.ok()["availability"],
        "online"
    );
    // An administrator without an extension has no presence.
    assert_eq!(admin.call("presence/own", &[]).await.ok(), Value::Null);
    let chosen = admin.call("presence/choose", &[("availability", "busy")]).await;
    assert!(chosen.status.is_client_error(), "{chosen:?}");
    for capacity in [json!(0), json!(1001), json!("five"), json!(-1), json!(1.5)] {
        let form = json!({"number": "300", "name": "X", "capacity": capacity});
        let answer = story.api.post("/api/v1/extensions", form).await;
        assert!(
            [400, 422].contains(&answer.status.as_u16()),
            "{capacity}: {answer:?}"
        );
    }
    let choices = (0..16).map(|n| {
        let availability = if n % 2 == 0 { "busy" } else { "online" };
        it.petr
            .calling("presence/choose", &[("availability", availability)])
            .send()
    });
    for answer in join_all(choices).await {
        assert_eq!(answer.expect("an answer").status(), 200);
    }
}
