//! An operator who has closed the console still hears of what calls for them, and nobody else learns of it.

use crate::{
    stories,
    support::{
        Story,
        events::Events,
        push::{PushService, Subscription},
        users::{Browser, PASSWORD},
        world::{Line, id_of},
    },
};
use domain::{access::Actor, directory::ExtensionForm};
use engine::saved::Expected;
use futures::future::join_all;
use serde_json::{Value, json};
use server::settings::PushServices;
use std::time::Duration;

stories! {
    an_alert_reaches_a_browser_whose_console_is_closed
    a_note_calls_where_the_console_is_closed
    the_time_calls_where_the_console_is_closed
    nothing_is_pushed_while_a_page_is_open
    only_who_sees_the_session_now_hears_of_it
    whoever_is_logged_out_is_pushed_nothing
    a_push_service_says_what_comes_of_a_push
    a_push_service_that_does_not_answer_keeps_nobody_waiting
    sixteen_subscriptions_at_once_leave_ten
    of_what_was_before_nobody_is_told
}

struct Desk {
    service: PushService,
    line: Line,
    jana: Browser,
    petr: Browser,
    petr_id: String,
    key: String,
}

/// Jana is in the queue, Petr is not.
async fn desk(story: &Story) -> Desk {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let queue = story.queue("Support", &[&jana_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    let key = jana.call("push/key", &[]).await.ok();
    Desk {
        service: PushService::start().await,
        line,
        jana,
        petr,
        petr_id,
        key: key.as_str().expect("a key").to_owned(),
    }
}

impl Desk {
    async fn pushes(&self, story: &Story, to: &Subscription) -> Vec<Value> {
        story.engine.pushed().await.expect("pushed");
        self.service.pushes(to, &self.key, story.clock.now().millis())
    }

    /// What is read in the notifications.
    async fn bodies(&self, story: &Story, to: &Subscription) -> Vec<String> {
        let pushes = self.pushes(story, to).await;
        let body = |push: &Value| push["body"].as_str().expect("text").to_owned();
        pushes.iter().map(body).collect()
    }
}

async fn an_alert_reaches_a_browser_whose_console_is_closed(story: &Story) {
    let desk = desk(story).await;
    let browser = desk.service.subscription(1);
    assert_eq!(browser.subscribe(&desk.jana).await, 200);
    let customer = story.customer(1);
    story.says(customer, &desk.line, "Hello \u{1f600}").await;
    let session = id_of(&story.session().await);
    let expected = json!({
        "title": "Customer 1",
        "body": "Waiting: Hello \u{1f600}",
        "tag": session,
        "path": format!("/inbox/{session}?tab=waiting"),
        "lang": "en",
    });
    assert_eq!(desk.pushes(story, &browser).await, [expected]);
    story.says(customer, &desk.line, "Is anybody there?").await;
    assert_eq!(desk.pushes(story, &browser).await.len(), 1, "it waited before");

    desk.jana
        .call("inbox/pick-up", &[("session", &session)])
        .await
        .ok();
    desk.jana.call("auth/language", &[("language", "cs")]).await.ok();
    story.says(customer, &desk.line, "Thanks").await;
    let last = desk.pushes(story, &browser).await.pop().expect("a push");
    assert_eq!(last["body"], "Thanks");
    assert_eq!(last["path"], format!("/inbox/{session}?tab=mine"));
    let other = story.customer(2);
    story.says(other, &desk.line, "Dobrý den").await;
    let words = include_str!("../../../app/locales/cs/common.json");
    let words: Value = serde_json::from_str(words).expect("JSON");
    let waits = words["alerts"]["waits"].as_str().expect("text");
    assert_eq!(
        desk.bodies(story, &browser).await.last(),
        Some(&waits.replace("{{ words }}", "Dobrý den"))
    );
    let before = desk.service.calls();
    let arguments = [("endpoint", browser.endpoint.as_str())];
    desk.petr.call("push/unsubscribe", &arguments).await.ok();
    assert_eq!(story.count("push_subscriptions").await, 1, "it is not Petr's");
    desk.jana.call("push/unsubscribe", &arguments).await.ok();
    story.says(customer, &desk.line, "Bye").await;
    story.engine.pushed().await.expect("pushed");
    assert_eq!(desk.service.calls(), before);
}

async fn a_note_calls_where_the_console_is_closed(story: &Story) {
    let desk = desk(story).await;
    let boss = story.supervisor("203", "boss").await.1;
    let (janas, petrs) = (desk.service.subscription(1), desk.service.subscription(2));
    janas.subscribe(&desk.jana).await;
    petrs.subscribe(&desk.petr).await;
    story.says(story.customer(1), &desk.line, "Hello").await;
    let session = id_of(&story.session().await);
    assert_eq!(desk.bodies(story, &janas).await.len(), 1);
    let note = [("session", session.as_str()), ("text", "@201 @202 please")];
    boss.call("inbox/note", &note).await.ok();
    let last = desk.pushes(story, &janas).await.pop().expect("a push");
    assert_eq!(last["body"], "A note for you: Supervisor 203: @201 @202 please");
    assert_eq!(last["path"], format!("/inbox/{session}?tab=all"));
    assert!(
        desk.bodies(story, &petrs).await.is_empty(),
        "Petr does not see the session"
    );
    story.clock.advance(Duration::from_secs(60));
    // Somebody has seen it: that is an event, too, and calls for nobody.
    desk.jana
        .call("inbox/mentions-seen", &[("session", &session)])
        .await
        .ok();
    assert_eq!(desk.pushes(story, &janas).await.len(), 2);
}

async fn the_time_calls_where_the_console_is_closed(story: &Story) {
    let mut desk = desk(story).await;
    let (janas, petrs) = (desk.service.subscription(1), desk.service.subscription(2));
    janas.subscribe(&desk.jana).await;
    petrs.subscribe(&desk.petr).await;
    story.says(story.customer(1), &desk.line, "Hello").await;
    let session = id_of(&story.session().await);
    let about = [("session", session.as_str()), ("minutes", "60")];
    desk.jana.call("inbox/pick-up", &about[..1]).await.ok();
    desk.jana.call("inbox/snooze", &about).await.ok();
    story.clock.advance(Duration::from_secs(60 * 60));
    story.engine.remind().await.expect("reminded");
    let last = desk.pushes(story, &janas).await.pop().expect("a push");
    assert_eq!(last["body"], "Snoozed until now: Hello");
    assert_eq!(last["path"], format!("/inbox/{session}?tab=mine"));

    story.clock.advance(Duration::from_secs(21 * 60 * 60));
    desk.jana.log_in("jana", PASSWORD).await.ok();
    let janas = desk.service.subscription(3);
    janas.subscribe(&desk.jana).await;
    story.engine.remind().await.expect("reminded");
    let last = desk.pushes(story, &janas).await.pop().expect("a push");
    assert_eq!(last["body"], "The service window closes soon: Hello");
    assert_eq!(last["path"], format!("/inbox/{session}?tab=all"));
    assert!(desk.bodies(story, &petrs).await.is_empty(), "it is Jana's");
}

async fn nothing_is_pushed_while_a_page_is_open(story: &Story) {
    let desk = desk(story).await;
    let browser = desk.service.subscription(1);
    browser.subscribe(&desk.jana).await;
    let page = Events::open(&desk.jana).await;
    story.says(story.customer(1), &desk.line, "One").await;
    assert!(desk.bodies(story, &browser).await.is_empty());
    // They have left their computer, and perhaps have their phone with them.
    desk.jana.call("presence/idle", &[("idle", "true")]).await.ok();
    story.says(story.customer(2), &desk.line, "Two").await;
    assert_eq!(desk.bodies(story, &browser).await, ["Waiting: Two"]);
    desk.jana.call("presence/idle", &[("idle", "false")]).await.ok();
    story.says(story.customer(3), &desk.line, "Three").await;
    assert_eq!(desk.bodies(story, &browser).await, ["Waiting: Two"]);

    drop(page);
    let mut customer = 3;
    while desk.bodies(story, &browser).await.len() < 2 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        customer += 1;
        assert!(customer < 10, "the page is closed");
        story.says(story.customer(customer), &desk.line, "Further").await;
    }
    // Not what came while it was open.
    assert_eq!(desk.bodies(story, &browser).await[1..], ["Waiting: Further"]);
}

async fn only_who_sees_the_session_now_hears_of_it(story: &Story) {
    let desk = desk(story).await;
    let (janas, petrs) = (desk.service.subscription(1), desk.service.subscription(2));
    janas.subscribe(&desk.jana).await;
    petrs.subscribe(&desk.petr).await;
    let customer = story.customer(1);
    // While the push service takes a second, somebody else gets the session.
    desk.service.answers(429, Some("1"));
    story.says(customer, &desk.line, "Secret").await;
    let called = async {
        while desk.service.calls() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), called)
        .await
        .expect("a call");
    let path = format!("/api/v1/sessions/{}/transfer", id_of(&story.session().await));
    let to = json!({"to": {"type": "extension", "id": desk.petr_id}});
    story.api.post(&path, to).await.ok();
    assert_eq!(
        desk.pushes(story, &janas).await.len(),
        1,
        "there is no second attempt"
    );
    assert!(desk.bodies(story, &petrs).await.is_empty());
    story.says(customer, &desk.line, "Hello Petr").await;
    assert_eq!(desk.bodies(story, &petrs).await, ["Hello Petr"]);
    assert_eq!(desk.pushes(story, &janas).await.len(), 1);
    // Petr's browser cannot read what went to Jana's, and the other way round: `pushes` decrypts with its own key.
}

