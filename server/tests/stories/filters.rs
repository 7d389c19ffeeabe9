//! Lists that are narrowed to a channel, a queue, an owner, or to windows that close soon; and what is offered for that.

use crate::{
    stories,
    support::{
        Story,
        users::Browser,
        world::{Line, id_of},
    },
};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_list_is_narrowed_to_a_channel_a_queue_and_an_owner
    the_window_that_closes_first_comes_first
    each_is_offered_what_they_see
    hostile_filters_are_refused_or_find_nothing
}

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Jana is in Support, Petr in Sales; each queue has a number of its own.
struct Company {
    lines: [Line; 2],
    queues: [String; 2],
    jana_id: String,
    jana: Browser,
    boss: Browser,
}

async fn company(story: &Story) -> Company {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, _) = story.operator("202", "petr").await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let app = story.app(1);
    let support = story.queue("Support", &[&jana_id]).await;
    let sales = story.queue("Sales", &[&petr_id]).await;
    let lines = [
        story.channel(&app, 1, "queue", &support).await,
        story.channel(&app, 2, "queue", &sales).await,
    ];
    for line in &lines {
        story.connect(line).await;
    }
    Company {
        lines,
        queues: [support, sales],
        jana_id,
        jana,
        boss,
    }
}

/// The customers of a narrowed list.
async fn names(browser: &Browser, tab: &str, filters: &[(&str, &str)]) -> Vec<String> {
    let arguments = [&[("tab", tab)], filters].concat();
    let page = browser.call("inbox/list", &arguments).await.ok();
    let rows = page["value"]["rows"]["items"].as_array().cloned().expect("rows");
    let name = |row: &Value| row["contact"]["label"].as_str().expect("a label").to_owned();
    rows.iter().map(name).collect()
}

async fn a_list_is_narrowed_to_a_channel_a_queue_and_an_owner(story: &Story) {
    let it = company(story).await;
    for n in 1..=4 {
        let line = &it.lines[usize::from(n > 2)];
        story.says(story.customer(n), line, "Hello").await;
        story.clock.advance(HOUR);
    }
    let sessions = story.api.items("/api/v1/sessions").await;
    let first = sessions
        .iter()
        .find(|row| row["contact"]["label"] == "Customer 1");
    let first = id_of(first.expect("a session"));
    it.jana.call("inbox/pick-up", &[("session", &first)]).await.ok();
    let [support, sales] = &it.queues;
    let second_channel = it.lines[1].channel.as_str();
    for (filters, expected) in [
        (
            vec![("filter[queue]", support.as_str())],
            vec!["Customer 2", "Customer 1"],
        ),
        (vec![("filter[queue]", sales)], vec!["Customer 4", "Customer 3"]),
        (
            vec![("filter[channel]", second_channel)],
            vec!["Customer 4", "Customer 3"],
        ),
        (vec![("filter[owner]", it.jana_id.as_str())], vec!["Customer 1"]),
        (
            vec![("filter[owner]", it.jana_id.as_str()), ("filter[queue]", sales)],
            vec![],
        ),
        (
            vec![("filter[queue]", support), ("search", "customer 2")],
            vec!["Customer 2"],
        ),
    ] {
        assert_eq!(names(&it.boss, "all", &filters).await, expected, "{filters:?}");
    }
    let of_sales = [("filter[queue]", sales.as_str())];
    assert_eq!(
        names(&it.boss, "waiting", &of_sales).await,
        ["Customer 3", "Customer 4"]
    );
    assert_eq!(
        names(&it.jana, "all", &of_sales).await,
        [""; 0],
        "not hers to see"
    );
    it.jana.call("inbox/close", &[("session", &first)]).await.ok();
    let of_jana = [("filter[owner]", it.jana_id.as_str())];
    assert_eq!(
        names(&it.boss, "all", &of_jana).await,
        ["Customer 1"],
        "also when closed"
    );
    let page = it
        .boss
        .get(&format!("/inbox?tab=all&queue={sales}&owner={}", it.jana_id))
        .await
        .text;
    assert!(!page.contains("Customer 1") && page.contains("chip"), "{page}");
    let crowd = join_all((0..16).map(|_| names(&it.boss, "all", &of_sales))).await;
    assert!(crowd.iter().all(|names| names.len() == 2));
}

