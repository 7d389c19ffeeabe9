//! Puts the simulated Meta into every situation in which people get stuck: the doctor reports the one finding that
//! names the situation, and no false one, and the badge follows.

mod badge;
mod causes;
mod empty;
mod meta_actions;
mod situations;
mod who;

use crate::{
    stories,
    support::{
        Story,
        users::PASSWORD,
        world::{Line, WABA_ID, delivery, text_message},
    },
};
use domain::{
    access::Actor,
    channel::MessagingForm,
    directory::{ExtensionForm, QueueForm},
    doctor::SETTLING,
    ids::{ChannelId, ExtensionId, QueueId},
};
use engine::saved::Expected;
use serde_json::{Value, json};
use simulator::{AppSpec, CallbackOf, NumberSetting, NumberSpec, Outage, Setting, Signature, TokenSetting};
use std::time::{Duration, Instant};

stories! {
    a_channel_that_is_well
    a_slip_in_an_id
    a_number_that_the_token_cannot_see
    deliveries_that_another_app_signs
    a_destination_that_is_gone
    metas_passing_answers_are_no_findings
    a_token_that_may_not_be_inspected
    an_app_secret_when_nobody_tells_the_app
    the_account_of_another_number
    channels_of_one_app
    an_address_with_a_slash_at_its_end
    a_queue_without_anybody
    an_extension_without_a_log_in_is_nobody
    a_look_right_after_the_handshake
    it_never_takes_longer_than_ten_seconds
}

const OTHER: &str = "https://other.example/hook";
const MANAGEMENT: &str = "whatsapp_business_management";
const MESSAGING: &str = "whatsapp_business_messaging";

impl Line {
    fn id(&self) -> ChannelId {
        self.channel.parse().expect("an id")
    }
}

