//! Canned replies: who writes them, where they are offered, and what stands in them.

use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::{access::Scope, message::content::MAX_TEXT};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

stories! {
    a_reply_is_offered_in_its_sessions_with_the_values_of_its_variables
    operators_read_them_and_supervisors_write_them
    a_short_name_is_there_once
    what_cannot_be_a_canned_reply_is_refused
    a_script_keeps_them
}

const PATH: &str = "/api/v1/canned-replies";

async fn save(browser: &Browser, shortcut: &str, text: &str, queue: &str) -> u16 {
    let form = [
        ("form[shortcut]", shortcut),
        ("form[text]", text),
        ("form[queue]", queue),
    ];
    browser.call("canned-replies/save", &form).await.status.as_u16()
}

async fn put(api: &Api, path: &str, form: Value) -> Answer {
    api.send(api.request(Method::PUT, path).json(&form)).await
}

async fn delete(api: &Api, path: &str) -> Answer {
    api.send(api.request(Method::DELETE, path)).await
}

async fn offered(browser: &Browser, session: &str) -> Vec<(String, String)> {
    let replies = browser
        .call("canned-replies/of-session", &[("session", session)])
        .await
        .ok();
    let word = |of: &Value| of.as_str().expect("a text").to_owned();
    let replies = replies.as_array().expect("replies").iter();
    replies
        .map(|reply| (word(&reply["shortcut"]), word(&reply["text"])))
        .collect()
}

/// Jana is in the queue, and a customer's session waits in it; somebody else is in neither.
async fn desk(story: &Story) -> (Line, String, Browser, Browser, String) {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (_, other) = story.operator("202", "other").await;
    let support = story.queue("Support", &[&jana_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &support).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    (line, support, jana, other, session)
}

async fn a_reply_is_offered_in_its_sessions_with_the_values_of_its_variables(story: &Story) {
    let (_, support, jana, other, session) = desk(story).await;
    let sales = story.queue("Sales", &[]).await;
    let admin = story.admin("admin").await;
    let text = "Hello {{customer}}, {{ operator }} here.\n{{channel}}";
    assert_eq!(save(&admin, "hello", text, "").await, 200);
    assert_eq!(save(&admin, "support", "Only support", &support).await, 200);
    assert_eq!(save(&admin, "sales", "Only sales", &sales).await, 200);
    let channel = story.api.items("/api/v1/channels").await[0]["name"]
        .as_str()
        .expect("a name")
        .to_owned();
    let expected = [
        (
            "hello".to_owned(),
            format!("Hello Customer 1, Operator 201 here.\n{channel}"),
        ),
        ("support".to_owned(), "Only support".to_owned()),
    ];
    assert_eq!(offered(&jana, &session).await, expected);
    let crowd = join_all((0..16).map(|_| offered(&jana, &session))).await;
    assert!(crowd.iter().all(|offered| offered[..] == expected));
    assert_eq!(
        other
            .call("canned-replies/of-session", &[("session", &session)])
            .await
            .status,
        404
    );
}

async fn operators_read_them_and_supervisors_write_them(story: &Story) {
    let (_, _, jana, _, session) = desk(story).await;
    let (_, boss) = story.supervisor("203", "boss").await;
    assert_eq!(save(&jana, "hours", "From eight", "").await, 403);
    assert_eq!(save(&boss, "hours", "From eight", "").await, 200);
    assert_eq!(offered(&jana, &session).await.len(), 1);
    let nobody = Browser::new(story);
    assert_eq!(save(&nobody, "x", "x", "").await, 401);
    let id = id_of(&story.api.items(PATH).await[0]);
    for (browser, status) in [(&nobody, 401), (&jana, 403), (&boss, 200), (&boss, 404)] {
        assert_eq!(
            browser.call("canned-replies/delete", &[("id", &id)]).await.status,
            status
        );
    }
    assert!(offered(&jana, &session).await.is_empty());
    assert!(
        boss.get("/canned-replies")
            .await
            .text
            .contains("No canned reply yet")
    );
}

async fn a_short_name_is_there_once(story: &Story) {
    let admin = story.admin("admin").await;
    let all = join_all((0..16).map(|n| async move {
        let form = json!({"shortcut": "Hours", "text": format!("From {n}")});
        story.api.post(PATH, form).await.status.as_u16()
    }));
    let mut statuses = all.await;
    statuses.sort_unstable();
    assert_eq!(statuses, [&[201][..], &[422; 15]].concat());
    assert_eq!(save(&admin, "/HOURS", "x", "").await, 422);
    assert_eq!(story.count("canned_replies").await, 1);
}

async fn what_cannot_be_a_canned_reply_is_refused(story: &Story) {
    let admin = story.admin("admin").await;
    let long = "é".repeat(MAX_TEXT + 1);
    for (shortcut, text, queue) in [
        ("", "x", ""),
        ("two words", "x", ""),
        ("x", "", ""),
        ("x", "{{name}}", ""),
        ("x", &long, ""),
        ("x", "x", "nowhere"),
        ("x", "x", "00000000-0000-7000-8000-000000000000"),
    ] {
        assert_eq!(
            save(&admin, shortcut, text, queue).await,
            422,
            "{shortcut} {queue}"
        );
    }
    assert_eq!(story.count("canned_replies").await, 0);
}

async fn a_script_keeps_them(story: &Story) {
    let queue = story.queue("Support", &[]).await;
    let form = json!({"shortcut": "hours", "text": "From eight", "queue": queue});
    let made = story.api.post(PATH, form).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    assert_eq!(
        (&made["shortcut"], &made["text"], &made["queue"]),
        (&json!("hours"), &json!("From eight"), &json!(queue))
    );
    let path = format!("{PATH}/{}", id_of(&made));
    let changed = put(
        &story.api,
        &path,
        json!({"shortcut": "hours", "text": "From nine"}),
    )
    .await
    .ok();
    assert_eq!(
        (&changed["text"], &changed["queue"]),
        (&json!("From nine"), &json!(null))
    );
    assert_eq!(story.api.get(&path).await.ok(), changed);
    put(
        &story.api,
        &path,
        json!({"shortcut": "hours", "text": "x", "nonsense": 1}),
    )
    .await
    .problem(422);
    let reader = story.api_with(Scope::Read).await;
    reader.get(&path).await.ok();
    put(&reader, &path, json!({"shortcut": "a", "text": "x"}))
        .await
        .problem(403);
    assert_eq!(delete(&story.api, &path).await.status, 204);
    story.api.get(&path).await.problem(404);
    delete(&story.api, &path).await.problem(404);
    assert_eq!(story.count("audit WHERE subject_kind = 'canned_reply'").await, 3);
}