async fn the_window_that_closes_first_comes_first(story: &Story) {
    let it = company(story).await;
    for n in 1..=3 {
        story.says(story.customer(n), &it.lines[0], "Hello").await;
        story.clock.advance(HOUR);
    }
    story.says(story.customer(1), &it.lines[0], "Again").await;
    let closing = [("filter[closing]", "true")];
    assert_eq!(
        names(&it.jana, "waiting", &closing).await,
        ["Customer 2", "Customer 3", "Customer 1"]
    );
    let searched = [("filter[closing]", "true"), ("search", "customer 3")];
    assert_eq!(names(&it.boss, "all", &searched).await, ["Customer 3"]);
    // Page by page, in the same order.
    let mut seen = Vec::new();
    let mut cursor = None::<String>;
    loop {
        let path = "/api/v1/sessions?limit=1&closing=true".to_owned();
        let path = cursor.map_or(path.clone(), |cursor| format!("{path}&cursor={cursor}"));
        let page = story.api.get(&path).await.ok();
        seen.extend(page["items"].as_array().cloned().expect("items"));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    let seen: Vec<_> = seen.iter().map(|row| row["contact"]["label"].clone()).collect();
    assert_eq!(
        seen,
        [json!("Customer 2"), json!("Customer 3"), json!("Customer 1")]
    );
    // The second customer's window closes 24 hours after they wrote.
    story.clock.advance(22 * HOUR);
    let open = story.api.items("/api/v1/sessions?closing=true").await;
    let open: Vec<_> = open.iter().map(|row| row["contact"]["label"].clone()).collect();
    assert_eq!(open, [json!("Customer 3"), json!("Customer 1")]);
}

async fn each_is_offered_what_they_see(story: &Story) {
    let it = company(story).await;
    let offered = async |browser: &Browser| {
        let choices = browser.call("inbox/choices", &[]).await.ok();
        ["channels", "queues", "owners"].map(|of| {
            let all = choices[of].as_array().cloned().expect("choices");
            all.iter()
                .map(|one| one[1].as_str().expect("a name").to_owned())
                .collect::<Vec<_>>()
        })
    };
    let [channels, queues, owners] = offered(&it.boss).await;
    assert_eq!(
        (channels.len(), queues),
        (2, vec!["Sales".to_owned(), "Support".to_owned()])
    );
    assert_eq!(owners.len(), 3);
    let [_, queues, owners] = offered(&it.jana).await;
    assert_eq!((queues, owners), (vec!["Support".to_owned()], vec![]));
}

async fn hostile_filters_are_refused_or_find_nothing(story: &Story) {
    let it = company(story).await;
    story.says(story.customer(1), &it.lines[0], "Hello").await;
    for value in [
        "x",
        "'; DROP TABLE sessions; --",
        "00000000-0000-0000-0000-00000000000",
    ] {
        let answer = it
            .boss
            .call("inbox/list", &[("tab", "all"), ("filter[queue]", value)])
            .await;
        assert_eq!(answer.status, 422, "{value}");
    }
    let nobody = "00000000-0000-7000-8000-000000000000";
    for by in ["label", "channel", "queue", "owner"] {
        let filter = format!("filter[{by}]");
        assert_eq!(
            names(&it.boss, "all", &[(&filter, nobody)]).await,
            [""; 0],
            "{by}"
        );
        let page = it.boss.get(&format!("/inbox?tab=all&{by}={nobody}")).await;
        assert_eq!(page.status, 200, "{by}");
    }
    for path in [
        "/inbox?tab=all&queue=%22&owner=x&closing",
        "/inbox?label=&channel=%F0%9F",
    ] {
        assert_eq!(it.boss.get(path).await.status, 200, "{path}");
    }
    for query in ["queue=x", "owner=", "closing=perhaps", "unread=2"] {
        let answer = story.api.get(&format!("/api/v1/sessions?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
}
