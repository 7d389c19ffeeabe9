//! The session log: what its filters take, for whom, and its export.

use crate::{
    stories,
    support::{
        Story,
        users::{Browser, PASSWORD},
        world::{Line, id_of},
    },
};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    filters_take_what_they_say
    it_is_read_page_by_page
    scripts_read_it_with_a_token
    only_supervisors_read_it
    a_filter_that_cannot_be_read_is_refused
    the_export_has_the_same_sessions_and_no_formula
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

struct Company {
    support: Line,
    sales: Line,
    queue: String,
    jana: Browser,
    jana_id: String,
    boss: Browser,
}

/// Two channels with a queue each: Jana is in the one of support.
async fn company(story: &Story) -> Company {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let boss = story.supervisor("900", "boss").await.1;
    let queue = story.queue("Support", &[&jana_id]).await;
    let other = story.queue("Sales", &[]).await;
    let support = story.channel(&story.app(1), 1, "queue", &queue).await;
    let sales = story.channel(&story.app(2), 2, "queue", &other).await;
    for line in [&support, &sales] {
        story.connect(line).await;
    }
    Company {
        support,
        sales,
        queue,
        jana,
        jana_id,
        boss,
    }
}

async fn log(browser: &Browser, filters: &[(&str, &str)]) -> Value {
    let spelled: Vec<_> = filters
        .iter()
        .map(|(name, value)| match *name {
            "cursor" => ("cursor".to_owned(), *value),
            name => (format!("form[{name}]"), *value),
        })
        .collect();
    let arguments: Vec<_> = spelled
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    browser.call("session-log/list", &arguments).await.ok()
}

fn labels(page: &Value) -> Vec<String> {
    let rows = page["sessions"]["Ok"]["items"].as_array().expect("rows").iter();
    rows.map(|row| row["contact"]["label"].as_str().expect("a label").to_owned())
        .collect()
}

async fn filters_take_what_they_say(story: &Story) {
    let mut it = company(story).await;
    story.says(story.customer(1), &it.support, "Hello").await;
    let first = id_of(&story.session().await);
    for step in ["pick-up", "close"] {
        it.jana
            .call(&format!("inbox/{step}"), &[("session", &first)])
            .await
            .ok();
    }
    story.clock.advance(DAY);
    assert_eq!(it.boss.log_in("boss", PASSWORD).await.status, 200);
    story.says(story.customer(2), &it.support, "Hello").await;
    story.says(story.customer(3), &it.sales, "Hello").await;
    let [jana, support] = [format!("extension:{}", it.jana_id), format!("queue:{}", it.queue)];
    // The story begins on 2026-11-22.
    for (filters, expected) in [
        (&[][..], &["Customer 3", "Customer 2", "Customer 1"][..]),
        (&[("of", jana.as_str())], &["Customer 1"]),
        (&[("of", &support)], &["Customer 2", "Customer 1"]),
        (&[("of", "nobody")], &[]),
        (&[("of", "disabled")], &[]),
        (&[("channel", &it.sales.channel)], &["Customer 3"]),
        (&[("state", "closed")], &["Customer 1"]),
        (&[("state", "open")], &["Customer 3", "Customer 2"]),
        (&[("state", "waiting"), ("of", &support)], &["Customer 2"]),
        (&[("state", "assigned")], &[]),
        (&[("customer", "customer 2")], &["Customer 2"]),
        (&[("customer", "+420 800 555 203")], &["Customer 3"]),
        (&[("customer", "customer"), ("state", "closed")], &["Customer 1"]),
        (&[("customer", "nobody")], &[]),
        (&[("from", "2026-11-23")], &["Customer 3", "Customer 2"]),
        (&[("to", "2026-11-22")], &["Customer 1"]),
        (&[("from", "2026-11-23"), ("to", "2026-11-22")], &[]),
        (&[("id", &first)], &["Customer 1"]),
        (&[("id", &first), ("state", "open")], &[]),
    ] {
        assert_eq!(labels(&log(&it.boss, filters).await), expected, "{filters:?}");
    }
    // One click away: what is left of an extension that is disabled.
    let form = [("id", it.jana_id.as_str()), ("disabled", "true")];
    story
        .admin("admin")
        .await
        .call("extensions/set-disabled", &form)
        .await
        .ok();
    assert_eq!(
        labels(&log(&it.boss, &[("of", "disabled")]).await),
        ["Customer 1"]
    );
    let page = it.boss.get("/session-log?of=disabled").await.text;
    assert!(
        page.contains("Customer 1") && page.contains("201 Operator 201"),
        "{page}"
    );
}

