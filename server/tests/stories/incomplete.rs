//! Items with a broken or missing part: everything readable is read, and nothing opens a session that nobody would
//! answer.

use crate::{
    content::{FROM, notification, of_type, page, post, post_body},
    stories,
    support::{
        START, Story,
        world::{WABA_ID, text_message},
    },
};
use domain::dead_letter::DeadReason;
use serde_json::json;

stories! {
    nul_is_stored_as_a_sign_that_can_be_seen
    a_reaction_or_a_deletion_that_names_no_message_opens_no_session
    every_answer_from_a_menu_is_seen_whole
    a_form_without_answers_says_so
    the_product_and_the_advertisement_in_question_are_seen
    what_is_incomplete_keeps_what_can_be_read
    a_card_and_its_file_are_one
    no_name_turns_the_text_around_it
}

async fn nul_is_stored_as_a_sign_that_can_be_seen(story: &Story) {
    let line = story.support().await;
    let mut text = text_message(FROM, "wamid.\0", "a\0b");
    text["errors"] =
        json!(["x\0", {"code": 1, "title": "t\0", "message": "m\0", "error_data": {"details": "d\0"}}]);
    text["group_id"] = json!("group\0");
    text["context"] = json!({"id": "wamid.\0", "from": "\0"});
    let image = json!({"id": "1\0", "mime_type": "\0", "caption": "c\0", "filename": "f\0"});
    for message in [
        text,
        // The customer has no open private session yet.
        of_type(
            "wamid.4",
            "reaction",
            &json!({"message_id": "not here\0", "emoji": "\0"}),
        ),
        of_type("wamid.1", "hologram\0", &json!({"\0": "\0"})),
        of_type("wamid.2", "image", &image),
        of_type(
            "wamid.3",
            "reaction",
            &json!({"message_id": "wamid.\0", "emoji": "\0"}),
        ),
        of_type("wamid.5", "unsupported", &json!({"type": "\0"})),
    ] {
        post(story, &line, message).await;
    }
    let metadata = json!({"phone_number_id": line.phone_number_id});
    let contact = json!({"wa_id": FROM, "profile": {"name": "Eva\0", "username": "eva\0"}});
    let status = json!({
        "id": "wamid.s\0", "status": "failed\0", "timestamp": (START.millis() / 1000).to_string(), "recipient_type": "group",
        "recipient_participant_id": "\0", "biz_opaque_callback_data": "\0", "errors": ["x\0"],
    });
    let value = json!({
        "metadata": metadata, "contacts": [contact], "messages": [text_message(FROM, "wamid.6", "Hello")],
        "statuses": [status], "errors": ["e\0", {"code": 1, "message": "m\0"}],
    });
    post_body(story, &line, notification(WABA_ID, "messages", &value)).await;
    post_body(
        story,
        &line,
        notification(WABA_ID, "field\0", &json!({"metadata": metadata})),
    )
    .await;

    let letters: Vec<_> = story
        .dead_letters()
        .await
        .iter()
        .map(|letter| letter.reason.as_str())
        .collect();
    assert_eq!(
        letters.iter().filter(|reason| **reason == "not_used").count(),
        3,
        "{letters:?}"
    );
    assert_eq!(
        letters.iter().filter(|reason| **reason == "no_message").count(),
        1,
        "{letters:?}"
    );
    assert_eq!(letters.len(), 4, "{letters:?}");
    assert_eq!(story.count("messages").await, 6);
    assert_eq!(story.count("message_statuses").await, 1);

    // The reaction that waited for this message finds it.
    post(story, &line, text_message(FROM, "not here\0", "Here")).await;
    assert_eq!(
        (story.count("messages").await, story.dead_letters().await.len()),
        (8, 3)
    );
}