async fn whoever_is_logged_out_is_pushed_nothing(story: &Story) {
    let desk = desk(story).await;
    let browser = desk.service.subscription(1);
    let mut jana = desk.jana.clone();
    let actor = Actor::System;
    let id = story.api.items("/api/v1/extensions").await;
    let id = id
        .iter()
        .find(|row| row["number"] == "201")
        .map(id_of)
        .expect("an id");
    let id: domain::ids::ExtensionId = id.parse().expect("an id");
    let ways = [
        "log-out",
        "log-out-everywhere",
        "another password",
        "later",
        "disabled",
    ];
    for (n, way) in (1..).zip(ways) {
        assert_eq!(browser.subscribe(&jana).await, 200, "{way}");
        assert_eq!(story.count("push_subscriptions").await, 1, "{way}");
        match way {
            "another password" => {
                let form = ExtensionForm {
                    number: "201".into(),
                    name: "Jana".into(),
                    login: "jana".into(),
                    password: PASSWORD.into(),
                    role: "operator".into(),
                    ..ExtensionForm::default()
                };
                engine::directory::extensions::change(&story.engine, &actor, id, &Expected::Any, &form)
                    .await
                    .expect("it is saved");
            }
            "later" => story.clock.advance(Duration::from_secs(13 * 60 * 60)),
            "disabled" => engine::directory::extensions::set_disabled(&story.engine, &actor, id, true)
                .await
                .expect("it is disabled"),
            way => drop(jana.call(&format!("auth/{way}"), &[]).await),
        }
        if way == "later" {
            story.engine.forget().await.expect("old log-ins are deleted");
        }
        let left = story.count("push_subscriptions").await;
        assert!(left == 0 || way == "disabled", "{way}");
        story.says(story.customer(n), &desk.line, "Hello").await;
        story.engine.pushed().await.expect("pushed");
        assert_eq!(desk.service.calls(), 0, "{way}");
        assert_ne!(browser.subscribe(&jana).await, 200, "{way}");
        if way != "disabled" {
            assert_eq!(jana.log_in("jana", PASSWORD).await.status, 200, "{way}");
        }
    }
}

