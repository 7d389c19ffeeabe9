//! Sessions that their owners put off, and what brings them back; and whoever is told that a window closes soon.

use crate::{
    stories,
    support::{
        Story,
        events::Events,
        http::Answer,
        users::Browser,
        world::{Line, id_of},
    },
};
use futures::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::CustomerId;
use std::time::Duration;

stories! {
    a_session_that_is_put_off_comes_back_at_its_time
    the_customers_next_message_brings_it_back
    only_its_owner_puts_it_off
    a_new_owner_or_the_end_brings_it_back
    nobody_closes_it_for_silence
    a_script_puts_off_and_brings_back
    a_window_that_closes_soon_is_told_once
}

const HOUR: Duration = Duration::from_secs(60 * 60);

struct Desk {
    line: Line,
    jana: Browser,
    customer: CustomerId,
    session: String,
}

/// Jana has a customer's session.
async fn desk(story: &Story) -> Desk {
    let (line, jana) = story.desk_of_one().await;
    let customer = story.customer(1);
    story.says(customer, &line, "Hello").await;
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    Desk {
        line,
        jana,
        customer,
        session,
    }
}

impl Desk {
    async fn snooze(&self, minutes: &str) -> Answer {
        snooze(&self.jana, &self.session, minutes).await
    }

    async fn list(&self, arguments: &[(&str, &str)]) -> Vec<String> {
        let page = self.jana.call("inbox/list", arguments).await.ok();
        let rows = page["value"]["rows"]["items"].as_array().expect("rows").clone();
        rows.iter().map(id_of).collect()
    }

    /// Whether the session is in Jana's list, among those that are put off, and how many the tab counts.
    async fn is(&self) -> (bool, bool, Value) {
        let has = async |arguments: &[(&str, &str)]| self.list(arguments).await.contains(&self.session);
        let (mine, put_off) = join(
            has(&[("tab", "mine")]),
            has(&[("tab", "mine"), ("filter[snoozed]", "true")]),
        )
        .await;
        assert_eq!(
            has(&[("tab", "all"), ("filter[snoozed]", "true")]).await,
            put_off,
            "the tab of all sessions shows the same"
        );
        assert!(has(&[("tab", "all")]).await);
        let counts = self.jana.call("inbox/counts", &[]).await.ok();
        (mine, put_off, counts["value"]["mine"].clone())
    }

    async fn told(&self, what: &str) -> usize {
        let thread = self
            .jana
            .call("inbox/thread", &[("session", &self.session)])
            .await;
        let thread = thread.ok();
        let timeline = thread["timeline"].as_array().expect("a timeline").clone();
        timeline.iter().filter(|line| line["what"] == what).count()
    }
}

async fn snooze(browser: &Browser, session: &str, minutes: &str) -> Answer {
    browser
        .call("inbox/snooze", &[("session", session), ("minutes", minutes)])
        .await
}

async fn remind(story: &Story) {
    let both = join(story.engine.remind(), story.engine.remind()).await;
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
}

async fn a_session_that_is_put_off_comes_back_at_its_time(story: &Story) {
    let it = desk(story).await;
    let mut events = Events::open(&it.jana).await;
    assert_eq!(it.is().await, (true, false, json!(1)));
    for answer in join_all((0..16).map(|_| it.snooze("60"))).await {
        answer.ok();
    }
    // What was done before may be told late.
    let event = loop {
        let event = events.until("session").await;
        if event["inbox"]["row"]["snoozed_until"].is_number() {
            break event;
        }
    };
    assert_eq!(event["inbox"]["counts"]["mine"], 0);
    assert_eq!(
        (it.is().await, it.told("snoozed").await),
        ((false, true, json!(0)), 1)
    );
    story.clock.advance(HOUR - Duration::from_secs(1));
    remind(story).await;
    assert_eq!(it.is().await, (false, true, json!(0)));

    story.clock.advance(Duration::from_secs(1));
    remind(story).await;
    remind(story).await;
    assert_eq!(it.is().await, (true, false, json!(1)));
    let event = events.until("reminder").await;
    assert_eq!(event["why"], "snooze_over");
    assert_eq!(
        (event["inbox"]["counts"]["mine"].clone(), it.told("woken").await),
        (json!(1), 1)
    );

    it.snooze("60").await.ok();
    it.jana.call("inbox/wake", &[("session", &it.session)]).await.ok();
    assert_eq!(
        (it.is().await, it.told("woken").await),
        ((true, false, json!(1)), 2)
    );
}

async fn the_customers_next_message_brings_it_back(story: &Story) {
    let it = desk(story).await;
    let mut events = Events::open(&it.jana).await;
    it.snooze("60").await.ok();
    // What we write changes nothing.
    let reply = [("session", it.session.as_str()), ("body", "Tomorrow, then")];
    it.jana.call("inbox/send", &reply).await.ok();
    story.settled().await;
    assert_eq!(it.is().await, (false, true, json!(0)));
    story.says(it.customer, &it.line, "One more thing").await;
    assert_eq!(it.is().await, (true, false, json!(1)));
    assert_eq!(it.told("woken").await, 1);
    let event = loop {
        let event = events.until("message").await;
        if event["inbound"] == true {
            break event;
        }
    };
    assert_eq!(event["inbox"]["row"].get("snoozed_until"), None);
    assert_eq!(
        event["inbox"]["counts"],
        json!({"mine": 1, "waiting": 0, "unread": 1})
    );
    story.says(it.customer, &it.line, "And another").await;
    assert_eq!(it.told("woken").await, 1, "it was back already");
}