async fn a_reaction_or_a_deletion_that_names_no_message_opens_no_session(story: &Story) {
    let line = story.support().await;
    for (n, (kind, own)) in [
        ("reaction", json!({"emoji": "👍"})),
        ("reaction", json!({"message_id": "", "emoji": "👍"})),
        ("reaction", json!("👍")),
        ("revoke", json!({})),
        ("revoke", json!(null)),
    ]
    .iter()
    .enumerate()
    {
        post(story, &line, of_type(&format!("wamid.{n}"), kind, own)).await;
    }
    assert_eq!(
        (story.count("sessions").await, story.count("contacts").await),
        (0, 0)
    );
    let letters = story.dead_letters().await;
    assert_eq!(letters.len(), 5, "nothing is lost");
    for letter in letters {
        assert_eq!(letter.reason, DeadReason::UnreadableItem);
        let why = letter.detail.expect("a detail");
        assert!(why.contains("does not name its message"), "{why}");
    }
    let replayed = story
        .api
        .post("/api/v1/deliveries/dead/replay", json!({}))
        .await
        .ok();
    assert_eq!(replayed["kept"], json!({"unreadable_item": 5}));
}

/// Asserts that the page of the only session contains all of these.
async fn shows(story: &Story, expected: &[&str]) -> String {
    let page = page(story).await;
    for shown in expected {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    page
}

async fn every_answer_from_a_menu_is_seen_whole(story: &Story) {
    let line = story.support().await;
    for (n, (kind, own)) in [
        ("button_reply", json!({"id": "b", "title": "Tlačítko ano"})),
        (
            "list_reply",
            json!({"id": "r", "title": "Malý mlýnek", "description": "Na deset šálků"}),
        ),
        (
            "call_permission_reply",
            json!({"response": "accept", "response_source": "user_action"}),
        ),
        (
            "product",
            json!({"catalog_id": "katalog-7", "item": {"product_retailer_id": "mlynek-42"}}),
        ),
        ("address_reply", json!({"values": {"city": "Olomouc"}})),
        ("list_reply", json!("a row without its object")),
    ]
    .iter()
    .enumerate()
    {
        let own = json!({"type": kind, *kind: own});
        post(story, &line, of_type(&format!("wamid.{n}"), "interactive", &own)).await;
    }
    let expected = [
        "Tlačítko ano",
        "Malý mlýnek",
        "Description",
        "Na deset šálků",
        "accept",
        "response_source",
        "user_action",
        "katalog-7",
        "item › product_retailer_id",
        "mlynek-42",
        "address_reply › values › city",
        "Olomouc",
        "a row without its object",
    ];
    shows(story, &expected).await;
}

async fn a_form_without_answers_says_so(story: &Story) {
    let line = story.support().await;
    for (n, answers) in [json!(""), json!("{}"), json!("null"), json!(null), json!({})]
        .iter()
        .enumerate()
    {
        let own = json!({"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": answers}});
        post(story, &line, of_type(&format!("wamid.{n}"), "interactive", &own)).await;
    }
    let page = page(story).await;
    let (thread, _) = page.split_once("<aside").expect("its end");
    assert_eq!(thread.matches("A form without answers").count(), 5, "{page}");
}

async fn the_product_and_the_advertisement_in_question_are_seen(story: &Story) {
    let line = story.support().await;
    let mut asked = text_message(FROM, "wamid.1", "Is this in stock?");
    asked["context"] =
        json!({"referred_product": {"catalog_id": "katalog-7", "product_retailer_id": "mlynek-42"}});
    asked["referral"] = json!({
        "source_type": "ad", "source_id": "reklama-9", "welcome_message": {"text": "Jak pomůžeme?"}, "ctwa_clid": "klik-1",
    });
    post(story, &line, asked).await;
    let items = json!([
        {"product_retailer_id": "a", "quantity": 2.0}, {"product_retailer_id": "b", "quantity": "2.5"},
        {"product_retailer_id": "c", "quantity": 20}, {"product_retailer_id": "d"},
    ]);
    let order = json!({"catalog_id": "katalog-8", "text": "Prosím dnes", "product_items": items});
    post(story, &line, of_type("wamid.2", "order", &order)).await;
    let expected = [
        "Catalogue",
        "katalog-7",
        "Product",
        "mlynek-42",
        "reklama-9",
        "Jak pomůžeme?",
        "katalog-8",
        "Prosím dnes",
        "2.5 × ",
        "20 × ",
    ];
    let page = shows(story, &expected).await;
    assert!(
        page.contains("2 × ") && !page.contains("2.0 ×") && !page.contains("1 ×"),
        "{page}"
    );
    assert!(
        !page.contains("klik-1"),
        "it is for those who sell advertisements"
    );
}

