//! The master key is changed while servers run, and whenever the change is broken off: every secret still opens.

use crate::{
    stories,
    support::{
        Story,
        database::Database,
        receiver::Receiver,
        settings,
        world::{Line, delivery, text_message},
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    access::{Actor, Me, Role},
    channel::AuthenticationForm,
};
use engine::{Engine, Error, Purpose, channels};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use server::application;
use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};
use tokio::task::block_in_place;

stories! {
    a_server_goes_on_with_the_new_key
    a_rotation_that_was_broken_off_goes_on
    a_rotation_that_is_killed_at_any_moment_loses_nothing
    a_secret_that_does_not_open_stops_a_rotation
    a_key_is_not_changed_by_two_at_once
}

stories! {
    with |settings| {
        settings.security.master_key = Some(super::key(1).into());
        settings.security.next_master_key = Some(super::key(2).into());
    };
    the_settings_name_both_keys
}

stories! {
    with |settings| settings.security.master_key = Some(super::key(1).into());
    a_server_without_the_new_key_waits_for_it
}

const KEY: &str = "SWITCHBOARD_SECURITY__MASTER_KEY";
const NEXT_KEY: &str = "SWITCHBOARD_SECURITY__NEXT_MASTER_KEY";
const FROM: &str = "420800555209";

fn key(n: u8) -> String {
    BASE64_STANDARD.encode([n; 32])
}

