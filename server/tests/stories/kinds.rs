//! Every kind of message that can be sent, from the API to Meta and back to the API's reader.

use crate::{
    stories,
    support::{
        Story, files,
        world::{Line, id_of},
    },
};
use domain::{
    access::Actor,
    message::content::{Content, Interactive},
};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{CustomerFile, FileKind, FileSource, SendFault};

stories! {
    each_kind_reaches_meta_as_it_was_written
    a_customers_file_is_told_with_its_name
    what_meta_would_refuse_is_refused_with_its_fields
    a_failed_message_of_any_kind_is_sent_again_the_same
    a_key_is_for_one_content
    a_reaction_of_ours_is_shown_with_its_message_unless_it_fails
}

/// One message of each kind; Meta knows their files.
async fn kinds(story: &Story, line: &Line) -> Vec<Value> {
    story.allow_templates(line).await;
    let picture = files::serve("image/png", b"a picture")
        .await
        .join("a.png")
        .expect("a URL");
    let upload = async |mime_type: &str| {
        let uploaded = story
            .meta
            .business_uploads(&line.phone_number_id, mime_type, b"a file");
        uploaded.await.expect("a number")
    };
    let (video, audio) = (upload("video/mp4").await, upload("audio/ogg").await);
    let (invoice, sticker) = (upload("application/pdf").await, upload("image/webp").await);
    let buttons = json!([{"type": "reply", "reply": {"id": "yes", "title": "Yes"}},
        {"type": "reply", "reply": {"id": "no", "title": "No"}}]);
    let sections =
        json!([{"title": "Week", "rows": [{"id": "1", "title": "Monday", "description": "From nine"}]}]);
    vec![
        json!({"type": "text", "text": {"body": "See https://example.com", "preview_url": false}}),
        json!({"type": "image", "image": {"link": picture, "caption": "The door"}}),
        json!({"type": "video", "video": {"id": video, "caption": "The way"}}),
        json!({"type": "audio", "audio": {"id": audio, "voice": true}}),
        json!({"type": "document", "document": {"id": invoice, "filename": "invoice.pdf", "caption": "The invoice"}}),
        json!({"type": "sticker", "sticker": {"id": sticker}}),
        json!({"type": "location", "location": {"latitude": "50.0755", "longitude": "14.4378", "name": "Castle",
            "address": "Prague 1"}}),
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Jana Nová", "first_name": "Jana"},
            "phones": [{"phone": "+420 777 123 456", "type": "WORK", "wa_id": "420777123456"}],
            "addresses": [{"street": "Dlouhá 1", "city": "Praha", "type": "WORK"}]}]}),
        json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Shall we come?"},
            "footer": {"text": "Until Friday"}, "action": {"buttons": buttons}}}),
        json!({"type": "interactive", "interactive": {"type": "list", "header": {"type": "text", "text": "Visit"},
            "body": {"text": "Which day?"}, "action": {"button": "Days", "sections": sections}}}),
        json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "Your order"}, "action": {
            "name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com/1"}}}}),
        json!({"type": "template", "template": {"name": "order_shipped", "language": {"code": "en"}, "components": [
            {"type": "body", "parameters": [
                {"type": "text", "text": "Jana", "parameter_name": "customer_name"},
                {"type": "text", "text": "7", "parameter_name": "order_number"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "7"}]}]}}),
    ]
}

fn refused(code: i64) -> SendFault {
    SendFault::ErrorCode { code, http: 400 }
}