async fn what_is_incomplete_keeps_what_can_be_read(story: &Story) {
    let line = story.support().await;
    let long = "x".repeat(5000);
    for (n, (kind, own)) in [
        ("image", json!({"caption": "Popisek bez fotky"})),
        ("document", json!({"filename": "faktura.pdf"})),
        ("location", json!({"name": "Hrad", "address": "Pražská 1", "longitude": 14.5, "url": "https://example.org/hrad"})),
        ("edit", json!({"message": {"type": "text", "text": {"body": "Oprava bez cíle"}}})),
        ("edit", json!({"original_message_id": "wamid.elsewhere", "message": {"text": {"body": "Oprava bez typu"}}})),
        ("hologram", json!({"depth": {"cm": "třicet"}, "long": long})),
        ("text", json!("Text bez objektu")),
    ]
    .iter()
    .enumerate()
    {
        post(story, &line, of_type(&format!("wamid.{n}"), kind, own)).await;
    }
    let mut untyped = text_message(FROM, "wamid.u", "Zpráva bez typu");
    untyped["type"] = json!(null);
    post(story, &line, untyped).await;
    let expected = [
        "Popisek bez fotky",
        "faktura.pdf",
        "Hrad",
        "Pražská 1",
        "14.5",
        "href=\"https://example.org/hrad\"",
        "Oprava bez cíle",
        "Oprava bez typu",
        "depth › cm",
        "třicet",
        "Text bez objektu",
        "Zpráva bez typu",
    ];
    let page = shows(story, &expected).await;
    assert!(!page.contains(&long[..1100]), "what is endless has an end");
    assert_eq!(story.session().await["unread"], 8);
    assert!(story.dead_letters().await.is_empty());
}

async fn a_card_and_its_file_are_one(story: &Story) {
    let line = story.support().await;
    let cards = json!([{
        "phones": [{"phone": "+420 800 555 777", "note": "jen večer"}], "birthday": {"year": 1990},
        "vcard": "BEGIN:VCARD\r\nFN:Eva Malá\r\nTEL:+420800555777\r\nEMAIL:eva@example.org\r\nEND:VCARD\r\n",
    }]);
    post(story, &line, of_type("wamid.c", "contacts", &cards)).await;
    let expected = ["Eva Malá", "mailto:eva@example.org", "jen večer", "1990"];
    let page = shows(story, &expected).await;
    assert_eq!(
        page.matches("tel:+420800555777").count(),
        1,
        "a number is told once"
    );
}

async fn no_name_turns_the_text_around_it(story: &Story) {
    let line = story.support().await;
    let turned = |text: &str| format!("{text}\u{202e}fdp.exe");
    let file = json!({"id": "1", "filename": turned("faktura")});
    post(story, &line, of_type("wamid.1", "document", &file)).await;
    let file = json!({"id": "1", "filename": turned("smlouva"), "caption": "Smlouva"});
    post(story, &line, of_type("wamid.2", "document", &file)).await;
    let cards = json!([{"name": {"formatted_name": turned("Eva")}}]);
    post(story, &line, of_type("wamid.3", "contacts", &cards)).await;
    let order = json!({"product_items": [{"product_retailer_id": turned("mlynek"), "quantity": 1}]});
    post(story, &line, of_type("wamid.4", "order", &order)).await;
    let expected = ["fakturafdp.exe", "smlouvafdp.exe", "Evafdp.exe", "mlynekfdp.exe"];
    let page = shows(story, &expected).await;
    assert!(!page.contains('\u{202e}'), "{page}");
}
