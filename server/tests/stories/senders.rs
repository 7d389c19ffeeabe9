//! Who writes: Meta names one person in many ways, and an identity may become known late.

use crate::{
    stories,
    support::{
        START, Story,
        world::{Line, WABA_ID, id_of},
    },
};
use domain::access::Actor;
use serde_json::{Value, json};

stories! {
    a_changed_number_carries_the_contact_over
    a_changed_user_id_carries_the_contact_over_without_a_number
    two_contacts_that_are_one_person_are_joined
    a_key_stays_with_the_session_it_was_sent_to
    the_later_session_may_be_the_older_contacts
    the_two_spellings_of_a_number_are_one_contact
    a_sender_is_known_however_meta_names_them
    a_username_is_never_an_identity
    whatsapps_own_message_asks_for_no_answer
    whatsapps_own_message_to_nobodys_session_is_history
}

/// Delivers a message with these fields, this many seconds after the beginning.
async fn receives(story: &Story, line: &Line, seconds: i64, fields: Value) {
    let mut message = json!({
        "id": format!("wamid.{seconds}"), "timestamp": (START.millis() / 1000 + seconds).to_string(),
        "type": "text", "text": {"body": "x"},
    });
    let (mut contacts, mut statuses) = (json!([]), json!([]));
    for (key, value) in fields.as_object().expect("fields") {
        match key.as_str() {
            "contacts" => contacts = value.clone(),
            "statuses" => statuses = value.clone(),
            key => message[key] = value.clone(),
        }
    }
    let value = json!({
        "metadata": {"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id},
        "contacts": contacts,
        "messages": [message],
        "statuses": statuses,
    });
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA_ID, "changes": [{"field": "messages", "value": value}]}],
    });
    let status = story
        .post_signed(&line.webhook_url, &line.app, body.to_string())
        .await;
    assert_eq!(status, 200);
    story.settled().await;
}

async fn a_changed_number_carries_the_contact_over(story: &Story) {
    let line = story.support().await;
    let (old, new) = ("420800555901", "420800555902");
    let system = json!({"type": "user_changed_number", "body": "changed", "wa_id": new});
    receives(story, &line, 0, json!({"from": old})).await;
    receives(
        story,
        &line,
        1,
        json!({"from": old, "type": "system", "system": system}),
    )
    .await;
    receives(story, &line, 2, json!({"from": new})).await;
    // A message that was sent before the change and arrives late.
    receives(story, &line, 3, json!({"from": old})).await;

    assert_eq!(story.count("contacts").await, 1);
    let session = story.session().await;
    assert_eq!(story.messages(&session).await.len(), 4);
}

async fn a_changed_user_id_carries_the_contact_over_without_a_number(story: &Story) {
    let line = story.support().await;
    let system = json!({"type": "user_changed_user_id", "user_id": "CZ.2", "previous_user_id": "CZ.1"});
    receives(story, &line, 0, json!({"from_user_id": "CZ.1"})).await;
    receives(story, &line, 1, json!({"type": "system", "system": system})).await;
    receives(story, &line, 2, json!({"from_user_id": "CZ.2"})).await;

    assert_eq!(story.count("contacts").await, 1);
    assert_eq!(story.messages(&story.session().await).await.len(), 3);
    assert!(story.dead_letters().await.is_empty());
}

async fn two_contacts_that_are_one_person_are_joined(story: &Story) {
    let line = story.support().await;
    let (number, user) = ("420800555901", "CZ.1");
    receives(story, &line, 0, json!({"from": number})).await;
    receives(story, &line, 1, json!({"from_user_id": user})).await;
    let sessions = story.api.items("/api/v1/sessions").await;
    assert_eq!(sessions.len(), 2, "nobody knows yet");
    let later = sessions
        .iter()
        .find(|session| session["contact"]["number"].is_null());
    let path = format!("/api/v1/sessions/{}/pick-up", id_of(later.expect("a session")));
    story.api.post(&path, json!({"extension": "201"})).await.ok();

    receives(story, &line, 2, json!({"from": number, "from_user_id": user})).await;

    assert_eq!(story.count("contacts").await, 1);
    let sessions = story.api.items("/api/v1/sessions").await;
    let open: Vec<_> = sessions
        .iter()
        .filter(|session| session["closed_at"].is_null())
        .collect();
    assert_eq!(open.len(), 1, "{sessions:#?}");
    assert_eq!(
        open[0]["extension"]["number"], "201",
        "the one who had picked up goes on"
    );
    assert_eq!(open[0]["contact"]["number"], "+420800555901");
    assert_eq!(story.messages(open[0]).await.len(), 3);
}

