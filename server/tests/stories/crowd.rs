//! Many customers at once.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::Browser,
        world::{delivery, id_of, text_message},
    },
};
use futures::future::join_all;
use serde_json::json;

stories! {
    a_session_raced_by_twenty_operators_has_one_winner
    many_parallel_first_messages_make_one_session
    customers_who_write_at_once_do_not_mix
}

async fn a_session_raced_by_twenty_operators_has_one_winner(story: &Story) {
    let operators = (0..20).map(|n| story.operator_of_queue(n));
    let operators = join_all(operators).await;
    let members: Vec<&str> = operators.iter().map(|(id, _)| id.as_str()).collect();
    let queue = story.queue("Support", &members).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);

    let claims = operators.iter().map(|(_, browser)| claim(browser, &session));
    let answers = join_all(claims).await;

    let won = answers.iter().filter(|answer| answer.status.is_success()).count();
    let taken = answers
        .iter()
        .filter(|answer| answer.status == 409 && answer.text.contains("\"taken\""))
        .count();
    assert_eq!((won, taken), (1, 19), "{answers:#?}");
    let winner = answers
        .iter()
        .position(|answer| answer.status.is_success())
        .expect("a winner");
    let session = story.session().await;
    assert_eq!(session["extension"]["id"], operators[winner].0);
    assert_eq!(
        story.count("session_moments").await,
        3,
        "opened, queued and picked up, once each"
    );
}

async fn claim(browser: &Browser, session: &str) -> Answer {
    browser.call("inbox/pick-up", &[("session", session)]).await
}

impl Story {
    async fn operator_of_queue(&self, n: u32) -> (String, Browser) {
        self.operator(&(300 + n).to_string(), &format!("operator{n}"))
            .await
    }
}

async fn many_parallel_first_messages_make_one_session(story: &Story) {
    let line = story.support().await;
    let from = "420800555999";
    let posts = (0..200).map(|n| {
        let body = delivery(
            &line.phone_number_id,
            from,
            &[text_message(from, &format!("wamid.{n}"), &n.to_string())],
        );
        story.post_signed(&line.webhook_url, &line.app, body)
    });
    let statuses = join_all(posts).await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    story.settled().await;

    let session = story.session().await;
    let mut texts: Vec<u32> = story
        .messages(&session)
        .await
        .iter()
        .map(|message| {
            message["text"]["body"]
                .as_str()
                .expect("text")
                .parse()
                .expect("a number")
        })
        .collect();
    texts.sort_unstable();
    assert_eq!(texts, (0..200).collect::<Vec<_>>());
    assert_eq!(session["unread"], 200);
    assert_eq!(story.count("contacts").await, 1);
}

async fn customers_who_write_at_once_do_not_mix(story: &Story) {
    let line = story.support().await;
    let posts = (0..60).map(|n| {
        let from = format!("4208005559{:02}", n % 20);
        let body = delivery(
            &line.phone_number_id,
            &from,
            &[text_message(&from, &format!("wamid.{n}"), &from)],
        );
        story.post_signed(&line.webhook_url, &line.app, body)
    });
    assert!(join_all(posts).await.iter().all(|status| *status == 200));
    story.settled().await;

    let sessions = story.api.items("/api/v1/sessions?limit=200").await;
    assert_eq!(sessions.len(), 20);
    for session in sessions {
        let number = session["contact"]["number"]
            .as_str()
            .expect("a number")
            .trim_start_matches('+')
            .to_owned();
        let messages = story.messages(&session).await;
        assert_eq!(messages.len(), 3);
        assert!(
            messages
                .iter()
                .all(|message| message["text"]["body"] == json!(number)),
            "{messages:#?}"
        );
    }
}
