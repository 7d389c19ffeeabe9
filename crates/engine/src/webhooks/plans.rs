//! Webhooks are read in indexes, however much waits and however much was sent. A plan that scans a table would be quick today
//! and slow in a month.

use crate::{
    database::Database,
    entity::{webhook_attempt, webhook_call},
    testing::database::{self as testing, plan, plan_of},
    webhooks::{
        calls::{answers, attempts_of, calls_of},
        delete::some,
        forget::{old, oldest, other_lanes, told_of},
        kept::kept_since,
        lanes::{Lane, going_on, heads, standing, waiting},
        queue::{due_of, tests_of, with_calls_due},
        replaying::given_up,
        sooner::sooner,
    },
};
use domain::{ids::WebhookId, time::Timestamp, webhook::CallState};
use sea_orm::{Condition, DbBackend, QuerySelect};
use std::collections::HashSet;
use uuid::Uuid;

const EVENTS: u32 = 40_000;
const SESSIONS: u32 = 4000;
/// One webhook is away, and the second half of the events wait for it. One has got all, was switched off, and what was first
/// to come was given up. For the third a little waits, and a little was given up.
const AWAY: u32 = 1;
const OFF: u32 = 2;
const NEW: u32 = 3;

fn id(n: u32) -> Uuid {
    Uuid::from_u128(0x7000_8000_0000_0000_0000 + u128::from(n))
}

fn history(backend: DbBackend) -> Vec<String> {
    let id = |n: &str| testing::id(backend, n);
    let rows = |first: u32, last: u32| testing::numbers(backend, first, last);
    let of = |webhook: u32| (id(&format!("i + {webhook} * 1000000")), id(&webhook.to_string()));
    let session = id(&format!("i % {SESSIONS} + 1"));
    let (event, half) = (id("i"), EVENTS / 2);
    let webhook = |n: u32| {
        format!(
            "INSERT INTO webhooks (id, name, address, wanted, version, key_id, sealed, after, created_at)
             VALUES ({}, '{n}', 'https://crm.example/', '{{}}', 1, 'k', 'x', 0, 0)",
            id(&n.to_string())
        )
    };
    let calls = |of_webhook: u32, (first, last): (u32, u32), due_at: &str, dead_at: &str| {
        let (call, webhook) = of(of_webhook);
        format!(
            "INSERT INTO webhook_calls (id, webhook_id, event_id, session_id, place, attempts, due_at, dead_at)
             SELECT {call}, {webhook}, {event}, {session}, i, 1, {due_at}, {dead_at} FROM {}",
            rows(first, last)
        )
    };
    let attempts = |of_webhook: u32, first: u32| {
        let (attempt, webhook) = of(of_webhook);
        format!(
            "INSERT INTO webhook_attempts (id, webhook_id, event_id, at, milliseconds, status, excerpt)
             SELECT {attempt}, {webhook}, {event}, i, 5, 200, '' FROM {}",
            rows(first, EVENTS)
        )
    };
    let first_of_lane = format!("CASE WHEN i <= {half} + {SESSIONS} THEN i END");
    vec![
        webhook(AWAY),
        webhook(OFF),
        webhook(NEW),
        format!(
            "INSERT INTO webhook_events (id, name, kind, at, session_id, body)
             SELECT {event}, i || '-1', 'message.received', i, {session}, '{{}}' FROM {}",
            rows(1, EVENTS)
        ),
        calls(AWAY, (half + 1, EVENTS), &first_of_lane, "NULL"),
        calls(OFF, (1, half / 2), "NULL", "i"),
        calls(NEW, (EVENTS - 39, EVENTS - 20), "NULL", "i"),
        calls(NEW, (EVENTS - 19, EVENTS), "i", "NULL"),
        attempts(OFF, 1),
        attempts(NEW, EVENTS - 39),
    ]
}

