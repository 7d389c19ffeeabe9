//! The doctor against a Meta that is put into every situation in which people get stuck: the one finding that names
//! it, and no false one; and the badge that follows.

mod badge;
mod errands;
mod who;

use crate::{
    stories,
    support::{
        Story,
        world::{Line, WABA_ID},
    },
};
use domain::{
    channel::MessagingForm,
    ids::{ChannelId, QueueId},
    people::Actor,
};
use serde_json::{Value, json};
use simulator::{AppSpec, CallbackOf, NumberSetting, Outage, Setting, Signature, TokenSetting, TokenState};
use std::time::{Duration, Instant};

stories! {
    a_channel_that_is_well
    every_situation_has_its_one_finding
    a_slip_in_an_id
    deliveries_that_another_app_signs
    a_destination_that_is_gone
    a_token_that_may_not_be_inspected
    channels_of_one_app
    it_never_takes_longer_than_ten_seconds
}

const DAY: i64 = 24 * 60 * 60;
const OTHER: &str = "https://other.example/hook";
const MANAGEMENT: &str = "whatsapp_business_management";
const MESSAGING: &str = "whatsapp_business_messaging";

impl Line {
    fn id(&self) -> ChannelId {
        self.channel.parse().expect("an id")
    }
}

impl Story {
    async fn examine(&self, line: &Line) -> Vec<Value> {
        let path = format!("/api/v1/channels/{}/health", line.channel);
        let answer = self
            .api
            .send(self.api.request(reqwest::Method::POST, &path))
            .await;
        for secret in [&line.app.token, &line.app.secret, &line.verify_token] {
            assert!(!answer.text.contains(secret.as_str()), "{}", answer.text);
        }
        findings(&answer.ok())
    }

    fn set(&self, setting: Setting) {
        self.meta.set(setting).expect("it is there");
    }

    fn set_token(&self, line: &Line, change: impl FnOnce(&mut TokenSetting)) {
        let mut setting = TokenSetting {
            token: line.app.token.clone(),
            ..TokenSetting::default()
        };
        change(&mut setting);
        self.set(Setting::Token(setting));
    }

    fn set_number(&self, line: &Line, change: impl FnOnce(&mut NumberSetting)) {
        let mut setting = NumberSetting {
            phone_number_id: line.phone_number_id.clone(),
            ..NumberSetting::default()
        };
        change(&mut setting);
        self.set(Setting::Number(setting));
    }

    fn set_callback(&self, of: CallbackOf, id: &str, url: Option<&str>) {
        let url = url.map(|url| url.parse().expect("a URL"));
        self.set(Setting::Callback {
            of,
            id: id.to_owned(),
            url,
        });
    }

    fn set_secret(&self, line: &Line, secret: &str) {
        self.meta.add_app(AppSpec {
            id: line.app.id.clone(),
            secret: secret.to_owned().into(),
        });
    }

    fn outage(&self, outage: Option<Outage>) {
        self.set(Setting::Outage { outage });
    }

    /// Saves the Messaging tab with other ids.
    async fn save_ids(&self, line: &Line, number: &str, waba: &str) {
        let view = engine::channels::get(&self.engine, &Actor::System, line.id()).await;
        let view = view.expect("a channel");
        let form = MessagingForm {
            phone_number: view.phone_number.unwrap_or_default(),
            phone_number_id: number.to_owned(),
            waba_id: waba.to_owned(),
            destination: view
                .destination
                .map(|to| to.destination.to_string())
                .unwrap_or_default(),
            ..MessagingForm::default()
        };
        engine::channels::save_messaging(&self.engine, &Actor::System, line.id(), view.version, &form)
            .await
            .expect("saved");
    }
}

fn findings(health: &Value) -> Vec<Value> {
    health["findings"].as_array().expect("findings").clone()
}

fn bad(findings: &[Value]) -> Vec<(&str, &str)> {
    findings
        .iter()
        .filter(|finding| finding["state"] == "bad")
        .map(|finding| {
            let check = finding["check"].as_str().expect("a check");
            (check, finding["seen"]["seen"].as_str().expect("what was seen"))
        })
        .collect()
}

