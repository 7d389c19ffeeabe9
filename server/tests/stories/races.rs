//! Sixteen at once: invariants over several rows hold even if all callers read before any of them has written.

use crate::{
    stories,
    support::{
        Story,
        database::Database,
        users::PASSWORD,
        world::{delivery, id_of, text_message},
    },
};
use domain::{
    access::{Actor, UserForm},
    channel::{AuthenticationForm, MessagingForm},
    directory::{ExtensionForm, QueueForm},
    ids::ExtensionId,
    refusal::Refusal,
};
use engine::{
    Engine, Error,
    access::{setup, users},
    channels,
    directory::{extensions, queues},
    saved::Expected,
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::sync::Barrier;

stories! {
    one_set_up_link_makes_one_administrator
    the_last_administrator_is_not_disabled
    the_last_administrator_is_not_made_an_operator
    the_last_administrator_does_not_lose_the_log_in
    a_number_a_name_and_a_log_in_are_given_once
    one_number_of_metas_has_one_channel
    a_reserved_channel_begins_once
    one_key_sends_one_message
    nobody_gets_a_first_message_while_being_disabled
    answers_and_their_statuses_do_not_wait_in_a_circle
    sessions_of_a_deleted_channel_are_closed_once
}

const MANY: usize = 16;
/// How often to try what depends on timing.
const ROUNDS: u32 = 16;
const ADMINS: &str = "people WHERE role = 'admin' AND disabled_at IS NULL";

/// Starts all calls at the same moment, and returns the refusals.
async fn race<F>(story: &Story, each: impl Fn(Engine, usize) -> F) -> Vec<Refusal>
where
    F: Future<Output = engine::Result<()>> + Send + 'static,
{
    let start = Arc::new(Barrier::new(MANY));
    let all = (0..MANY).map(|n| {
        let (start, one) = (start.clone(), each(story.engine.clone(), n));
        tokio::spawn(async move {
            start.wait().await;
            one.await
        })
    });
    let all = join_all(all).await.into_iter();
    let refused = all.filter_map(|one| match one.expect("no panic") {
        Ok(()) => None,
        Err(Error::Refused(refusal)) => Some(refusal),
        Err(other) => panic!("{other}"),
    });
    refused.collect()
}

fn person(n: usize) -> UserForm {
    UserForm {
        login: format!("admin{n}"),
        name: format!("Admin {n}"),
        password: PASSWORD.into(),
        role: "admin".into(),
    }
}

async fn one_set_up_link_makes_one_administrator(story: &Story) {
    let link = setup::create_setup_link(&story.engine).await.expect("a link");
    let link = link.expect("nobody is there");
    let refused = race(story, |engine, n| {
        let link = link.clone();
        async move { setup::finish_setup(&engine, &link, &person(n)).await.map(drop) }
    });
    assert_eq!(refused.await, vec![Refusal::LinkUsed; MANY - 1]);
    assert_eq!(story.count(ADMINS).await, 1);
}

fn admin(n: usize) -> ExtensionForm {
    ExtensionForm {
        number: format!("{}", 200 + n),
        name: format!("Admin {n}"),
        login: format!("admin{n}"),
        role: "admin".into(),
        ..ExtensionForm::default()
    }
}

async fn admins(story: &Story) -> Vec<ExtensionId> {
    let mut ids = Vec::new();
    for n in 0..MANY {
        let form = ExtensionForm {
            password: PASSWORD.into(),
            ..admin(n)
        };
        let id = extensions::create(&story.engine, &Actor::System, &form).await;
        ids.push(id.expect("an extension"));
    }
    ids
}

async fn the_last_administrator_is_not_disabled(story: &Story) {
    let ids = admins(story).await;
    let refused = race(story, |engine, n| {
        let id = ids[n];
        async move { extensions::set_disabled(&engine, &Actor::System, id, true).await }
    });
    assert_eq!(refused.await, [Refusal::LastAdmin]);
    assert_eq!(story.count(ADMINS).await, 1);
}

async fn the_last_administrator_is_not_made_an_operator(story: &Story) {
    let ids = admins(story).await;
    let refused = race(story, |engine, n| {
        let id = ids[n];
        let form = ExtensionForm {
            role: "operator".into(),
            ..admin(n)
        };
        async move { extensions::change(&engine, &Actor::System, id, &Expected::Any, &form).await }
    });
    assert_eq!(refused.await, [Refusal::LastAdmin]);
    assert_eq!(story.count(ADMINS).await, 1);
}

async fn the_last_administrator_does_not_lose_the_log_in(story: &Story) {
    let ids = admins(story).await;
    let refused = race(story, |engine, n| {
        let id = ids[n];
        let form = ExtensionForm {
            login: String::new(),
            ..admin(n)
        };
        async move { extensions::change(&engine, &Actor::System, id, &Expected::Any, &form).await }
    });
    assert_eq!(refused.await, [Refusal::LastAdmin]);
    assert_eq!(story.count(ADMINS).await, 1);
}

async fn a_number_a_name_and_a_log_in_are_given_once(story: &Story) {
    let taken = |field| vec![Refusal::field(field, domain::form::Problem::Taken); MANY - 1];
    let refused = race(story, |engine, n| async move {
        let form = ExtensionForm {
            number: "201".into(),
            name: format!("Extension {n}"),
            ..ExtensionForm::default()
        };
        extensions::create(&engine, &Actor::System, &form).await.map(drop)
    });
    assert_eq!(refused.await, taken("number"));
    let refused = race(story, |engine, _| async move {
        let form = QueueForm {
            name: "Support".into(),
            members: Vec::new(),
            pick_up: "manual".into(),
            ..QueueForm::default()
        };
        queues::create(&engine, &Actor::System, &form).await.map(drop)
    });
    assert_eq!(refused.await, taken("name"));
    let refused = race(story, |engine, _| async move {
        users::add(&engine, &Actor::System, &person(1)).await.map(drop)
    });
    assert_eq!(refused.await, taken("login"));
}

async fn one_number_of_metas_has_one_channel(story: &Story) {
    let queue = story.queue("Support", &[]).await;
    let body = json!({
        "name": "Support", "phone_number": "+420800555011", "phone_number_id": "300000000000011",
        "access_token": "EAAG", "app_secret": "secret", "destination": {"type": "queue", "id": queue},
    });
    let all = join_all((0..MANY).map(|_| story.api.post("/api/v1/channels", body.clone()))).await;
    let made = all.iter().filter(|answer| answer.status.is_success()).count();
    let taken = all.iter().filter(|answer| answer.status == 422).count();
    assert_eq!((made, taken), (1, MANY - 1), "{all:?}");
}

/// Two tabs with the same set-up, or one saved twice: the later saves are refused because the channel exists already.
async fn a_reserved_channel_begins_once(story: &Story) {
    let queue = story.queue("Support", &[]).await;
    let authentication = AuthenticationForm {
        name: "Support".into(),
        access_token: "EAAG".into(),
        app_secret: "secret".into(),
        ..AuthenticationForm::default()
    };
    let messaging = MessagingForm {
        phone_number: "+420800555011".into(),
        phone_number_id: "300000000000011".into(),
        destination: format!("queue:{queue}"),
        ..MessagingForm::default()
    };
    // First no call saves the other tab, then every second one does.
    for (made, other) in [(1, MANY + 1), (2, 2)] {
        let id = channels::reserve(&story.engine, &Actor::System).await;
        let id = id.expect("an address");
        let refused = race(story, |engine, n| {
            let (authentication, messaging) = (authentication.clone(), messaging.clone());
            async move {
                if (n + 1) % other == 0 {
                    channels::save_messaging(&engine, &Actor::System, id, 0, &messaging).await
                } else {
                    channels::save_authentication(&engine, &Actor::System, id, 0, &authentication).await
                }
            }
        });
        assert_eq!(refused.await, vec![Refusal::ChangedMeanwhile; MANY - 1]);
        assert_eq!(story.count("channels").await, made);
        assert_eq!(story.count("channel_reservations").await, 0);
    }
}

async fn one_key_sends_one_message(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!(
        "/api/v1/sessions/{}/messages",
        session["id"].as_str().expect("an id")
    );
    let send = || {
        let request = story.api.request(Method::POST, &path);
        let request = request
            .header("idempotency-key", "one")
            .json(&json!({"type": "text", "text": {"body": "Hello"}}));
        story.api.send(request)
    };
    let all = join_all((0..MANY).map(|_| send())).await;
    let ids: BTreeSet<_> = all.iter().map(|answer| answer.ok()["id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "{all:?}");
}

/// Four customers write for the first time while their extension is being disabled, a little later each time.
async fn nobody_gets_a_first_message_while_being_disabled(story: &Story) {
    let extension = story.extension("201").await;
    let line = story.channel(&story.app(1), 1, "extension", &extension).await;
    story.connect(&line).await;
    story.settled().await;
    let id: ExtensionId = extension.parse().expect("an id");
    let disabled = async |disabled| {
        extensions::set_disabled(&story.engine, &Actor::System, id, disabled)
            .await
            .expect("saved");
    };
    for round in 0..ROUNDS {
        let write = |n: usize| {
            let from = format!("42080055{round:02}{n:02}");
            let message = text_message(&from, &format!("wamid.{round}.{n}"), "Hello");
            let body = delivery(&line.phone_number_id, &from, &[message]);
            story.post_signed(&line.webhook_url, &line.app, body)
        };
        let disable = async {
            tokio::time::sleep(Duration::from_millis(round.into())).await;
            disabled(true).await;
        };
        let (answers, ()) = futures::join!(join_all((0..4).map(write)), disable);
        assert_eq!(answers, [200; 4]);
        story.settled().await;
        for session in story.api.items("/api/v1/sessions?limit=200").await {
            assert_ne!(session["extension"]["number"], "201", "round {round}");
        }
        disabled(false).await;
    }
    assert_eq!(story.count("sessions").await, i64::from(4 * ROUNDS));
}

/// While the outcomes of calls are written down, statuses of the same messages come in.
async fn answers_and_their_statuses_do_not_wait_in_a_circle(story: &Story) {
    const EACH: i64 = 30;
    let line = story.support().await;
    for n in 1..=9 {
        story.says(story.customer(n), &line, "Hello").await;
    }
    let sessions = story.api.items("/api/v1/sessions").await;
    let talks = sessions.iter().map(|session| async move {
        let path = format!("/api/v1/sessions/{}/pick-up", id_of(session));
        story.api.post(&path, json!({"extension": "201"})).await.ok();
        for n in 0..EACH {
            story.answers(session, &n.to_string()).await;
        }
    });
    join_all(talks).await;
    story.settled().await;
    assert_eq!(story.count("messages WHERE status = 'delivered'").await, 9 * EACH);
    nobody_waited_in_a_circle(story).await;
}

async fn nobody_waited_in_a_circle(story: &Story) {
    if matches!(story.database, Database::Postgres { .. }) {
        let circles = "pg_stat_database WHERE datname = current_database() AND deadlocks > 0";
        assert_eq!(story.count(circles).await, 0);
    }
}

async fn sessions_of_a_deleted_channel_are_closed_once(story: &Story) {
    let line = story.support().await;
    for n in 1..=9 {
        story.says(story.customer(n), &line, "Hello").await;
    }
    let sessions = story.api.items("/api/v1/sessions").await;
    let close = sessions.iter().map(|session| async move {
        let path = format!("/api/v1/sessions/{}/close", id_of(session));
        let closed = story.api.post(&path, json!({})).await;
        assert!(matches!(closed.status.as_u16(), 200 | 409), "{closed:?}");
    });
    let id = line.channel.parse().expect("an id");
    let actor = Actor::System;
    let delete = channels::delete(&story.engine, &actor, id, None, "Channel 1");
    let (_, deleted) = tokio::join!(join_all(close), delete);
    deleted.expect("deleted");
    assert_eq!(story.count("sessions WHERE state <> 'closed'").await, 0);
    let closed = "session_moments WHERE what = 'closed'";
    assert_eq!(story.count(closed).await, 9);
    nobody_waited_in_a_circle(story).await;
}