/// The command as a shell runs it beside the story's server.
fn rotate(story: &Story, settings: &[(&str, &str)]) -> Command {
    use secrecy::ExposeSecret as _;
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    command
        .args(["keys", "rotate"])
        .env_clear()
        .env("SWITCHBOARD_DATA__DIR", story.data_dir())
        .env("SWITCHBOARD_LOG__LEVEL", "warn")
        .envs(settings.iter().copied())
        .current_dir(story.data_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(url) = story.database.url() {
        command.env("SWITCHBOARD_DATABASE__URL", url.expose_secret());
    }
    command
}

fn run(mut command: Command) -> Output {
    block_in_place(|| command.output()).expect("the binary")
}

#[track_caller]
fn says(output: &Output, expected: &str) {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    assert!(said.contains(expected), "{expected} in: {said}");
}

#[track_caller]
fn succeeds(output: &Output, expected: &str) {
    says(output, expected);
    assert!(output.status.success(), "{output:?}");
}

/// Another process with the same data.
async fn opened(story: &Story, keys: [Option<&str>; 2]) -> engine::Result<Engine> {
    let mut settings = settings(story.data_dir(), &story.database, &story.meta);
    let [key, next] = keys.map(|key| key.map(Into::into));
    settings.security.master_key = key;
    settings.security.next_master_key = next;
    let config = application::engine_config(
        &settings,
        Purpose::Command,
        story.url.clone(),
        story.clock.clone(),
    );
    Engine::open(config).await
}

/// Every secret in the database is sealed with the key that the database names.
async fn is_of_one_key(story: &Story) {
    for table in [
        "channel_secrets",
        "push_sender",
        "second_factors",
        "idempotency_keys",
        "webhooks",
    ] {
        let foreign = format!("{table} WHERE key_id <> (SELECT substr(fingerprint, 1, 8) FROM master_key)");
        assert_eq!(story.count(&foreign).await, 0, "{table}");
    }
}

async fn fingerprint(story: &Story) -> String {
    let db = story.database.look(story.data_dir(), "ro").await;
    let backend = match story.database {
        Database::Sqlite => DbBackend::Sqlite,
        Database::Postgres { .. } => DbBackend::Postgres,
    };
    let statement = Statement::from_string(backend, "SELECT fingerprint FROM master_key");
    let row = db
        .query_one_raw(statement)
        .await
        .expect("a query")
        .expect("a row");
    row.try_get("", "fingerprint").expect("text")
}

fn file(story: &Story) -> PathBuf {
    story.data_dir().join("master.key")
}

fn next_file(story: &Story) -> PathBuf {
    story.data_dir().join("master.key.new")
}

/// A token and an app secret are saved by the story's server.
async fn authenticate(story: &Story, line: &Line) -> engine::Result<()> {
    let id = line.channel.parse().expect("an id");
    let channel = channels::get(&story.engine, &Actor::System, id).await?;
    let form = AuthenticationForm {
        name: channel.name.clone(),
        access_token: line.app.token.clone(),
        app_secret: line.app.secret.clone(),
        ..AuthenticationForm::default()
    };
    channels::save_authentication(&story.engine, &Actor::System, id, channel.version, &form).await
}

async fn writes(story: &Story, line: &Line, number: &str, wamid: &str) {
    let body = delivery(number, FROM, &[text_message(FROM, wamid, "Hello")]);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
}

async fn a_server_goes_on_with_the_new_key(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    // Nobody has this number yet: the delivery waits with the fingerprint of the app secret that signed it.
    writes(story, &line, "300000000000002", "wamid.early").await;
    let (_, jana) = story.operator("301", "jana").await;
    let push_key = jana.call("push/key", &[]).await.ok();
    let receiver = Receiver::start().await;
    let crm = story
        .hears("CRM", &receiver, json!({"types": ["note.written"]}))
        .await;
    for _ in 0..2 {
        let another = format!("{}/rotate", crm.path);
        story.api.post(&another, json!({})).await.ok();
    }
    let old = (
        fs::read_to_string(file(story)).expect("a key"),
        fingerprint(story).await,
    );

    succeeds(
        &run(rotate(story, &[])),
        "Sealed with the new master key: 4 secrets.",
    );
    let new = (
        fs::read_to_string(file(story)).expect("a key"),
        fingerprint(story).await,
    );
    assert_ne!(old.0, new.0);
    assert_ne!(old.1, new.1);
    assert!(!next_file(story).exists());
    is_of_one_key(story).await;
    let noted = "audit WHERE action = 'master_key.rotate' AND subject_kind = 'master_key'";
    assert_eq!(story.count(noted).await, 1);

    story.answers(&session, "Still here").await;
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
    let test = format!("{}/test", crm.path);
    story.api.post(&test, json!({})).await.ok();
    story.called().await;
    assert_eq!(receiver.got()[0].signed(&crm.secret), (3, true));
    authenticate(story, &line).await.expect("saved");
    is_of_one_key(story).await;
    writes(story, &line, &line.phone_number_id, "wamid.after").await;
    let queue = story.queue("Other", &[]).await;
    let other = story.channel(&line.app, 2, "queue", &queue).await;
    let replayed = story
        .api
        .post("/api/v1/deliveries/dead/replay", json!({}))
        .await
        .ok();
    assert_eq!(replayed["applied"], 1, "{replayed}");
    assert_eq!(
        story
            .count("messages WHERE wamid IN ('wamid.early', 'wamid.after')")
            .await,
        2
    );

    succeeds(&run(rotate(story, &[])), "6 secrets");
    is_of_one_key(story).await;
    for line in [&line, &other] {
        let health = format!("/api/v1/channels/{}/health", line.channel);
        let health = story.api.post(&health, json!({})).await.ok();
        let findings = health["findings"].as_array().expect("findings");
        let token = findings.iter().find(|finding| finding["check"] == "token");
        assert_eq!(token.expect("a finding")["state"], "good", "{health}");
    }
    let beside = opened(story, [None, None]).await.expect("it starts");
    let jana = Actor::User(Me {
        id: "00000000-0000-7000-8000-000000000007".parse().expect("an id"),
        login: "jana".into(),
        name: "Jana".into(),
        role: Role::Operator,
        language: None,
        extension: None,
    });
    let key = engine::push::public_key(&beside, &jana).await;
    assert_eq!(json!(key.expect("a key")), push_key, "browsers stay subscribed");
}

async fn a_rotation_that_was_broken_off_goes_on(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let old = fs::read_to_string(file(story)).expect("a key");
    let mut sent = 0;
    let mut sends = async |when: &str| {
        sent += 1;
        story.answers(&session, when).await;
        story.settled().await;
        assert_eq!(story.meta.sent_messages().len(), sent, "{when}");
        is_of_one_key(story).await;
    };

    // Before the commit there is a key that nothing is sealed with.
    fs::write(next_file(story), key(7)).expect("a file");
    opened(story, [None, None])
        .await
        .expect("it starts with the old one");
    assert_eq!(fs::read_to_string(file(story)).expect("a key"), old);
    assert!(next_file(story).exists(), "it may be another process's");
    sends("before").await;
    succeeds(&run(rotate(story, &[])), "Sealed");
    assert_eq!(fs::read_to_string(file(story)).expect("a key"), key(7));
    sends("done").await;

    // After the commit the key does not have its name yet.
    let breaks_off = || {
        fs::rename(file(story), next_file(story)).expect("renamed");
        fs::write(file(story), &old).expect("written");
    };
    breaks_off();
    opened(story, [None, None])
        .await
        .expect("it starts with the new one");
    assert_eq!(fs::read_to_string(file(story)).expect("a key"), key(7));
    assert!(!next_file(story).exists());
    breaks_off();
    succeeds(&run(rotate(story, &[])), "Sealed");
    assert!(![&old, &key(7)].contains(&&fs::read_to_string(file(story)).expect("a key")));
    assert!(!next_file(story).exists());
    sends("again").await;

    // Nothing but the right key opens the secrets.
    fs::write(file(story), &old).expect("written");
    let output = run(rotate(story, &[]));
    assert!(!output.status.success());
    says(&output, "is not the master key of this database");
    fs::remove_file(file(story)).expect("removed");
    says(&run(rotate(story, &[])), "is missing");
}

async fn a_rotation_that_is_killed_at_any_moment_loses_nothing(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let started = Instant::now();
    succeeds(&run(rotate(story, &[])), "Sealed");
    let whole = started.elapsed();
    let (kills, mut changed, mut last) = (12_u32, 0, fingerprint(story).await);
    for n in 1..=kills {
        let mut process = rotate(story, &[]).spawn().expect("the binary");
        tokio::time::sleep(whole * n / kills).await;
        process.kill().expect("killed");
        process.wait().expect("its end");
        let now = fingerprint(story).await;
        changed += u32::from(now != last);
        last = now;
        is_of_one_key(story).await;
        drop(opened(story, [None, None]).await.expect("it starts"));
        story.answers(&session, &format!("{n}")).await;
        story.settled().await;
        assert_eq!(story.meta.sent_messages().len(), n as usize);
    }
    println!("{changed} of {kills} had changed the key; all of it takes {whole:?}");
    succeeds(&run(rotate(story, &[])), "Sealed");
    assert!(!next_file(story).exists());
}

async fn a_secret_that_does_not_open_stops_a_rotation(story: &Story) {
    let line = story.support().await;
    let (old, fingerprint_before) = (
        fs::read_to_string(file(story)).expect("a key"),
        fingerprint(story).await,
    );
    let bad = match story.database {
        Database::Sqlite => "X'00'",
        Database::Postgres { .. } => "'\\x00'",
    };
    let spoil = format!("UPDATE channel_secrets SET sealed = {bad} WHERE kind = 'app_secret'");
    story.database.run(story.data_dir(), &spoil).await;
    let output = run(rotate(story, &[]));
    assert!(!output.status.success());
    says(
        &output,
        &format!("the app_secret of channel {} does not open", line.channel),
    );
    assert_eq!(fingerprint(story).await, fingerprint_before);
    assert_eq!(fs::read_to_string(file(story)).expect("a key"), old);
    is_of_one_key(story).await;
    authenticate(story, &line).await.expect("typed in again");
    succeeds(&run(rotate(story, &[])), "2 secrets");
}

async fn a_key_is_not_changed_by_two_at_once(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let all: Vec<_> = (0..4)
        .map(|_| rotate(story, &[]).spawn().expect("the binary"))
        .collect();
    let outputs = all.into_iter().map(|process| {
        let output = block_in_place(|| process.wait_with_output());
        output.expect("its end")
    });
    for output in outputs.collect::<Vec<_>>() {
        let expected = match output.status.success() {
            true => "Sealed",
            false => "is in use by another process",
        };
        says(&output, expected);
    }
    is_of_one_key(story).await;
    story.answers(&session, "Still here").await;
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
    opened(story, [None, None]).await.expect("it starts");
}

async fn the_settings_name_both_keys(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let (old, new) = (key(1), key(2));
    let without = run(rotate(story, &[(KEY, &old)]));
    assert!(!without.status.success());
    says(&without, "security.next_master_key");
    let both = [(KEY, old.as_str()), (NEXT_KEY, new.as_str())];
    succeeds(
        &run(rotate(story, &both)),
        "Sealed with the new master key: 2 secrets.",
    );
    let noted = story.count("audit").await;
    succeeds(&run(rotate(story, &both)), "nothing is left to do");
    succeeds(
        &run(rotate(story, &[(KEY, &new), (NEXT_KEY, &new)])),
        "nothing is left to do",
    );
    assert_eq!(story.count("audit").await, noted, "nothing was changed");
    story.answers(&session, "Still here").await;
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
    authenticate(story, &line).await.expect("saved");
    is_of_one_key(story).await;

    for keys in [[Some(&old), Some(&new)], [Some(&new), None], [None, Some(&new)]] {
        let keys = keys.map(|key| key.map(String::as_str));
        opened(story, keys).await.expect("it starts");
    }
    let refused = opened(story, [Some(&old), None]).await;
    assert!(matches!(refused, Err(Error::Setup(_))), "{refused:?}");
    assert!(!file(story).exists() && !next_file(story).exists());
}

async fn a_server_without_the_new_key_waits_for_it(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let (old, new) = (key(1), key(2));
    succeeds(&run(rotate(story, &[(KEY, &old), (NEXT_KEY, &new)])), "Sealed");

    let refused = authenticate(story, &line).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    is_of_one_key(story).await;
    let answer = story.answers(&session, "Later").await;
    for _ in 0..3 {
        story.later(Duration::from_secs(5)).await;
    }
    assert!(story.meta.sent_messages().is_empty());
    let messages = story.messages(&session).await;
    let waiting = messages.iter().find(|message| message["id"] == answer["id"]);
    assert_eq!(waiting.expect("it")["status"], "queued", "{messages:#?}");
    story
        .says(story.customer(1), &line, "What comes in is kept")
        .await;

    let restarted = opened(story, [Some(&new), None]).await.expect("it starts");
    let workers = restarted.start_workers();
    for _ in 0..5 {
        story.clock.advance(Duration::from_secs(60));
        restarted.settled().await;
    }
    assert_eq!(story.meta.sent_messages().len(), 1);
    workers.stop().await;
}
