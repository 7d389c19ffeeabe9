//! Message templates: Meta's list, its webhooks, who may send them, and what reaches the customer.

use crate::{
    stories,
    support::{
        Story, files,
        users::Browser,
        world::{Line, WABA_ID, id_of},
    },
};
use domain::{
    access::{Actor, Scope},
    session::SessionEventKind,
    template::Account,
};
use serde_json::{Value, json};
use simulator::{Outage, SendFault, Setting, TemplateEvent, TemplateSpec, example_templates};
use std::time::Duration;

stories! {
    meta_is_asked_page_by_page_and_every_hour
    what_meta_refuses_to_tell_is_told
    strange_templates_are_listed_as_they_are
    a_webhook_changes_a_template_at_once
    a_webhook_of_a_stranger_changes_nothing
    each_kind_of_variable_reaches_the_customer
    a_file_goes_with_a_template
    what_does_not_fit_the_template_is_refused_here
    what_meta_refuses_fails_with_its_reason
    templates_are_off_by_default_and_for_those_who_may_answer
    a_closed_window_opens_for_a_template_only
    a_template_reopens_a_closed_session
    a_session_is_reopened_once
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn account(story: &Story, line: &Line) -> Account {
    let all = engine::templates::accounts(&story.engine, &Actor::System, "").await;
    let mut all = all.expect("the accounts").into_iter();
    all.find(|account| account.channel.id.to_string() == line.channel)
        .expect("a channel")
}

async fn names(story: &Story, line: &Line) -> Vec<String> {
    let templates = account(story, line).await.found.templates.into_iter();
    templates.map(|template| template.name).collect()
}

async fn template(story: &Story, line: &Line, name: &str) -> Value {
    let path = format!("/api/v1/channels/{}/templates", line.channel);
    let all = story.api.items(&path).await;
    let found = all.into_iter().find(|template| template["name"] == name);
    found.unwrap_or(Value::Null)
}

fn set(story: &Story, templates: Vec<TemplateSpec>) {
    let waba_id = WABA_ID.to_owned();
    story
        .meta
        .set(Setting::Templates { waba_id, templates })
        .expect("an account");
}

/// Meta reports changes of templates, too.
fn subscribe_fields(story: &Story, line: &Line) {
    let fields = ["messages"].into_iter().chain(whatsapp::webhook::TEMPLATE_FIELDS);
    let setting = Setting::Fields {
        app_id: line.app.id.clone(),
        fields: fields.map(str::to_owned).collect(),
    };
    story.meta.set(setting).expect("an app");
}

async fn happens(story: &Story, name: &str, language: &str, event: TemplateEvent) {
    story
        .meta
        .template_event(WABA_ID, name, language, event)
        .expect("a template");
    story.settled().await;
}

/// A session of jana's, whose channel may send templates.
async fn desk(story: &Story) -> (Line, Browser, String) {
    let (line, jana) = story.desk_of_one().await;
    story.allow_templates(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    (line, jana, session)
}

async fn post(story: &Story, session: &str, template: Value) -> crate::support::http::Answer {
    let path = format!("/api/v1/sessions/{session}/messages");
    story
        .api
        .post(&path, json!({"type": "template", "template": template}))
        .await
}

fn fields(refused: &Value) -> Vec<(String, String)> {
    let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let fields = refused["fields"].as_array().cloned().unwrap_or_default();
    fields
        .iter()
        .map(|of| (text(of, "field"), text(of, "problem")))
        .collect()
}

async fn last(story: &Story) -> Value {
    story
        .messages(&story.session().await)
        .await
        .pop()
        .expect("a message")
}

async fn meta_is_asked_page_by_page_and_every_hour(story: &Story) {
    let line = story.support().await;
    let many = |many: u32| -> Vec<TemplateSpec> {
        let one = |n: u32| TemplateSpec {
            id: format!("91{n:010}"),
            name: format!("template_{n:03}"),
            ..TemplateSpec::default()
        };
        (0..many).map(one).collect()
    };
    set(story, many(61));
    story.settled().await;
    assert_eq!(
        account(story, &line).await.synced_at,
        None,
        "Meta is not asked for nothing"
    );
    story.allow_templates(&line).await;
    assert_eq!(names(story, &line).await.len(), 61, "two pages");

    // One vanishes, one is new.
    story
        .meta
        .set(Setting::TemplatePage { most: Some(7) })
        .expect("set");
    set(story, many(64).split_off(2));
    story.later(HOUR / 2).await;
    assert_eq!(names(story, &line).await.len(), 61, "at most hourly");
    story.later(HOUR / 2 + MINUTE).await;
    let now = names(story, &line).await;
    assert_eq!((now.len(), now[0].as_str()), (62, "template_002"), "nine pages");

    // The API lists them page by page, too.
    let path = format!("/api/v1/channels/{}/templates?limit=50", line.channel);
    let page = story.api.get(&path).await.ok();
    let cursor = page["next_cursor"].as_str().expect("a cursor");
    assert_eq!(
        story.api.items(&format!("{path}&cursor={cursor}")).await.len(),
        12
    );

    // An administrator asks in between, but not again and again.
    let admin = story.admin("admin").await;
    set(story, many(1));
    story.later(MINUTE).await;
    let ask = async || {
        admin
            .call("templates/refresh", &[("channel", line.channel.as_str())])
            .await
    };
    ask().await.ok();
    assert_eq!(names(story, &line).await, ["template_000"]);
    let busy = ask().await;
    assert_eq!(busy.status, 429, "{}", busy.text);
    story.later(MINUTE).await;
    ask().await.ok();

    // Nobody keeps what no channel has any more.
    let channel = line.channel.parse().expect("an id");
    engine::channels::delete(&story.engine, &Actor::System, channel, None, "Channel 1")
        .await
        .expect("deleted");
    story.engine.forget().await.expect("forgotten");
    assert_eq!(
        (
            story.count("templates").await,
            story.count("template_accounts").await
        ),
        (0, 0)
    );
}

async fn what_meta_refuses_to_tell_is_told(story: &Story) {
    let line = story.support().await;
    story.allow_templates(&line).await;
    let before = names(story, &line).await;
    let outage = |outage| story.meta.set(Setting::Outage { outage }).expect("set");
    outage(Some(Outage::ErrorCode { code: 10, http: 403 }));
    story.later(HOUR + MINUTE).await;
    let told = account(story, &line).await;
    assert_eq!(told.trouble.expect("a trouble").code, Some(10));
    assert_eq!(names(story, &line).await, before, "what was known stays");

    // A passing error is followed by another attempt soon.
    outage(Some(Outage::Status5xx { code: 502 }));
    story.later(HOUR + MINUTE).await;
    assert_eq!(account(story, &line).await.trouble.expect("a trouble").code, None);
    outage(None);
    story.later(HOUR / 4).await;
    assert_eq!(account(story, &line).await.trouble, None);
}

async fn strange_templates_are_listed_as_they_are(story: &Story) {
    let line = story.support().await;
    let strange = |n: u32, components: Value| TemplateSpec {
        id: format!("92{n}"),
        name: format!("strange_{n}"),
        status: "ENCHANTED".into(),
        category: "GOSSIP".into(),
        quality: "PURPLE".into(),
        rejected_reason: "MOOD".into(),
        components,
        ..TemplateSpec::default()
    };
    set(
        story,
        vec![
            strange(1, json!("nothing")),
            strange(2, json!([{"type": "HOLOGRAM"}])),
            strange(3, json!([{"type": "BODY", "text": "a\u{0}b {{1}}"}])),
            // Later pages may repeat what earlier ones had.
            strange(3, json!([{"type": "BODY", "text": "a\u{0}b {{1}}"}])),
        ],
    );
    story.allow_templates(&line).await;
    let told = account(story, &line).await;
    assert_eq!((told.trouble, told.found.templates.len()), (None, 3));
    let shown = template(story, &line, "strange_3").await;
    assert_eq!(
        (
            &shown["status"],
            &shown["category"],
            &shown["quality"],
            &shown["rejected_reason"]
        ),
        (
            &json!("ENCHANTED"),
            &json!("GOSSIP"),
            &json!("PURPLE"),
            &json!("MOOD")
        )
    );
    assert_eq!(
        (&shown["sendable"], &shown["variables"]),
        (&json!(false), &json!(["body.1"]))
    );
    assert_eq!(
        template(story, &line, "strange_2").await["variables"],
        Value::Null
    );
}

async fn a_webhook_changes_a_template_at_once(story: &Story) {
    let line = story.support().await;
    story.allow_templates(&line).await;
    subscribe_fields(story, &line);
    let shown = async |name: &str| template(story, &line, name).await;
    let visit = "pripominka_navstevy";
    let rejected = TemplateEvent::Status {
        status: "REJECTED".into(),
        reason: Some("PROMOTIONAL".into()),
        explanation: Some("It advertises.".into()),
        recommendation: Some("Use the category marketing.".into()),
    };
    happens(story, visit, "cs", rejected).await;
    let told = shown(visit).await;
    assert_eq!(
        (&told["status"], &told["rejected_reason"], &told["sendable"]),
        (&json!("REJECTED"), &json!("PROMOTIONAL"), &json!(false))
    );
    // The next list does not tell this.
    story.later(2 * HOUR).await;
    assert_eq!(
        shown(visit).await["rejection_info"]["recommendation"],
        "Use the category marketing."
    );

    let status = |status: &str| TemplateEvent::Status {
        status: status.into(),
        reason: None,
        explanation: None,
        recommendation: None,
    };
    for (event, now) in [
        ("PAUSED", "PAUSED"),
        ("REINSTATED", "APPROVED"),
        ("FLAGGED", "APPROVED"),
        ("DISABLED", "DISABLED"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
        ("APPROVED", "APPROVED"),
    ] {
        happens(story, visit, "cs", status(event)).await;
        assert_eq!(shown(visit).await["status"], now, "{event}");
    }
    happens(story, visit, "cs", TemplateEvent::Quality { score: "RED".into() }).await;
    assert_eq!(shown(visit).await["quality"], "RED");
    let announced = TemplateEvent::CategoryAnnounced {
        to: "MARKETING".into(),
        in_seconds: 86_400,
    };
    happens(story, visit, "cs", announced).await;
    let told = shown(visit).await;
    assert_eq!(
        (&told["category"], &told["correct_category"]),
        (&json!("UTILITY"), &json!("MARKETING"))
    );
    let at = told["category_update_at"].clone();
    assert!(at.is_string(), "{told}");
    story.later(2 * HOUR).await;
    assert_eq!(
        shown(visit).await["category_update_at"],
        at,
        "the list does not tell when"
    );
    happens(
        story,
        visit,
        "cs",
        TemplateEvent::Category {
            to: "MARKETING".into(),
        },
    )
    .await;
    let told = shown(visit).await;
    assert_eq!(
        (
            &told["category"],
            &told["correct_category"],
            &told["category_update_at"]
        ),
        (&json!("MARKETING"), &Value::Null, &Value::Null)
    );

    // An edited text is asked for, but not more often than every half minute.
    let components = json!([{"type": "BODY", "text": "Another text"}]);
    happens(
        story,
        visit,
        "cs",
        TemplateEvent::Components {
            components: components.clone(),
        },
    )
    .await;
    story.later(MINUTE).await;
    assert_eq!(shown(visit).await["components"], components);
    assert_eq!(story.dead_letters().await, []);
}

async fn a_webhook_of_a_stranger_changes_nothing(story: &Story) {
    let line = story.support().await;
    story.allow_templates(&line).await;
    let queue = story.staffed("Other").await;
    let other = story.app(2);
    let foreign = story.channel(&other, 2, "queue", &queue).await;
    let body = |waba: &str, field: &str, value: Value| {
        json!({"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": [
            {"field": field, "value": value}]}]})
        .to_string()
    };
    let value = json!({"event": "PAUSED", "message_template_id": 900_000_000_000_001_u64});
    let update = "message_template_status_update";
    // Of the account's channels, none is of the app that has signed.
    let moved = "channels SET waba_id = '1' WHERE name = 'Channel 2'";
    story
        .database
        .run(story.data_dir(), &format!("UPDATE {moved}"))
        .await;
    let signed = story.post_signed(&foreign.webhook_url, &other, body(WABA_ID, update, value.clone()));
    assert_eq!(signed.await, 200);
    for (waba, value) in [("77", value.clone()), (WABA_ID, json!({"event": "PAUSED"}))] {
        let signed = story.post_signed(&line.webhook_url, &line.app, body(waba, update, value));
        assert_eq!(signed.await, 200);
    }
    story.settled().await;
    let reasons: Vec<_> = story
        .dead_letters()
        .await
        .iter()
        .map(|letter| letter.reason.as_str())
        .collect();
    assert_eq!(
        reasons,
        ["unreadable_item", "not_used", "foreign_secret"],
        "newest first"
    );
    assert_eq!(template(story, &line, "hello_world").await["status"], "APPROVED");
    // A template that is not known here, and a change without anything in it, are no fault.
    for value in [
        json!({"event": "APPROVED", "message_template_id": 5}),
        json!({"message_template_id": "5"}),
    ] {
        let field = if value["event"].is_string() {
            update
        } else {
            "template_category_update"
        };
        let signed = story.post_signed(&line.webhook_url, &line.app, body(WABA_ID, field, value));
        assert_eq!(signed.await, 200);
    }
    story.settled().await;
    assert_eq!(story.dead_letters().await.len(), 3);
}

async fn each_kind_of_variable_reaches_the_customer(story: &Story) {
    let (_, jana, session) = desk(story).await;
    // Positional, with a header.
    let visit = [
        ("session", session.as_str()),
        ("template", "900000000000002"),
        ("values[header.1]", "zítra"),
        ("values[body.1]", " paní Nováková "),
        ("values[body.2]", "v 10:00"),
        ("key", "one"),
    ];
    let sent = jana.call("inbox/send-template", &visit).await.ok();
    let again = jana.call("inbox/send-template", &visit).await.ok();
    assert_eq!(sent["id"], again["id"], "sent twice, it is stored once");
    story.settled().await;
    let body = story.meta.sent_messages().pop().expect("sent").body;
    let text = |text: &str| json!({"type": "text", "text": text});
    assert_eq!(
        body["template"],
        json!({"name": "pripominka_navstevy", "language": {"code": "cs"}, "components": [
            {"type": "header", "parameters": [text("zítra")]},
            {"type": "body", "parameters": [text("paní Nováková"), text("v 10:00")]}]})
    );
    let shown = last(story).await;
    assert_eq!(
        shown["text"]["body"],
        "Dobrý den, paní Nováková. Technik přijede v 10:00. Vyhovuje vám to?"
    );
    assert_eq!(
        shown["template"]["text"],
        json!({"header": "Návštěva technika zítra", "footer": "Příklad s.r.o.", "buttons": ["Ano", "Jiný čas"],
            "body": "Dobrý den, paní Nováková. Technik přijede v 10:00. Vyhovuje vám to?"})
    );
    assert_eq!(shown["status"], "delivered");

    // Named, with the ending of an address; over the API.
    let named = |name: &str, text: &str| json!({"type": "text", "text": text, "parameter_name": name});
    let order = json!({"name": "order_shipped", "language": {"code": "en"}, "components": [
        {"type": "body", "parameters": [named("order_number", "7"), named("customer_name", "Jana")]},
        {"type": "BUTTON", "sub_type": "url", "index": 0, "parameters": [text("7")]}]});
    post(story, &session, order).await.ok();
    story.settled().await;
    let shown = last(story).await;
    assert_eq!(shown["text"]["body"], "Hello Jana, your order 7 is on its way.");
    assert_eq!(
        shown["template"]["text"]["buttons"],
        json!(["Track: https://example.com/orders/7", "Call us: +420800555010"])
    );
    assert_eq!(shown["status"], "delivered");

    // A code to copy, and a picture by link.
    let picture = files::serve("image/png", b"a picture")
        .await
        .join("a.png")
        .expect("a URL");
    let sale = json!({"name": "letni_sleva", "language": {"code": "cs"}, "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"link": picture}}]},
        {"type": "body", "parameters": [text("20")]},
        {"type": "button", "sub_type": "copy_code", "index": "0",
            "parameters": [{"type": "coupon_code", "coupon_code": "LETO20"}]}]});
    post(story, &session, sale).await.ok();
    story.settled().await;
    let shown = last(story).await;
    assert_eq!(
        shown["template"]["text"]["buttons"],
        json!(["Zkopírovat kód: LETO20"])
    );
    assert_eq!(shown["status"], "delivered");
    // Meta charges for an advertisement even within the window.
    let costs = story.api.get("/api/v1/costs").await.ok();
    let lines = costs["channels"][0]["lines"].as_array().expect("lines").clone();
    let counted: Vec<_> = lines
        .iter()
        .map(|line| (line["category"].clone(), line["charge"].clone()))
        .collect();
    assert_eq!(
        counted,
        [
            (json!("marketing"), json!("billable")),
            (json!("utility"), json!("free"))
        ]
    );
}

