//! What customers send beside text is seen whole, and what nobody uses is kept.

use crate::{
    stories,
    support::{
        START, Story,
        world::{Line, WABA_ID, delivery, id_of, text_message},
    },
};
use domain::delivery::DeadReason;
use serde_json::{Value, json};

const FROM: &str = "420800555901";

stories! {
    the_answers_of_a_form_are_shown_whatever_they_are
    a_contact_card_shows_whatever_came_and_is_a_file
    a_reason_that_is_no_object_is_shown
    nobody_opens_a_session_by_a_deletion_alone
    what_was_sent_from_the_phone_stands_in_the_thread
    an_edit_of_a_message_that_is_not_here_is_a_message
    what_nobody_uses_is_kept_and_is_no_fault
    metas_test_is_noted_and_is_no_fault
    a_time_far_ahead_is_the_time_of_arrival
    a_name_with_nothing_to_see_is_no_name
    what_was_written_in_a_group_is_not_answered_in_private
    every_field_of_an_answer_is_shown
    what_is_not_whole_shows_what_stands_there
    a_reaction_to_nothing_opens_no_session
    no_text_of_a_message_breaks_a_database
    what_was_answered_on_the_phone_does_not_wait
    a_message_of_an_earlier_session_can_be_quoted
}

async fn post(story: &Story, line: &Line, message: Value) {
    let body = delivery(&line.phone_number_id, FROM, &[message]);
    post_body(story, line, body).await;
}

async fn post_body(story: &Story, line: &Line, body: impl Into<Vec<u8>>) {
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
}

fn of_type(wamid: &str, kind: &str, own: &Value) -> Value {
    let at = START.millis() / 1000;
    json!({"from": FROM, "id": wamid, "timestamp": at.to_string(), "type": kind, kind: own})
}

fn notification(waba: &str, field: &str, value: &Value) -> String {
    let change = json!({"field": field, "value": value});
    json!({"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": [change]}]}).to_string()
}

async fn page(story: &Story) -> String {
    let (id, admin) = (id_of(&story.session().await), story.admin("admin").await);
    admin.get(&format!("/inbox/{id}?tab=all")).await.text
}

async fn the_answers_of_a_form_are_shown_whatever_they_are(story: &Story) {
    let line = story.support().await;
    let answers = [
        r#"{"termin":"2026-12-01","adresa":{"ulice":"Dlouhá 1"},"zboží":["mlýnek",2]}"#,
        r#"{"broken": "half a"#,
    ];
    for (n, answers) in answers.iter().enumerate() {
        let reply = json!({"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": answers}});
        post(
            story,
            &line,
            of_type(&format!("wamid.{n}"), "interactive", &reply),
        )
        .await;
    }
    let page = page(story).await;
    for shown in [
        "termin",
        "2026-12-01",
        "adresa › ulice",
        "Dlouhá 1",
        "zboží › 1",
        "mlýnek",
        "half a",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
}

