//! The latency of reads: the requests that the console makes when somebody opens a page, types into the search, or
//! hears of an event. One request after another, without other load.

use std::time::Duration;

use tokio::time::Instant;

use super::operator::Operator;

/// Requests of each kind.
const TIMES: usize = 20;

/// A request: its name, its path, and its query.
type Call = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Server functions with their arguments. The names and numbers are those of `cargo xtask bench --history`: one search
/// matches everybody, one a thousand, one a single customer.
const CALLS: &[Call] = &[
    ("counts of the inbox", "inbox/counts", &[]),
    ("list of the waiting", "inbox/list", &[("tab", "waiting")]),
    ("list of all", "inbox/list", &[("tab", "all")]),
    ("list of one's own", "inbox/list", &[("tab", "mine")]),
    (
        "search for everybody",
        "inbox/list",
        &[("tab", "all"), ("search", "cust")],
    ),
    (
        "search by the first digits",
        "inbox/list",
        &[("tab", "all"), ("search", "430")],
    ),
    (
        "search for some",
        "inbox/list",
        &[("tab", "all"), ("search", "customer 77")],
    ),
    (
        "search for one",
        "inbox/list",
        &[("tab", "all"), ("search", "customer 4711")],
    ),
    (
        "search for a number",
        "inbox/list",
        &[("tab", "all"), ("search", "+430 000 004 711")],
    ),
    (
        "search for nobody",
        "inbox/list",
        &[("tab", "all"), ("search", "nobody")],
    ),
    (
        "search among the waiting",
        "inbox/list",
        &[("tab", "waiting"), ("search", "customer 4")],
    ),
];
/// The same for the texts of messages: a word that is in all, in one of ten, and in one of a thousand.
const TEXTS: &[(&str, &str)] = &[
    ("search for a text in all", "zprava"),
    ("search for a text in many", "faktura"),
    ("search for a text in some", "reklamace"),
    ("search for one text", "zprava 4711007"),
    ("search for no text", "faktura reklamace"),
];
const PAGES: &[&str] = &["inbox?tab=waiting"];
/// Pages that only some users may open.
const ADMINISTRATORS_PAGES: &[&str] = &["channels"];

pub async fn report(operator: &Operator) -> anyhow::Result<()> {
    for (what, function, arguments) in CALLS {
        let look = async || -> anyhow::Result<()> {
            let answer = operator.call(function, arguments)?.send().await?;
            answer.error_for_status()?.bytes().await?;
            Ok(())
        };
        line(what, look).await?;
    }
    for (what, search) in TEXTS {
        let look = async || -> anyhow::Result<()> {
            let answer = operator
                .call("inbox/search", &[("search", *search)])?
                .send()
                .await?;
            answer.error_for_status()?.bytes().await?;
            Ok(())
        };
        line(what, look).await?;
    }
    let mut pages = PAGES.to_vec();
    for path in ADMINISTRATORS_PAGES {
        if operator.get(path, "text/html").await.is_ok() {
            pages.push(path);
        }
    }
    for path in pages {
        let look = async || -> anyhow::Result<()> {
            operator.get(path, "text/html").await?.bytes().await?;
            Ok(())
        };
        line(&format!("the page /{path}"), look).await?;
    }
    Ok(())
}

async fn line(what: &str, look: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let start = Instant::now();
        look().await?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "  {what:<26} p50 {:>7.1} ms, longest {:>7.1} ms",
        ms(times[TIMES / 2]),
        ms(times[TIMES - 1])
    );
    Ok(())
}