async fn a_file_goes_with_a_template(story: &Story) {
    let (_, jana, session) = desk(story).await;
    let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    let file = jana.uploads(&session, "faktura 7.pdf", pdf).await;
    let send = async |template: &str, file: &str| {
        let arguments = [
            ("session", session.as_str()),
            ("template", template),
            ("values[body.1]", "7"),
            ("values[button.0]", "LETO20"),
            ("file", file),
        ];
        jana.call("inbox/send-template", &arguments).await
    };
    // A document is no picture.
    let refused = send("900000000000005", &file).await;
    assert_eq!(
        (refused.status.as_u16(), refused.text.contains("header.file")),
        (422, true),
        "{}",
        refused.text
    );

    story.meta.fault(SendFault::ErrorCode {
        code: 131_026,
        http: 400,
    });
    let failed = send("900000000000004", &file).await.ok();
    story.settled().await;
    assert_eq!(last(story).await["status"], "failed");
    // A retry repeats all of it.
    let id = id_of(&failed);
    jana.call("inbox/retry", &[("message", &id)]).await.ok();
    story.settled().await;
    let sent = story.meta.sent_messages().pop().expect("sent");
    let parameters = &sent.body["template"]["components"];
    let document = &parameters[0]["parameters"][0]["document"];
    assert!(
        document["id"].is_string() && document["file"].is_null(),
        "{document}"
    );
    assert_eq!(document["filename"], "faktura 7.pdf");
    assert_eq!(sent.file.expect("a file").mime_type, "application/pdf");
    let shown = last(story).await;
    assert_eq!(
        (&shown["status"], &shown["text"]["body"]),
        (
            &json!("delivered"),
            &json!("Dobrý den, posíláme fakturu 7. Děkujeme.")
        )
    );
    assert_eq!(
        (&shown["file"]["mime_type"], &shown["retry_of"]),
        (&json!("application/pdf"), &json!(id))
    );
    let path = format!("/api/v1/messages/{}/file", id_of(&shown));
    assert_eq!(story.api.get(&path).await.text.as_bytes(), pdf);
}