async fn it_is_read_page_by_page(story: &Story) {
    let it = company(story).await;
    for n in 1..=120 {
        let customer = story.meta.add_customer(simulator::CustomerSpec {
            name: format!("Customer {n:03}"),
            wa_id: Some(format!("420601000{n:03}")),
            ..Default::default()
        });
        let line = if n % 3 == 0 { &it.sales } else { &it.support };
        story
            .meta
            .customer_says(customer, &line.phone_number_id, "Hello")
            .expect("a customer");
    }
    story.settled().await;
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut filters = vec![("channel", it.support.channel.as_str())];
        filters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = log(&it.boss, &filters).await;
        all.extend(labels(&page));
        match page["sessions"]["Ok"]["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(all.len(), 80);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 80);
    let crowd = join_all((0..16).map(|_| log(&it.boss, &[("state", "open")]))).await;
    assert!(crowd.iter().all(|page| labels(page).len() == 50));
    let csv = it.boss.get("/session-log.csv?state=open").await.text;
    assert_eq!(csv.lines().count(), 121);
}

async fn scripts_read_it_with_a_token(story: &Story) {
    let it = company(story).await;
    story.says(story.customer(1), &it.support, "Hello").await;
    story.clock.advance(DAY);
    story.says(story.customer(2), &it.sales, "Hello").await;
    let log = async |filters: &str| {
        let page = story
            .api
            .get(&format!("/api/v1/session-log?{filters}"))
            .await
            .ok();
        let items = page["items"].as_array().expect("items").clone();
        let label = |row: &Value| row["contact"]["label"].as_str().expect("a label").to_owned();
        items.iter().map(label).collect::<Vec<_>>()
    };
    let queue = format!("of=queue:{}", it.queue);
    // The story begins on 2026-11-22.
    for (filters, expected) in [
        ("", &["Customer 2", "Customer 1"][..]),
        (&queue, &["Customer 1"]),
        ("state=open&customer=2", &["Customer 2"]),
        ("state=closed", &[]),
        ("from=2026-11-23T00:00:00Z", &["Customer 2"]),
        ("from=2026-11-23T01:00:00%2B01:00", &["Customer 2"]),
        ("until=2026-11-23T00:00:00Z", &["Customer 1"]),
    ] {
        assert_eq!(log(filters).await, expected, "{filters}");
    }
    for wrong in [
        "from=2026-11-23",
        "until=x",
        "of=x",
        "channel=x",
        "state=x",
        "id=x",
        "cursor=x",
    ] {
        let answer = story.api.get(&format!("/api/v1/session-log?{wrong}")).await;
        assert!(
            [400, 422].contains(&answer.status.as_u16()),
            "{wrong}: {}",
            answer.status
        );
    }
}

async fn only_supervisors_read_it(story: &Story) {
    let it = company(story).await;
    assert_eq!(it.jana.call("session-log/list", &[]).await.status, 403);
    assert_eq!(it.jana.get("/session-log.csv").await.status, 403);
    let nobody = Browser::new(story);
    assert_eq!(nobody.call("session-log/list", &[]).await.status, 401);
    assert_eq!(nobody.get("/session-log.csv").await.status, 401);
    let empty = it.boss.get("/session-log").await.text;
    assert!(empty.contains("No session matches"), "{empty}");
}

async fn a_filter_that_cannot_be_read_is_refused(story: &Story) {
    let it = company(story).await;
    for (name, value) in [
        ("form[from]", "yesterday"),
        ("form[of]", "x"),
        ("form[channel]", "x"),
        ("form[state]", "x"),
        ("form[id]", "x"),
    ] {
        let page = it.boss.call("session-log/list", &[(name, value)]).await.ok();
        let problem = &page["sessions"]["Err"]["fields"][0]["field"];
        assert_eq!(
            *problem,
            json!(name.trim_start_matches("form[").trim_end_matches(']')),
            "{page}"
        );
    }
    assert_eq!(
        it.boss.call("session-log/list", &[("cursor", "x")]).await.status,
        400
    );
    for query in ["from=x", "of=x", "state=x", "id=x"] {
        let answer = it.boss.get(&format!("/session-log.csv?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
    let long = "a".repeat(5000);
    assert!(labels(&log(&it.boss, &[("customer", &long)]).await).is_empty());
}

async fn the_export_has_the_same_sessions_and_no_formula(story: &Story) {
    let it = company(story).await;
    let customer = story.meta.add_customer(simulator::CustomerSpec {
        name: "=HYPERLINK(\"http://evil\",\"a\")".to_owned(),
        wa_id: Some("420601000001".to_owned()),
        ..Default::default()
    });
    story.says(customer, &it.support, "Hello").await;
    story.says(story.customer(2), &it.sales, "Hello").await;
    let answer = it.boss.get("/session-log.csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(answer.header("content-disposition").contains("session-log.csv"));
    let lines: Vec<_> = answer.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].starts_with("id,status,customer,number,channel,"),
        "{lines:?}"
    );
    let formula = lines
        .iter()
        .find(|line| line.contains("420601000001"))
        .expect("a line");
    assert!(formula.contains(",waiting,\"'=HYPERLINK(\"\"http"), "{formula}");
    let begins = story.clock.now().millis() + 1;
    let none = it.boss.get(&format!("/session-log.csv?from={begins}")).await.text;
    assert_eq!(none.lines().count(), 1);
}
