//! Blocking a customer: who may, what Meta says, and what follows from it.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::{Browser, PASSWORD},
        world::{Line, id_of},
    },
};
use domain::access::Scope;
use futures::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{CustomerId, CustomerSpec, Outage, Setting};
use std::time::Duration;

stories! {
    nobody_writes_to_a_blocked_customer_and_they_do_not_reach_us
    only_supervisors_block
    meta_blocks_only_who_has_written_lately
    nothing_is_blocked_without_metas_yes
    of_many_at_once_one_asks_meta
    an_answer_that_is_late_counts_for_nothing
    of_two_customers_who_are_one_the_block_stays
    a_script_blocks_and_unblocks
}

struct Desk {
    line: Line,
    jana: Browser,
    boss: Browser,
    customer: CustomerId,
    session: String,
}

/// Jana has a customer's session; the boss may block.
async fn desk(story: &Story) -> Desk {
    let (line, jana) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("403", "boss").await;
    let customer = story.customer(1);
    story.says(customer, &line, "Hello").await;
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    Desk {
        line,
        jana,
        boss,
        customer,
        session,
    }
}

async fn block(browser: &Browser, session: &str, on: bool) -> Answer {
    let on = if on { "true" } else { "false" };
    browser
        .call("inbox/block", &[("session", session), ("on", on)])
        .await
}

async fn thread(browser: &Browser, session: &str) -> Value {
    browser.call("inbox/thread", &[("session", session)]).await.ok()
}

/// How often somebody blocked or unblocked, as the timeline tells.
async fn told(story: &Story, session: &str, what: &str) -> usize {
    let timeline = story
        .api
        .get(&format!("/api/v1/sessions/{session}/timeline"))
        .await
        .ok();
    let lines = timeline.as_array().expect("lines").iter();
    lines.filter(|line| line["what"] == what).count()
}

