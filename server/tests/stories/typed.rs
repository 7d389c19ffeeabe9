//! What an operator sends besides words, from the console's server function to Meta, and the customer's choice back.

use crate::{
    stories,
    support::{Story, users::Browser, world::id_of},
};
use domain::message::{Outgoing, Typed, TypedContact, TypedKind, TypedRow, TypedSection};
use serde_json::{Value, json};
use simulator::CustomerId;

stories! {
    every_form_reaches_meta
    what_is_no_message_of_metas_is_refused
    a_customer_chooses_a_button_and_a_row
    a_message_with_a_key_is_sent_once
}

async fn desk(story: &Story) -> (Browser, String, CustomerId) {
    let (line, jana) = story.desk_of_one().await;
    let customer = story.customer(1);
    story.says(customer, &line, "Hello").await;
    let session = id_of(&story.session().await);
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    (jana, session, customer)
}

fn typed() -> Typed {
    let text = str::to_owned;
    let row = |title: &str| TypedRow {
        title: text(title),
        description: String::new(),
    };
    Typed {
        body: text("When shall we come?"),
        footer: text("Until Friday"),
        buttons: vec![text("Monday"), text("Friday")],
        label: text("Days"),
        sections: vec![TypedSection {
            title: text("This week"),
            rows: vec![row("Monday"), row("Friday")],
        }],
        url: text("https://example.com/1"),
        latitude: text("50,0755"),
        longitude: text("14.4378"),
        contacts: vec![TypedContact {
            name: text("Jana Nová"),
            phones: vec![text("+420 777 123 456")],
            ..TypedContact::default()
        }],
        ..Typed::default()
    }
}

fn outgoing(kind: TypedKind) -> String {
    let outgoing = Outgoing::from(typed().content(kind));
    serde_json::to_string(&outgoing).expect("JSON")
}

async fn every_form_reaches_meta(story: &Story) {
    let (jana, session, _) = desk(story).await;
    for kind in TypedKind::ALL {
        let outgoing = outgoing(*kind);
        let sent = jana
            .call("inbox/send", &[("session", &session), ("outgoing", &outgoing)])
            .await
            .ok();
        story.settled().await;
        let wanted: Value = serde_json::from_str(&outgoing).expect("JSON");
        let word = wanted["type"].as_str().expect("a type");
        assert_eq!(
            (&sent["kind"], &sent["status"]),
            (&wanted["type"], &json!("queued"))
        );
        let meta = story.meta.sent_messages().pop().expect("a message");
        assert_eq!(meta.body[word], wanted[word]);
    }
    let ticks = story.messages(&json!({ "id": session })).await;
    assert!(
        ticks[1..].iter().all(|message| message["status"] == "delivered"),
        "{ticks:#?}"
    );
}

async fn what_is_no_message_of_metas_is_refused(story: &Story) {
    let (jana, session, _) = desk(story).await;
    let long = json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "x".repeat(21)}}]}}});
    let refused = jana
        .call(
            "inbox/send",
            &[("session", &session), ("outgoing", &long.to_string())],
        )
        .await;
    assert_eq!(refused.status, 422);
    // The error's own words come before its JSON.
    let json = &refused.text[refused.text.find('{').expect("JSON")..];
    let error: Value = serde_json::from_str(json).expect("JSON");
    let field = &error["Refused"]["fields"][0];
    assert_eq!(
        (&field["field"], &field["most"]),
        (&json!("interactive.action.buttons[0].reply.title"), &json!(20))
    );
    for broken in [
        "",
        "{",
        "[]",
        r#"{"type": "order", "order": {}}"#,
        r#"{"type": "text"}"#,
    ] {
        let refused = jana
            .call("inbox/send", &[("session", &session), ("outgoing", broken)])
            .await;
        assert_eq!(refused.status, 422, "{broken}");
    }
    story.settled().await;
    assert!(story.meta.sent_messages().is_empty());
}

async fn a_customer_chooses_a_button_and_a_row(story: &Story) {
    let (jana, session, customer) = desk(story).await;
    for (kind, choice) in [(TypedKind::Buttons, "2"), (TypedKind::List, "1")] {
        jana.call(
            "inbox/send",
            &[("session", &session), ("outgoing", &outgoing(kind))],
        )
        .await
        .ok();
        story.settled().await;
        let asked = story.meta.sent_messages().pop().expect("a message").wamid;
        assert!(story.meta.customer_chooses(customer, &asked, "9").is_err());
        story
            .meta
            .customer_chooses(customer, &asked, choice)
            .expect("a choice");
        story.settled().await;
        let answer = story
            .messages(&json!({ "id": session }))
            .await
            .pop()
            .expect("an answer");
        assert_eq!(answer["context"]["message_id"], json!(asked), "{answer}");
        let title = if choice == "2" { "Friday" } else { "Monday" };
        assert_eq!(answer["text"]["body"], title, "{answer}");
    }
}

async fn a_message_with_a_key_is_sent_once(story: &Story) {
    let (jana, session, _) = desk(story).await;
    let send = |kind| {
        let jana = &jana;
        let session = session.as_str();
        async move {
            let outgoing = outgoing(kind);
            let arguments = [("session", session), ("outgoing", &outgoing), ("key", "k-1")];
            jana.call("inbox/send", &arguments).await
        }
    };
    let first = send(TypedKind::Buttons).await.ok();
    assert_eq!(id_of(&send(TypedKind::Buttons).await.ok()), id_of(&first));
    assert_eq!(send(TypedKind::List).await.status, 422);
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
}
