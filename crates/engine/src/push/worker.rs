//! Looks for news, and pushes it.

use crate::{
    Engine,
    config::PushServices,
    push::{
        call::{Outcome, call},
        news::news,
        queue::Queue,
    },
    wakes::Worker,
};
use domain::{access::Actor, event::Change};
use std::time::Duration;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// How often it looks without an event.
const PATROL: Duration = Duration::from_secs(60);
/// How long it waits after an event, for those that come with it, and for a page that has just lost its stream.
const CALM: Duration = Duration::from_millis(500);
/// Calls at the same time.
const AT_ONCE: usize = 32;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    if engine.push.services == PushServices::None {
        return;
    }
    let mut events = engine.events().subscribe();
    let mut queue = Queue::default();
    let mut calls = JoinSet::new();
    let mut look_at = Instant::now();
    loop {
        let now = Instant::now();
        if look_at <= now {
            look_at = now + PATROL;
            let looked = engine.events().last();
            match news(&engine).await {
                Ok(news) => news.into_iter().for_each(|news| queue.add(news, now)),
                Err(error) => tracing::error!(%error, "alerts cannot be pushed now"),
            }
            engine.push.looked(looked, queue.is_empty());
        }
        while queue.calls() < AT_ONCE
            && let Some(push) = queue.take(Instant::now())
        {
            let engine = engine.clone();
            let begun = calls.spawn(async move { call(&engine, push.news, push.attempts).await });
            queue.begun(begun.id(), push);
        }
        let next = queue.next_due().filter(|_| queue.calls() < AT_ONCE);
        tokio::select! {
            () = stop.cancelled() => return,
            Some(over) = calls.join_next_with_id() => {
                let (id, outcome) = match over {
                    Ok((id, outcome)) => (id, Some(outcome)),
                    Err(error) => (error.id(), None),
                };
                if let (Some(push), Some(Outcome::Unanswered(wait))) = (queue.over(id), outcome) {
                    queue.again(push, wait, Instant::now());
                }
                engine.push.is_idle(queue.is_empty());
            }
            event = events.next(&Actor::System) => match event {
                Some(event) if calls_for_somebody(&event.change) => look_at = look_at.min(Instant::now() + CALM),
                Some(_) => {}
                None => return,
            },
            () = engine.wakes.woken(Worker::Push) => look_at = Instant::now(),
            () = sleep_until(next.map_or(look_at, |next| next.min(look_at))) => {}
        }
    }
}

fn calls_for_somebody(change: &Change) -> bool {
    matches!(
        change,
        Change::Message { inbound: true, .. }
            | Change::Mention { .. }
            | Change::Reminder { .. }
            | Change::Resync
    )
}