async fn a_push_service_says_what_comes_of_a_push(story: &Story) {
    let desk = desk(story).await;
    let browser = desk.service.subscription(1);
    browser.subscribe(&desk.jana).await;
    let customer = story.customer(1);
    story.says(customer, &desk.line, "Hello").await;
    let session = id_of(&story.session().await);
    assert_eq!(desk.bodies(story, &browser).await.len(), 1);
    desk.jana
        .call("inbox/pick-up", &[("session", &session)])
        .await
        .ok();
    // Answers, calls, and whether the subscription stays.
    for (answers, calls, stays) in [
        (vec![(429, Some("1")), (503, Some("1"))], 3, true),
        (vec![(500, None); 3], 3, true),
        (vec![(503, Some("86400"))], 1, true),
        (vec![(413, None)], 1, true),
        (vec![(307, None)], 1, true),
        (vec![(410, None)], 1, false),
        (vec![(404, None)], 1, false),
    ] {
        for (status, retry_after) in &answers {
            desk.service.answers(*status, *retry_after);
        }
        let before = desk.service.calls();
        story.says(customer, &desk.line, "Again").await;
        // The waits are those of the machine's clock.
        for _ in 0..3 {
            story.engine.pushed().await.expect("pushed");
        }
        assert_eq!(desk.service.calls() - before, calls, "{answers:?}");
        assert_eq!(story.count("push_subscriptions").await == 1, stays, "{answers:?}");
        if !stays {
            browser.subscribe(&desk.jana).await;
        }
    }
}