async fn what_does_not_fit_the_template_is_refused_here(story: &Story) {
    let (_, jana, session) = desk(story).await;
    let text = |text: &str| json!({"type": "text", "text": text});
    let visit = |components: Value| json!({"name": "pripominka_navstevy", "language": {"code": "cs"}, "components": components});
    let header = json!({"type": "header", "parameters": [text("a")]});
    for (components, expected) in [
        (
            json!([header]),
            vec![("body.1", "required"), ("body.2", "required")],
        ),
        (
            json!([header, {"type": "body", "parameters": [text("a"), text("b"), text("c")]}]),
            vec![("body", "unknown")],
        ),
        (
            json!([header, {"type": "body", "parameters": [text("a"), text(" ")]}]),
            vec![("template.components[1].parameters[1].text", "required")],
        ),
        (
            json!([header, {"type": "body", "parameters": [text("a"), text("b\nc")]}]),
            vec![("template.components[1].parameters[1].text", "not_a_token")],
        ),
        (
            json!([{"type": "header", "parameters": [text(&"x".repeat(61))]}]),
            vec![("template.components[0].parameters[0].text", "too_long")],
        ),
        (
            json!([header, {"type": "body", "parameters": [text("a"), text(&"x".repeat(1000))]}]),
            vec![("body", "too_long")],
        ),
        (
            json!([header, {"type": "body", "parameters": [text("a"),
                {"type": "text", "text": "b", "parameter_name": "name"}]}]),
            vec![
                ("template.components[0].parameters[0].parameter_name", "required"),
                ("template.components[1].parameters[0].parameter_name", "required"),
            ],
        ),
        (
            json!([{"type": "body", "parameters": "x"}]),
            vec![("template.components[0]", "malformed")],
        ),
    ] {
        let refused = post(story, &session, visit(components.clone()))
            .await
            .problem(422);
        let found = fields(&refused);
        let found: Vec<_> = found
            .iter()
            .map(|(field, problem)| (field.as_str(), problem.as_str()))
            .collect();
        assert_eq!(found, expected, "{components}");
    }
    let mut own_text = visit(json!([]));
    own_text["text"] = json!({"body": "What the customer does not get"});
    let refused = post(story, &session, own_text).await.problem(422);
    assert_eq!(
        fields(&refused),
        [("template.text".to_owned(), "unknown".to_owned())]
    );
    for (name, language) in [("winter_offer", "en"), ("vyhra", "cs")] {
        let refused = post(
            story,
            &session,
            json!({"name": name, "language": {"code": language}}),
        )
        .await;
        assert_eq!(
            refused.problem(409)["type"],
            "urn:switchboard:template_not_approved"
        );
    }
    // The console's own call is checked as well.
    for (template, status) in [
        ("900000000000002", 422),
        ("900000000000007", 409),
        ("900000000000008", 422),
        ("1", 404),
    ] {
        let arguments = [("session", session.as_str()), ("template", template)];
        let refused = jana.call("inbox/send-template", &arguments).await;
        assert_eq!(refused.status, status, "{template}: {}", refused.text);
    }
    story.settled().await;
    assert!(story.meta.sent_messages().is_empty(), "nothing has gone to Meta");
}