async fn each_kind_reaches_meta_as_it_was_written(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let kinds = kinds(story, &line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let first = story.messages(&session).await[0]["wamid"].clone();
    for mut kind in kinds.clone() {
        kind["context"] = json!({"message_id": first});
        let accepted = story.api.post(&path, kind.clone()).await.ok();
        assert_eq!(accepted["context"], kind["context"], "{accepted}");
        story.settled().await;
    }
    let sent = story.meta.sent_messages();
    assert_eq!(sent.len(), kinds.len());
    for (sent, kind) in sent.iter().zip(&kinds) {
        let word = kind["type"].as_str().expect("a type");
        assert_eq!(
            (&sent.body["type"], &sent.body[word], &sent.body["context"]),
            (&kind["type"], &kind[word], &json!({"message_id": first}))
        );
    }

    let files = story.accepted_files();
    let by_link = files
        .iter()
        .filter(|file| matches!(file.source, FileSource::Link(_)));
    assert_eq!((files.len(), by_link.count()), (5, 1), "{files:?}");

    let shown = story.messages(&session).await;
    for (shown, kind) in shown[1..].iter().zip(&kinds) {
        let word = kind["type"].as_str().expect("a type");
        assert_eq!(
            (&shown["type"], &shown["context"]["message_id"]),
            (&kind["type"], &first),
            "{shown}"
        );
        match word {
            "text" => assert_eq!(shown["text"]["body"], "See https://example.com"),
            "template" => assert_eq!(shown[word]["components"], kind[word]["components"], "{shown}"),
            _ => assert_eq!(shown[word], kind[word], "{shown}"),
        }
    }
    let words: Vec<_> = shown[1..]
        .iter()
        .map(|shown| shown["text"]["body"].as_str())
        .collect();
    assert_eq!(
        words,
        [
            Some("See https://example.com"),
            Some("The door"),
            Some("The way"),
            None,
            Some("The invoice"),
            None,
            Some("Castle"),
            Some("Jana Nová"),
            Some("Shall we come?"),
            Some("Which day?"),
            Some("Your order"),
            Some("Hello Jana, your order 7 is on its way."),
        ]
    );

    // The content that the console shows.
    let id = id_of(&session).parse().expect("an id");
    let thread = engine::sessions::thread::read(&story.engine, &Actor::System, id, None).await;
    let messages = thread.expect("a thread").messages;
    let content = messages
        .into_iter()
        .map(|message| message.content.and_then(|content| content.what));
    let interactive: Vec<_> = content
        .filter_map(|what| match what {
            Some(Content::Interactive(interactive)) => Some(Interactive::choices(&interactive)),
            _ => None,
        })
        .collect();
    assert_eq!(
        interactive,
        [
            vec!["Yes", "No"],
            vec!["Monday"],
            vec!["Open: https://example.com/1"]
        ]
    );
}

async fn a_customers_file_is_told_with_its_name(story: &Story) {
    let line = story.support().await;
    let file = CustomerFile {
        filename: Some("faktura.pdf".into()),
        ..CustomerFile::new(FileKind::Document, "application/pdf")
    };
    let wamid = story.sends(story.customer(1), &line, &file, b"%PDF").await;
    let shown = story.messages(&story.session().await).await;
    assert_eq!(
        (&shown[0]["wamid"], &shown[0]["document"]["filename"]),
        (&json!(wamid), &json!("faktura.pdf"))
    );
}

async fn what_meta_would_refuse_is_refused_with_its_fields(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    for (message, field) in [
        (
            json!({"type": "text", "text": {"body": "x".repeat(4097)}}),
            "text.body",
        ),
        (json!({"type": "image", "image": {"caption": "x"}}), "image.id"),
        (
            json!({"type": "location", "location": {"latitude": "1"}}),
            "location.longitude",
        ),
        (json!({"type": "contacts", "contacts": []}), "contacts"),
        (json!({"type": "order", "order": {}}), "type"),
        (json!({"type": 7, "text": {"body": "x"}}), "type"),
    ] {
        let refused = story.api.post(&path, message).await.problem(422);
        assert_eq!(refused["fields"][0]["field"], field);
    }
    for (message, detail) in [
        (json!({"type": "image"}), "image: is missing"),
        (
            json!({"type": "text", "text": {"body": "x"}, "colour": "red"}),
            "colour: does not belong here",
        ),
        (
            json!({"type": "text", "text": {"body": "x", "colour": "red"}}),
            "text: unknown field `colour`",
        ),
        (json!({"text": {"body": "x"}}), "type: is missing"),
    ] {
        let refused = story.api.post(&path, message).await.problem(422);
        let told = refused["detail"].as_str().expect("a detail");
        assert!(told.contains(detail), "{told}");
    }
    let answer = |context: Value, kind: Value| {
        let mut message = kind;
        message["context"] = json!({"message_id": context});
        message
    };
    for (message, problem) in [
        (
            answer(json!(" "), json!({"type": "text", "text": {"body": "x"}})),
            "required",
        ),
        (
            answer(
                json!("w".repeat(1025)),
                json!({"type": "text", "text": {"body": "x"}}),
            ),
            "too_long",
        ),
        (
            answer(
                json!("wamid.1"),
                json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}),
            ),
            "unknown",
        ),
    ] {
        let refused = story.api.post(&path, message).await.problem(422);
        assert_eq!(
            (&refused["fields"][0]["field"], &refused["fields"][0]["problem"]),
            (&json!("context.message_id"), &json!(problem))
        );
    }
    story.settled().await;
    assert!(story.meta.sent_messages().is_empty());
    assert_eq!(story.messages(&session).await.len(), 1);
}