async fn webhooks_are_read_in_indexes(db: &Database) {
    let db = db.read();
    testing::fill(db, history).await;
    let backend = db.get_database_backend();
    let (away, new) = (id(AWAY), WebhookId::new(id(NEW)));
    let (now, half) = (i64::from(EVENTS), i64::from(EVENTS / 2));
    let (event, before) = (id(EVENTS), Some(id(NEW * 1_000_000 + EVENTS)));
    let sessions: HashSet<Uuid> = (1..=20).map(id).collect();
    let lanes: HashSet<Lane> = sessions.iter().map(|session| (away, *session)).collect();
    let latest = Timestamp::from_millis(now - 1000);
    let calls = some::<webhook_call::Entity>(webhook_call::Column::Id, webhook_call::Column::WebhookId, new);
    let attempts = some::<webhook_attempt::Entity>(
        webhook_attempt::Column::Id,
        webhook_attempt::Column::WebhookId,
        new,
    );
    let listed = async |state| plan(db, &calls_of(new, state, before).limit(51)).await;
    let plans: &[(&str, String, &[&str])] = &[
        (
            "webhooks for which something is due",
            plan(db, &with_calls_due(now)).await,
            &["webhook_calls_due"],
        ),
        (
            "what is due",
            plan(db, &due_of(away, None, now).limit(256)).await,
            &["webhook_calls_due", "webhook_calls_lane"],
        ),
        (
            "tests that are due",
            plan(db, &tests_of(away, None, now).limit(256)).await,
            match backend {
                DbBackend::Postgres => &["webhook_calls_head"],
                _ => &["webhook_calls_lane"],
            },
        ),
        (
            "what is due while the rest is given up",
            plan(db, &due_of(away, Some(half), now).limit(256)).await,
            &["webhook_calls_due", "webhook_calls_lane"],
        ),
        (
            "lanes that are occupied",
            plan(db, &heads(&lanes)).await,
            &["webhook_calls_head"],
        ),
        (
            "lanes that go on",
            plan(db, &going_on(away, sessions, now)).await,
            &["webhook_calls_lane"],
        ),
        (
            "lanes that stand",
            plan_of(db, backend.build(&standing(new.uuid()))).await,
            &["webhook_calls_lane"],
        ),
        (
            "what is given up",
            plan(db, &waiting(away, now)).await,
            &["webhook_calls_lane"],
        ),
        (
            "what is sent again",
            plan(db, &given_up(new, now)).await,
            &["webhook_calls_dead"],
        ),
        (
            "what waits for a later attempt",
            plan(db, &sooner(away, Condition::all(), now)).await,
            &["webhook_calls_due"],
        ),
        (
            "what is kept since a time",
            plan(db, &kept_since(latest, (id(EVENTS - 1000), event))).await,
            &["webhook_events_"],
        ),
        (
            "what is old",
            plan(db, &oldest(old(half), 500)).await,
            &["webhook_events_at", "webhook_calls_event"],
        ),
        (
            "what was told of a session",
            plan(db, &oldest(told_of(id(7)), 5000)).await,
            &["webhook_events_session"],
        ),
        (
            "other lanes in which events of a session wait",
            plan(db, &other_lanes(id(7))).await,
            &["webhook_events_session", "webhook_calls_event"],
        ),
        (
            "calls that are deleted",
            plan_of(db, backend.build(&calls)).await,
            &["webhook_calls_newest"],
        ),
        (
            "attempts that are deleted",
            plan_of(db, backend.build(&attempts)).await,
            &["webhook_attempts_newest"],
        ),
        (
            "list of attempts",
            plan(db, &attempts_of(new, None, before).limit(51)).await,
            &["webhook_attempts_newest"],
        ),
        (
            "list of attempts to send an event",
            plan(db, &attempts_of(new, Some(event), before).limit(51)).await,
            &["webhook_attempts_event"],
        ),
        (
            "answer to a test",
            plan(db, &answers(new, event).limit(1)).await,
            &["webhook_attempts_event"],
        ),
        ("list of calls", listed(None).await, &["webhook_calls_newest"]),
        (
            "list of what waits",
            listed(Some(CallState::Waiting)).await,
            &["webhook_calls_"],
        ),
        (
            "list of what was given up",
            listed(Some(CallState::Dead)).await,
            &["webhook_calls_dead"],
        ),
    ];
    for (what, plan, _) in plans.iter().filter(|(_, plan, _)| plan.contains("earlier")) {
        // PostgreSQL compares each with each if it joins them.
        assert!(
            !plan.contains("Anti Join") || plan.contains("SubPlan"),
            "{what}: {plan}"
        );
    }
    for (what, plan, indexes) in plans {
        for index in *indexes {
            assert!(plan.contains(index), "{what}: {plan}");
        }
        for table in ["webhook_events", "webhook_calls", "webhook_attempts"] {
            for through in [format!("SCAN {table}"), format!("Seq Scan on {table}")] {
                assert!(!plan.contains(&through), "{what} reads through {table}: {plan}");
            }
        }
    }
}

#[tokio::test]
async fn webhooks_are_read_in_indexes_on_sqlite() {
    testing::on_sqlite(webhooks_are_read_in_indexes).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn webhooks_are_read_in_indexes_on_postgres() {
    testing::on_postgres(webhooks_are_read_in_indexes).await;
}