impl Story {
    /// A connected channel; Meta stored its callback and subscription long ago.
    async fn long_connected(&self) -> Line {
        let line = self.support().await;
        self.later(SETTLING).await;
        line
    }

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
    assert_eq!(found.len(), domain::doctor::Check::ALL.len());
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

async fn a_slip_in_an_id(story: &Story) {
    let line = story.long_connected().await;
    let status = async || {
        let path = format!("/api/v1/channels/{}", line.channel);
        story.api.get(&path).await.ok()["status"].clone()
    };
    story.save_ids(&line, "300000000000099", WABA_ID).await;
    assert_eq!(bad(&story.examine(&line).await), [("number", "number_unknown")]);
    story.says(story.customer(1), &line, "Hello").await;
    assert_eq!(story.dead_letters().await.len(), 1, "it is nobody's number");
    assert_eq!(status().await, "not_receiving");
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
    assert_eq!(status().await, "active");
}

/// Messages that arrived under an id prove the id: then the fault is that the token does not see the number.
async fn a_number_that_the_token_cannot_see(story: &Story) {
    let line = story.long_connected().await;
    let unknown = "300000000000099";
    story.save_ids(&line, unknown, "").await;
    let message = text_message("420800555201", "wamid.1", "Hello");
    let body = delivery(unknown, "420800555201", &[message]);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
    assert_eq!(bad(&story.examine(&line).await), [("number", "number_unknown")]);
    let path = format!("/api/v1/channels/{}", line.channel);
    assert_eq!(story.api.get(&path).await.ok()["status"], "degraded");
}

/// The token sees both accounts, so only the account's own list of numbers shows the mistake.
async fn the_account_of_another_number(story: &Story) {
    let line = story.support().await;
    let other = "200000000000002";
    story.meta.add_number(NumberSpec {
        phone_number_id: "300000000000007".into(),
        waba_id: other.into(),
        display_phone_number: "+420800555017".into(),
        verified_name: "Another".into(),
        app_id: line.app.id.clone(),
    });
    for app_ids in [vec![], vec![line.app.id.clone()]] {
        story.set(Setting::SubscribedApps {
            waba_id: other.into(),
            app_ids,
        });
        story.save_ids(&line, &line.phone_number_id, other).await;
        assert_eq!(
            bad(&story.examine(&line).await),
            [("waba_subscription", "number_not_in_waba")]
        );
    }
    story.save_ids(&line, &line.phone_number_id, WABA_ID).await;
    assert!(bad(&story.examine(&line).await).is_empty());
}

/// Meta is busy, or cannot be reached: the doctor says so and reports no fault.
async fn metas_passing_answers_are_no_findings(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    let code = |code, http| Outage::ErrorCode { code, http };
    for outage in [
        Outage::DropConnection,
        Outage::Status5xx { code: 502 },
        code(1, 500),
        code(2, 500),
        code(4, 400),
        code(613, 400),
        code(80_007, 400),
        code(80_008, 429),
    ] {
        story.outage(Some(outage.clone()));
        let found = story.examine(&line).await;
        assert!(bad(&found).is_empty(), "{outage:?}: {:?}", bad(&found));
        let token = of(&found, "token");
        assert_eq!(token["state"], "notice", "{outage:?}");
        assert_eq!(token["seen"]["seen"], "meta_unreachable", "{outage:?}");
        assert_eq!(of(&found, "number")["state"], "good", "what was seen last stands");
    }
    story.outage(None);
    let found = story.examine(&line).await;
    assert_eq!(of(&found, "token")["state"], "good");
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
    engine::directory::queues::set_disabled(&story.engine, &Actor::System, queue, true)
        .await
        .expect("disabled");
    assert_eq!(
        bad(&story.examine(&line).await),
        [("destination", "destination_disabled")]
    );
}

/// Only the app may inspect the token: the app secret and what is already known of the token are enough.
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

/// Neither this token nor an earlier one names its app: a call with an app-secret proof still checks the secret.
async fn an_app_secret_when_nobody_tells_the_app(story: &Story) {
    let queue = story.staffed("Support").await;
    let app = story.app(1);
    story.set(Setting::Token(TokenSetting {
        token: app.token.clone(),
        inspects_itself: Some(false),
        ..TokenSetting::default()
    }));
    let line = story.channel(&app, 1, "queue", &queue).await;
    story.connect(&line).await;
    story.settled().await;
    let found = story.examine(&line).await;
    assert!(bad(&found).is_empty(), "{found:#?}");
    assert_eq!(of(&found, "token")["state"], "good");
    assert_eq!(of(&found, "app_secret")["state"], "good");
    assert_eq!(of(&found, "messages_field")["state"], "unknown");
    story.set_secret(&line, "another-secret");
    assert_eq!(
        bad(&story.examine(&line).await),
        [("app_secret", "app_secret_wrong")]
    );
}

/// Meta stores one callback address per app. The other channel's address works for this channel's number as well: the
/// doctor names the channel whose address it is, and says that nothing has arrived yet.
async fn channels_of_one_app(story: &Story) {
    let first = story.support().await;
    let queue = story.staffed("Sales").await;
    let second = story.channel(&first.app, 2, "queue", &queue).await;
    let found = story.examine(&second).await;
    assert!(bad(&found).is_empty(), "{found:#?}");
    let callback = of(&found, "callback");
    assert_eq!(callback["state"], "notice");
    assert_eq!(callback["seen"]["channel"], "Channel 1");
    assert_eq!(callback["seen"]["url"], first.webhook_url.as_str());
    let webhook = of(&found, "webhook");
    assert_eq!(
        (&webhook["state"], &webhook["seen"]["seen"]),
        (&"notice".into(), &"kin_called".into())
    );
    assert_eq!(webhook["seen"]["delivered_at"], Value::Null);
    let path = format!("/api/v1/channels/{}", second.channel);
    assert_eq!(story.api.get(&path).await.ok()["status"], "waiting_for_meta");

    story.says(story.customer(1), &second, "Hello").await;
    let found = story.examine(&second).await;
    let webhook = of(&found, "webhook").clone();
    assert_eq!(
        webhook["seen"]["seen"], "kin_called",
        "its own address was never called"
    );
    assert_ne!(webhook["seen"]["delivered_at"], Value::Null);
    assert_eq!(story.api.get(&path).await.ok()["status"], "active");

    // When Meta does not answer, the other channel still keeps its address.
    for outage in [Outage::Status5xx { code: 502 }, Outage::DropConnection] {
        story.outage(Some(outage.clone()));
        let found = story.examine(&second).await;
        assert_eq!(of(&found, "webhook"), &webhook, "{outage:?}");
        assert!(bad(&found).is_empty(), "{outage:?}: {found:#?}");
    }
    story.outage(None);

    story.connect(&second).await;
    let found = story.examine(&second).await;
    assert_eq!(of(&found, "callback")["state"], "good");
    assert_eq!(of(&found, "webhook")["state"], "good");
    let found = story.examine(&first).await;
    assert!(bad(&found).is_empty(), "{found:#?}");
    assert_eq!(of(&found, "callback")["seen"]["channel"], "Channel 2");
    assert_eq!(of(&found, "webhook")["state"], "good", "it was called once");
}

/// A trailing slash does not make a channel's callback address a different one.
async fn an_address_with_a_slash_at_its_end(story: &Story) {
    let first = story.long_connected().await;
    let queue = story.staffed("Sales").await;
    let second = story.channel(&first.app, 2, "queue", &queue).await;
    let customer = story.customer(1);
    for end in ["/", "?source=meta", "/?source=meta"] {
        let url = format!("{}{end}", first.webhook_url);
        story.set_callback(CallbackOf::App, &first.app.id, Some(url.as_str()));
        story.says(customer, &first, "Hello").await;
        let found = story.examine(&first).await;
        assert!(bad(&found).is_empty(), "{end}: {found:#?}");
        let callback = of(&found, "callback");
        assert_eq!(
            (&callback["state"], &callback["seen"]["what"]),
            (&json!("good"), &json!(url))
        );
        let found = story.examine(&second).await;
        assert!(bad(&found).is_empty(), "{end}: {found:#?}");
        assert_eq!(of(&found, "callback")["seen"]["channel"], "Channel 1", "{end}");
    }
    assert!(story.dead_letters().await.is_empty());
    let path = format!("/api/v1/channels/{}", first.channel);
    assert_eq!(story.api.get(&path).await.ok()["status"], "active");
}

/// A queue that is empty, or has only disabled extensions, counts as nobody.
async fn a_queue_without_anybody(story: &Story) {
    let jana = story.extension("201").await;
    let queue = story.queue("Support", &[&jana]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.settled().await;
    assert!(bad(&story.examine(&line).await).is_empty());
    let row = async || story.api.get(&format!("/api/v1/queues/{queue}")).await.ok()["empty"].clone();
    assert_eq!(row().await, false);

    let extension: ExtensionId = jana.parse().expect("an id");
    engine::directory::extensions::set_disabled(&story.engine, &Actor::System, extension, true)
        .await
        .expect("disabled");
    let nobody = [("destination", "destination_empty")];
    assert_eq!(bad(&story.examine(&line).await), nobody);
    assert_eq!(row().await, true);

    engine::directory::extensions::set_disabled(&story.engine, &Actor::System, extension, false)
        .await
        .expect("enabled");
    let members = async |members: Vec<String>| {
        let form = QueueForm {
            name: "Support".into(),
            members,
            pick_up: "manual".into(),
            ..QueueForm::default()
        };
        let id: QueueId = queue.parse().expect("an id");
        engine::directory::queues::change(&story.engine, &Actor::System, id, &Expected::Any, &form)
            .await
            .expect("saved");
        story.settled().await;
    };
    members(Vec::new()).await;
    let status = async || {
        let channel = story.api.items("/api/v1/channels").await.remove(0);
        (channel["status"].clone(), channel["degraded_by"].clone())
    };
    assert_eq!(
        status().await,
        ("degraded".into(), json!(["destination"])),
        "told at once"
    );
    assert_eq!(bad(&story.examine(&line).await), nobody);
    members(vec![jana]).await;
    assert_eq!(status().await, ("active".into(), json!([])));
    assert!(bad(&story.examine(&line).await).is_empty());
}

/// Nobody sees messages that go to an extension without a log-in, even if it is a queue's only member.
async fn an_extension_without_a_log_in_is_nobody(story: &Story) {
    let night = story.extension_of_nobody("205").await;
    let queue = story.queue("Night", &[&night]).await;
    let app = story.app(1);
    let lines = [
        story.channel(&app, 1, "extension", &night).await,
        story.channel(&app, 2, "queue", &queue).await,
    ];
    for line in &lines {
        story.connect(line).await;
    }
    story.settled().await;
    let log_in = async |login: &str| {
        let form = ExtensionForm {
            number: "205".into(),
            name: "Night".into(),
            login: login.into(),
            password: if login.is_empty() { "" } else { PASSWORD }.into(),
            role: "operator".into(),
            ..ExtensionForm::default()
        };
        let id: ExtensionId = night.parse().expect("an id");
        engine::directory::extensions::change(&story.engine, &Actor::System, id, &Expected::Any, &form)
            .await
            .expect("saved");
        story.settled().await;
    };
    let seen = async |nobody: bool| {
        let wrong: &[(&str, &str)] = match nobody {
            true => &[("destination", "destination_empty")],
            false => &[],
        };
        let status = if nobody { "degraded" } else { "active" };
        for line in &lines {
            let path = format!("/api/v1/channels/{}", line.channel);
            assert_eq!(story.api.get(&path).await.ok()["status"], status, "told at once");
            assert_eq!(bad(&story.examine(line).await), wrong);
        }
        let path = format!("/api/v1/queues/{queue}");
        assert_eq!(story.api.get(&path).await.ok()["empty"], nobody);
    };
    seen(true).await;
    log_in("night").await;
    seen(false).await;
    log_in("").await;
    seen(true).await;
}

/// Meta verifies the address first and stores it only after our answer: in between it reports a stale state.
async fn a_look_right_after_the_handshake(story: &Story) {
    let queue = story.staffed("Support").await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    let verified = || async {
        let mut url = line.webhook_url.clone();
        url.query_pairs_mut()
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.challenge", "1")
            .append_pair("hub.verify_token", &line.verify_token);
        let answer = reqwest::get(url).await.expect("an answer");
        assert_eq!(answer.status(), 200);
    };
    let status = async || {
        let path = format!("/api/v1/channels/{}", line.channel);
        story.api.get(&path).await.ok()["status"].clone()
    };
    verified().await;
    for _ in 0..3 {
        let found = story.examine(&line).await;
        assert!(bad(&found).is_empty(), "{found:#?}");
        assert_eq!(of(&found, "messages_field")["seen"]["seen"], "settling");
        assert_eq!(status().await, "active");
    }
    // Meta never stored it. The doctor looks again without a request.
    story.later(SETTLING).await;
    for _ in 0..500 {
        if status().await == "not_receiving" {
            break;
        }
        story.settled().await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(status().await, "not_receiving");
    // This time Meta stores it.
    story.connect(&line).await;
    story.examine(&line).await;
    assert_eq!(status().await, "active");
    story.later(SETTLING).await;
    assert_eq!(status().await, "active");
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
    assert_eq!(silent, [], "silence is no fault");
    story.outage(None);
}
