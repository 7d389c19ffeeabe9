//! Webhooks get every event in its order, whatever they answer, and none waits for another.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[path = "../desk/mod.rs"]
#[expect(dead_code, reason = "any_order.rs and identities.rs use the rest")]
mod desk;
mod replays;
mod world;

use crate::{
    desk::Desk,
    world::{HOUR, Receiver, attempts, desk, taken_over, taken_over_after, webhook, write},
};
use std::{collections::HashMap, sync::atomic::Ordering};

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_in_their_order_also_beside_a_webhook_that_hangs() {
    let desk = desk().await;
    let (good, hanging) = (Receiver::start(200).await, Receiver::start(0).await);
    let id = webhook(&desk, "good", &good).await;
    webhook(&desk, "hanging", &hanging).await;
    for n in 0..10 {
        write(&desk, 1, n).await;
        write(&desk, 2, n).await;
    }
    good.has(20).await;
    hanging.has(2).await;
    let mut sessions: HashMap<String, Vec<u64>> = HashMap::new();
    for body in good.bodies() {
        let session = body["session"].as_str().unwrap().to_owned();
        sessions
            .entry(session)
            .or_default()
            .push(body["number"].as_u64().unwrap());
    }
    assert_eq!(sessions.len(), 2);
    for numbers in sessions.values() {
        assert!(
            numbers.len() == 10 && numbers.is_sorted_by(|a, b| a < b),
            "{numbers:?}"
        );
    }
    assert_eq!(hanging.names().len(), 2, "the first event of each session");
    let attempts = attempts(&desk, id, 20).await;
    assert!(
        attempts.iter().all(|attempt| attempt.status == Some(200)),
        "{attempts:?}"
    );
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_keep_their_order_when_a_clock_is_set_back() {
    let desk = desk().await;
    let receiver = Receiver::start(500).await;
    let id = webhook(&desk, "crm", &receiver).await;
    desk.engine.clock().advance(HOUR);
    write(&desk, 1, 0).await;
    attempts(&desk, id, 1).await;
    let desk = taken_over(desk).await;
    write(&desk, 1, 1).await;
    desk.engine.called().await.unwrap();
    assert_eq!(receiver.names().len(), 1, "the second waits behind the first");
    receiver.status.store(200, Ordering::Relaxed);
    desk.engine.clock().advance(HOUR * 2);
    receiver.has(3).await;
    let numbers: Vec<_> = receiver.bodies()[1..]
        .iter()
        .map(|body| body["number"].as_u64())
        .collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_kept_until_it_is_handed_over() {
    let desk = Desk::open().await;
    let receiver = Receiver::start(200).await;
    webhook(&desk, "crm", &receiver).await;
    write(&desk, 1, 0).await;
    desk.engine.clock().advance(HOUR * 25);
    write(&desk, 1, 1).await;
    desk.engine.forget().await.unwrap();
    let desk = taken_over(desk).await;
    receiver.has(2).await;
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_stood_still_go_on_at_the_next_start() {
    let desk = desk().await;
    let receiver = Receiver::start(500).await;
    webhook(&desk, "crm", &receiver).await;
    write(&desk, 1, 0).await;
    write(&desk, 1, 1).await;
    desk.engine.called().await.unwrap();
    receiver.status.store(200, Ordering::Relaxed);
    let desk = taken_over_after(desk, "UPDATE webhook_calls SET due_at = NULL").await;
    receiver.has(3).await;
    desk.workers.stop().await;
}
