//! Reactions, edits and deletions: messages of their own in the API, attached to their message in a thread.

use crate::{
    stories,
    support::{
        Story,
        world::{Line, delivery, id_of, text_message},
    },
};
use domain::{
    access::Actor,
    dead_letter::DeadReason,
    message::{Direction, MessageView},
    session::Preview,
};
use serde_json::{Value, json};

const FROM: &str = "420800555901";

stories! {
    a_reaction_stands_with_its_message_also_when_it_was_quicker
    an_edit_replaces_the_text_and_a_deletion_takes_it_away
    nobody_edits_the_words_of_another
    every_kind_of_message_has_a_face
    only_an_administrator_opens_the_json
}

/// What is about a message, a second after `after` seconds.
fn about(wamid: &str, after: i64, kind: &str, own: &Value) -> Value {
    let at = crate::support::START.millis() / 1000 + after;
    json!({"from": FROM, "id": wamid, "timestamp": at.to_string(), "type": kind, kind: own})
}

async fn post(story: &Story, line: &Line, message: Value) {
    let body = delivery(&line.phone_number_id, FROM, &[message]);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
}

async fn thread(story: &Story) -> Vec<MessageView> {
    let id = id_of(&story.session().await).parse().expect("an id");
    let thread = engine::sessions::thread::read(&story.engine, &Actor::System, id, None).await;
    thread.expect("a thread").messages
}

/// What the inbox shows of it.
async fn preview(story: &Story) -> Preview {
    let id = id_of(&story.session().await).parse().expect("an id");
    let row = engine::sessions::row(&story.engine, &Actor::System, id).await;
    row.expect("a row").last_message.expect("a message")
}

async fn a_reaction_stands_with_its_message_also_when_it_was_quicker(story: &Story) {
    let line = story.support().await;
    let reaction = json!({"message_id": "wamid.1", "emoji": "👍"});
    post(story, &line, about("wamid.r", 1, "reaction", &reaction)).await;
    assert_eq!(story.count("sessions").await, 0, "a reaction opens no session");
    let letters = story.dead_letters().await;
    assert_eq!(letters.len(), 1, "and is kept");
    assert_eq!(letters[0].reason, DeadReason::NoMessage);

    post(story, &line, text_message(FROM, "wamid.1", "Hello")).await;
    let shown = thread(story).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].marks.reactions, [(Direction::Inbound, "👍".to_owned())]);
    assert!(story.dead_letters().await.is_empty(), "it has found its message");
    assert_eq!(story.session().await["unread"], 1);

    let rows = story.messages(&story.session().await).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["about"], &rows[1]["about"]),
        (&json!(null), &json!("wamid.1"))
    );

    let gone = json!({"message_id": "wamid.1"});
    post(story, &line, about("wamid.g", 2, "reaction", &gone)).await;
    assert!(thread(story).await[0].marks.reactions.is_empty(), "taken back");
}

async fn an_edit_replaces_the_text_and_a_deletion_takes_it_away(story: &Story) {
    let line = story.support().await;
    post(story, &line, text_message(FROM, "wamid.1", "Helo")).await;
    let edit = json!({
        "original_message_id": "wamid.1",
        "message": {"type": "text", "text": {"body": "Hello"}},
    });
    post(story, &line, about("wamid.e", 1, "edit", &edit)).await;
    let shown = thread(story).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].text.as_deref(), Some("Hello"));
    let edited = shown[0].marks.edited.as_ref().expect("edited");
    assert_eq!(edited.before.as_deref(), Some("Helo"));
    assert_eq!(preview(story).await.text.as_deref(), Some("Hello"));

    let revoke = json!({"original_message_id": "wamid.1"});
    post(story, &line, about("wamid.d", 2, "revoke", &revoke)).await;
    let shown = thread(story).await;
    assert_eq!(shown.len(), 1);
    assert!(shown[0].marks.deleted && shown[0].text.is_none() && shown[0].marks.edited.is_none());
    let newest = preview(story).await;
    assert_eq!((newest.kind.as_str(), newest.text), ("revoke", None));
    let admin = story.admin("admin").await;
    let id = id_of(&story.session().await);
    let page = admin.get(&format!("/inbox/{id}?tab=all")).await;
    assert!(
        page.text.contains("The customer deleted this message"),
        "{}",
        page.text
    );
    let (page, _) = page.text.split_once("<aside").expect("its end");
    assert!(!page.contains("Hello") && !page.contains("Helo"), "{page}");
}

