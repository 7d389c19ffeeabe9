//! What was given up, or was sent already, is sent again.

use crate::{
    desk::Update,
    world::{
        HOUR, Receiver, attempts, desk, happened, message, noted, taken_over, taken_over_after, webhook,
        write,
    },
};
use domain::{
    access::Actor,
    page::PageRequest,
    refusal::Refusal,
    time::Timestamp,
    webhook::{CallState, WhyOff},
};
use engine::{Error, webhooks};
use std::{collections::HashMap, sync::atomic::Ordering, time::Duration};
use tokio::time::sleep;

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_refuses_is_tried_eight_times_and_an_event_is_replayed() {
    let desk = desk().await;
    let receiver = Receiver::start(500).await;
    let id = webhook(&desk, "crm", &receiver).await;
    write(&desk, 1, 0).await;
    for attempt in 1..=8 {
        let listed = attempts(&desk, id, attempt).await;
        assert_eq!(listed.len(), attempt);
        assert_eq!((listed[0].status, listed[0].excerpt.len()), (Some(500), 1024));
        desk.engine.clock().advance(HOUR * 11);
    }
    let (engine, admin) = (&desk.engine, &Actor::System);
    let dead = webhooks::calls(engine, admin, id, Some(CallState::Dead), &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(dead.items.len(), 1);
    receiver.status.store(200, Ordering::Relaxed);
    webhooks::replay_one(engine, admin, id, dead.items[0].id)
        .await
        .unwrap();
    attempts(&desk, id, 9).await;
    let mut names = receiver.names();
    names.dedup();
    assert_eq!(names.len(), 1, "a replayed event keeps its name");
    let now = webhooks::get(engine, admin, id).await.unwrap();
    assert_eq!((now.waiting, now.dead, now.off), (0, 0, None));
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_gone_is_switched_off_and_gets_what_it_missed_later() {
    let desk = desk().await;
    let receiver = Receiver::start(410).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let since = desk.engine.clock().now();
    write(&desk, 1, 0).await;
    attempts(&desk, id, 1).await;
    let (engine, admin) = (&desk.engine, &Actor::System);
    let off = webhooks::get(engine, admin, id).await.unwrap().off;
    assert_eq!(off.map(|(_, why)| why), Some(WhyOff::Gone));
    write(&desk, 1, 1).await;
    engine.called().await.unwrap();
    assert_eq!(receiver.names().len(), 1);
    receiver.status.store(200, Ordering::Relaxed);
    webhooks::turn(engine, admin, id, true).await.unwrap();
    let replayed = webhooks::replay_since(engine, admin, id, since).await.unwrap();
    assert_eq!((replayed.events, replayed.is_all), (2, true));
    receiver.has(3).await;
    let again: Vec<_> = receiver.bodies()[1..]
        .iter()
        .map(|body| body["number"].as_u64())
        .collect();
    assert!(again.is_sorted(), "{again:?}");
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn much_that_waits_is_given_up_and_sent_again_in_order() {
    const MANY: u32 = 2100;
    let desk = desk().await;
    let receiver = Receiver::start(500).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let (engine, admin) = (&desk.engine, &Actor::System);
    for part in 0..MANY / 100 {
        let messages: Vec<_> = (0..100)
            .map(|n| Update::Message(message(n % 50, part * 100 + n)))
            .collect();
        desk.receive(&messages).await;
    }
    desk.settled().await;
    engine.called().await.unwrap();
    webhooks::turn(engine, admin, id, false).await.unwrap();
    engine.called().await.unwrap();
    let now = webhooks::get(engine, admin, id).await.unwrap();
    assert_eq!((now.waiting, now.dead), (0, u64::from(MANY)));
    let before = receiver.names().len();
    receiver.status.store(200, Ordering::Relaxed);
    webhooks::turn(engine, admin, id, true).await.unwrap();
    tokio::select! {
        _ = webhooks::replay_all(engine, admin, id) => {}
        // Whoever has asked for it leaves.
        () = noted(&desk, "webhook.replay") => {}
    }
    for _ in 0..500 {
        if webhooks::get(engine, admin, id).await.unwrap().dead == 0 {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    engine.called().await.unwrap();
    let mut sessions: HashMap<String, Vec<u64>> = HashMap::new();
    for body in &receiver.bodies()[before..] {
        let session = body["session"].as_str().unwrap().to_owned();
        sessions
            .entry(session)
            .or_default()
            .push(body["number"].as_u64().unwrap());
    }
    assert_eq!(sessions.len(), 50);
    assert!(
        sessions
            .values()
            .all(|numbers| numbers.len() == MANY as usize / 50 && numbers.is_sorted()),
        "{sessions:?}"
    );
    webhooks::delete(engine, admin, id, None).await.unwrap();
    assert!(webhooks::get(engine, admin, id).await.is_err());
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_event_waits_for_the_one_that_is_under_way_in_its_session() {
    let desk = desk().await;
    let receiver = Receiver::start(500).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let (engine, admin) = (&desk.engine, &Actor::System);
    write(&desk, 1, 0).await;
    attempts(&desk, id, 1).await;
    for on in [false, true] {
        webhooks::turn(engine, admin, id, on).await.unwrap();
    }
    receiver.status.store(0, Ordering::Relaxed);
    write(&desk, 1, 1).await;
    receiver.has(2).await;
    let dead = webhooks::calls(engine, admin, id, Some(CallState::Dead), &PageRequest::default())
        .await
        .unwrap();
    webhooks::replay_one(engine, admin, id, dead.items[0].id)
        .await
        .unwrap();
    sleep(Duration::from_secs(2)).await;
    assert_eq!(receiver.names().len(), 2);
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_during_a_replay_is_sent_once() {
    let desk = desk().await;
    let receiver = Receiver::start(200).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let wanted = r#"UPDATE webhooks SET wanted = '{"types":["message.received"],"channels":[],"queues":[]}'"#;
    let sql = format!("{}; {wanted}", happened(60_000, "message.sent"));
    let desk = taken_over_after(desk, &sql).await;
    let (engine, admin) = (desk.engine.clone(), Actor::System);
    let begun = Timestamp::from_millis(0);
    let replay = tokio::spawn(async move { webhooks::replay_since(&engine, &admin, id, begun).await });
    noted(&desk, "webhook.replay").await;
    write(&desk, 1, 0).await;
    desk.engine.called().await.unwrap();
    let replayed = replay.await.unwrap().unwrap();
    assert_eq!(
        (replayed.events, replayed.is_all),
        (0, true),
        "it wants none of those"
    );
    desk.engine.called().await.unwrap();
    assert_eq!(receiver.names().len(), 1);
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_switched_off_is_sent_nothing_more_again() {
    const MANY: u32 = 20_000;
    let desk = desk().await;
    let receiver = Receiver::start(0).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let given_up = "INSERT INTO webhook_calls (id, webhook_id, event_id, place, attempts, dead_at) \
                    SELECT id, (SELECT id FROM webhooks), id, 0, 8, 0 FROM webhook_events";
    let sql = format!("{}; {given_up}", happened(MANY, "message.received"));
    let desk = taken_over_after(desk, &sql).await;
    let (engine, admin) = (&desk.engine, &Actor::System);
    let waiting_and_dead = async || {
        let now = webhooks::get(engine, admin, id).await.unwrap();
        (now.waiting, now.dead)
    };
    let replay = webhooks::replay_all(engine, admin, id);
    let off = async {
        while waiting_and_dead().await.0 == 0 {
            sleep(Duration::from_millis(1)).await;
        }
        webhooks::turn(engine, admin, id, false).await.unwrap();
    };
    tokio::join!(replay, off).0.unwrap();
    for _ in 0..500 {
        if waiting_and_dead().await.0 == 0 {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    sleep(Duration::from_secs(2)).await;
    assert_eq!(waiting_and_dead().await, (0, u64::from(MANY)));
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_has_one_replay_at_a_time() {
    let desk = desk().await;
    let receiver = Receiver::start(200).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let (engine, admin) = (&desk.engine, &Actor::System);
    let since = engine.clock().now();
    let (first, second) = tokio::join!(
        webhooks::replay_since(engine, admin, id, since),
        webhooks::replay_all(engine, admin, id)
    );
    assert!(first.is_ok(), "{first:?}");
    assert!(
        matches!(second, Err(Error::Refused(Refusal::WebhookAtWork { .. }))),
        "{second:?}"
    );
    webhooks::replay_all(engine, admin, id).await.unwrap();
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_goes_on_in_the_process_that_takes_over() {
    const MANY: u32 = 60_000;
    let desk = desk().await;
    let receiver = Receiver::start(0).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let desk = taken_over_after(desk, &happened(MANY, "message.received")).await;
    let (engine, admin) = (desk.engine.clone(), Actor::System);
    let begun = Timestamp::from_millis(0);
    let replay = tokio::spawn(async move { webhooks::replay_since(&engine, &admin, id, begun).await });
    noted(&desk, "webhook.replay").await;
    let under_way = webhooks::get(&desk.engine, &Actor::System, id)
        .await
        .unwrap()
        .replay;
    assert_eq!(under_way.and_then(|replay| replay.since), Some(begun));
    let again = webhooks::replay_all(&desk.engine, &Actor::System, id).await;
    assert!(
        matches!(again, Err(Error::Refused(Refusal::WebhookAtWork { .. }))),
        "{again:?}"
    );
    replay.abort();
    let desk = taken_over(desk).await;
    for _ in 0..1000 {
        let now = webhooks::get(&desk.engine, &Actor::System, id).await.unwrap();
        if now.replay.is_none() {
            assert_eq!(now.waiting, u64::from(MANY));
            desk.workers.stop().await;
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the replay did not go on");
}