async fn what_meta_refuses_fails_with_its_reason(story: &Story) {
    let (line, _, session) = desk(story).await;
    let hello = |language: &str| json!({"name": "hello_world", "language": {"code": language}});
    // A language that nobody has told of is left to Meta.
    post(story, &session, hello("en_GB")).await.ok();
    story.settled().await;
    let failed = last(story).await;
    assert_eq!(
        (&failed["status"], &failed["error"]["code"]),
        (&json!("failed"), &json!(132_001))
    );
    assert_eq!(
        failed["text"],
        Value::Null,
        "what the customer would have read is not known"
    );

    // Meta has changed its templates since it was asked.
    let changed = |status: &str, text: &str| {
        let mut templates = example_templates();
        templates[0].status = status.into();
        templates[0].components = json!([{"type": "BODY", "text": text}]);
        set(story, templates);
    };
    for (status, text, code) in [
        ("PAUSED", "Hello", 132_015),
        ("DISABLED", "Hello", 132_016),
        ("APPROVED", "Hello {{1}}!", 132_000),
    ] {
        changed(status, text);
        post(story, &session, hello("en_US")).await.ok();
        story.settled().await;
        let failed = last(story).await;
        assert_eq!(
            (&failed["status"], &failed["error"]["code"]),
            (&json!("failed"), &json!(code))
        );
        story.later(MINUTE).await;
    }
    // After the next sync it is refused at once.
    changed("PAUSED", "Hello");
    let channel = line.channel.parse().expect("an id");
    engine::templates::refresh(&story.engine, &Actor::System, channel)
        .await
        .expect("asked");
    post(story, &session, hello("en_US")).await.problem(409);
}

