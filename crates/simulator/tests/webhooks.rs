//! Meta's side of the webhooks: the handshake, signed deliveries, retries, and what can go wrong.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use std::time::Duration;

use serde_json::json;
use simulator::{Answer, CustomerSpec, HandshakeError, Options, Outcome, RetryPlan, Signature, WebhookFault};
use support::{APP, JANA, NOON, NUMBER, TOKEN, VERIFY_TOKEN, WABA, answer, stage, stage_with};

#[tokio::test]
async fn a_callback_is_believed_only_with_200_and_the_challenge() {
    let stage = stage().await;
    let subscribe = |token: &'static str| stage.meta.subscribe(APP, &stage.callback, token);
    assert_eq!(subscribe("wrong").await, Err(HandshakeError::Refused(403)));
    assert!(matches!(
        subscribe("any page").await,
        Err(HandshakeError::WrongChallenge(_))
    ));
    assert_eq!(subscribe("").await, Err(HandshakeError::NoToken));

    // A refused callback is not stored.
    stage
        .meta
        .customer_says(stage.jana, NUMBER, "Is anybody there?")
        .unwrap();
    assert!(stage.meta.settled().await);
    assert!(matches!(
        stage.meta.deliveries()[0].outcome,
        Outcome::NotSent { .. }
    ));

    assert_eq!(subscribe(VERIFY_TOKEN).await, Ok(()));
    let unknown = stage.meta.subscribe("999", &stage.callback, VERIFY_TOKEN).await;
    assert_eq!(unknown, Err(HandshakeError::UnknownApp("999".into())));
}

#[tokio::test]
async fn a_message_is_delivered_signed_and_shaped_as_at_meta() {
    let stage = stage().await;
    stage.subscribe().await;
    let wamid = stage
        .meta
        .customer_says(stage.jana, NUMBER, "Dobrý den, a/b")
        .unwrap();
    assert!(stage.meta.settled().await);

    let received = stage.console.received();
    assert_eq!(received.len(), 1);
    assert!(received[0].is_signed());
    let wire = String::from_utf8(received[0].bytes.to_vec()).unwrap();
    assert!(wire.contains(r"Dobr\u00fd den, a\/b"), "{wire}");
    assert_eq!(
        received[0].json(),
        json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": WABA, "changes": [{ "field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "420800555010", "phone_number_id": NUMBER },
                "contacts": [{ "profile": { "name": "Jana Nováková" }, "wa_id": JANA }],
                "messages": [{
                    "from": JANA,
                    "id": wamid,
                    "timestamp": (NOON / 1000).to_string(),
                    "type": "text",
                    "text": { "body": "Dobrý den, a/b" },
                }],
            }}]}],
        })
    );
}

#[tokio::test]
async fn a_customer_with_a_username_only_has_no_number_in_the_delivery() {
    let stage = stage().await;
    stage.subscribe().await;
    let eva = CustomerSpec {
        name: "Eva".into(),
        username: Some("eva".into()),
        ..CustomerSpec::default()
    };
    let eva = stage.meta.add_customer(eva);
    stage.meta.customer_says(eva, NUMBER, "Hi").unwrap();
    assert!(stage.meta.settled().await);

    let value = stage.console.received()[0].value();
    let bsuid = value["contacts"][0]["user_id"].as_str().unwrap();
    assert!(bsuid.starts_with("CZ."));
    assert_eq!(value["messages"][0]["from_user_id"], bsuid);
    assert_eq!(value["contacts"][0]["profile"]["username"], "eva");
    assert!(value["messages"][0].get("from").is_none());
    assert!(value["contacts"][0].get("wa_id").is_none());
}