/// A script may use the same key in two sessions, also when they become one later.
async fn a_key_stays_with_the_session_it_was_sent_to(story: &Story) {
    let line = story.support().await;
    let (number, user) = ("420800555901", "CZ.1");
    receives(story, &line, 0, json!({"from": number})).await;
    receives(story, &line, 1, json!({"from_user_id": user})).await;
    let sessions = story.api.items("/api/v1/sessions").await;
    let (earlier, later): (Vec<_>, Vec<_>) = sessions
        .iter()
        .partition(|session| session["contact"]["number"].is_string());
    let both = [&earlier, &later].map(|one| format!("/api/v1/sessions/{}", id_of(one[0])));
    let send = |session: usize, text: &'static str| {
        let path = format!("{}/messages", both[session]);
        let body = json!({"type": "text", "text": {"body": text}});
        let request = story.api.request(reqwest::Method::POST, &path);
        story
            .api
            .send(request.header("idempotency-key", "welcome").json(&body))
    };
    for path in &both {
        let path = format!("{path}/pick-up");
        story.api.post(&path, json!({"extension": "201"})).await.ok();
    }
    let to_number = id_of(&send(0, "To the number").await.ok());
    let to_user = id_of(&send(1, "To the user id").await.ok());
    let other = id_of(&story.answers(later[0], "Something else").await);
    story.settled().await;
    // Neither of them is on the simulator's WhatsApp, so everything fails.
    let retry = async |failed: &str| {
        let failed = failed.parse().expect("an id");
        let again = engine::outbound::send::retry(&story.engine, &Actor::System, failed).await;
        again.expect("sent again").id
    };
    let again = retry(&to_user).await;
    story.settled().await;

    // One of the messages is in the batch that joins the sessions; the others are only in the database.
    let moved = story.messages(later[0]).await;
    let moved = moved.iter().find(|message| id_of(message) == to_user);
    let wamid = moved.expect("a message")["wamid"].clone();
    let status = json!({
        "id": wamid, "status": "sent", "timestamp": (START.millis() / 1000).to_string(), "recipient_id": number,
    });
    let fields = json!({"from": number, "from_user_id": user, "statuses": [status]});
    receives(story, &line, 2, fields).await;

    assert!(story.dead_letters().await.is_empty());
    let sessions = story.api.items("/api/v1/sessions").await;
    let open: Vec<_> = sessions
        .iter()
        .filter(|session| session["closed_at"].is_null())
        .collect();
    assert_eq!(open.len(), 1, "{sessions:#?}");
    assert_eq!(id_of(open[0]), id_of(earlier[0]));
    let many = async || story.messages(open[0]).await.len();
    assert_eq!(many().await, 7);
    // Each repetition is answered with its own message, and nothing is sent.
    assert_eq!(id_of(&send(0, "To the number").await.ok()), to_number);
    assert_eq!(id_of(&send(1, "To the user id").await.ok()), to_user);
    assert_eq!(
        send(1, "Another text").await.problem(422)["type"],
        "urn:switchboard:key_reused"
    );
    assert_eq!(retry(&to_user).await, again);
    assert_eq!(many().await, 7);
    // What is sent again only now is found by the next click, too.
    assert_eq!(retry(&other).await, retry(&other).await);
    assert_eq!(many().await, 8);
}

async fn the_later_session_may_be_the_older_contacts(story: &Story) {
    let line = story.support().await;
    let (number, user) = ("420800555901", "CZ.1");
    // The number's contact is the older one, and has no session yet.
    let reaction = json!({"message_id": "wamid.unknown", "emoji": "👍"});
    let reaction = json!({"from": number, "type": "reaction", "reaction": reaction});
    receives(story, &line, 0, reaction).await;
    receives(story, &line, 1, json!({"from_user_id": user})).await;
    receives(story, &line, 2, json!({"from": number})).await;
    assert_eq!(story.count("sessions").await, 2);
    receives(story, &line, 3, json!({"from": number, "from_user_id": user})).await;
    let failed = story.api.items("/api/v1/deliveries/dead?reason=failed").await;
    assert!(failed.is_empty(), "{failed:#?}");
    let sessions = story.api.items("/api/v1/sessions").await;
    let mut open = sessions.iter().filter(|session| session["closed_at"].is_null());
    let (Some(open), None) = (open.next(), open.next()) else {
        panic!("one open session: {sessions:#?}");
    };
    assert_eq!(story.messages(open).await.len(), 3);
}