async fn nobody_edits_the_words_of_another(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.answers(&session, "It costs 900").await;
    story.settled().await;
    let ours = story.messages(&session).await.pop().expect("ours");
    let edit = json!({
        "original_message_id": ours["wamid"],
        "message": {"type": "text", "text": {"body": "It is free"}},
    });
    post(story, &line, about("wamid.e", 1, "edit", &edit)).await;
    let shown = thread(story).await;
    let ours = shown
        .iter()
        .find(|message| message.direction == Direction::Outbound);
    assert_eq!(ours.expect("ours").text.as_deref(), Some("It costs 900"));
}

async fn every_kind_of_message_has_a_face(story: &Story) {
    let line = story.support().await;
    post(story, &line, text_message(FROM, "wamid.1", "The first")).await;
    let mut answer = about("wamid.2", 1, "text", &json!({"body": "The answer"}));
    answer["context"] = json!({"from": FROM, "id": "wamid.1"});
    post(story, &line, answer).await;
    let mut stray = about("wamid.3", 2, "text", &json!({"body": "Another"}));
    stray["context"] = json!({"id": "wamid.elsewhere"});
    stray["referral"] = json!({"headline": "Half price", "source_url": "javascript:alert(1)"});
    post(story, &line, stray).await;
    let place = json!({"latitude": 50.0755, "longitude": 14.4378, "name": "Prague"});
    post(story, &line, about("wamid.4", 3, "location", &place)).await;
    let cards = json!([{"name": {"formatted_name": "Eva"}, "phones": [{"phone": "+420 800 555 777"}]}]);
    post(story, &line, about("wamid.5", 4, "contacts", &cards)).await;
    let items = json!({"product_items": [{"product_retailer_id": "mlynek", "quantity": 2, "item_price": 900, "currency": "CZK"}]});
    post(story, &line, about("wamid.6", 5, "order", &items)).await;
    let mut kept = about("wamid.7", 6, "unsupported", &json!({"type": "poll_creation"}));
    kept["errors"] = json!([{"code": 131_051, "title": "Message type unknown"}]);
    post(story, &line, kept).await;
    let mut passed_on = about("wamid.8", 7, "hologram", &json!({"depth": 3}));
    passed_on["context"] = json!({"frequently_forwarded": true});
    post(story, &line, passed_on).await;

    let (id, admin) = (id_of(&story.session().await), story.admin("admin").await);
    let page = admin.get(&format!("/inbox/{id}?tab=all")).await.text;
    for shown in [
        "href=\"#m-",
        "In reply to a message that is not here",
        "Half price",
        "50.0755, 14.4378",
        "+420 800 555 777",
        "mlynek",
        "900 CZK",
        "It was: poll_creation",
        "Message type unknown",
        "Forwarded many times",
        "does not know this type of message",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(!page.contains("javascript:alert"), "a link that is none");
}

async fn only_an_administrator_opens_the_json(story: &Story) {
    let line = story.support().await;
    post(
        story,
        &line,
        about("wamid.1", 0, "hologram", &json!({"depth": 3})),
    )
    .await;
    let message = thread(story).await.remove(0).id.to_string();
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("301", "jana").await;
    let path = format!("/system/messages/{message}");
    assert!(admin.get(&path).await.text.contains("hologram"));
    let refused = jana.get(&path).await;
    assert!(refused.status == 403 && !refused.text.contains("hologram"));
    let call = [("message", message.as_str())];
    assert_eq!(jana.call("inbox/message-json", &call).await.status, 403);
}
