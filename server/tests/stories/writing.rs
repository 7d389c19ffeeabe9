//! Colleagues see that somebody writes in a session that they see, and nobody else learns of it.

use crate::{
    stories,
    support::{
        Story,
        events::{Events, SOON},
        users::Browser,
        world::id_of,
    },
};
use futures::future::join_all;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

stories! {
    whoever_sees_the_session_sees_who_writes
    many_write_at_once
}

async fn writes(browser: &Browser, session: &str) -> u16 {
    let answer = browser.call("inbox/writing", &[("session", session)]).await;
    answer.status.as_u16()
}

async fn hears(events: &mut Events) -> Value {
    timeout(SOON, events.named("writing"))
        .await
        .expect("a sign in time")
}

/// Nothing within half a second.
async fn hears_nothing(events: &mut Events) -> bool {
    timeout(Duration::from_millis(500), events.named("writing"))
        .await
        .is_err()
}

async fn whoever_sees_the_session_sees_who_writes(story: &Story) {
    let ((jana_id, jana), (petr_id, petr)) = (
        story.operator("201", "jana").await,
        story.operator("202", "petr").await,
    );
    let ((_, eva), (_, boss)) = (
        story.operator("203", "eva").await,
        story.supervisor("900", "boss").await,
    );
    let queue = story.queue("Support", &[&jana_id, &petr_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let mut hearing = Vec::new();
    for browser in [&jana, &petr, &boss, &eva] {
        hearing.push(Events::open(browser).await);
    }
    let [janas, petrs, bosses, evas] = hearing.as_mut_slice() else {
        panic!("four streams")
    };
    assert_eq!(writes(&jana, &session).await, 200);
    let heard = hears(petrs).await;
    assert_eq!(
        (&heard["session"], &heard["name"]),
        (&session.clone().into(), &"Operator 201".into())
    );
    assert_eq!(hears(bosses).await, heard);
    assert!(hears_nothing(janas).await, "she knows");
    assert!(hears_nothing(evas).await, "she is not in the queue");
    assert_eq!(writes(&eva, &session).await, 404);

    // A session that Jana has picked up is hers.
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    assert_eq!(writes(&jana, &session).await, 200);
    assert_eq!(hears(bosses).await["name"], "Operator 201");
    assert!(hears_nothing(petrs).await);
    assert_eq!(writes(&boss, &session).await, 200);
    assert_eq!(hears(janas).await["name"], "Supervisor 900");
    for nonsense in ["", "x", "00000000-0000-7000-8000-000000000000"] {
        let status = writes(&jana, nonsense).await;
        assert!([404, 422].contains(&status), "{nonsense}: {status}");
    }
}

async fn many_write_at_once(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let (_, boss) = story.supervisor("900", "boss").await;
    let mut bosses = Events::open(&boss).await;
    let all = join_all((0..200).map(|_| writes(&jana, &session))).await;
    assert!(all.iter().all(|status| *status == 200), "{all:?}");
    hears(&mut bosses).await;
    // A slow listener has lost some signs, and no event.
    story.says(story.customer(1), &line, "Again").await;
    bosses.until("message").await;
}
