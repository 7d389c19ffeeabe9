//! Sessions that are marked as unread again, and the list of those in which something is unread.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::Browser,
        world::{Line, id_of},
    },
};
use futures::future::join_all;
use serde_json::{Value, json};

stories! {
    what_is_marked_has_to_be_read_again
    only_who_would_answer_marks
    the_list_of_the_unread_is_read_page_by_page
}

async fn mine(story: &Story) -> (Line, Browser, String) {
    let (line, jana) = story.desk_of_one().await;
    for text in ["First", "Second"] {
        story.says(story.customer(1), &line, text).await;
    }
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    (line, jana, session)
}

async fn mark(browser: &Browser, session: &str) -> Answer {
    browser.call("inbox/mark-unread", &[("session", session)]).await
}

async fn thread(browser: &Browser, session: &str) -> Value {
    browser.call("inbox/thread", &[("session", session)]).await.ok()
}

async fn reads(browser: &Browser, session: &str) {
    let messages = thread(browser, session).await["messages"].clone();
    let last = id_of(messages.as_array().expect("messages").last().expect("one"));
    let arguments = [("session", session), ("message", &last)];
    browser.call("inbox/mark-read", &arguments).await.ok();
}

async fn picked_up_and_read(story: &Story, path: &str, by: &str) {
    let by = json!({"extension": by});
    story.api.post(&format!("{path}/pick-up"), by).await.ok();
    story.api.post(&format!("{path}/read"), json!({})).await.ok();
}

async fn what_is_marked_has_to_be_read_again(story: &Story) {
    let (line, jana, session) = mine(story).await;
    let path = format!("/api/v1/sessions/{session}");
    let unread = async || story.api.get(&path).await.ok()["unread"].clone();
    // Of what is unread anyway, nothing is forgotten.
    mark(&jana, &session).await.ok();
    assert_eq!(unread().await, 2);
    reads(&jana, &session).await;
    assert_eq!(unread().await, 0);
    for answer in join_all((0..16).map(|_| mark(&jana, &session))).await {
        answer.ok();
    }
    assert_eq!(unread().await, 1);
    let now = thread(&jana, &session).await;
    assert_eq!(now["first_unread"], now["messages"][1]["id"]);
    assert_eq!(jana.call("inbox/counts", &[]).await.ok()["value"]["unread"], 1);
    reads(&jana, &session).await;
    assert_eq!(unread().await, 0);
    // The only message of the customer.
    story.says(story.customer(2), &line, "Alone").await;
    let all = story.api.items("/api/v1/sessions").await;
    let other = all.iter().map(id_of).find(|id| *id != session).expect("another");
    let path = format!("/api/v1/sessions/{other}");
    picked_up_and_read(story, &path, "301").await;
    let marked = story.api.post(&format!("{path}/unread"), json!({})).await.ok();
    assert_eq!(marked["unread"], 1);
}

async fn only_who_would_answer_marks(story: &Story) {
    let (_, jana, session) = mine(story).await;
    reads(&jana, &session).await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let (_, outsider) = story.operator("401", "outsider").await;
    assert_eq!(mark(&boss, &session).await.status, 409, "Jana answers");
    assert_eq!(mark(&outsider, &session).await.status, 404);
    jana.call("inbox/close", &[("session", &session)]).await.ok();
    assert_eq!(mark(&jana, &session).await.status, 409, "it is closed");
    assert_eq!(mark(&jana, "nothing").await.status, 422);
    assert_eq!(thread(&jana, &session).await["session"]["unread"], 0);
}

async fn the_list_of_the_unread_is_read_page_by_page(story: &Story) {
    let (_, boss) = story.supervisor("900", "boss").await;
    let (jana_id, jana) = story.operator("201", "jana").await;
    let support = story.queue("Support", &[&jana_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &support).await;
    story.connect(&line).await;
    for n in 0..70 {
        let number = &line.phone_number_id;
        let said = story.meta.customer_says(story.customer(n), number, "Hello");
        said.expect("a customer");
    }
    story.settled().await;
    let all = story.api.items("/api/v1/sessions?limit=200").await;
    assert_eq!(all.len(), 70);
    for session in all.iter().skip(60) {
        let path = format!("/api/v1/sessions/{}", id_of(session));
        picked_up_and_read(story, &path, "201").await;
    }
    let expected: Vec<_> = all.iter().take(60).map(id_of).collect();
    for reader in [&jana, &boss] {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut arguments = vec![("tab", "all"), ("filter[unread]", "true")];
            if !cursor.is_empty() {
                arguments.push(("cursor", &cursor));
            }
            let page = reader.call("inbox/list", &arguments).await.ok()["value"]["rows"].clone();
            found.extend(page["items"].as_array().expect("rows").iter().map(id_of));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found, expected);
    }
}
