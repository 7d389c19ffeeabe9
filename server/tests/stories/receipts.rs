//! What customers see of the company: that their messages were read, and that somebody types.

use crate::{
    files::HOUR,
    stories,
    support::{
        Story,
        users::Browser,
        world::{Line, delivery, id_of, text_message},
    },
};
use serde_json::Value;
use simulator::{ReadMark, TokenState};
use std::time::Duration;

stories! {
    a_message_counts_as_read_when_its_operator_has_seen_it
    an_answer_tells_that_its_question_was_read
    typing_is_shown_and_told_once_in_a_while
    only_who_may_answer_types
    a_channel_may_tell_at_once
    a_channel_may_tell_nothing
    a_script_reads_and_types
    what_meta_refuses_or_cannot_be_told_fails_nothing
}

const SECOND: Duration = Duration::from_secs(1);

/// The wamids that Meta was told, and whether somebody types.
async fn told(story: &Story) -> Vec<(String, bool)> {
    story.settled().await;
    let marks = story.meta.read_marks().into_iter();
    marks
        .map(|ReadMark { wamid, typing, .. }| (wamid, typing))
        .collect()
}

/// What the form of the channel does.
async fn mode(story: &Story, mode: &str) {
    let change = format!("UPDATE channels SET read_receipts = '{mode}'");
    story.database.run(story.data_dir(), &change).await;
}

async fn mine(story: &Story) -> (Line, Browser, String) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    (line, jana, session)
}

async fn sees(story: &Story, jana: &Browser, message: &Value) {
    let session = id_of(&story.session().await);
    let arguments = [("session", session.as_str()), ("message", &id_of(message))];
    jana.call("inbox/mark-read", &arguments).await.ok();
}

async fn types(browser: &Browser, session: &str) -> u16 {
    let answer = browser.call("inbox/typing", &[("session", session)]).await;
    answer.status.as_u16()
}

async fn a_message_counts_as_read_when_its_operator_has_seen_it(story: &Story) {
    let (line, jana, _) = mine(story).await;
    let second = story.says(story.customer(1), &line, "Are you there?").await;
    assert_eq!(told(story).await, [], "arriving is not reading");
    let messages = story.messages(&story.session().await).await;
    // A supervisor's look is not the company's.
    let (_, petr) = story.supervisor("401", "petr").await;
    sees(story, &petr, &messages[1]).await;
    assert_eq!(told(story).await, []);
    sees(story, &jana, &messages[1]).await;
    assert_eq!(told(story).await, [(second, false)], "one call for both");
    assert_eq!(story.meta.read_by_business().len(), 2);
    sees(story, &jana, &messages[1]).await;
    sees(story, &jana, &messages[0]).await;
    assert_eq!(told(story).await.len(), 1, "nothing new was read");
}

async fn an_answer_tells_that_its_question_was_read(story: &Story) {
    let (_, jana, session) = mine(story).await;
    let arguments = [("session", session.as_str()), ("body", "Good day")];
    jana.call("inbox/send", &arguments).await.ok();
    assert_eq!(told(story).await.len(), 1);
    jana.call("inbox/send", &arguments).await.ok();
    assert_eq!(told(story).await.len(), 1);
}

async fn typing_is_shown_and_told_once_in_a_while(story: &Story) {
    let (_, jana, session) = mine(story).await;
    for _ in 0..5 {
        assert_eq!(types(&jana, &session).await, 200);
        story.later(3 * SECOND).await;
    }
    assert_eq!(told(story).await.len(), 1);
    assert!(told(story).await[0].1, "it types");
    story.later(5 * SECOND).await;
    types(&jana, &session).await;
    assert_eq!(told(story).await.len(), 2);
    // The answer ends it, so that the next one is told at once.
    jana.call("inbox/send", &[("session", &session), ("body", "Good day")])
        .await
        .ok();
    types(&jana, &session).await;
    assert_eq!(told(story).await.iter().filter(|(_, typing)| *typing).count(), 3);
}

async fn only_who_may_answer_types(story: &Story) {
    let (_, jana, session) = mine(story).await;
    let (_, stranger) = story.operator("401", "petr").await;
    assert_eq!(types(&stranger, &session).await, 404);
    let (_, supervisor) = story.supervisor("402", "eva").await;
    assert_eq!(types(&supervisor, &session).await, 409);
    assert_eq!(types(&jana, "00000000-0000-7000-8000-000000000000").await, 404);
    let mut jana = jana;
    story.later(25 * HOUR).await;
    jana.log_in("jana", crate::support::users::PASSWORD).await;
    assert_eq!(types(&jana, &session).await, 409, "the window is closed");
    assert_eq!(told(story).await, []);
}

async fn a_channel_may_tell_at_once(story: &Story) {
    let (line, _) = story.desk_of_one().await;
    mode(story, "automatic").await;
    let wamid = story.says(story.customer(1), &line, "Hello").await;
    assert_eq!(told(story).await, [(wamid, false)]);
}

async fn a_channel_may_tell_nothing(story: &Story) {
    let (line, jana, session) = mine(story).await;
    mode(story, "never").await;
    story.says(story.customer(1), &line, "Are you there?").await;
    let messages = story.messages(&story.session().await).await;
    sees(story, &jana, &messages[1]).await;
    assert_eq!(types(&jana, &session).await, 200);
    jana.call("inbox/send", &[("session", &session), ("body", "Good day")])
        .await
        .ok();
    assert_eq!(told(story).await, []);
    assert_eq!(story.session().await["unread"], 0, "the company's own mark");
}

async fn a_script_reads_and_types(story: &Story) {
    let line = story.support().await;
    let session = id_of(&story.picked_up(&line).await);
    let path = |what: &str| format!("/api/v1/sessions/{session}/{what}");
    assert_eq!(story.api.post(&path("typing"), Value::Null).await.status, 204);
    assert_eq!(story.api.post(&path("read"), Value::Null).await.ok()["unread"], 0);
    assert_eq!(story.api.post(&path("read"), Value::Null).await.ok()["unread"], 0);
    let told = told(story).await;
    assert_eq!((told.len(), told[0].1), (2, true));
    story.api.post(&path("close"), Value::Null).await.ok();
    for what in ["read", "typing"] {
        story.api.post(&path(what), Value::Null).await.problem(409);
    }
}

async fn what_meta_refuses_or_cannot_be_told_fails_nothing(story: &Story) {
    let (line, jana, _) = mine(story).await;
    // Meta does not know this message.
    let odd = text_message("420800555201", "wamid.of.nobody", "Hello?");
    let odd = delivery(&line.phone_number_id, "420800555201", &[odd]);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, odd).await, 200);
    story.settled().await;
    let messages = story.messages(&story.session().await).await;
    let odd = messages
        .iter()
        .find(|message| message["wamid"] == "wamid.of.nobody");
    sees(story, &jana, odd.expect("it came")).await;
    assert_eq!(told(story).await, []);
    assert_eq!(story.session().await["unread"], 0);

    // A token that Meta refuses is learned of, and then nothing more is called.
    story.meta.set_token(&line.app.token, TokenState::Expired);
    for text in ["One", "Two"] {
        story.says(story.customer(1), &line, text).await;
        let messages = story.messages(&story.session().await).await;
        sees(story, &jana, messages.last().expect("one")).await;
        assert_eq!(told(story).await, []);
    }
    let refused = domain::channel::TokenState::Refused.as_str();
    let learned = format!("channels WHERE token_state = '{refused}'");
    assert_eq!(story.count(&learned).await, 1);
}
