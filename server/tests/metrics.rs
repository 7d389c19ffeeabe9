//! Every refusal at the webhook is counted once, under its reason. The counters belong to the process, so this test
//! needs a process to which nobody else sends anything.

#[expect(
    dead_code,
    reason = "other tests start it on PostgreSQL, kill it and read its tables"
)]
mod program;

use program::{Program, Store, delivery, number, text_message};
use reqwest::{Client, RequestBuilder};
use std::collections::BTreeMap;

const DELIVERIES: &str = "switchboard_deliveries_refused_total";
const HANDSHAKES: &str = "switchboard_handshakes_refused_total";

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_counted() {
    let program = Program::connected(Store::Sqlite).await;
    let client = Client::new();
    let unknown = format!("http://{}/webhooks/whatsapp/nosuchwebhook", program.address);
    let body = delivery(&[text_message("wamid.1", "420800555901")], &[]);
    let signature = whatsapp::signature::sign(&program::SECRET.into(), &body);
    let post = |webhook: &str| client.post(webhook).body(body.clone());
    let signed = |request: RequestBuilder, signature: &str| request.header("x-hub-signature-256", signature);
    let handshake = |webhook: &str, mode: &str| {
        let query = [
            ("hub.mode", mode),
            ("hub.verify_token", "wrong"),
            ("hub.challenge", "1"),
        ];
        client.get(webhook).query(&query)
    };
    let known = &program.webhook;
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    let refusals = [
        (post(known), 401, DELIVERIES, "signature"),
        (signed(post(known), "sha256=00"), 401, DELIVERIES, "signature"),
        (
            signed(post(&unknown), &signature),
            404,
            DELIVERIES,
            "unknown_webhook",
        ),
        (
            signed(post(known).body(large), &signature),
            413,
            DELIVERIES,
            "too_large",
        ),
        (handshake(known, "subscribe"), 403, HANDSHAKES, "verify_token"),
        (handshake(known, "unsubscribe"), 403, HANDSHAKES, "no_handshake"),
        (
            handshake(&unknown, "subscribe"),
            404,
            HANDSHAKES,
            "unknown_webhook",
        ),
    ];
    let mut counted = counters(&program).await;
    assert_eq!(counted, BTreeMap::new());
    for (request, status, counter, reason) in refusals {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{reason}");
        *counted
            .entry(format!("{counter}{{reason=\"{reason}\"}}"))
            .or_default() += 1;
        assert_eq!(counters(&program).await, counted, "{reason}");
    }
    let kept = number(&program.database().await, "SELECT count(*) AS n FROM journal").await;
    assert_eq!(kept, 0, "and nothing of it is kept");
}

/// All refusal counters that are not zero.
async fn counters(program: &Program) -> BTreeMap<String, u64> {
    let metrics = program.metrics().await;
    let lines = metrics.lines().filter_map(|line| line.rsplit_once(' '));
    lines
        .filter(|(name, _)| name.starts_with(DELIVERIES) || name.starts_with(HANDSHAKES))
        .map(|(name, count)| (name.to_owned(), count.parse().expect("a number")))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_a_line_that_fail2ban_reads() {
    let program = Program::connected(Store::Sqlite).await;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("login", "j\u{e1}na")
        .append_pair("password", "guess address=\"192.0.2.1\"\n")
        .finish();
    let log_in = Client::new()
        .post(format!("http://{}/rpc/auth/log-in", program.address))
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let status = log_in.send().await.expect("an answer").status();
    assert_eq!(status, 401);

    let handbook = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/OPERATING.md");
    let handbook = std::fs::read_to_string(handbook).expect("the document");
    let filter = handbook
        .lines()
        .find_map(|line| line.strip_prefix("failregex = "));
    let filter = filter.expect("a filter").replace("<HOST>", "127.0.0.1");
    let (level, refused) = filter.split_once(".*").expect("one gap");
    let log = program.log();
    let lines: Vec<_> = log
        .lines()
        .filter(|line| line.contains("log-in refused"))
        .collect();
    let [line] = lines.as_slice() else {
        panic!("{log}");
    };
    let (_, after) = line.split_once(level).expect("its level");
    assert!(after.contains(refused), "{line} is not {filter}");
    assert!(!log.contains("guess"), "{log}");
    // Nobody is called so: it may be a password.
    assert!(!log.contains("j\u{e1}na"), "{log}");
}