async fn templates_are_off_by_default_and_for_those_who_may_answer(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, petr) = story.operator("302", "petr").await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    let hello = json!({"name": "hello_world", "language": {"code": "en_US"}});
    let refused = post(story, &session, hello.clone()).await.problem(409);
    assert_eq!(refused["type"], "urn:switchboard:templates_off");
    let choices = async |browser: &Browser| browser.call("templates/choices", &[("session", &session)]).await;
    assert_eq!(choices(&jana).await.ok()["templates"], json!([]));
    let send = [("session", session.as_str()), ("template", "900000000000001")];
    assert_eq!(jana.call("inbox/send-template", &send).await.status, 409);

    let channel = [("channel", line.channel.as_str())];
    for browser in [&jana, &petr] {
        for (function, arguments) in [("templates/refresh", &channel[..]), ("templates/accounts", &[])] {
            assert_eq!(browser.call(function, arguments).await.status, 403, "{function}");
        }
    }
    story.set_templates(&line, true).await;
    let offered = choices(&jana).await.ok();
    let offered: Vec<_> = offered["templates"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|of| of["name"].clone())
        .collect();
    assert_eq!(
        offered,
        [
            "faktura",
            "hello_world",
            "letni_sleva",
            "login_code",
            "order_shipped",
            "pripominka_navstevy"
        ],
        "neither the rejected nor the paused one"
    );
    // Another operator's session is not theirs to see, or to answer.
    assert_eq!(choices(&petr).await.status, 404);
    assert_eq!(petr.call("inbox/send-template", &send).await.status, 404);
    let reader = story.api_with(Scope::Read).await;
    reader
        .get(&format!("/api/v1/channels/{}/templates", line.channel))
        .await
        .ok();
    let path = format!("/api/v1/sessions/{session}/messages");
    reader
        .post(&path, json!({"type": "template", "template": hello}))
        .await
        .problem(403);
    jana.call("inbox/send-template", &send).await.ok();
    story.settled().await;
    assert_eq!(last(story).await["status"], "delivered");

    // Forbidden again, a failed one is not sent again either.
    story.meta.fault(SendFault::ErrorCode {
        code: 131_026,
        http: 400,
    });
    let failed = id_of(&jana.call("inbox/send-template", &send).await.ok());
    story.settled().await;
    story.set_templates(&line, false).await;
    assert_eq!(
        jana.call("inbox/retry", &[("message", &failed)]).await.status,
        409
    );
}