async fn only_its_owner_puts_it_off(story: &Story) {
    let it = desk(story).await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let (_, outsider) = story.operator("401", "outsider").await;
    assert_eq!(snooze(&boss, &it.session, "60").await.status, 409, "it is Jana's");
    assert_eq!(snooze(&outsider, &it.session, "60").await.status, 404);
    assert_eq!(snooze(&Browser::new(story), &it.session, "60").await.status, 401);
    for minutes in ["", "0", "527041", "4294967295", "-1", "soon"] {
        let refused = it.snooze(minutes).await;
        assert_eq!(refused.status, 422, "{minutes}: {}", refused.text);
        assert_eq!(it.told("snoozed").await, 0);
    }
    it.snooze("527040").await.ok();
    assert_eq!(
        boss.call("inbox/wake", &[("session", &it.session)]).await.status,
        409
    );
    assert_eq!(it.is().await, (false, true, json!(0)));

    story.says(story.customer(2), &it.line, "Hello").await;
    let waiting = it.list(&[("tab", "waiting")]).await.remove(0);
    assert_eq!(
        snooze(&it.jana, &waiting, "60").await.status,
        409,
        "nobody owns it"
    );
    it.jana
        .call("inbox/close", &[("session", &it.session)])
        .await
        .ok();
    assert_eq!(it.snooze("60").await.status, 409, "it is closed");
}

async fn a_new_owner_or_the_end_brings_it_back(story: &Story) {
    let it = desk(story).await;
    let (boss_id, boss) = story.supervisor("900", "boss").await;
    let put_off = "sessions WHERE snoozed_until IS NOT NULL";
    it.snooze("60").await.ok();
    let path = format!("/api/v1/sessions/{}/transfer", it.session);
    let to = json!({"to": {"type": "extension", "id": boss_id}});
    story.api.post(&path, to).await.ok();
    assert_eq!(story.count(put_off).await, 0);
    snooze(&boss, &it.session, "60").await.ok();
    assert_eq!(story.count(put_off).await, 1);
    boss.call("inbox/close", &[("session", &it.session)]).await.ok();
    assert_eq!(story.count(put_off).await, 0);
    boss.call("inbox/reopen", &[("session", &it.session)]).await.ok();
    let row = boss.call("inbox/list", &[("tab", "mine")]).await.ok();
    assert_eq!(row["value"]["rows"]["items"][0]["id"], it.session);
}

async fn nobody_closes_it_for_silence(story: &Story) {
    let it = desk(story).await;
    it.snooze("4320").await.ok();
    story.clock.advance(48 * HOUR);
    story.engine.close_idle().await.expect("closed");
    let path = format!("/api/v1/sessions/{}", it.session);
    assert_eq!(story.api.get(&path).await.ok()["state"], "assigned");
    story.clock.advance(24 * HOUR);
    remind(story).await;
    story.engine.close_idle().await.expect("closed");
    assert_eq!(story.api.get(&path).await.ok()["state"], "closed", "the control");
}

async fn a_script_puts_off_and_brings_back(story: &Story) {
    let it = desk(story).await;
    let path = format!("/api/v1/sessions/{}/snooze", it.session);
    let until = |text: &str| json!({ "until": text });
    for (body, status) in [
        (until("tomorrow"), 400),
        (until("2001-01-01T00:00:00Z"), 422),
        (until("9999-01-01T00:00:00Z"), 422),
        (json!({}), 422),
        (json!({"until": "2026-01-01T00:00:00Z", "minutes": 5}), 422),
    ] {
        story.api.post(&path, body).await.problem(status);
    }
    let at = story.clock.now().plus(HOUR);
    let at = time::OffsetDateTime::from_unix_timestamp(at.millis() / 1000).expect("a time");
    let at = at
        .format(&time::format_description::well_known::Rfc3339)
        .expect("a text");
    let answer = story.api.post(&path, until(&at)).await.ok();
    assert_eq!(answer["snoozed_until"], at);
    let all = story.api.items("/api/v1/sessions?snoozed=true").await;
    assert_eq!(all.iter().map(id_of).collect::<Vec<_>>(), [it.session.as_str()]);
    let back = story.api.request(Method::DELETE, &path);
    let answer = story.api.send(back).await.ok();
    assert_eq!(answer["snoozed_until"], Value::Null);
    assert!(story.api.items("/api/v1/sessions?snoozed=true").await.is_empty());
    let reader = story.api_with(domain::access::Scope::Read).await;
    reader.post(&path, until(&at)).await.problem(403);
    let unknown = "/api/v1/sessions/00000000-0000-7000-8000-000000000000/snooze";
    story.api.post(unknown, until(&at)).await.problem(404);
}

async fn a_window_that_closes_soon_is_told_once(story: &Story) {
    let it = desk(story).await;
    let reminders = "events WHERE kind = 'reminder'";
    story.clock.advance(22 * HOUR - Duration::from_secs(1));
    remind(story).await;
    assert_eq!(story.count(reminders).await, 0, "two hours and a second are left");
    story.clock.advance(Duration::from_secs(1));
    remind(story).await;
    remind(story).await;
    assert_eq!(story.count(reminders).await, 1);

    // Another message opens the window anew; who has been answered does not wait.
    story.says(it.customer, &it.line, "Anybody?").await;
    story.clock.advance(22 * HOUR);
    remind(story).await;
    assert_eq!(story.count(reminders).await, 2);
    story.says(it.customer, &it.line, "Hello?").await;
    story.answers(&json!({"id": it.session}), "Yes").await;
    story.settled().await;
    story.clock.advance(22 * HOUR);
    remind(story).await;
    assert_eq!(story.count(reminders).await, 2, "the customer was answered");
}