#[tokio::test]
async fn a_delivery_is_retried_until_200_and_given_up_when_the_plan_is_used_up() {
    let plan = RetryPlan {
        waits: vec![Duration::from_millis(10); 3],
    };
    let stage = stage_with(|options| Options {
        retry: plan,
        ..options
    })
    .await;
    stage.subscribe().await;
    // Only 200 counts: 201 is a refusal too.
    stage.console.answers(&[500, 201, 200]);
    stage.meta.customer_says(stage.jana, NUMBER, "one").unwrap();
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.texts(), ["one", "one", "one"]);
    let delivery = stage.meta.deliveries().remove(0);
    assert_eq!(delivery.outcome, Outcome::Arrived);
    assert_eq!(
        delivery.attempts[0].answer,
        Answer::Http {
            status: 500,
            body: "answer 500".into()
        }
    );

    stage.console.answers(&[503; 4]);
    stage.meta.customer_says(stage.jana, NUMBER, "two").unwrap();
    assert!(stage.meta.settled().await);
    let delivery = stage.meta.deliveries().remove(1);
    assert_eq!((delivery.attempts.len(), delivery.outcome), (4, Outcome::GivenUp));
}

#[tokio::test]
async fn duplicate_delivers_the_same_bytes_twice() {
    let stage = stage().await;
    stage.subscribe().await;
    stage.meta.fault(WebhookFault::Duplicate);
    stage.meta.customer_says(stage.jana, NUMBER, "one").unwrap();
    stage.meta.customer_says(stage.jana, NUMBER, "two").unwrap();
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.texts(), ["one", "one", "two"]);
    let received = stage.console.received();
    assert_eq!(received[0].bytes, received[1].bytes);
}

#[tokio::test]
async fn reorder_lets_the_next_one_overtake() {
    let stage = stage().await;
    stage.subscribe().await;
    stage.meta.fault(WebhookFault::Reorder);
    for text in ["one", "two", "three"] {
        stage.meta.customer_says(stage.jana, NUMBER, text).unwrap();
    }
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.texts(), ["two", "one", "three"]);
}

#[tokio::test]
async fn a_bad_signature_is_wrong_once() {
    let stage = stage().await;
    stage.subscribe().await;
    stage.meta.fault(WebhookFault::BadSignature);
    stage.console.answers(&[401]);
    stage.meta.customer_says(stage.jana, NUMBER, "one").unwrap();
    assert!(stage.meta.settled().await);
    let signed: Vec<bool> = stage
        .console
        .received()
        .iter()
        .map(support::Received::is_signed)
        .collect();
    assert_eq!(signed, [false, true]);
    assert!(!stage.meta.deliveries()[0].attempts[0].properly_signed);
}

#[tokio::test]
async fn a_delayed_delivery_is_overtaken() {
    let stage = stage().await;
    stage.subscribe().await;
    stage.meta.fault(WebhookFault::Delay { ms: 300 });
    stage.meta.customer_says(stage.jana, NUMBER, "late").unwrap();
    stage.meta.customer_says(stage.jana, NUMBER, "on time").unwrap();
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.texts(), ["on time", "late"]);
}

#[tokio::test]
async fn split_off_gives_every_update_a_post_of_its_own_without_contacts() {
    let stage = stage().await;
    stage.subscribe().await;
    let message = |id: &str| json!({ "from": JANA, "id": id, "timestamp": "1795348800", "type": "text", "text": { "body": id } });
    let both = || vec![message("wamid.1"), message("wamid.2")];
    stage.meta.deliver(NUMBER, both(), vec![]).unwrap();
    stage.meta.fault(WebhookFault::SplitOff);
    stage.meta.deliver(NUMBER, both(), vec![]).unwrap();
    assert!(stage.meta.settled().await);
    let received = stage.console.received();
    assert_eq!(received.len(), 3);
    assert_eq!(received[0].value()["messages"].as_array().unwrap().len(), 2);
    assert_eq!(received[0].value()["contacts"].as_array().unwrap().len(), 1);
    assert_eq!(received[2].value()["messages"], json!([message("wamid.2")]));
    assert!(received[2].value().get("contacts").is_none());
}

