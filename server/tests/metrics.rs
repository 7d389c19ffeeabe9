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