async fn a_closed_window_opens_for_a_template_only(story: &Story) {
    let (_, _, session) = desk(story).await;
    let path = format!("/api/v1/sessions/{session}/messages");
    let says = async |text: &str| {
        story
            .api
            .post(&path, json!({"type": "text", "text": {"body": text}}))
            .await
    };
    // A session without any message for a day would be closed.
    story.later(12 * HOUR).await;
    says("We look into it").await.ok();
    story.later(13 * HOUR).await;
    assert!(thread(story, &session).await.may.reply.is_err());
    says("Are you there?").await.problem(409);
    let hello = json!({"name": "hello_world", "language": {"code": "en_US"}});
    post(story, &session, hello).await.ok();
    story.settled().await;
    assert_eq!(last(story).await["status"], "delivered");
    // Outside of the window Meta charges for it.
    let costs = story.api.get("/api/v1/costs").await.ok();
    let lines = costs["channels"][0]["lines"].as_array().expect("lines").clone();
    let utility = lines
        .iter()
        .find(|line| line["category"] == "utility")
        .expect("a line");
    assert_eq!(utility["charge"], "billable");
}

async fn a_template_reopens_a_closed_session(story: &Story) {
    let (line, jana, session) = desk(story).await;
    jana.call("inbox/close", &[("session", &session)]).await.ok();
    let text = [("session", session.as_str()), ("body", "Are you there?")];
    assert_eq!(jana.call("inbox/send", &text).await.status, 409);
    let send = [("session", session.as_str()), ("template", "900000000000001")];
    jana.call("inbox/send-template", &send).await.ok();
    story.settled().await;
    let opened = story.session().await;
    assert_eq!(id_of(&opened), session);
    assert_eq!(
        (&opened["state"], &opened["closed_at"]),
        (&json!("assigned"), &Value::Null)
    );
    assert_eq!(last(story).await["status"], "delivered");
    let timeline = thread(story, &session).await.timeline;
    let last_two: Vec<_> = timeline.iter().rev().take(2).map(|event| event.what).collect();
    assert_eq!(last_two, [SessionEventKind::Reopened, SessionEventKind::Closed]);
    // The customer's answer goes on in it.
    story.says(story.customer(1), &line, "Yes").await;
    assert_eq!(story.count("sessions").await, 1);

    // A conversation that goes on elsewhere is not opened a second time.
    jana.call("inbox/close", &[("session", &session)]).await.ok();
    story.says(story.customer(1), &line, "One more thing").await;
    assert_eq!(story.count("sessions").await, 2);
    assert!(!thread(story, &session).await.templates);
    assert_eq!(jana.call("inbox/send-template", &send).await.status, 409);
    assert_eq!(story.count("sessions WHERE state <> 'closed'").await, 1);
}

