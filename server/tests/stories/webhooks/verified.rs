//! What is sent is verified by an implementation of Standard Webhooks that has nothing to do with ours.

use super::does;
use crate::support::{
    Story,
    receiver::Receiver,
    scripts::{python, run},
};
use engine::Clock;
use serde_json::{Map, json};
use tokio::process::Command;

/// Reads secret, headers and body, and ends in an error if the signature is wrong.
const VERIFY: &str = "import json, os; from standardwebhooks import Webhook; given = json.loads(os.environ['GIVEN']); \
    Webhook(given['secret']).verify(given['body'], given['headers'])";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python with the package standardwebhooks; cargo xtask test runs it"]
async fn another_implementation_verifies_what_is_sent() {
    let story = Story::on_sqlite().await;
    // It takes only what was signed within five minutes of its own clock.
    story
        .clock
        .advance(Clock::system().now().since(story.clock.now()));
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    does(&story, &crm, "test", json!({})).await;
    does(&story, &crm, "rotate", json!({})).await;
    does(&story, &crm, "test", json!({})).await;
    story.called().await;
    assert_eq!(receiver.got().len(), 2);
    for got in receiver.got() {
        let mut headers = Map::new();
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            headers.insert(name.to_owned(), got.header(name).into());
        }
        let body = String::from_utf8(got.body.to_vec()).expect("UTF-8");
        let given = json!({"secret": crm.secret, "headers": headers, "body": body});
        let mut verifier = Command::new(python());
        run(verifier.args(["-c", VERIFY]).env("GIVEN", given.to_string())).await;
    }
    story.end().await;
}
