//! What messages cost: counted from the statuses that Meta sends, turned into money by a table of rates.

use crate::{
    content::{notification, post_body},
    stories,
    support::{
        START, Story,
        http::Answer,
        world::{Line, WABA_ID, id_of},
    },
};
use domain::access::Scope;
use reqwest::{Method, header};
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_message_counts_once_whatever_its_statuses
    statuses_may_come_before_their_message_and_in_any_order
    what_is_not_known_is_shown_as_unknown
    a_thousand_service_messages_are_free
    rates_are_replaced_and_refused_with_their_fields
    a_spent_budget_warns_and_stops_templates_only
    an_account_that_cannot_pay_shows_on_the_channel
    the_page_works_without_a_script
}

pub const TO: &str = "420800555201";

/// `pricing` as Meta sends it.
fn priced(category: &str, kind: &str) -> Value {
    json!({"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category})
}

pub fn status(wamid: &str, word: &str, to: &str, pricing: Option<Value>) -> Value {
    let at = START.millis() / 1000;
    let mut status = json!({"id": wamid, "status": word, "timestamp": at.to_string(), "recipient_id": to});
    if let Some(pricing) = pricing {
        status["pricing"] = pricing;
    }
    status
}

pub async fn told(story: &Story, line: &Line, statuses: &[Value]) {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "420800555011", "phone_number_id": line.phone_number_id},
        "statuses": statuses,
    });
    post_body(story, line, notification(WABA_ID, "messages", &value)).await;
}

async fn costs(story: &Story, month: &str) -> Value {
    let path = format!("/api/v1/costs?month={month}");
    story.api.get(&path).await.ok()
}

/// Country, category, charge and messages of the only channel's lines.
async fn lines(story: &Story) -> Vec<(Value, Value, Value, Value)> {
    let costs = costs(story, "2026-11").await;
    let lines = costs["channels"][0]["lines"].as_array().expect("lines").clone();
    let line = |line: Value| {
        (
            line["country"].clone(),
            line["category"].clone(),
            line["charge"].clone(),
            line["messages"].clone(),
        )
    };
    lines.into_iter().map(line).collect()
}

fn line(country: &str, category: &str, charge: &str, messages: u64) -> (Value, Value, Value, Value) {
    let country = match country {
        "" => Value::Null,
        code => code.into(),
    };
    (country, category.into(), charge.into(), messages.into())
}

async fn an_account_that_cannot_pay_shows_on_the_channel(story: &Story) {
    let channel = story.support().await;
    let path = format!("/api/v1/channels/{}/health", channel.channel);
    let payment = || async {
        story.settled().await;
        let health = story.api.get(&path).await.ok();
        let checks = health["findings"].as_array().expect("findings").clone();
        let payment = checks.into_iter().find(|check| check["check"] == "payment");
        payment.expect("the check")["state"].clone()
    };
    story.api.post(&path, json!({})).await.ok();
    assert_eq!(payment().await, "good");
    let mut failed = status("wamid.1", "failed", TO, None);
    failed["errors"] = json!([{"code": 131_042, "title": "Business eligibility payment issue"}]);
    told(story, &channel, &[failed]).await;
    assert_eq!(payment().await, "bad");
    // A free message proves nothing.
    let free = status(
        "wamid.2",
        "delivered",
        TO,
        Some(priced("service", "free_customer_service")),
    );
    told(story, &channel, &[free]).await;
    assert_eq!(payment().await, "bad");
    let paid = status("wamid.3", "delivered", TO, Some(priced("service", "regular")));
    told(story, &channel, &[paid]).await;
    assert_eq!(payment().await, "good");
}