async fn a_contact_card_shows_whatever_came_and_is_a_file(story: &Story) {
    let line = story.support().await;
    let cards = json!([
        {
            "name": {"formatted_name": "Vzorek/../\r\nX: y"}, "org": {"company": "Vzorek; s.r.o.", "title": "Skladník"},
            "emails": [{"email": "vzorek@example.org", "type": "WORK"}], "urls": [{"url": "javascript:alert(1)"}],
            "addresses": [{"street": "Dlouhá 1", "city": "Praha", "zip": "110 00"}], "birthday": "1990-02-03",
        },
        {"emails": [{"email": "jen-mail@example.org"}]},
        {"vcard": "BEGIN:VCARD\r\nFN:Jen karta\r\nTEL:+420800555777\r\nEND:VCARD\r\n"},
    ]);
    post(story, &line, of_type("wamid.c", "contacts", &cards)).await;
    let page = page(story).await;
    for shown in [
        "Vzorek; s.r.o.",
        "Skladník",
        "mailto:vzorek@example.org",
        "110 00 Praha",
        "1990-02-03",
        "javascript:alert(1)",
        "jen-mail@example.org",
        "Jen karta",
        "tel:+420800555777",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(!page.contains("href=\"javascript"), "a link that is none");

    let message = story.messages(&story.session().await).await.remove(0);
    let file = |n: &str| format!("/inbox/cards/{}/{n}", id_of(&message));
    let admin = story.admin("another").await;
    let card = admin.get(&file("0")).await;
    assert_eq!(card.status, 200);
    assert!(card.header("content-type").starts_with("text/vcard"));
    assert_eq!(
        card.header("content-disposition"),
        "attachment; filename=\"contact.vcf\"; filename*=UTF-8''Vzorek%20X%20y.vcf"
    );
    assert!(card.text.contains("ORG:Vzorek\\; s.r.o.\r\n"), "{}", card.text);
    assert!(
        admin.get(&file("2")).await.text.contains("FN:Jen karta"),
        "as it came"
    );
    for none in ["3", "x", "-1"] {
        assert_eq!(admin.get(&file(none)).await.status, 404);
    }
    let (_, stranger) = story.operator("399", "stranger").await;
    assert_eq!(
        stranger.get(&file("0")).await.status,
        404,
        "who does not see the session"
    );
    assert_eq!(story.anonymous().get(&file("0")).await.status, 401);
}

async fn a_reason_that_is_no_object_is_shown(story: &Story) {
    let line = story.support().await;
    let mut kept = of_type("wamid.u", "unsupported", &json!({"type": "poll_creation"}));
    kept["errors"] = json!(["Polls are not supported"]);
    post(story, &line, kept).await;
    let mut image = of_type("wamid.i", "image", &json!({"id": "1"}));
    image["errors"] = json!([131_052]);
    post(story, &line, image).await;
    let page = page(story).await;
    for shown in ["Polls are not supported", "Media download error"] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
}

async fn nobody_opens_a_session_by_a_deletion_alone(story: &Story) {
    let line = story.support().await;
    let revoke = json!({"original_message_id": "wamid.1"});
    let deletion = of_type("wamid.d", "revoke", &revoke);
    post(story, &line, deletion.clone()).await;
    post(story, &line, deletion).await;
    assert_eq!(story.count("sessions").await, 0);
    assert_eq!(story.count("messages").await, 0);
    post(story, &line, text_message(FROM, "wamid.1", "Oops")).await;
    assert_eq!(story.count("messages").await, 2, "once, however often it came");
    assert!(story.dead_letters().await.is_empty());
    assert!(page(story).await.contains("The customer deleted this message"));
}

async fn what_nobody_uses_is_kept_and_is_no_fault(story: &Story) {
    let line = story.support().await;
    let metadata = json!({"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id});
    for (field, value) in [
        (
            "standby",
            json!({"metadata": metadata, "standby": {"messages": []}}),
        ),
        (
            "messaging_handovers",
            json!({"recipient": metadata, "type": "control_passed"}),
        ),
        ("a_new_field", json!({"x": 1})),
        (
            "messages",
            json!({"metadata": metadata, "errors": ["(#131000) Something went wrong"]}),
        ),
    ] {
        post_body(story, &line, notification(WABA_ID, field, &value)).await;
    }
    let letters = story.dead_letters().await;
    assert_eq!(letters.len(), 4);
    assert!(
        letters
            .iter()
            .all(|letter| letter.reason == DeadReason::NotUsed && !letter.reason.is_fault())
    );
    let told: Vec<_> = letters
        .iter()
        .rev()
        .map(|letter| letter.detail.clone().unwrap_or_default())
        .collect();
    let fields = ["standby", "messaging_handovers", "a_new_field"];
    assert_eq!(told[..3], fields);
    assert_eq!(told[3], "(#131000) Something went wrong");
    assert_eq!(story.count("sessions").await, 0);
    let admin = story.admin("admin").await;
    assert!(
        admin
            .get("/system/deliveries")
            .await
            .text
            .contains("Switchboard does not use this")
    );
}

async fn metas_test_is_noted_and_is_no_fault(story: &Story) {
    let line = story.support().await;
    let sample = |number: &str| {
        let mut text = text_message("16315551181", "ABGGFlA5Fpa", "this is a text message");
        text["timestamp"] = json!("1504902988");
        json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "16505551111", "phone_number_id": number},
            "contacts": [{"profile": {"name": "test user name"}, "wa_id": "16315551181"}],
            "messages": [text],
        })
    };
    for number in ["123456123", "123456000"] {
        post_body(story, &line, notification("0", "messages", &sample(number))).await;
    }
    let update = json!({"event": "DISABLED_UPDATE"});
    post_body(story, &line, notification("0", "account_update", &update)).await;
    assert!(story.dead_letters().await.is_empty());
    assert_eq!(story.count("sessions").await, 0);
    let admin = story.admin("admin").await;
    let page = admin
        .get(&format!("/channels/{}/activity", line.channel))
        .await
        .text;
    assert!(page.contains("Meta’s test arrived"), "{page}");

    // A number that is really ours is no sample, whatever the account says.
    let ours = notification("0", "messages", &sample(&line.phone_number_id));
    post_body(story, &line, ours).await;
    assert_eq!(story.count("sessions").await, 1);
}