async fn a_failed_message_of_any_kind_is_sent_again_the_same(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let kinds = kinds(story, &line).await;
    for kind in &kinds {
        story.meta.fault(refused(131_026));
        let failed = story.api.post(&path, kind.clone()).await.ok();
        story.settled().await;
        let id = id_of(&failed).parse().expect("an id");
        let again = engine::outbound::send::retry(&story.engine, &Actor::System, id).await;
        assert_eq!(again.expect("sent again").retry_of, Some(id));
        story.settled().await;
        let sent = story.meta.sent_messages().pop().expect("it was sent");
        let word = kind["type"].as_str().expect("a type");
        assert_eq!(
            (&sent.body["type"], &sent.body[word]),
            (&kind["type"], &kind[word])
        );
    }
    assert_eq!(story.meta.sent_messages().len(), kinds.len());
}

async fn a_key_is_for_one_content(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let send = |body: Value| {
        let request = story.api.request(Method::POST, &path);
        story
            .api
            .send(request.header("idempotency-key", "k-1").json(&body))
    };
    let place = |name: &str| json!({"type": "location", "location": {"latitude": 50.5, "longitude": 14, "name": name}});
    let first = send(place("Castle")).await.ok();
    assert_eq!(id_of(&send(place("Castle")).await.ok()), id_of(&first));
    // A removal of a reaction is the same, however it is spelt.
    let remove = |emoji: Value| {
        let body = json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": emoji}});
        let request = story
            .api
            .request(Method::POST, &path)
            .header("idempotency-key", "k-2");
        story.api.send(request.json(&body))
    };
    assert_eq!(
        id_of(&remove(json!("")).await.ok()),
        id_of(&remove(Value::Null).await.ok())
    );
    for other in [
        place("Bridge"),
        json!({"type": "text", "text": {"body": "Castle"}}),
    ] {
        assert_eq!(
            send(other).await.problem(422)["type"],
            "urn:switchboard:key_reused"
        );
    }
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 2);
}

async fn a_reaction_of_ours_is_shown_with_its_message_unless_it_fails(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let first = story.messages(&session).await[0]["wamid"].clone();
    let react =
        |emoji: Option<&str>| json!({"type": "reaction", "reaction": {"message_id": first, "emoji": emoji}});
    let id = id_of(&session).parse().expect("an id");
    let thread = || async {
        let thread = engine::sessions::thread::read(&story.engine, &Actor::System, id, None).await;
        thread.expect("a thread").messages
    };
    story.api.post(&path, react(Some("👍"))).await.ok();
    story.settled().await;
    assert_eq!(story.meta.sent_messages()[0].body["reaction"]["emoji"], "👍");
    let shown = thread().await;
    assert_eq!((shown.len(), shown[0].marks.reactions.len()), (1, 1));

    story.api.post(&path, react(None)).await.ok();
    story.settled().await;
    assert_eq!(story.meta.sent_messages()[1].body["reaction"]["emoji"], "");
    assert!(thread().await[0].marks.reactions.is_empty());

    story.meta.fault(refused(131_009));
    story.api.post(&path, react(Some("🎉"))).await.ok();
    story.settled().await;
    let shown = thread().await;
    assert_eq!(
        (shown.len(), shown[0].marks.reactions.len()),
        (2, 0),
        "nobody is told of what did not arrive"
    );
    assert_eq!(
        shown[1].failure.as_ref().and_then(|failure| failure.code),
        Some(131_009)
    );
}