async fn the_two_spellings_of_a_number_are_one_contact(story: &Story) {
    let line = story.support().await;
    let pairs = [
        ("5541999998888", "554199998888"),
        ("5491155551234", "541155551234"),
        ("5215512345678", "525512345678"),
    ];
    let mut seconds = 0;
    for (one, other) in pairs {
        for from in [one, other] {
            receives(story, &line, seconds, json!({"from": from})).await;
            seconds += 1;
        }
    }
    assert_eq!(story.count("contacts").await, 3);
    let sessions = story.api.items("/api/v1/sessions").await;
    assert_eq!(sessions.len(), 3);
    assert!(
        sessions.iter().all(|session| session["unread"] == 2),
        "{sessions:#?}"
    );
}

async fn a_sender_is_known_however_meta_names_them(story: &Story) {
    let line = story.support().await;
    for (seconds, named) in [
        json!({"from_user_id": "CZ.1"}),
        json!({"from": "", "from_user_id": "CZ.1"}),
        json!({"from": null, "from_user_id": "CZ.1"}),
        json!({"from": "CZ.1"}),
        json!({"contacts": [{"user_id": "CZ.1", "profile": {"name": "Jana"}}]}),
        json!({"from": "CZ.1", "contacts": [{"wa_id": "CZ.1"}]}),
    ]
    .into_iter()
    .enumerate()
    {
        receives(story, &line, i64::try_from(seconds).expect("few"), named).await;
    }
    assert_eq!(story.count("contacts").await, 1);
    let session = story.session().await;
    assert_eq!(session["unread"], 6);
    assert_eq!(session["contact"]["label"], "Jana");
    assert_eq!(session["contact"]["number"], Value::Null);
}

async fn a_username_is_never_an_identity(story: &Story) {
    let line = story.support().await;
    for (seconds, user) in [(0, "CZ.1"), (1, "CZ.2")] {
        let contact = json!({"user_id": user, "profile": {"username": "jana"}});
        receives(
            story,
            &line,
            seconds,
            json!({"from_user_id": user, "contacts": [contact]}),
        )
        .await;
    }
    assert_eq!(story.count("contacts").await, 2);
    assert_eq!(story.api.items("/api/v1/sessions").await.len(), 2);
}

async fn whatsapps_own_message_asks_for_no_answer(story: &Story) {
    let line = story.support().await;
    let (old, new) = ("420800555901", "420800555902");
    receives(story, &line, 0, json!({"from": old})).await;
    let path = format!("/api/v1/sessions/{}/pick-up", id_of(&story.session().await));
    let picked_up = story.api.post(&path, json!({"extension": "201"})).await.ok();
    story.answers(&picked_up, "Hello").await;
    story.settled().await;
    let before = story.session().await;
    let system = json!({"type": "user_changed_number", "body": "The number has changed", "wa_id": new});
    let change = json!({"from": old, "type": "system", "system": system});
    receives(story, &line, 60, change.clone()).await;
    let after = story.session().await;
    for same in ["id", "state", "unread", "window_closes_at"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    let row = engine::sessions::row(
        &story.engine,
        &Actor::System,
        id_of(&after).parse().expect("an id"),
    );
    assert_eq!(row.await.expect("a row").waiting_since, None);
    let told = story.messages(&after).await.pop().expect("a message");
    assert_eq!(told["text"]["body"], "The number has changed", "it is seen");
    // The customer's own message still counts as unread.
    receives(story, &line, 61, json!({"from": new})).await;
    assert_eq!(story.session().await["unread"], 1);
    assert_eq!(story.count("contacts").await, 1);
}

async fn whatsapps_own_message_to_nobodys_session_is_history(story: &Story) {
    let line = story.support().await;
    let told =
        |wa_id: &str| json!({"type": "customer_identity_changed", "body": "A new phone", "wa_id": wa_id});
    let from = "420800555901";
    for seconds in [0, 1] {
        let change = json!({"from": from, "type": "system", "system": told(from)});
        receives(story, &line, seconds, change).await;
    }
    let session = story.session().await;
    assert_eq!(
        (&session["state"], &session["unread"]),
        (&json!("closed"), &json!(0))
    );
    assert!(session["window_closes_at"].is_null(), "{session}");
    assert_eq!(story.messages(&session).await.len(), 2);
    assert!(story.dead_letters().await.is_empty());

    // The next session's thread shows it above.
    receives(story, &line, 2, json!({"from": from})).await;
    let sessions = story.api.items("/api/v1/sessions").await;
    assert_eq!(sessions.len(), 2);
    let open = sessions
        .iter()
        .find(|row| row["closed_at"].is_null())
        .expect("an open one");
    assert_eq!(open["unread"], 1);
    let id = id_of(open).parse().expect("an id");
    let thread = engine::sessions::thread::read(&story.engine, &Actor::System, id, None)
        .await
        .expect("a thread");
    assert_eq!(thread.past.len(), 1);
}
