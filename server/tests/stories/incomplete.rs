//! What arrives with a part that is broken, or not there: what can be read of it is read, and nothing opens a session
//! that nobody would answer.

use crate::{
    said::{FROM, notification, of_type, post, post_body},
    stories,
    support::{
        START, Story,
        world::{WABA_ID, text_message},
    },
};
use domain::delivery::DeadReason;
use serde_json::json;

stories! {
    nul_is_stored_as_a_sign_that_can_be_seen
    a_reaction_or_a_deletion_that_names_no_message_opens_no_session
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
        of_type("wamid.1", "hologram\0", &json!({"\0": "\0"})),
        of_type("wamid.2", "image", &image),
        of_type(
            "wamid.3",
            "reaction",
            &json!({"message_id": "wamid.\0", "emoji": "\0"}),
        ),
        of_type(
            "wamid.4",
            "reaction",
            &json!({"message_id": "not here\0", "emoji": "\0"}),
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

    // What waited for such a message finds it.
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