async fn nobody_writes_to_a_blocked_customer_and_they_do_not_reach_us(story: &Story) {
    let it = desk(story).await;
    let number = &it.line.phone_number_id;
    assert_eq!(thread(&it.boss, &it.session).await["contact_block"], Value::Null);
    block(&it.boss, &it.session, true).await.ok();
    assert!(story.meta.has_blocked(number, it.customer));
    let now = thread(&it.jana, &it.session).await;
    let by = now["contact_block"]["by"].as_str().expect("who blocked");
    assert!(
        by.starts_with("Supervisor") || by.starts_with("Operator"),
        "{now}"
    );
    assert_eq!(now["may"]["reply"]["Err"]["reason"], "customer_blocked", "{now}");
    assert_eq!(
        (&now["may"]["block"], &now["templates"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(thread(&it.boss, &it.session).await["may"]["block"], true);
    let page = it.jana.get(&format!("/inbox/{}?tab=all", it.session)).await.text;
    assert!(
        page.contains("Blocked") && page.contains("This customer is blocked"),
        "{page}"
    );
    let reply = json!({"type": "text", "text": {"body": "Hello"}});
    let path = format!("/api/v1/sessions/{}/messages", it.session);
    let refused = story.api.post(&path, reply.clone()).await.problem(409);
    assert_eq!(refused["type"], "urn:switchboard:customer_blocked");
    story.says(it.customer, &it.line, "Do you read me?").await;
    assert_eq!(story.messages(&json!({"id": it.session})).await.len(), 1);
    // Once more is no change.
    block(&it.boss, &it.session, true).await.ok();
    assert_eq!(told(story, &it.session, "blocked").await, 1);
    block(&it.boss, &it.session, false).await.ok();
    block(&it.boss, &it.session, false).await.ok();
    assert!(!story.meta.has_blocked(number, it.customer));
    assert_eq!(told(story, &it.session, "unblocked").await, 1);
    let now = thread(&it.jana, &it.session).await;
    assert_eq!(now["contact_block"], Value::Null);
    story.api.post(&path, reply).await.ok();
    assert_eq!(story.count("contact_blocks").await, 0);
}

async fn only_supervisors_block(story: &Story) {
    let it = desk(story).await;
    let (_, stranger) = story.operator("401", "stranger").await;
    let unknown = "00000000-0000-7000-8000-000000000000";
    for (who, session) in [
        (&it.jana, it.session.as_str()),
        (&stranger, &it.session),
        (&stranger, unknown),
    ] {
        for on in [true, false] {
            assert_eq!(block(who, session, on).await.status, 403);
        }
    }
    assert_eq!(block(&it.boss, unknown, true).await.status, 404);
    assert!(!story.meta.has_blocked(&it.line.phone_number_id, it.customer));
}

async fn meta_blocks_only_who_has_written_lately(story: &Story) {
    let mut it = desk(story).await;
    block(&it.boss, &it.session, true).await.ok();
    story.clock.advance(Duration::from_secs(25 * 60 * 60));
    it.boss.log_in("boss", PASSWORD).await.ok();
    // Taking it back is possible at any time.
    block(&it.boss, &it.session, false).await.ok();
    let refused = block(&it.boss, &it.session, true).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("131047"), "{}", refused.text);
    assert_eq!(thread(&it.boss, &it.session).await["contact_block"], Value::Null);
    assert_eq!(story.count("contact_blocks").await, 0);
}

async fn nothing_is_blocked_without_metas_yes(story: &Story) {
    let it = desk(story).await;
    for (outage, status) in [
        (Outage::Status5xx { code: 502 }, 503),
        (Outage::DropConnection, 503),
        (
            Outage::ErrorCode {
                code: 139_103,
                http: 500,
            },
            409,
        ),
        (Outage::ErrorCode { code: 190, http: 401 }, 409),
    ] {
        let set = |outage| story.meta.set(Setting::Outage { outage }).expect("it is set");
        set(Some(outage.clone()));
        let refused = block(&it.boss, &it.session, true).await;
        assert_eq!(refused.status, status, "{outage:?}: {}", refused.text);
        set(None);
        assert_eq!(thread(&it.boss, &it.session).await["contact_block"], Value::Null);
        assert_eq!(story.count("contact_blocks").await, 0);
    }
    // Nobody has to wait after a failure.
    block(&it.boss, &it.session, true).await.ok();
    assert_eq!(told(story, &it.session, "blocked").await, 1);
}

async fn of_many_at_once_one_asks_meta(story: &Story) {
    let it = desk(story).await;
    story.meta.set(Setting::Latency { ms: 100 }).expect("it is set");
    for on in [true, false] {
        let all = join_all((0..16).map(|_| block(&it.boss, &it.session, on))).await;
        assert!(
            all.iter()
                .all(|answer| answer.status.is_success() || answer.status == 503),
            "{all:?}"
        );
        assert!(all.iter().any(|answer| answer.status.is_success()), "{all:?}");
        assert_eq!(story.meta.has_blocked(&it.line.phone_number_id, it.customer), on);
        assert_eq!(
            thread(&it.boss, &it.session).await["contact_block"].is_null(),
            !on
        );
    }
    for what in ["blocked", "unblocked"] {
        assert_eq!(told(story, &it.session, what).await, 1);
    }
}

async fn an_answer_that_is_late_counts_for_nothing(story: &Story) {
    let it = desk(story).await;
    story.meta.set(Setting::Latency { ms: 1500 }).expect("it is set");
    let second = async {
        while story.count("contact_blocks").await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let waits = block(&it.boss, &it.session, true).await;
        story.clock.advance(Duration::from_secs(30));
        (waits, block(&it.boss, &it.session, true).await)
    };
    let (late, (waits, second)) = join(block(&it.boss, &it.session, true), second).await;
    assert_eq!(
        (late.status.as_u16(), waits.status.as_u16()),
        (409, 503),
        "{late:?} {waits:?}"
    );
    second.ok();
    assert_eq!(told(story, &it.session, "blocked").await, 1);
}

async fn of_two_customers_who_are_one_the_block_stays(story: &Story) {
    let (line, _) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("403", "boss").await;
    let (number, user) = (Some("420601000001"), Some("CZ.1"));
    // The older contact, which stays, has no number yet.
    story.is_known_as(&line, "wamid.0", None, user).await;
    story.settled().await;
    let nameless = id_of(&story.session().await);
    let refused = block(&boss, &nameless, true).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("no_number"), "{}", refused.text);
    let customer = story.meta.add_customer(CustomerSpec {
        name: "Eva".into(),
        wa_id: number.map(str::to_owned),
        ..CustomerSpec::default()
    });
    story.says(customer, &line, "Hello").await;
    let open = story.api.items("/api/v1/sessions").await;
    let other = open
        .iter()
        .map(id_of)
        .find(|id| *id != nameless)
        .expect("another");
    block(&boss, &other, true).await.ok();
    story.is_known_as(&line, "wamid.1", number, user).await;
    story.settled().await;
    for row in story.api.items("/api/v1/sessions").await {
        let read = thread(&boss, &id_of(&row)).await;
        assert!(read["contact_block"]["at"].is_number(), "{read}");
    }
    assert_eq!(story.count("contact_blocks").await, 1);
}

async fn a_script_blocks_and_unblocks(story: &Story) {
    let it = desk(story).await;
    let path = format!("/api/v1/sessions/{}/block", it.session);
    let none = json!({"blocked": false, "by": null, "at": null});
    let reader = story.api_with(Scope::Read).await;
    assert_eq!(reader.get(&path).await.ok(), none);
    assert_eq!(reader.post(&path, json!({})).await.status, 403);
    let operator = story.api_with(Scope::Operate).await;
    let blocked = operator.post(&path, json!({})).await.ok();
    assert_eq!(blocked["blocked"], true, "{blocked}");
    assert_eq!(reader.get(&path).await.ok(), blocked);
    let delete = operator.send(operator.request(Method::DELETE, &path)).await;
    assert_eq!(delete.status, 204);
    assert_eq!(reader.get(&path).await.ok(), none);
    story
        .meta
        .set(Setting::Outage {
            outage: Some(Outage::DropConnection),
        })
        .expect("it is set");
    let silent = operator.post(&path, json!({})).await.problem(503);
    assert_eq!(silent["type"], "urn:switchboard:meta_silent");
}