async fn a_time_far_ahead_is_the_time_of_arrival(story: &Story) {
    let line = story.support().await;
    let now = START.millis() / 1000;
    for (n, told) in [
        (now * 1000).to_string(),
        (now + 86_400 * 365).to_string(),
        "x".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let mut text = text_message(FROM, &format!("wamid.{n}"), "when?");
        text["timestamp"] = json!(told);
        post(story, &line, text).await;
    }
    // The clock stands.
    let arrived = "2026-11-22T10:00";
    for message in story.messages(&story.session().await).await {
        let at = message["timestamp"].as_str().expect("a time");
        assert!(at.starts_with(arrived), "{message}");
    }
}

async fn a_name_with_nothing_to_see_is_no_name(story: &Story) {
    let line = story.support().await;
    let value = json!({
        "metadata": {"phone_number_id": line.phone_number_id},
        "contacts": [{"profile": {"name": "\u{3164}\u{200b}"}, "wa_id": FROM}],
        "messages": [text_message(FROM, "wamid.1", "who am I?")],
    });
    post_body(story, &line, notification(WABA_ID, "messages", &value)).await;
    assert_eq!(story.session().await["contact"]["label"], format!("+{FROM}"));
}

async fn what_was_written_in_a_group_is_not_answered_in_private(story: &Story) {
    let line = story.support().await;
    let mut question = text_message(FROM, "wamid.g", "A question to all");
    question["group_id"] = json!("Y2FwaV9ncm91cDoxMjM0");
    post(story, &line, question).await;
    let session = story.session().await;
    assert!(page(story).await.contains("Group message"));
    let answer = json!({"type": "text", "text": {"body": "Only for you"}});
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let refused = story.api.post(&path, answer.clone()).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("group"), "{}", refused.text);

    // What the same person writes in private is another session, which is answered.
    post(story, &line, text_message(FROM, "wamid.p", "A question to you")).await;
    assert_eq!(story.count("sessions").await, 2);
    let mut again = text_message(FROM, "wamid.h", "Anybody?");
    again["group_id"] = json!("Y2FwaV9ncm91cDoxMjM0");
    post(story, &line, again).await;
    assert_eq!(story.count("sessions").await, 2);
    assert_eq!(story.messages(&session).await.len(), 2);
}

