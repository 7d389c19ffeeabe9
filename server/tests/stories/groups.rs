//! Messages that customers write in WhatsApp groups can be read, and never look like private ones.

use crate::{
    stories,
    support::{
        Story,
        users::Browser,
        world::{Line, delivery, id_of, text_message},
    },
};
use domain::session::Thread;
use serde_json::{Value, json};

const FROM: &str = "420800555901";
const IN_A_GROUP: &str = "In a WhatsApp group";

stories! {
    what_its_owner_sees_in_a_group_is_read
    a_group_is_marked_in_the_list_the_thread_and_the_details
}

async fn post(story: &Story, line: &Line, message: Value) {
    let body = delivery(&line.phone_number_id, FROM, &[message]);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
}

async fn wrote_in_a_group(story: &Story, line: &Line, wamid: &str, text: &str) {
    let mut message = text_message(FROM, wamid, text);
    message["group_id"] = json!("Y2FwaV9ncm91cDoxMjM0");
    post(story, line, message).await;
}

async fn open(browser: &Browser, session: &str) -> Thread {
    let answer = browser.call("inbox/thread", &[("session", session)]).await;
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

async fn what_its_owner_sees_in_a_group_is_read(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    wrote_in_a_group(story, &line, "wamid.g", "A question to all").await;
    let id = id_of(&story.session().await);
    let waiting = open(&jana, &id).await;
    assert!(!waiting.may.reads, "nobody has it yet");
    jana.call("inbox/pick-up", &[("session", &id)]).await.ok();

    let thread = open(&jana, &id).await;
    assert!(thread.may.reply.is_err() && thread.may.reads);
    assert_eq!(thread.session.unread, 1);
    let newest = thread.messages.last().expect("a message").id.to_string();
    let admin = story.admin("admin").await;
    assert!(!open(&admin, &id).await.may.reads, "a look by somebody else");
    let seen = [("session", id.as_str()), ("message", newest.as_str())];
    assert_eq!(jana.call("inbox/mark-read", &seen).await.status, 200);
    assert_eq!(open(&jana, &id).await.session.unread, 0);
}

async fn a_group_is_marked_in_the_list_the_thread_and_the_details(story: &Story) {
    let (line, _) = story.desk_of_one().await;
    let admin = story.admin("admin").await;
    post(story, &line, text_message(FROM, "wamid.p", "A question to you")).await;
    let private = id_of(&story.session().await);
    let page = admin.get(&format!("/inbox/{private}?tab=all")).await.text;
    assert!(!page.contains(IN_A_GROUP), "{page}");
    let close = format!("/api/v1/sessions/{private}/close");
    story.api.post(&close, json!({})).await.ok();

    story.clock.advance(std::time::Duration::from_secs(60));
    wrote_in_a_group(story, &line, "wamid.g", "A question to all").await;
    let list = admin.get("/inbox?tab=all").await.text;
    assert_eq!(shown(&list), 1, "one row of two: {list}");

    // Then the same customer writes in private: the messages above were written in the group.
    story.clock.advance(std::time::Duration::from_secs(60));
    post(story, &line, text_message(FROM, "wamid.q", "Now between us")).await;
    let sessions = story.api.items("/api/v1/sessions").await;
    assert_eq!(sessions.len(), 3);
    let latest = id_of(&sessions[0]);
    let thread = open(&admin, &latest).await;
    assert!(!thread.session.group);
    let past: Vec<_> = thread.past.iter().map(|past| past.group).collect();
    assert_eq!(past, [true, false], "the latest first");

    let above = thread.above.expect("earlier sessions");
    let page = admin
        .get(&format!("/inbox/{latest}?tab=all&before={above}"))
        .await
        .text;
    let (thread, details) = page.split_once("<aside").expect("the details");
    let (_, thread) = thread.split_once("role=\"log\"").expect("the thread");
    assert_eq!(shown(thread), 1, "its line: {thread}");
    assert_eq!(shown(details), 1, "its link: {details}");
}

/// How often the mark appears, without its repetitions in titles.
fn shown(html: &str) -> usize {
    let titles = html.matches(&format!("title=\"{IN_A_GROUP}\"")).count();
    html.matches(IN_A_GROUP).count() - titles
}