async fn a_push_service_that_does_not_answer_keeps_nobody_waiting(story: &Story) {
    let desk = desk(story).await;
    let slow = PushService::start().await;
    slow.takes(Duration::from_secs(60));
    for n in 0..9 {
        slow.subscription(n).subscribe(&desk.jana).await;
    }
    let browser = desk.service.subscription(1);
    browser.subscribe(&desk.jana).await;
    for n in 1..=9 {
        story.says(story.customer(n), &desk.line, "Hello").await;
    }
    let all = async {
        while desk.service.calls() < 9 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(8), all)
        .await
        .expect("all pushes");
    assert!(slow.calls() >= 1);
}

async fn sixteen_subscriptions_at_once_leave_ten(story: &Story) {
    let desk = desk(story).await;
    let browsers: Vec<_> = (0..16).map(|n| desk.service.subscription(n)).collect();
    let all = join_all(browsers.iter().map(|browser| browser.subscribe(&desk.jana))).await;
    assert!(all.iter().all(|status| *status == 200), "{all:?}");
    assert_eq!(story.count("push_subscriptions").await, 10);
    // The same browser, at once: also another user's, who has logged in there.
    let again = desk.service.subscription(20);
    let users = [&desk.jana, &desk.petr];
    let all = join_all((0..16).map(|n| again.subscribe(users[n % 2]))).await;
    assert!(all.iter().all(|status| *status == 200), "{all:?}");
    assert!((10..=11).contains(&story.count("push_subscriptions").await));
    again.subscribe(&desk.petr).await;
    story.says(story.customer(1), &desk.line, "Hello").await;
    assert!(
        desk.pushes(story, &again).await.is_empty(),
        "Petr is not in the queue"
    );
    assert!(desk.service.calls() >= 9);
}

async fn of_what_was_before_nobody_is_told(story: &Story) {
    let desk = desk(story).await;
    story.says(story.customer(1), &desk.line, "Before").await;
    let browser = desk.service.subscription(1);
    browser.subscribe(&desk.jana).await;
    story.says(story.customer(2), &desk.line, "After").await;
    assert_eq!(desk.bodies(story, &browser).await, ["Waiting: After"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_push_services_are_called() {
    let story = Story::with(|settings| settings.push.services = PushServices::Public).await;
    let desk = desk(&story).await;
    let browser = desk.service.subscription(1);
    assert_eq!(browser.subscribe(&desk.jana).await, 422, "on this machine");
    let subscribe = async |endpoint: &str, p256dh: &str, auth: &str| {
        let arguments = [("endpoint", endpoint), ("p256dh", p256dh), ("auth", auth)];
        desk.jana.call("push/subscribe", &arguments).await.status.as_u16()
    };
    let (good, p256dh, auth) = ("https://push.example/send/1", browser.p256dh(), browser.auth());
    let long = format!("https://push.example/{}", "x".repeat(1024));
    for hostile in [
        "",
        "/send/1",
        "http://push.example/send/1",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://push.example:5432/",
        "https://user:password@push.example/",
        "file:///etc/passwd",
        long.as_str(),
    ] {
        assert_eq!(subscribe(hostile, &p256dh, &auth).await, 422, "{hostile}");
    }
    let off_the_curve = format!("{}AA", &p256dh[..85]);
    for wrong in [
        "",
        "x",
        &p256dh[1..],
        off_the_curve.as_str(),
        &"\u{1f600}".repeat(87),
    ] {
        assert_eq!(subscribe(good, wrong, &auth).await, 422, "{wrong}");
    }
    for wrong in ["", &auth[1..], "!!!!!!!!!!!!!!!!!!!!!!"] {
        assert_eq!(subscribe(good, &p256dh, wrong).await, 422, "{wrong}");
    }
    assert_eq!(browser.subscribe(&Browser::new(&story)).await, 401);
    assert_eq!(Browser::new(&story).call("push/key", &[]).await.status, 401);
    assert_eq!(story.count("push_subscriptions").await, 0);
    assert_eq!(subscribe(good, &p256dh, &auth).await, 200);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_settings_allow_none_nobody_subscribes() {
    let story = Story::with(|settings| settings.push.services = PushServices::None).await;
    let jana = story.operator("201", "jana").await.1;
    assert_eq!(jana.call("push/key", &[]).await.ok(), Value::Null);
    let service = PushService::start().await;
    assert_eq!(service.subscription(1).subscribe(&jana).await, 422);
    story.end().await;
}