async fn what_was_sent_from_the_phone_stands_in_the_thread(story: &Story) {
    let line = story.support().await;
    let metadata = json!({"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id});
    let now = START.millis() / 1000;
    let echo = |wamid: &str, to: &str, text: &str| {
        let echo = json!({
            "from": "420800555010", "to": to, "id": wamid, "timestamp": now.to_string(), "type": "text", "text": {"body": text},
        });
        notification(
            WABA_ID,
            "smb_message_echoes",
            &json!({"metadata": metadata, "message_echoes": [echo]}),
        )
    };
    post(story, &line, text_message(FROM, "wamid.1", "Until when?")).await;
    let before = story.session().await;
    // Its status may be quicker.
    let read = json!({"id": "wamid.e", "status": "read", "timestamp": now.to_string(), "recipient_id": FROM});
    let statuses = json!({"metadata": metadata, "statuses": [read]});
    post_body(story, &line, notification(WABA_ID, "messages", &statuses)).await;
    for _ in 0..2 {
        post_body(story, &line, echo("wamid.e", FROM, "Until six")).await;
    }
    let session = story.session().await;
    assert_eq!(session["unread"], before["unread"]);
    assert_eq!(session["window_closes_at"], before["window_closes_at"]);
    assert_eq!(session["state"], "waiting", "nobody has taken it");
    let messages = story.messages(&session).await;
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[1]["direction"], "outbound");
    assert_eq!(messages[1]["status"], "read");
    assert!(
        page(story)
            .await
            .contains("Sent from the WhatsApp app on the phone")
    );

    // To somebody who never wrote: it is there to be read, and nobody has to take it.
    for wamid in ["wamid.f", "wamid.g"] {
        post_body(story, &line, echo(wamid, "420800555977", "We have your parcel")).await;
    }
    assert_eq!(story.count("sessions").await, 2);
    let rows = story.api.items("/api/v1/sessions").await;
    let other = rows
        .iter()
        .find(|row| row["id"] != session["id"])
        .expect("its session");
    assert_eq!((&other["state"], &other["unread"]), (&json!("closed"), &json!(0)));
    assert_eq!(story.messages(other).await.len(), 2);
}

async fn an_edit_of_a_message_that_is_not_here_is_a_message(story: &Story) {
    let line = story.support().await;
    let edit = json!({"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "At seven, please"}}});
    post(story, &line, of_type("wamid.e", "edit", &edit)).await;
    let session = story.session().await;
    assert_eq!(session["unread"], 1);
    let alone = story.messages(&session).await;
    assert_eq!(alone[0]["text"]["body"], "At seven, please");

    post(story, &line, text_message(FROM, "wamid.1", "At six, please")).await;
    let session = story.session().await;
    assert_eq!(session["unread"], 1, "it is one message");
    assert!(page(story).await.contains("At seven, please"));
    assert_eq!(story.count("sessions").await, 1);
}

async fn every_field_of_an_answer_is_shown(story: &Story) {
    let line = story.support().await;
    let answers = [
        json!({"type": "call_permission_reply", "call_permission_reply": {"response": "accept", "response_source": "user_action"}}),
        json!({"type": "list_reply", "list_reply": {"id": "1", "title": "Morning", "description": "From eight to noon"}}),
        json!({"type": "of_tomorrow", "of_tomorrow": {"colour": "ultramarine"}}),
        json!({"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent without answers", "response_json": "{}"}}),
    ];
    for (n, answer) in answers.iter().enumerate() {
        post(
            story,
            &line,
            of_type(&format!("wamid.{n}"), "interactive", answer),
        )
        .await;
    }
    let mut asked = text_message(FROM, "wamid.p", "Is this in stock?");
    asked["context"] =
        json!({"referred_product": {"catalog_id": "194836987003835", "product_retailer_id": "di9ozbzfi4"}});
    post(story, &line, asked).await;
    let place =
        json!({"latitude": 50.1, "longitude": 14.4, "name": "Depot", "url": "https://depot.example/way"});
    post(story, &line, of_type("wamid.l", "location", &place)).await;
    let order = json!({"catalog_id": "1", "product_items": [
        {"product_retailer_id": "coffee", "quantity": 2.5, "item_price": 100, "currency": "CZK"},
        {"product_retailer_id": "cup", "quantity": "3.0", "item_price": 10, "currency": "CZK"},
    ]});
    post(story, &line, of_type("wamid.o", "order", &order)).await;
    let card = json!([{
        "name": {}, "phones": [{"phone": "+420 777 123 456"}],
        "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Eva Horáková\nTEL:+420777123456\nEMAIL:eva@example.com\nEND:VCARD",
    }]);
    post(story, &line, of_type("wamid.c", "contacts", &card)).await;
    let document = json!({"id": "1", "filename": "invoice\u{202e}fdp.exe"});
    post(story, &line, of_type("wamid.d", "document", &document)).await;

    let page = page(story).await;
    for shown in [
        "call_permission_reply",
        "response_source",
        "user_action",
        "From eight to noon",
        "ultramarine",
        "Sent without answers",
        "di9ozbzfi4",
        "194836987003835",
        "https://depot.example/way",
        "2.5",
        "Eva Horáková",
        "eva@example.com",
        "invoicefdp.exe",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("3.0"), "no decimals that say nothing");
    assert!(!page.contains("invoice\u{202e}"));
}

async fn what_is_not_whole_shows_what_stands_there(story: &Story) {
    let line = story.support().await;
    let incomplete = [
        ("image", json!({"caption": "A caption without a file"})),
        ("document", json!({"filename": "lost.pdf"})),
        ("location", json!({"name": "Somewhere in Brno"})),
        (
            "edit",
            json!({"message": {"type": "text", "text": {"body": "Corrected, of what?"}}}),
        ),
        ("hologram", json!({"of": {"whom": "a princess"}})),
    ];
    for (n, (kind, own)) in incomplete.iter().enumerate() {
        post(story, &line, of_type(&format!("wamid.{n}"), kind, own)).await;
    }
    let page = page(story).await;
    for shown in [
        "A caption without a file",
        "lost.pdf",
        "Somewhere in Brno",
        "Corrected, of what?",
        "of › whom",
        "a princess",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
}

async fn a_reaction_to_nothing_opens_no_session(story: &Story) {
    let line = story.support().await;
    post(
        story,
        &line,
        of_type("wamid.1", "reaction", &json!({"emoji": "👍"})),
    )
    .await;
    post(story, &line, of_type("wamid.2", "revoke", &json!({}))).await;
    assert_eq!(story.count("sessions").await, 0);
    let letters = story.api.items("/api/v1/deliveries/dead").await;
    let reasons: Vec<_> = letters.iter().map(|letter| &letter["reason"]).collect();
    assert_eq!(reasons, ["unreadable_item", "unreadable_item"], "nothing is lost");
}

async fn no_text_of_a_message_breaks_a_database(story: &Story) {
    let line = story.support().await;
    let nul = "a\0b";
    let mut text = text_message(FROM, "wamid.1", nul);
    text["context"] = json!({"id": nul, "from": nul});
    text["errors"] = json!([nul, {"code": 1, "title": nul, "message": nul, "error_data": {"details": nul}}]);
    text["referral"] = json!({"headline": nul, "body": nul, "source_url": nul});
    post(story, &line, text).await;
    post(story, &line, of_type("wamid.2", nul, &json!({"x": nul}))).await;
    post(
        story,
        &line,
        of_type(
            "wamid.3",
            "document",
            &json!({"id": nul, "filename": nul, "caption": nul}),
        ),
    )
    .await;
    post(
        story,
        &line,
        of_type("wamid.4", "interactive", &json!({"type": nul, nul: {"y": nul}})),
    )
    .await;
    assert_eq!(story.messages(&story.session().await).await.len(), 4);

    let failed = json!({
        "id": "wamid.unknown", "status": "failed", "timestamp": "1795341600", "recipient_id": FROM,
        "errors": [{"code": 131026, "title": nul, "message": nul, "error_data": {"details": nul}}],
    });
    let metadata = json!({"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id});
    let statuses = json!({"metadata": metadata, "statuses": [failed]});
    post_body(story, &line, notification(WABA_ID, "messages", &statuses)).await;
    let letters = story.api.items("/api/v1/deliveries/dead").await;
    let failed: Vec<_> = letters
        .iter()
        .filter(|letter| letter["reason"] == "failed")
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(!page(story).await.is_empty());
}

fn echo(line: &Line, wamid: &str, text: &str) -> String {
    let metadata = json!({"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id});
    let at = (START.millis() / 1000 + 1).to_string();
    let echo = json!({
        "from": "420800555010", "to": FROM, "id": wamid, "timestamp": at, "type": "text", "text": {"body": text},
    });
    let value = json!({"metadata": metadata, "message_echoes": [echo]});
    notification(WABA_ID, "smb_message_echoes", &value)
}

async fn what_was_answered_on_the_phone_does_not_wait(story: &Story) {
    let line = story.support().await;
    post(story, &line, text_message(FROM, "wamid.1", "Until when?")).await;
    let other = "420800555202";
    let body = delivery(
        &line.phone_number_id,
        other,
        &[text_message(other, "wamid.2", "Hello?")],
    );
    post_body(story, &line, body).await;
    let admin = story.admin("admin").await;
    let first = async || {
        let page = admin.get("/inbox?tab=waiting").await.text;
        let place = |number: &str| page.find(number).unwrap_or(usize::MAX);
        place("+420 800 555 201").min(place(FROM)) < place("+420 800 555 202").min(place(other))
    };
    assert!(first().await, "who wrote first waits longest");
    post_body(story, &line, echo(&line, "wamid.e", "Until six")).await;
    assert!(!first().await, "the other one still waits for an answer");

    // What was written in private does not go into a group's session.
    let mut group = text_message(FROM, "wamid.g", "To all");
    group["group_id"] = json!("Y2FwaV9ncm91cDoxMjM0");
    post(story, &line, group).await;
    for session in story.api.items("/api/v1/sessions").await {
        let path = format!("/api/v1/sessions/{}/close", id_of(&session));
        story.api.post(&path, json!({})).await.ok();
    }
    post_body(story, &line, echo(&line, "wamid.f", "One more thing")).await;
    for session in story.api.items("/api/v1/sessions").await {
        let messages = story.messages(&session).await;
        let has = |text: &str| messages.iter().any(|message| message["text"]["body"] == text);
        assert!(!(has("To all") && has("One more thing")), "{messages:#?}");
    }
}

async fn a_message_of_an_earlier_session_can_be_quoted(story: &Story) {
    let line = story.support().await;
    post(
        story,
        &line,
        text_message(FROM, "wamid.1", "The very first words"),
    )
    .await;
    let path = format!("/api/v1/sessions/{}/close", id_of(&story.session().await));
    story.api.post(&path, json!({})).await.ok();
    let mut again = text_message(FROM, "wamid.2", "About this again");
    again["context"] = json!({"id": "wamid.1", "from": FROM});
    post(story, &line, again).await;
    let admin = story.admin("admin").await;
    let sessions = story.api.items("/api/v1/sessions").await;
    let open = sessions
        .iter()
        .find(|session| session["state"] != "closed")
        .expect("an open one");
    let page = admin.get(&format!("/inbox/{}?tab=all", id_of(open))).await.text;
    assert!(!page.contains("is not here"), "it stands above");
    let quotes = page.matches("The very first words").count();
    assert!(quotes >= 1, "{quotes}");
    assert!(
        page.contains("class=\"bubble-quote\" href"),
        "the quote leads to it"
    );
}
