//! Labels: who defines them, who puts them on sessions, and which sessions a list narrowed to one shows.

use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::{
    access::Scope,
    label::{MAX_LABELS, MAX_ON_SESSION},
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

stories! {
    a_list_is_narrowed_to_a_label
    supervisors_define_labels_and_operators_put_them
    a_label_is_put_once_and_taken_off_once
    a_deleted_label_is_on_no_session
    there_are_not_endlessly_many
    a_script_keeps_them
    the_labels_of_two_sessions_that_become_one_are_on_it
}

const PATH: &str = "/api/v1/labels";

struct Desk {
    line: Line,
    jana: Browser,
    petr: Browser,
    boss: Browser,
}

/// Jana is in the queue, Petr is not.
async fn desk(story: &Story) -> Desk {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (_, petr) = story.operator("202", "petr").await;
    let boss = story.supervisor("900", "boss").await.1;
    let queue = story.queue("Support", &[&jana_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    Desk {
        line,
        jana,
        petr,
        boss,
    }
}

async fn label(story: &Story, name: &str) -> String {
    id_of(&story.api.post(PATH, json!({"name": name})).await.ok())
}

async fn put(browser: &Browser, session: &str, label: &str, on: bool) -> Answer {
    let arguments = [
        ("session", session),
        ("label", label),
        ("on", if on { "true" } else { "false" }),
    ];
    browser.call("labels/put", &arguments).await
}

async fn send(api: &Api, method: Method, path: &str, body: Value) -> Answer {
    api.send(api.request(method, path).json(&body)).await
}

/// The customers of a narrowed list, with the names of their labels.
async fn rows(browser: &Browser, tab: &str, filters: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
    let arguments = [&[("tab", tab)], filters].concat();
    let mut page = browser.call("inbox/list", &arguments).await.ok();
    let rows = page["value"]["rows"]["items"].take();
    let word = |of: &Value| of.as_str().expect("a text").to_owned();
    let row = |row: &Value| {
        let labels = row["labels"].as_array().cloned().unwrap_or_default();
        let labels = labels.iter().map(|label| word(&label["name"])).collect();
        (word(&row["contact"]["label"]), labels)
    };
    rows.as_array().expect("rows").iter().map(row).collect()
}

async fn a_list_is_narrowed_to_a_label(story: &Story) {
    let desk = desk(story).await;
    let (complaint, order) = (label(story, "Complaint").await, label(story, "Árbol").await);
    for n in 1..=4 {
        story.says(story.customer(n), &desk.line, "Hello").await;
    }
    let sessions = story.api.items("/api/v1/sessions").await;
    let of = |n: usize| {
        let name = format!("Customer {n}");
        let found = sessions.iter().find(|row| row["contact"]["label"] == json!(name));
        id_of(found.expect("a session"))
    };
    for (session, label) in [(1, &complaint), (1, &order), (3, &complaint)] {
        put(&desk.jana, &of(session), label, true).await.ok();
    }
    for step in ["pick-up", "close"] {
        desk.jana
            .call(&format!("inbox/{step}"), &[("session", &of(3))])
            .await
            .ok();
    }
    let names =
        |rows: Vec<(String, Vec<String>)>| -> Vec<String> { rows.into_iter().map(|row| row.0).collect() };
    let narrowed = [("filter[label]", complaint.as_str())];
    assert_eq!(
        rows(&desk.jana, "waiting", &narrowed).await,
        [(
            "Customer 1".to_owned(),
            vec!["Complaint".to_owned(), "Árbol".to_owned()]
        )]
    );
    let mut all = names(rows(&desk.boss, "all", &narrowed).await);
    all.sort();
    assert_eq!(all, ["Customer 1", "Customer 3"]);
    assert_eq!(
        names(rows(&desk.boss, "all", &[("filter[label]", &order)]).await),
        ["Customer 1"]
    );
    let unread = [("filter[label]", complaint.as_str()), ("filter[unread]", "true")];
    assert_eq!(names(rows(&desk.boss, "all", &unread).await), ["Customer 1"]);
    let searched = [("filter[label]", complaint.as_str()), ("search", "customer 3")];
    assert_eq!(names(rows(&desk.boss, "all", &searched).await), ["Customer 3"]);
    assert!(rows(&desk.petr, "all", &narrowed).await.is_empty());
    assert!(rows(&desk.jana, "mine", &narrowed).await.is_empty());
    let page = desk
        .boss
        .get(&format!("/inbox?tab=all&label={complaint}"))
        .await
        .text;
    assert!(
        page.contains("label-chip") && page.contains("Customer 3") && !page.contains("Customer 2"),
        "{page}"
    );
    let crowd = join_all((0..16).map(|_| rows(&desk.boss, "all", &narrowed))).await;
    assert!(crowd.iter().all(|rows| rows.len() == 2));
}

async fn supervisors_define_labels_and_operators_put_them(story: &Story) {
    let desk = desk(story).await;
    story.says(story.customer(1), &desk.line, "Hello").await;
    let session = id_of(&story.session().await);
    let save = async |browser: &Browser, name: &str| {
        browser.call("labels/save", &[("form[name]", name)]).await.status
    };
    assert_eq!(save(&desk.jana, "Complaint").await, 403);
    assert_eq!(save(&desk.boss, "Complaint").await, 200);
    assert_eq!(save(&desk.boss, "Complaint").await, 422, "it is there");
    assert_eq!(save(&desk.boss, " \u{200b}").await, 422);
    assert_eq!(save(&desk.boss, &"a".repeat(33)).await, 422);
    let complaint = id_of(&story.api.items(PATH).await[0]);
    put(&desk.jana, &session, &complaint, true).await.ok();
    let nobody = Browser::new(story);
    assert_eq!(put(&nobody, &session, &complaint, true).await.status, 401);
    assert_eq!(put(&desk.petr, &session, &complaint, true).await.status, 404);
    let nothing = "00000000-0000-7000-8000-000000000000";
    assert_eq!(put(&desk.jana, &session, nothing, true).await.status, 404);
    assert_eq!(put(&desk.jana, nothing, &complaint, true).await.status, 404);
    let read = story.session().await;
    assert_eq!(read["labels"], json!([{"id": complaint, "name": "Complaint"}]));
}

async fn a_label_is_put_once_and_taken_off_once(story: &Story) {
    let desk = desk(story).await;
    story.says(story.customer(1), &desk.line, "Hello").await;
    let session = id_of(&story.session().await);
    let complaint = label(story, "Complaint").await;
    for (on, count) in [(true, 1), (false, 0)] {
        let all = join_all((0..16).map(|_| put(&desk.jana, &session, &complaint, on))).await;
        for answer in all {
            answer.ok();
        }
        assert_eq!(story.count("session_labels").await, count);
    }
}

async fn a_deleted_label_is_on_no_session(story: &Story) {
    let desk = desk(story).await;
    story.says(story.customer(1), &desk.line, "Hello").await;
    let session = id_of(&story.session().await);
    let complaint = label(story, "Complaint").await;
    put(&desk.jana, &session, &complaint, true).await.ok();
    let arguments = [("id", complaint.as_str())];
    assert_eq!(desk.jana.call("labels/delete", &arguments).await.status, 403);
    // While it is deleted, others put it on.
    let putting = join_all((0..8).map(|_| put(&desk.jana, &session, &complaint, true)));
    let (deleted, put) = futures::join!(desk.boss.call("labels/delete", &arguments), putting);
    deleted.ok();
    assert!(
        put.iter()
            .all(|answer| [200, 404].contains(&answer.status.as_u16())),
        "{put:?}"
    );
    assert_eq!(story.count("session_labels").await, 0);
    assert_eq!(desk.boss.call("labels/delete", &arguments).await.status, 404);
    let narrowed = [("filter[label]", complaint.as_str())];
    assert!(rows(&desk.boss, "all", &narrowed).await.is_empty());
}

async fn there_are_not_endlessly_many(story: &Story) {
    let desk = desk(story).await;
    story.says(story.customer(1), &desk.line, "Hello").await;
    let session = id_of(&story.session().await);
    let mut labels = Vec::new();
    for n in 0..MAX_LABELS {
        labels.push(label(story, &format!("Label {n}")).await);
    }
    story
        .api
        .post(PATH, json!({"name": "One more"}))
        .await
        .problem(422);
    for (n, label) in (0..).zip(labels.iter().take(25)) {
        let status = put(&desk.jana, &session, label, true).await.status;
        assert_eq!(status, if n < MAX_ON_SESSION { 200 } else { 422 }, "{n}");
    }
    assert_eq!(
        put(&desk.jana, &session, &labels[0], true).await.status,
        200,
        "it is on it"
    );
}

async fn a_script_keeps_them(story: &Story) {
    let desk = desk(story).await;
    story.says(story.customer(1), &desk.line, "Hello").await;
    let session = id_of(&story.session().await);
    let made = story.api.post(PATH, json!({"name": " Complaint "})).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    assert_eq!(made["name"], json!("Complaint"));
    let path = format!("{PATH}/{}", id_of(&made));
    let changed = send(&story.api, Method::PUT, &path, json!({"name": "Return"}))
        .await
        .ok();
    assert_eq!(story.api.get(&path).await.ok(), changed);
    send(
        &story.api,
        Method::PUT,
        &path,
        json!({"name": "x", "colour": "red"}),
    )
    .await
    .problem(422);
    let on = format!("/api/v1/sessions/{session}/labels/{}", id_of(&made));
    assert_eq!(send(&story.api, Method::PUT, &on, Value::Null).await.status, 204);
    assert_eq!(story.session().await["labels"][0]["name"], json!("Return"));
    let reader = story.api_with(Scope::Read).await;
    send(&reader, Method::PUT, &on, Value::Null).await.problem(403);
    assert_eq!(
        send(&story.api, Method::DELETE, &on, Value::Null).await.status,
        204
    );
    assert_eq!(story.session().await["labels"], json!([]));
    let nowhere = format!("/api/v1/sessions/{session}/labels/x");
    send(&story.api, Method::PUT, &nowhere, Value::Null)
        .await
        .problem(404);
    assert_eq!(
        send(&story.api, Method::DELETE, &path, Value::Null).await.status,
        204
    );
    story.api.get(&path).await.problem(404);
}

async fn the_labels_of_two_sessions_that_become_one_are_on_it(story: &Story) {
    let desk = desk(story).await;
    let labels = [
        label(story, "A").await,
        label(story, "B").await,
        label(story, "C").await,
    ];
    let ids = [
        (Some("420601000001"), None),
        (None, Some("CZ.1")),
        (Some("420601000001"), Some("CZ.1")),
    ];
    for (n, (number, user)) in ids.into_iter().enumerate() {
        let wamid = format!("wamid.{n}");
        story.is_known_as(&desk.line, &wamid, number, user).await;
        story.settled().await;
        let open: Vec<_> = story
            .api
            .items("/api/v1/sessions")
            .await
            .into_iter()
            .filter(|row| row["state"] != "closed")
            .collect();
        if n == 2 {
            assert_eq!(open.len(), 1, "they are one customer: {open:#?}");
            let names: Vec<_> = open[0]["labels"]
                .as_array()
                .expect("labels")
                .iter()
                .map(|label| label["name"].clone())
                .collect();
            assert_eq!(names, ["A", "B", "C"]);
        } else {
            assert_eq!(open.len(), n + 1);
            for session in &open {
                if n == 0 || session["labels"] == json!([]) {
                    put(&desk.boss, &id_of(session), &labels[n], true).await.ok();
                    put(&desk.boss, &id_of(session), &labels[2], true).await.ok();
                }
            }
        }
    }
}