#[tokio::test]
async fn hand_made_bytes_get_their_answer_back() {
    let stage = stage().await;
    stage.subscribe().await;
    stage.console.answers(&[400]);
    let refused = stage
        .meta
        .deliver_raw(None, "not json", Signature::Missing)
        .await
        .unwrap();
    assert_eq!(refused, (400, "answer 400".into()));
    let taken = stage
        .meta
        .deliver_raw(None, "{}", Signature::Of(APP.into()))
        .await
        .unwrap();
    assert_eq!(taken.0, 200);
    stage
        .meta
        .deliver_raw(None, "{}", Signature::Given("sha256=00".into()))
        .await
        .unwrap();
    let received = stage.console.received();
    assert_eq!(received[0].signature, "");
    assert!(received[1].is_signed());
    assert_eq!(received[2].signature, "sha256=00");
}

#[tokio::test]
async fn through_graph_it_takes_the_callback_and_the_subscription_of_the_waba() {
    let stage = stage().await;
    let subscriptions = stage.graph(&format!("{APP}/subscriptions"));
    let form = |token: &str, secret: &str| {
        let app_token = format!("{APP}|{secret}");
        let query = [
            ("object", "whatsapp_business_account"),
            ("callback_url", &stage.callback),
            ("verify_token", token),
            ("fields", "messages"),
            ("access_token", &app_token),
        ];
        stage.http.post(&subscriptions).query(&query)
    };
    let (status, body) = answer(form(VERIFY_TOKEN, "guessed").send().await.unwrap()).await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!(190)));
    let (status, body) = answer(form("wrong", support::SECRET).send().await.unwrap()).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(2200)));
    let (status, body) = answer(form(VERIFY_TOKEN, support::SECRET).send().await.unwrap()).await;
    assert_eq!((status, body), (200, json!({ "success": true })));

    // The step that is forgotten most often: without it nothing arrives.
    stage.meta.customer_says(stage.jana, NUMBER, "lost").unwrap();
    let apps = stage.graph(&format!("{WABA}/subscribed_apps"));
    let listed = answer(stage.http.get(&apps).bearer_auth(TOKEN).send().await.unwrap()).await;
    assert_eq!(listed.1, json!({ "data": [] }));
    assert!(stage.meta.settled().await);
    assert!(matches!(
        stage.meta.deliveries()[0].outcome,
        Outcome::NotSent { .. }
    ));

    answer(stage.http.post(&apps).bearer_auth(TOKEN).send().await.unwrap()).await;
    let listed = answer(stage.http.get(&apps).bearer_auth(TOKEN).send().await.unwrap()).await;
    assert_eq!(listed.1["data"][0]["whatsapp_business_api_data"]["id"], APP);
    stage.meta.customer_says(stage.jana, NUMBER, "found").unwrap();
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.texts(), ["found"]);
}

#[tokio::test]
async fn a_number_with_its_own_callback_does_not_use_the_apps() {
    let stage = stage().await;
    let (own_console, own_callback) = support::Console::start().await;
    let number = stage.graph(NUMBER);
    let configure = |address: &str| {
        let configuration = json!({ "override_callback_uri": address, "verify_token": VERIFY_TOKEN });
        let body = json!({ "webhook_configuration": configuration });
        stage.http.post(&number).bearer_auth(TOKEN).json(&body)
    };
    let (status, body) = answer(configure(&own_callback).send().await.unwrap()).await;
    assert_eq!(status, 400);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("Before override")
    );

    stage.subscribe().await;
    answer(configure(&own_callback).send().await.unwrap()).await;
    let fields = [("fields", "webhook_configuration")];
    let shown = stage
        .http
        .get(&number)
        .bearer_auth(TOKEN)
        .query(&fields)
        .send()
        .await
        .unwrap();
    let shown = answer(shown).await.1;
    assert_eq!(
        shown["webhook_configuration"],
        json!({ "phone_number": own_callback, "application": stage.callback })
    );
    stage.meta.customer_says(stage.jana, NUMBER, "own").unwrap();
    assert!(stage.meta.settled().await);
    answer(configure("").send().await.unwrap()).await;
    stage.meta.customer_says(stage.jana, NUMBER, "app").unwrap();
    assert!(stage.meta.settled().await);
    assert_eq!(
        (own_console.texts(), stage.console.texts()),
        (vec!["own".into()], vec!["app".into()])
    );
}