/// Two scripts at once, and a customer who writes at the same moment: one session is open in the end, and nothing is lost.
async fn a_session_is_reopened_once(story: &Story) {
    let (line, jana, session) = desk(story).await;
    jana.call("inbox/close", &[("session", &session)]).await.ok();
    for round in 0..6 {
        let hello = || json!({"name": "hello_world", "language": {"code": "en_US"}});
        let (first, second, _) = tokio::join!(
            post(story, &session, hello()),
            post(story, &session, hello()),
            story.says(story.customer(1), &line, "At the same moment"),
        );
        for answer in [first, second] {
            assert!(
                [202, 409].contains(&answer.status.as_u16()),
                "round {round}: {}",
                answer.status
            );
        }
        story.settled().await;
        assert_eq!(
            story.count("sessions WHERE state <> 'closed'").await,
            1,
            "round {round}"
        );
        for open in story.api.items("/api/v1/sessions").await {
            story
                .api
                .post(&format!("/api/v1/sessions/{}/close", id_of(&open)), json!({}))
                .await;
        }
    }
    let of_customer = "messages WHERE direction = 'inbound'";
    assert_eq!(story.count(of_customer).await, 7);
    assert_eq!(story.count("dead_letters").await, 0);
}

async fn thread(story: &Story, session: &str) -> domain::session::Thread {
    let id = session.parse().expect("an id");
    let thread = engine::sessions::thread::read(&story.engine, &Actor::System, id, None).await;
    thread.expect("a thread")
}