async fn a_message_counts_once_whatever_its_statuses(story: &Story) {
    let channel = story.support().await;
    assert!(lines(story).await.is_empty());
    let regular = || Some(priced("marketing", "regular"));
    told(story, &channel, &[status("wamid.1", "sent", TO, regular())]).await;
    assert!(
        lines(story).await.is_empty(),
        "Meta charges for what is delivered"
    );
    let delivered = [
        status("wamid.1", "delivered", TO, regular()),
        status("wamid.1", "delivered", TO, regular()),
    ];
    told(story, &channel, &delivered).await;
    for _ in 0..2 {
        told(story, &channel, &delivered).await;
        told(story, &channel, &[status("wamid.1", "read", TO, None)]).await;
    }
    assert_eq!(lines(story).await, [line("CZ", "marketing", "billable", 1)]);
    assert_eq!(
        story
            .count("message_statuses WHERE billable AND pricing_category = 'marketing'")
            .await,
        2,
        "the price of each status is kept"
    );
    // Another message, of which Meta tells only that it was read.
    told(story, &channel, &[status("wamid.2", "read", TO, regular())]).await;
    assert_eq!(lines(story).await, [line("CZ", "marketing", "billable", 2)]);
    let month = costs(story, "2026-11").await;
    assert_eq!(
        (&month["amount"], &month["currency"]),
        (&json!("0.1424"), &json!("EUR"))
    );
    assert_eq!(month["unknown_messages"], 0);
    // Counting began this month: what there was before is not known.
    let before = costs(story, "2026-10").await;
    assert_eq!(
        (&before["amount"], &before["channels"][0]["amount"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(costs(story, "2026-12").await["amount"], "0");
}

async fn statuses_may_come_before_their_message_and_in_any_order(story: &Story) {
    let channel = story.support().await;
    // Read and delivered come first and without a price, in deliveries of their own.
    told(story, &channel, &[status("wamid.1", "read", TO, None)]).await;
    assert_eq!(lines(story).await, [line("CZ", "unknown", "unknown", 1)]);
    told(story, &channel, &[status("wamid.1", "delivered", TO, None)]).await;
    told(
        story,
        &channel,
        &[status("wamid.1", "sent", TO, Some(priced("utility", "regular")))],
    )
    .await;
    assert_eq!(lines(story).await, [line("CZ", "utility", "billable", 1)]);

    // One of ours: the simulated Meta tells its price with its statuses.
    let session = story.picked_up(&channel).await;
    story.answers(&session, "Hello").await;
    story.settled().await;
    let service = lines(story).await;
    assert_eq!(service.len(), 2, "{service:?}");
    assert_eq!((&service[0].1, &service[0].3), (&json!("service"), &json!(1)));
}

async fn what_is_not_known_is_shown_as_unknown(story: &Story) {
    let channel = story.support().await;
    let regular = |category| Some(priced(category, "regular"));
    let nobody = json!({"id": "wamid.5", "status": "delivered", "pricing": priced("utility", "regular"),
        "timestamp": (START.millis() / 1000).to_string()});
    told(
        story,
        &channel,
        &[
            status("wamid.1", "delivered", TO, regular("utility")),
            // No rate for this country, none for this category, and a category that is new.
            status("wamid.2", "delivered", "48600123456", regular("utility")),
            status(
                "wamid.3",
                "delivered",
                TO,
                regular("authentication-international"),
            ),
            status("wamid.4", "delivered", TO, regular("barter")),
            // Nobody knows where.
            nobody,
            // By the older model.
            status(
                "wamid.6",
                "delivered",
                TO,
                Some(json!({"billable": true, "pricing_model": "CBP",
                "category": "utility"})),
            ),
        ],
    )
    .await;
    assert_eq!(
        lines(story).await,
        [
            line("", "utility", "billable", 1),
            line("CZ", "authentication_international", "billable", 1),
            line("CZ", "unknown", "billable", 1),
            line("CZ", "utility", "billable", 1),
            line("CZ", "utility", "unknown", 1),
            line("PL", "utility", "billable", 1),
        ]
    );
    let month = costs(story, "2026-11").await;
    assert_eq!(
        (&month["amount"], &month["unknown_messages"]),
        (&json!("0.0175"), &json!(5))
    );
    let amounts: Vec<_> = month["channels"][0]["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .collect();
    assert_eq!(amounts.iter().filter(|line| line["amount"].is_null()).count(), 5);

    let admin = story.admin("admin").await;
    let page = admin.get("/costs?month=2026-11").await.text;
    for words in ["0.0175", "unknown", "Poland"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let (_, operator) = story.operator("301", "jana").await;
    assert_eq!(operator.call("costs/month", &[]).await.status, 403);
}

async fn a_thousand_service_messages_are_free(story: &Story) {
    let channel = story.support().await;
    for part in 0..3 {
        let statuses: Vec<_> = (0..334)
            .map(|n| {
                let wamid = format!("wamid.{part}.{n}");
                status(&wamid, "delivered", TO, Some(priced("service", "regular")))
            })
            .collect();
        told(story, &channel, &statuses).await;
    }
    let entry = status(
        "wamid.ad",
        "delivered",
        TO,
        Some(priced("service", "free_entry_point")),
    );
    told(story, &channel, &[entry]).await;
    let month = costs(story, "2026-11").await;
    let channel = &month["channels"][0];
    assert_eq!(
        (&channel["service_messages"], &channel["amount"]),
        (&json!(1002), &json!("0.035"))
    );
    assert_eq!(channel["lines"][0]["paid_messages"], 2);
}

fn rates(currency: &str, country: &str, amount: Value) -> Value {
    json!({"currency": currency, "date": "2026-12-01", "source": "our own card",
        "markets": [{"countries": [country], "rates": {"utility": amount}}]})
}

async fn put(story: &Story, path: &str, body: &Value) -> Answer {
    let request = story.api.request(Method::PUT, path).json(body);
    story.api.send(request).await
}

async fn rates_are_replaced_and_refused_with_their_fields(story: &Story) {
    let channel = story.support().await;
    told(
        story,
        &channel,
        &[status(
            "wamid.1",
            "delivered",
            "48600123456",
            Some(priced("utility", "regular")),
        )],
    )
    .await;
    let path = "/api/v1/costs/rates";
    let embedded = story.api.get(path).await.ok();
    assert_eq!(
        (&embedded["embedded"], &embedded["date"]),
        (&json!(true), &json!("2026-10-01"))
    );
    assert_eq!(costs(story, "2026-11").await["amount"], Value::Null);

    let wrong = put(story, path, &rates("zł", "XX", json!("-1")))
        .await
        .problem(422);
    let mut fields: Vec<_> = wrong["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|f| f["field"].clone())
        .collect();
    fields.sort_by_key(ToString::to_string);
    assert_eq!(
        fields,
        ["currency", "markets.0.countries.0", "markets.0.rates.utility"]
    );
    let shape = put(story, path, &json!({"currency": "PLN", "prices": []}))
        .await
        .problem(422);
    assert!(
        shape["detail"].as_str().expect("words").contains("line 1"),
        "{shape}"
    );

    let stored = put(story, path, &rates("PLN", "PL", json!(0.05))).await.ok();
    assert_eq!(stored["markets"][0]["rates"]["utility"], "0.05");
    let month = costs(story, "2026-11").await;
    assert_eq!(
        (&month["amount"], &month["currency"]),
        (&json!("0.05"), &json!("PLN"))
    );
    assert_eq!(story.count("audit WHERE action = 'costs.save_rates'").await, 1);

    let reader = story.api_with(Scope::Read).await;
    reader.get(path).await.ok();
    let forbidden = reader
        .request(Method::PUT, path)
        .json(&rates("PLN", "PL", json!("1")));
    reader.send(forbidden).await.problem(403);
    let reset = story.api.request(Method::DELETE, path);
    assert_eq!(story.api.send(reset).await.ok()["embedded"], true);
}

async fn a_spent_budget_warns_and_stops_templates_only(story: &Story) {
    let channel = story.support().await;
    story.allow_templates(&channel).await;
    let session = story.picked_up(&channel).await;
    let messages = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let template =
        json!({"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    let budget = "/api/v1/costs/budget";
    assert_eq!(story.api.get(budget).await.ok(), Value::Null);
    let wrong = put(story, budget, &json!({"amount": "nothing"}))
        .await
        .problem(422);
    assert_eq!(
        wrong["fields"][0],
        json!({"field": "amount", "problem": "not_an_amount"})
    );

    let set = put(story, budget, &json!({"amount": 0.1, "stop_templates": true}))
        .await
        .ok();
    assert_eq!(
        (&set["amount"], &set["currency"], &set["warn_percent"]),
        (&json!("0.1"), &json!("EUR"), &json!(80))
    );
    let state = async || costs(story, "2026-11").await["budget"]["state"].clone();
    assert_eq!(state().await, "within");
    story.api.post(&messages, template.clone()).await.ok();
    story.settled().await;

    let marketing = |wamid| status(wamid, "delivered", TO, Some(priced("marketing", "regular")));
    told(story, &channel, &[marketing("wamid.x")]).await;
    assert_eq!(state().await, "within");
    let utility = status("wamid.y", "delivered", TO, Some(priced("utility", "regular")));
    told(story, &channel, &[utility]).await;
    assert_eq!(state().await, "near");
    story.api.post(&messages, template.clone()).await.ok();
    told(story, &channel, &[marketing("wamid.z")]).await;
    assert_eq!(state().await, "spent");

    let refused = story.api.post(&messages, template.clone()).await.problem(409);
    assert_eq!(refused["type"], "urn:switchboard:budget_spent");
    assert!(
        refused["detail"].as_str().expect("words").contains("0.1 EUR"),
        "{refused}"
    );
    story.answers(&session, "An answer is never stopped").await;
    put(story, budget, &json!({"amount": 0.1, "stop_templates": false}))
        .await
        .ok();
    story.api.post(&messages, template.clone()).await.ok();

    // The next month begins anew.
    put(story, budget, &json!({"amount": 0.1, "stop_templates": true}))
        .await
        .ok();
    story.api.post(&messages, template.clone()).await.problem(409);
    story.later(Duration::from_secs(10 * 24 * 60 * 60)).await;
    story.api.post(&messages, template).await.ok();
    assert_eq!(story.count("audit WHERE action = 'costs.save_budget'").await, 3);
}

async fn the_page_works_without_a_script(story: &Story) {
    let channel = story.support().await;
    let admin = story.admin("admin").await;
    let empty = admin.get("/costs").await.text;
    for words in [
        "November 2026",
        "Nothing was charged in this month",
        "href=\"/costs?month=2026-10\"",
    ] {
        assert!(empty.contains(words), "{words}: {empty}");
    }
    assert!(!empty.contains("month=2026-12"), "nobody knows the future");
    let before = admin.get("/costs?month=2026-10").await.text;
    assert!(before.contains("Nothing is known of this month"), "{before}");
    assert!(before.contains("href=\"/costs?month=2026-11\""), "{before}");
    assert_eq!(admin.get("/costs?month=autumn").await.status, 404);

    let post = async |function: &str, arguments: &[(&str, &str)]| {
        let request = admin
            .calling(function, arguments)
            .header(header::REFERER, story.url.join("/costs").expect("a URL").as_str())
            .header(header::ACCEPT, "text/html,*/*;q=0.8");
        Answer::of(request.send().await.expect("an answer")).await
    };
    let budget = |version: &'static str, amount: &'static str| {
        [
            ("version", version),
            ("form[amount]", amount),
            ("form[currency]", "EUR"),
            ("form[warn_percent]", "50"),
            ("form[stop_templates]", "true"),
        ]
    };
    let saved = post("costs/save-budget", &budget("1", "0,1")).await;
    assert_eq!((saved.status.as_u16(), saved.header("location")), (302, "/costs"));
    let marketing = status("wamid.1", "delivered", TO, Some(priced("marketing", "regular")));
    told(story, &channel, &[marketing]).await;
    let page = admin.get("/costs").await.text;
    assert!(page.contains("The budget is nearly spent"), "{page}");

    // What was typed and refused is still there, with what is wrong.
    let refused = post("costs/save-budget", &budget("2", "much")).await;
    let page = admin.get(refused.header("location")).await.text;
    assert!(page.contains("value=\"much\""), "{page}");
    assert!(page.contains("Write an amount above zero"), "{page}");
    let torn = [("version", "2"), ("form[rates]", "{\"currency\": 7")];
    let refused = post("costs/save-rates", &torn).await;
    let page = admin.get(refused.header("location")).await.text;
    assert!(page.contains("line 1, column 14"), "{page}");
    let late = post("costs/save-budget", &budget("1", "5")).await;
    assert!(
        late.header("location").contains("__err"),
        "somebody has saved meanwhile"
    );

    let czech = admin
        .request(Method::GET, "/costs")
        .header(header::ACCEPT_LANGUAGE, "cs");
    let czech = Answer::of(
        czech
            .header(header::ACCEPT, "text/html")
            .send()
            .await
            .expect("a page"),
    )
    .await;
    for words in ["Náklady", "listopad 2026", "0,0712\u{a0}EUR", "Marketingová"] {
        assert!(czech.text.contains(words), "{words}: {}", czech.text);
    }
}