fn of<'f>(findings: &'f [Value], check: &str) -> &'f Value {
    findings
        .iter()
        .find(|finding| finding["check"] == check)
        .expect("a finding")
}

fn scopes(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

async fn a_channel_that_is_well(story: &Story) {
    let line = story.support().await;
    story.says(story.customer(1), &line, "Hello").await;
    let found = story.examine(&line).await;
    assert!(bad(&found).is_empty(), "{found:#?}");
    assert_eq!(found.len(), 20);
    let unknown: Vec<&Value> = found
        .iter()
        .filter(|finding| finding["state"] == "unknown")
        .collect();
    assert_eq!(unknown.len(), 1, "nothing was sent yet: {unknown:#?}");
    assert_eq!(unknown[0]["check"], "last_status");
    assert_eq!(of(&found, "app_secret")["seen"]["what"], line.app.id);

    let path = format!("/api/v1/channels/{}/health", line.channel);
    assert_eq!(findings(&story.api.get(&path).await.ok()), found, "they are kept");
}

type Change = fn(&Story, &Line);

/// What happens at Meta, how it is taken back, the check and what it sees.
const SITUATIONS: &[(&str, Change, Change, &str, &str)] = &[
    (
        "the connection is cut",
        |story, _| story.outage(Some(Outage::DropConnection)),
        |story, _| story.outage(None),
        "token",
        "meta_unreachable",
    ),
    (
        "Meta's edge has trouble",
        |story, _| story.outage(Some(Outage::Status5xx { code: 502 })),
        |story, _| story.outage(None),
        "token",
        "meta_unreachable",
    ),
    (
        "too many calls for now",
        |story, _| story.outage(Some(Outage::ErrorCode { code: 4, http: 400 })),
        |story, _| story.outage(None),
        "token",
        "meta_unreachable",
    ),
    (
        "a token that Meta never gave out",
        |story, line| story.meta.set_token(&line.app.token, TokenState::Malformed),
        |story, line| story.meta.set_token(&line.app.token, TokenState::Valid),
        "token",
        "token_malformed",
    ),
    (
        "an expired token",
        |story, line| story.meta.set_token(&line.app.token, TokenState::Expired),
        |story, line| story.meta.set_token(&line.app.token, TokenState::Valid),
        "token",
        "token_expired",
    ),
    (
        "a token whose time is over",
        |story, line| story.set_token(line, |token| token.expires_at = Some(1_700_000_000)),
        |story, line| story.set_token(line, |token| token.expires_at = Some(0)),
        "token",
        "token_expired",
    ),
    (
        "a revoked token",
        |story, line| story.meta.set_token(&line.app.token, TokenState::Revoked),
        |story, line| story.meta.set_token(&line.app.token, TokenState::Valid),
        "token",
        "token_revoked",
    ),
    (
        "the dashboard's token",
        |story, line| {
            let tomorrow = story.clock.now().millis() / 1000 + DAY;
            story.set_token(line, |token| {
                token.kind = Some("USER".into());
                token.expires_at = Some(tomorrow);
            });
        },
        |story, line| {
            story.set_token(line, |token| {
                token.kind = Some("SYSTEM_USER".into());
                token.expires_at = Some(0);
            });
        },
        "token_lifetime",
        "token_expires",
    ),
    (
        "a token that may only send",
        |story, line| story.set_token(line, |token| token.scopes = scopes(&[MESSAGING])),
        |story, line| story.set_token(line, |token| token.scopes = scopes(&[MANAGEMENT, MESSAGING])),
        "permissions",
        "permissions_missing",
    ),
    (
        "a token that may only look",
        |story, line| story.set_token(line, |token| token.scopes = scopes(&[MANAGEMENT])),
        |story, line| story.set_token(line, |token| token.scopes = scopes(&[MANAGEMENT, MESSAGING])),
        "permissions",
        "permissions_missing",
    ),
    (
        "a token without permissions",
        |story, line| story.meta.set_token(&line.app.token, TokenState::Powerless),
        |story, line| story.meta.set_token(&line.app.token, TokenState::Valid),
        "permissions",
        "permissions_missing",
    ),
    (
        "a token of another business, which says so",
        |story, line| story.set_token(line, |token| token.wabas = Some(vec!["999".into()])),
        |story, line| story.set_token(line, |token| token.wabas = Some(Vec::new())),
        "number",
        "another_business",
    ),
    (
        "a token of another business, which does not tell",
        |story, line| {
            story.set_token(line, |token| {
                token.wabas = Some(vec!["999".into()]);
                token.tells_wabas = Some(false);
            });
        },
        |story, line| {
            story.set_token(line, |token| {
                token.wabas = Some(Vec::new());
                token.tells_wabas = Some(true);
            });
        },
        "number",
        "another_business",
    ),
    (
        "the app secret was reset",
        |story, line| story.set_secret(line, "another-secret"),
        |story, line| story.set_secret(line, &line.app.secret),
        "app_secret",
        "app_secret_wrong",
    ),
    (
        "the id is another number's",
        |story, line| {
            let other = Some("+420 800 555 099".to_owned());
            story.set_number(line, |number| number.display_phone_number = other);
        },
        |story, line| {
            let own = Some("+420 800 555 011".to_owned());
            story.set_number(line, |number| number.display_phone_number = own);
        },
        "number",
        "another_number",
    ),
    (
        "a number that is not registered",
        |story, line| {
            story.set_number(line, |number| {
                number.platform_type = Some("NOT_APPLICABLE".into());
                number.status = Some("PENDING".into());
            });
        },
        |story, line| {
            story.set_number(line, |number| {
                number.platform_type = Some("CLOUD_API".into());
                number.status = Some("CONNECTED".into());
            });
        },
        "registration",
        "not_registered",
    ),
    (
        "a number that is not connected",
        |story, line| story.set_number(line, |number| number.status = Some("DISCONNECTED".into())),
        |story, line| story.set_number(line, |number| number.status = Some("CONNECTED".into())),
        "connection",
        "not_connected",
    ),
    (
        "a number of low quality",
        |story, line| story.set_number(line, |number| number.quality_rating = Some("RED".into())),
        |story, line| story.set_number(line, |number| number.quality_rating = Some("GREEN".into())),
        "quality",
        "quality_low",
    ),
    (
        "the most forgotten step",
        |story, _| {
            story.set(Setting::SubscribedApps {
                waba_id: WABA_ID.into(),
                app_ids: vec![],
            });
        },
        |story, line| {
            story.set(Setting::SubscribedApps {
                waba_id: WABA_ID.into(),
                app_ids: vec![line.app.id.clone()],
            });
        },
        "waba_subscription",
        "waba_not_subscribed",
    ),
    (
        "another app is subscribed",
        |story, _| {
            story.set(Setting::SubscribedApps {
                waba_id: WABA_ID.into(),
                app_ids: vec!["999".into()],
            });
        },
        |story, line| {
            story.set(Setting::SubscribedApps {
                waba_id: WABA_ID.into(),
                app_ids: vec![line.app.id.clone()],
            });
        },
        "waba_subscription",
        "waba_not_subscribed",
    ),
    (
        "the app has no webhook",
        |story, line| story.set_callback(CallbackOf::App, &line.app.id, None),
        |story, line| story.set_callback(CallbackOf::App, &line.app.id, Some(line.webhook_url.as_str())),
        "messages_field",
        "app_not_subscribed",
    ),
    (
        "the field messages is not ticked",
        |story, line| {
            story.set(Setting::Fields {
                app_id: line.app.id.clone(),
                fields: vec!["account_update".into()],
            });
        },
        |story, line| {
            story.set(Setting::Fields {
                app_id: line.app.id.clone(),
                fields: vec!["messages".into()],
            });
        },
        "messages_field",
        "messages_not_subscribed",
    ),
    (
        "the app calls somebody else",
        |story, line| story.set_callback(CallbackOf::App, &line.app.id, Some(OTHER)),
        |story, line| story.set_callback(CallbackOf::App, &line.app.id, Some(line.webhook_url.as_str())),
        "callback",
        "callback_elsewhere",
    ),
    (
        "the WABA has an override",
        |story, _| story.set_callback(CallbackOf::Waba, WABA_ID, Some(OTHER)),
        |story, _| story.set_callback(CallbackOf::Waba, WABA_ID, None),
        "callback",
        "callback_elsewhere",
    ),
    (
        "the number has an override",
        |story, line| story.set_callback(CallbackOf::Number, &line.phone_number_id, Some(OTHER)),
        |story, line| story.set_callback(CallbackOf::Number, &line.phone_number_id, None),
        "callback",
        "callback_elsewhere",
    ),
    (
        "our clock is slow",
        |story, _| story.set(Setting::Clock { ahead_seconds: 301 }),
        |story, _| story.set(Setting::Clock { ahead_seconds: 0 }),
        "clock_skew",
        "clock_wrong",
    ),
    (
        "our clock is fast",
        |story, _| {
            story.set(Setting::Clock { ahead_seconds: -3600 });
        },
        |story, _| story.set(Setting::Clock { ahead_seconds: 0 }),
        "clock_skew",
        "clock_wrong",
    ),
];

async fn every_situation_has_its_one_finding(story: &Story) {
    let line = story.support().await;
    let mut seen_places = Vec::new();
    for (name, change, restore, check, seen) in SITUATIONS {
        change(story, &line);
        let found = story.examine(&line).await;
        assert_eq!(bad(&found), [(*check, *seen)], "{name}");
        if *seen == "callback_elsewhere" {
            seen_places.push(of(&found, "callback")["seen"]["place"].clone());
            assert_eq!(of(&found, "callback")["seen"]["url"], OTHER);
        }
        restore(story, &line);
        let found = story.examine(&line).await;
        assert!(bad(&found).is_empty(), "after {name}: {:?}", bad(&found));
    }
    assert_eq!(seen_places, ["app", "waba", "number"]);
    println!("{} situations", SITUATIONS.len());
}

async fn a_slip_in_an_id(story: &Story) {
    let line = story.support().await;
    story.save_ids(&line, "300000000000099", WABA_ID).await;
    assert_eq!(bad(&story.examine(&line).await), [("number", "number_unknown")]);
    story.save_ids(&line, "300000000000099", "").await;
    assert_eq!(bad(&story.examine(&line).await), [("number", "number_unknown")]);
    story
        .save_ids(&line, &line.phone_number_id, "200000000000099")
        .await;
    assert_eq!(
        bad(&story.examine(&line).await),
        [("waba_subscription", "waba_unknown")]
    );
    story.save_ids(&line, &line.phone_number_id, WABA_ID).await;
    assert!(bad(&story.examine(&line).await).is_empty());
}

async fn deliveries_that_another_app_signs(story: &Story) {
    let line = story.support().await;
    let stranger = story.app(2);
    for n in 1..=3 {
        let signature = Signature::Of(stranger.id.clone());
        let posted = story
            .meta
            .deliver_raw(Some(&line.webhook_url), "{}", signature)
            .await;
        assert_eq!(posted.expect("an answer").0, 401);
        let expected: &[(&str, &str)] = if n < 3 {
            &[]
        } else {
            &[("signature", "signatures_wrong")]
        };
        assert_eq!(bad(&story.examine(&line).await), expected, "after {n}");
    }
    story.says(story.customer(1), &line, "Hello").await;
    assert!(
        bad(&story.examine(&line).await).is_empty(),
        "a good one ends the row"
    );
}

async fn a_destination_that_is_gone(story: &Story) {
    let line = story.support().await;
    let queues = story.api.items("/api/v1/queues").await;
    let queue: QueueId = queues[0]["id"].as_str().expect("an id").parse().expect("an id");
    engine::queues::set_disabled(&story.engine, &Actor::System, queue, true)
        .await
        .expect("disabled");
    assert_eq!(
        bad(&story.examine(&line).await),
        [("destination", "destination_disabled")]
    );
}

/// Only the app may inspect it: its secret and what was learnt of it before are enough.
async fn a_token_that_may_not_be_inspected(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    story.set_token(&line, |token| token.inspects_itself = Some(false));
    let found = story.examine(&line).await;
    assert!(bad(&found).is_empty(), "{found:#?}");
    assert_eq!(of(&found, "permissions")["state"], "good");
    story.set_token(&line, |token| token.scopes = scopes(&[MANAGEMENT]));
    assert_eq!(
        bad(&story.examine(&line).await),
        [("permissions", "permissions_missing")]
    );
}

/// Meta has one address for the app: the other channel's is as good as one's own.
async fn channels_of_one_app(story: &Story) {
    let first = story.support().await;
    let queues = story.api.items("/api/v1/queues").await;
    let queue = queues[0]["id"].as_str().expect("an id").to_owned();
    let second = story.channel(&first.app, 2, "queue", &queue).await;
    let found = story.examine(&second).await;
    assert!(bad(&found).is_empty(), "{found:#?}");
    assert_eq!(of(&found, "callback")["seen"]["what"], first.webhook_url.as_str());
    assert_eq!(of(&found, "webhook")["state"], "good");
    story.connect(&second).await;
    assert!(bad(&story.examine(&first).await).is_empty());
}

async fn it_never_takes_longer_than_ten_seconds(story: &Story) {
    let line = story.support().await;
    let measured = async |name: &str| {
        let started = Instant::now();
        let found = story.examine(&line).await;
        let took = started.elapsed();
        println!("the doctor took {took:?} with {name}");
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        bad(&found)
            .into_iter()
            .map(|(check, seen)| (check.to_owned(), seen.to_owned()))
            .collect::<Vec<_>>()
    };
    assert!(measured("no latency").await.is_empty());
    story.set(Setting::Latency { ms: 300 });
    assert!(measured("300 ms of latency").await.is_empty());
    story.set(Setting::Latency { ms: 0 });
    story.outage(Some(Outage::Hang));
    let silent = measured("a Meta that never answers").await;
    assert_eq!(silent, [("token".to_owned(), "meta_unreachable".to_owned())]);
    story.outage(None);
}

/// A public address of a story of its own: Meta cannot be made to call it, so its handshake is put there by hand.
async fn with_address(public_url: &'static str) -> Vec<Value> {
    let story = Story::with(|settings| {
        settings.http.public_url = Some(public_url.parse().expect("a URL"));
    })
    .await;
    let extension = story.extension("201").await;
    let app = story.app(1);
    let line = story.channel(&app, 1, "extension", &extension).await;
    story.set_callback(CallbackOf::App, &app.id, Some(line.webhook_url.as_str()));
    story.set(Setting::SubscribedApps {
        waba_id: WABA_ID.into(),
        app_ids: vec![app.id.clone()],
    });
    let found = story.examine(&line).await;
    story.end().await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_meta_cannot_call() {
    for (url, seen) in [
        ("https://switchboard.invalid/", "unreachable"),
        ("http://switchboard.invalid/", "not_https"),
        ("https://switch_board.invalid/", "underscore"),
    ] {
        let found = with_address(url).await;
        assert_eq!(bad(&found), [("public_url", seen)], "{url}");
    }
    let local = with_address("http://localhost:3000/").await;
    assert_eq!(of(&local, "public_url")["state"], "notice");
    assert!(bad(&local).is_empty(), "{local:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_misses_what_is_empty_and_nothing_else() {
    let story = Story::on_sqlite().await;
    let id = engine::channels::add_draft(&story.engine, &Actor::System)
        .await
        .expect("a draft");
    let path = format!("/api/v1/channels/{id}/health");
    assert_eq!(
        story
            .api
            .post("/api/v1/channels/nothing/health", json!({}))
            .await
            .status,
        404
    );
    let found = findings(&story.api.post(&path, json!({})).await.ok());
    assert!(
        bad(&found).iter().all(|(_, seen)| *seen == "missing"),
        "{found:#?}"
    );
    let checks: Vec<&str> = bad(&found).into_iter().map(|(check, _)| check).collect();
    assert_eq!(checks, ["token", "app_secret", "number", "destination"]);
    story.end().await;
}
