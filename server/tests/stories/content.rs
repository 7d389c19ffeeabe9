//! Content other than text is shown completely, and unused content is kept.

use crate::{
    stories,
    support::{
        START, Story,
        world::{Line, WABA_ID, delivery, id_of, text_message},
    },
};
use domain::{access::Actor, dead_letter::DeadReason};
use serde_json::{Value, json};

pub(crate) const FROM: &str = "420800555901";

stories! {
    the_answers_of_a_form_are_shown_whatever_they_are
    a_contact_card_shows_whatever_came_and_is_a_file
    a_reason_that_is_no_object_is_shown
    nobody_opens_a_session_by_a_deletion_alone
    what_was_sent_from_the_phone_stands_in_the_thread
    what_was_answered_on_the_phone_waits_no_more
    what_was_sent_from_the_phone_in_private_stays_out_of_a_group
    an_edit_of_a_message_that_is_not_here_is_a_message
    what_nobody_uses_is_kept_and_is_no_fault
    metas_test_is_noted_and_is_no_fault
    a_time_far_ahead_is_the_time_of_arrival
    a_name_with_nothing_to_see_is_no_name
    what_was_written_in_a_group_is_not_answered_in_private
}

pub(crate) async fn post(story: &Story, line: &Line, message: Value) {
    let body = delivery(&line.phone_number_id, FROM, &[message]);
    post_body(story, line, body).await;
}

pub(crate) async fn post_body(story: &Story, line: &Line, body: impl Into<Vec<u8>>) {
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
}

pub(crate) fn of_type(wamid: &str, kind: &str, own: &Value) -> Value {
    let at = START.millis() / 1000;
    json!({"from": FROM, "id": wamid, "timestamp": at.to_string(), "type": kind, kind: own})
}

pub(crate) fn notification(waba: &str, field: &str, value: &Value) -> String {
    let change = json!({"field": field, "value": value});
    json!({"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": [change]}]}).to_string()
}

pub(crate) async fn page(story: &Story) -> String {
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
    let channel = line.channel.parse().expect("an id");
    let activity = engine::channels::activity(&story.engine, &Actor::System, channel).await;
    let failed: u32 = activity
        .expect("activity")
        .deliveries
        .iter()
        .map(|row| row.dead_letters)
        .sum();
    assert_eq!(failed, 0, "nothing has failed");
    assert_eq!(story.count("sessions").await, 0);
    let admin = story.admin("admin").await;
    assert!(
        admin
            .get("/system/deliveries")
            .await
            .text
            .contains("Switchboard does not use this")
    );

    // A replay by a version that does not use it either changes nothing, even after its delivery was deleted.
    for _ in 0..2 {
        let replayed = story
            .api
            .post("/api/v1/deliveries/dead/replay", json!({}))
            .await
            .ok();
        assert_eq!(replayed["kept"], json!({"not_used": 4}));
        story.database.run(story.data_dir(), "DELETE FROM journal").await;
    }
    let again: Vec<_> = story
        .dead_letters()
        .await
        .into_iter()
        .rev()
        .map(|letter| letter.detail)
        .collect();
    assert_eq!(again, told.into_iter().map(Some).collect::<Vec<_>>());
    assert_eq!(story.count("messages").await, 0);
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

    // A delivery for a connected number is no sample, whatever its account id says.
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
    // The clock does not move.
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

    // A private message of the same customer opens another session, which can be answered.
    post(story, &line, text_message(FROM, "wamid.p", "A question to you")).await;
    assert_eq!(story.count("sessions").await, 2);
    let mut again = text_message(FROM, "wamid.h", "Anybody?");
    again["group_id"] = json!("Y2FwaV9ncm91cDoxMjM0");
    post(story, &line, again).await;
    assert_eq!(story.count("sessions").await, 2);
    assert_eq!(story.messages(&session).await.len(), 2);
}

/// A message sent from the phone app at a time in seconds.
pub fn echo(line: &Line, at: i64, wamid: &str, to: &str, text: &str) -> String {
    let echo = json!({
        "from": "420800555010", "to": to, "id": wamid, "timestamp": at.to_string(), "type": "text", "text": {"body": text},
    });
    let metadata = json!({"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id});
    let value = json!({"metadata": metadata, "message_echoes": [echo]});
    notification(WABA_ID, "smb_message_echoes", &value)
}

async fn what_was_answered_on_the_phone_waits_no_more(story: &Story) {
    let line = story.support().await;
    let now = START.millis() / 1000;
    let waits = async || {
        let id = id_of(&story.session().await).parse().expect("an id");
        let row = engine::sessions::row(&story.engine, &Actor::System, id).await;
        row.expect("a row").waiting_since.is_some()
    };
    post(story, &line, text_message(FROM, "wamid.1", "Until when?")).await;
    assert!(waits().await);
    // It was written before the question came.
    post_body(
        story,
        &line,
        echo(&line, now - 60, "wamid.a", FROM, "Your parcel is here"),
    )
    .await;
    assert!(waits().await);
    post_body(story, &line, echo(&line, now, "wamid.b", FROM, "Until six")).await;
    assert!(!waits().await);
    let mut thanks = text_message(FROM, "wamid.2", "And tomorrow?");
    thanks["timestamp"] = json!((now + 1).to_string());
    post(story, &line, thanks).await;
    assert!(waits().await);
}

async fn what_was_sent_from_the_phone_in_private_stays_out_of_a_group(story: &Story) {
    let line = story.support().await;
    let mut question = text_message(FROM, "wamid.g", "A question to all");
    question["group_id"] = json!("Y2FwaV9ncm91cDoxMjM0");
    post(story, &line, question).await;
    let group = story.session().await;
    let path = format!("/api/v1/sessions/{}", id_of(&group));
    let pick_up = format!("{path}/pick-up");
    story.api.post(&pick_up, json!({"extension": "201"})).await.ok();
    story.api.post(&format!("{path}/close"), json!({})).await.ok();
    let now = START.millis() / 1000;
    for wamid in ["wamid.e", "wamid.f"] {
        post_body(story, &line, echo(&line, now, wamid, FROM, "Only for you")).await;
    }
    assert_eq!(story.messages(&group).await.len(), 1);
    assert_eq!(story.count("sessions").await, 2);
}

async fn what_was_sent_from_the_phone_stands_in_the_thread(story: &Story) {
    let line = story.support().await;
    let metadata = json!({"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id});
    let now = START.millis() / 1000;
    let echo = |wamid: &str, to: &str, text: &str| echo(&line, now, wamid, to, text);
    post(story, &line, text_message(FROM, "wamid.1", "Until when?")).await;
    let before = story.session().await;
    // Its status may arrive first.
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

    // To a customer who never wrote: the message can be read, and nobody has to pick the session up.
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
