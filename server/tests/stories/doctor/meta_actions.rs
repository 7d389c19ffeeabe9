//! The doctor's actions at Meta for an admin: they mend what it found, or show Meta's own words.

use super::{CallbackOf, OTHER, Setting, Story, bad};
use crate::{
    stories,
    support::world::{Line, WABA_ID},
};
use domain::{
    access::Actor,
    channel::{AuditAction, AuditDetail},
    doctor::{MetaAction, Outcome, Place},
};
use engine::doctor;
use simulator::Outage;

stories! {
    it_subscribes_the_waba
    it_sets_the_callback
    it_registers_the_number
    it_fetches_the_numbers
    meta_says_no
}

/// The Activity tab's lines about requests to Meta, oldest first; they never contain a secret.
async fn asked(story: &Story, line: &Line) -> Vec<String> {
    let view = engine::channels::activity(&story.engine, &Actor::System, line.id()).await;
    let lines = view.expect("the activity").activity.into_iter().rev();
    let asked: Vec<String> = lines
        .filter(|line| line.what == AuditAction::AskedMeta)
        .filter_map(|line| match line.detail? {
            AuditDetail::Meta { meta_action, .. } => Some(meta_action),
            other => panic!("{other:?}"),
        })
        .map(|meta_action| match meta_action.outcome {
            Outcome::Done(()) => format!("{}: done", meta_action.called),
            Outcome::Refused { code, .. } => format!("{}: refused ({code})", meta_action.called),
            Outcome::NoAnswer { .. } => format!("{}: no answer", meta_action.called),
        })
        .collect();
    for secret in [&line.app.token, &line.app.secret, &line.verify_token] {
        assert!(!asked.concat().contains(secret.as_str()), "{asked:?}");
    }
    asked
}

fn refused<T: std::fmt::Debug>(meta_action: &MetaAction<T>) -> i64 {
    match &meta_action.outcome {
        Outcome::Refused { code, .. } => *code,
        other => panic!("{other:?}"),
    }
}

async fn it_subscribes_the_waba(story: &Story) {
    let line = story.long_connected().await;
    story.set(Setting::SubscribedApps {
        waba_id: WABA_ID.into(),
        app_ids: vec![],
    });
    assert_eq!(
        bad(&story.examine(&line).await),
        [("waba_subscription", "waba_not_subscribed")]
    );
    let meta_action = doctor::subscribe_waba(&story.engine, &Actor::System, line.id()).await;
    let meta_action = meta_action.expect("asked");
    assert_eq!(meta_action.called, format!("POST /{WABA_ID}/subscribed_apps"));
    assert!(meta_action.done().is_some(), "{meta_action:?}");
    assert!(bad(&story.examine(&line).await).is_empty());
    story.says(story.customer(1), &line, "Hello").await;
    assert_eq!(story.count("messages").await, 1, "and it arrives");
    assert_eq!(
        asked(story, &line).await,
        [format!("{}: done", meta_action.called)]
    );
}

async fn it_sets_the_callback(story: &Story) {
    let line = story.long_connected().await;
    story.set_callback(CallbackOf::App, &line.app.id, Some(OTHER));
    assert_eq!(
        bad(&story.examine(&line).await),
        [("callback", "callback_elsewhere")]
    );
    let meta_action = doctor::set_callback(&story.engine, &Actor::System, line.id(), Place::App).await;
    let meta_action = meta_action.expect("asked");
    assert_eq!(meta_action.called, format!("POST /{}/subscriptions", line.app.id));
    assert!(meta_action.done().is_some(), "{meta_action:?}");
    assert!(bad(&story.examine(&line).await).is_empty());

    story.set_callback(CallbackOf::Waba, WABA_ID, Some(OTHER));
    let meta_action = doctor::set_callback(&story.engine, &Actor::System, line.id(), Place::Number).await;
    assert_eq!(
        meta_action.expect("asked").called,
        format!("POST /{}", line.phone_number_id)
    );
    let found = story.examine(&line).await;
    assert!(bad(&found).is_empty(), "the number's own wins: {:?}", bad(&found));
    story.says(story.customer(1), &line, "Hello").await;
    assert_eq!(story.count("messages").await, 1, "and it arrives");
}

async fn it_registers_the_number(story: &Story) {
    let line = story.long_connected().await;
    story.set_number(&line, |number| {
        number.platform_type = Some("NOT_APPLICABLE".into());
        number.status = Some("PENDING".into());
        number.pin = Some("123456".into());
    });
    for wrong in ["", "12345", "1234567", "12345a"] {
        let refused = doctor::register(&story.engine, &Actor::System, line.id(), wrong).await;
        assert!(refused.is_err(), "{wrong:?} is not sent");
    }
    let meta_action = doctor::register(&story.engine, &Actor::System, line.id(), "654321").await;
    assert_eq!(refused(&meta_action.expect("asked")), 133_005, "another PIN");
    let meta_action = doctor::register(&story.engine, &Actor::System, line.id(), "123456").await;
    assert!(meta_action.expect("asked").done().is_some());
    assert!(bad(&story.examine(&line).await).is_empty());
    let path = format!("POST /{}/register", line.phone_number_id);
    assert_eq!(
        asked(story, &line).await,
        [format!("{path}: refused (133005)"), format!("{path}: done")]
    );
}

async fn it_fetches_the_numbers(story: &Story) {
    let line = story.long_connected().await;
    let fetch = async |waba: &str, token: Option<&str>| {
        doctor::fetch_numbers(&story.engine, &Actor::System, line.id(), waba, token).await
    };
    let meta_action = fetch(WABA_ID, None).await.expect("asked");
    assert_eq!(meta_action.called, format!("GET /{WABA_ID}/phone_numbers"));
    let numbers = meta_action.done().expect("numbers").clone();
    assert_eq!(numbers.len(), 1);
    assert_eq!(numbers[0].phone_number_id, line.phone_number_id);
    assert_eq!(numbers[0].display.as_deref(), Some("+420800555011"));
    assert_eq!(numbers[0].verified_name.as_deref(), Some("Number 1"));

    let other = fetch("200000000000099", None).await.expect("asked");
    assert_eq!(refused(&other), 100);
    let typed = fetch(WABA_ID, Some("EAAGslip")).await.expect("asked");
    assert_eq!(refused(&typed), 190);
    assert!(fetch("12x34", None).await.is_err(), "not an id");
    assert!(fetch("", None).await.is_err(), "the token sees every account");
    story.set_token(&line, |token| token.wabas = Some(vec![WABA_ID.into()]));
    let meta_action = fetch("", None).await.expect("asked");
    assert_eq!(meta_action.done(), Some(&numbers), "the token names its account");
}

async fn meta_says_no(story: &Story) {
    let line = story.long_connected().await;
    story.set_secret(&line, "another-secret");
    let meta_action = doctor::set_callback(&story.engine, &Actor::System, line.id(), Place::App).await;
    assert_eq!(refused(&meta_action.expect("asked")), 190);
    story.outage(Some(Outage::Status5xx { code: 502 }));
    let meta_action = doctor::subscribe_waba(&story.engine, &Actor::System, line.id()).await;
    let meta_action = meta_action.expect("asked");
    assert!(
        matches!(meta_action.outcome, Outcome::NoAnswer { .. }),
        "{meta_action:?}"
    );
    story.outage(None);
    assert_eq!(
        asked(story, &line).await,
        [
            format!("POST /{}/subscriptions: refused (190)", line.app.id),
            format!("POST /{WABA_ID}/subscribed_apps: no answer"),
        ]
    );
}
