//! Files: from a customer to the operator's screen, and from an operator or a script to the customer.

use crate::{
    stories,
    support::{
        START, Story,
        events::Events,
        files::{PDF, append, begin, begin_desk, last_message, send_file, send_outgoing, uploaded},
        http::Answer,
        users::{Browser, PASSWORD},
        world::{delivery, id_of},
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use server::http::security::NO_PAGE;
use simulator::{CustomerFile, Fault, FileKind, MediaFault};
use std::{fs, path::Path, time::Duration};

stories! {
    a_customers_file_is_fetched_and_shown_to_those_who_may_see_it
    a_file_that_does_not_come_whole_is_fetched_again
    a_file_that_never_comes_whole_is_told_as_gone
    a_file_at_another_address_is_not_fetched
    an_uploaded_file_goes_before_what_was_written_after_it
    an_upload_goes_on_where_it_was_cut_off
    a_file_under_an_impossible_id_is_gone
    what_cannot_be_uploaded_is_refused
    a_script_sends_a_file_and_only_as_what_it_is
    a_file_that_meta_refuses_fails_its_message
    a_passing_fault_of_an_upload_passes
    files_are_kept_for_a_time
    nothing_in_a_file_is_run
    a_file_may_be_the_header_of_buttons
}

pub const HOUR: Duration = Duration::from_secs(60 * 60);

/// A picture of a few colours, as a PNG of the smallest kind.
pub fn png() -> Vec<u8> {
    let base64 =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    BASE64_STANDARD.decode(base64).expect("base64")
}

pub fn pdf() -> CustomerFile {
    CustomerFile {
        filename: Some("smlouva.pdf".to_owned()),
        ..CustomerFile::new(FileKind::Document, "application/pdf")
    }
}

pub async fn bytes(request: RequestBuilder) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
    let answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.bytes().await.expect("a body").to_vec())
}

async fn a_customers_file_is_fetched_and_shown_to_those_who_may_see_it(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.sends(story.customer(1), &line, &pdf(), PDF).await;
    let message = last_message(story).await;
    assert_eq!(
        message["file"],
        json!({"state": "here", "mime_type": "application/pdf", "size": PDF.len(), "filename": "smlouva.pdf"})
    );
    let path = format!("/media/{}", id_of(&message));
    let (status, headers, body) = bytes(jana.request(Method::GET, &path)).await;
    assert_eq!((status, body.as_slice()), (200, PDF));
    assert_eq!(headers["content-length"], PDF.len().to_string());
    let disposition = headers["content-disposition"].to_str().expect("text");
    assert!(
        disposition.starts_with("attachment;") && disposition.contains("smlouva.pdf"),
        "{disposition}"
    );

    let (status, headers, body) = bytes(jana.request(Method::GET, &path).header("range", "bytes=1-3")).await;
    assert_eq!((status, body.as_slice()), (206, &PDF[1..4]));
    assert_eq!(headers["content-range"], format!("bytes 1-3/{}", PDF.len()));
    let (status, ..) = bytes(jana.request(Method::GET, &path).header("range", "bytes=900-")).await;
    assert_eq!(status, 416);
    let known = jana
        .request(Method::GET, &path)
        .header("if-none-match", &headers["etag"]);
    assert_eq!(bytes(known).await.0, 304);
    let (status, headers, body) = bytes(jana.request(Method::HEAD, &path)).await;
    assert_eq!((status, body.len()), (200, 0));
    assert_eq!(headers["content-length"], PDF.len().to_string());

    let (_, stranger) = story.operator("401", "petr").await;
    assert_eq!(bytes(stranger.request(Method::GET, &path)).await.0, 404);
    assert_eq!(
        bytes(Browser::new(story).request(Method::GET, &path)).await.0,
        401
    );
    let by_token = format!("/api/v1/messages/{}/file", id_of(&message));
    assert_eq!(bytes(story.api.request(Method::GET, &by_token)).await.2, PDF);
    story.anonymous().get(&by_token).await.problem(401);
    for odd in ["/media/nothing", "/media/00000000-0000-7000-8000-000000000000"] {
        assert_eq!(bytes(jana.request(Method::GET, odd)).await.0, 404, "{odd}");
    }

    // A picture has a small version.
    let picture = CustomerFile::new(FileKind::Image, "image/png");
    story.sends(story.customer(1), &line, &picture, &png()).await;
    let small = format!("/media/{}?size=small", id_of(&last_message(story).await));
    let (status, headers, body) = bytes(jana.request(Method::GET, &small)).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (200, &"image/jpeg".parse().expect("a header"))
    );
    assert!(body.starts_with(b"\xff\xd8\xff"), "a JPEG");
}

async fn a_file_that_does_not_come_whole_is_fetched_again(story: &Story) {
    let line = story.support().await;
    for fault in [
        Fault::MediaInfo(MediaFault::Status { http: 502 }),
        Fault::MediaDownload(MediaFault::Cut),
        Fault::MediaDownload(MediaFault::WrongBytes),
        Fault::MediaDownload(MediaFault::WrongSize),
        Fault::MediaDownload(MediaFault::ErrorCode {
            code: 131_000,
            http: 500,
        }),
    ] {
        story.meta.fault(fault.clone());
        story.sends(story.customer(1), &line, &pdf(), PDF).await;
        assert_eq!(last_message(story).await["file"]["state"], "coming", "{fault:?}");
        story.later(Duration::from_secs(60)).await;
        let message = last_message(story).await;
        assert_eq!(message["file"]["state"], "here", "{fault:?}");
        let path = format!("/api/v1/messages/{}/file", id_of(&message));
        assert_eq!(
            bytes(story.api.request(Method::GET, &path)).await.2,
            PDF,
            "{fault:?}"
        );
    }
}

async fn a_file_that_never_comes_whole_is_told_as_gone(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    for _ in 0..6 {
        story.meta.fault(Fault::MediaDownload(MediaFault::WrongBytes));
    }
    story.sends(story.customer(1), &line, &pdf(), PDF).await;
    for _ in 0..6 {
        story.later(HOUR).await;
    }
    let message = last_message(story).await;
    assert_eq!(message["file"]["state"], "gone");
    let path = format!("/media/{}", id_of(&message));
    assert_eq!(bytes(jana.request(Method::GET, &path)).await.0, 410);
}

async fn a_file_at_another_address_is_not_fetched(story: &Story) {
    let line = story.support().await;
    // A redirect is an answer like any other, and its target hears nothing of the token.
    let elsewhere = crate::support::files::serve("application/pdf", PDF).await;
    for _ in 0..6 {
        story.meta.fault(Fault::MediaDownload(MediaFault::Redirect {
            to: elsewhere.clone(),
        }));
    }
    story.sends(story.customer(1), &line, &pdf(), PDF).await;
    for _ in 0..6 {
        story.later(HOUR).await;
    }
    assert_eq!(last_message(story).await["file"]["state"], "gone");
}

async fn a_file_under_an_impossible_id_is_gone(story: &Story) {
    let line = story.support().await;
    let document = json!({"from": "420800555201", "id": "wamid.odd", "type": "document",
        "timestamp": (START.millis() / 1000).to_string(),
        "document": {"id": "../me", "mime_type": "application/pdf"}});
    let odd = delivery(&line.phone_number_id, "420800555201", &[document]);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, odd).await, 200);
    story.settled().await;
    assert_eq!(last_message(story).await["file"]["state"], "gone");
}

async fn an_uploaded_file_goes_before_what_was_written_after_it(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let file = uploaded(&jana, &session, "faktura.pdf", PDF).await;
    let shown = send_file(&jana, &session, &file, "Faktura za listopad").await;
    assert_eq!(
        (&shown["kind"], &shown["text"], &shown["content"]["file"]["state"]),
        (&json!("document"), &json!("Faktura za listopad"), &json!("here"))
    );
    story.answers(&session, "Děkujeme").await;
    story.settled().await;
    let sent = story.meta.sent_messages();
    let kinds: Vec<_> = sent
        .iter()
        .map(|sent| sent.body["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(kinds, ["document", "text"]);
    let document = &sent[0].body["document"];
    assert_eq!(
        (&document["filename"], &document["caption"]),
        (&json!("faktura.pdf"), &json!("Faktura za listopad"))
    );
    let [file] = &story.accepted_files()[..] else {
        panic!("one file");
    };
    assert_eq!(file.bytes().expect("a file"), PDF);
    assert_eq!(file.mime_type, "application/pdf");
    let messages = story.messages(&session).await;
    assert_eq!(messages[1]["status"], "delivered");
    let path = format!("/media/{}", id_of(&messages[1]));
    assert_eq!(bytes(jana.request(Method::GET, &path)).await.2, PDF);
}

async fn an_upload_goes_on_where_it_was_cut_off(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let place = begin(&jana, &session, "faktura.pdf", PDF.len()).await;
    let place = place.header("location").to_owned();
    assert_eq!(
        append(&jana, &place, 0, &PDF[..10]).await.header("upload-offset"),
        "10"
    );
    // The same part again, and one that comes too early.
    for (offset, part) in [(0, &PDF[..10]), (20, &PDF[20..])] {
        let refused = append(&jana, &place, offset, part).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert_eq!(refused.json(), json!({"reason": "wrong_offset", "offset": 10}));
    }
    let told = jana
        .request(Method::HEAD, &place)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (&told.headers()["upload-offset"], &told.headers()["upload-length"]),
        (
            &"10".parse().expect("a header"),
            &PDF.len().to_string().parse().expect("a header")
        )
    );
    let (_, other) = story.operator("401", "petr").await;
    assert_eq!(append(&other, &place, 10, &PDF[10..]).await.status, 404);
    assert_eq!(append(&jana, &place, 10, &PDF[10..]).await.status, 204);
    // Its answer was lost, so it is asked again.
    assert_eq!(append(&jana, &place, PDF.len(), b"").await.status, 204);
    let file = place.rsplit('/').next().expect("an id");
    send_file(&jana, &session, file, "").await;
    story.settled().await;
    assert_eq!(story.accepted_files()[0].bytes().expect("a file"), PDF);
    assert_eq!(story.messages(&session).await[1]["text"]["body"], "faktura.pdf");

    // Another one is given up.
    let place = begin(&jana, &session, "b.pdf", 100).await;
    let place = place.header("location").to_owned();
    append(&jana, &place, 0, b"half").await;
    let gone = jana
        .request(Method::DELETE, &place)
        .send()
        .await
        .expect("an answer");
    assert_eq!(gone.status(), 204);
    assert_eq!(append(&jana, &place, 4, b"x").await.status, 404);
    assert_eq!(files_in(&story.data_dir().join("files.growing")), 0);
}

async fn what_cannot_be_uploaded_is_refused(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let too_large = begin(&jana, &session, "film.mp4", 100_000_001).await;
    assert_eq!(too_large.status, 413);
    assert_eq!(
        too_large.json(),
        json!({"reason": "file_too_large", "most": 100_000_000})
    );
    assert_eq!(begin(&jana, &session, "nothing.txt", 0).await.status, 422);
    let unknown = json!({"id": "00000000-0000-7000-8000-000000000000"});
    assert_eq!(begin(&jana, &unknown, "a.txt", 5).await.status, 404);
    let (_, other) = story.operator("401", "petr").await;
    assert_eq!(begin(&other, &session, "a.txt", 5).await.status, 404);
    let stranger = begin(&Browser::new(story), &session, "a.txt", 5).await;
    assert_eq!(stranger.status, 401);
    let without = jana.request(Method::POST, "/uploads").header("upload-length", 5);
    assert_eq!(
        Answer::of(without.send().await.expect("an answer")).await.status,
        422
    );
    let place = begin(&jana, &session, "a.txt", 5).await;
    let place = place.header("location").to_owned();
    assert_eq!(append(&jana, &place, 0, b"longer than told").await.status, 409);
    let file = place.rsplit('/').next().expect("an id").to_owned();
    let early = json!({"type": "document", "document": {"file": file}});
    assert_eq!(send_outgoing(&jana, &session, &early).await.status, 422);
}

async fn a_script_sends_a_file_and_only_as_what_it_is(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let metadata = format!(
        "filename {},session {}",
        BASE64_STANDARD.encode("a.png"),
        BASE64_STANDARD.encode(id_of(&session))
    );
    let request = story.api.request(Method::POST, "/api/v1/uploads");
    let request = request
        .header("upload-length", png().len())
        .header("upload-metadata", metadata);
    let begun = story.api.send(request).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let place = begun.header("location").to_owned();
    assert!(place.starts_with("/api/v1/uploads/"), "{place}");
    let request = story.api.request(Method::PATCH, &place);
    let request = request
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", 0)
        .body(png());
    assert_eq!(story.api.send(request).await.status, 204);
    assert_eq!(story.api.get(&place).await.ok()["mime_type"], "image/png");
    let file = place.rsplit('/').next().expect("an id");

    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    for (kind, problem) in [("video", "wrong_type"), ("sticker", "wrong_type")] {
        let refused = story
            .api
            .post(&path, json!({"type": kind, kind: {"file": file}}))
            .await;
        let fields = refused.problem(422)["fields"].clone();
        assert_eq!(
            fields,
            json!([{"field": format!("{kind}.file"), "problem": problem}])
        );
    }
    let both = json!({"type": "image", "image": {"file": file, "id": "1"}});
    story.api.post(&path, both).await.problem(422);
    let body = json!({"type": "image", "image": {"file": file, "caption": "Door"}});
    let sent = story.api.post(&path, body.clone()).await.ok();
    assert_eq!(
        (&sent["image"], &sent["file"]["state"]),
        (&body["image"], &json!("here"))
    );
    story.settled().await;
    assert_eq!(story.meta.sent_messages()[0].body["image"]["caption"], "Door");
    assert_eq!(story.accepted_files()[0].mime_type, "image/png");
    // The same file again needs no second upload.
    story.api.post(&path, body).await.ok();
    story.settled().await;
    assert_eq!(story.accepted_files().len(), 2);
}

async fn a_file_that_meta_refuses_fails_its_message(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let file = uploaded(&jana, &session, "faktura.pdf", PDF).await;
    story
        .meta
        .fault(Fault::MediaUpload(MediaFault::ErrorCode { code: 100, http: 400 }));
    send_file(&jana, &session, &file, "").await;
    story.answers(&session, "Děkujeme").await;
    story.settled().await;
    let messages = story.messages(&session).await;
    assert_eq!(
        (&messages[1]["status"], &messages[1]["error"]["code"]),
        (&json!("failed"), &json!(100))
    );
    assert_eq!(messages[2]["status"], "delivered");
    // A retry uploads it again.
    jana.call("inbox/retry", &[("message", &id_of(&messages[1]))])
        .await
        .ok();
    story.settled().await;
    assert_eq!(story.accepted_files()[0].bytes().expect("a file"), PDF);
}

async fn a_passing_fault_of_an_upload_passes(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    for fault in [MediaFault::Status { http: 502 }, MediaFault::Cut] {
        let file = uploaded(&jana, &session, "faktura.pdf", PDF).await;
        story.meta.fault(Fault::MediaUpload(fault.clone()));
        send_file(&jana, &session, &file, "").await;
        story.settled().await;
        assert_eq!(last_message(story).await["status"], "queued", "{fault:?}");
        story.later(Duration::from_secs(60)).await;
        assert_eq!(last_message(story).await["status"], "delivered", "{fault:?}");
    }
    assert_eq!(story.accepted_files().len(), 2);
}

async fn files_are_kept_for_a_time(story: &Story) {
    let (line, mut jana, session) = begin_desk(story).await;
    story.sends(story.customer(1), &line, &pdf(), PDF).await;
    let file = uploaded(&jana, &session, "faktura.pdf", PDF).await;
    send_file(&jana, &session, &file, "").await;
    // One that is never sent, and one that is never finished.
    uploaded(&jana, &session, "unsent.pdf", PDF).await;
    begin(&jana, &session, "unfinished.pdf", 100).await;
    story.settled().await;
    let stored = story.data_dir().join("files");
    assert_eq!(files_in(&stored), 3);
    story.later(71 * HOUR).await;
    story.engine.forget().await.expect("the old files go");
    assert_eq!(
        (
            files_in(&stored),
            files_in(&story.data_dir().join("files.growing"))
        ),
        (2, 0)
    );
    story.later(2 * HOUR).await;
    jana.log_in("jana", PASSWORD).await;
    let mut events = Events::open(&jana).await;
    story.engine.forget().await.expect("the old files go");
    assert_eq!(files_in(&stored), 0);
    for message in &story.messages(&session).await[1..] {
        assert_eq!(message["file"]["state"], "expired");
        // An open page shows it at once.
        assert_eq!(events.until("message").await["message"], message["id"]);
        let path = format!("/api/v1/messages/{}/file", id_of(message));
        story.api.get(&path).await.problem(410);
    }
    // Bytes without a row, as a crash leaves them.
    let orphan = "019f0000-0000-7000-8000-000000000042";
    fs::create_dir_all(stored.join("42")).expect("a folder");
    fs::write(stored.join("42").join(orphan), b"x").expect("a file");
    story.later(Duration::from_secs(400 * 24 * 60 * 60)).await;
    story.engine.forget().await.expect("the orphan goes");
    assert_eq!(files_in(&stored), 0);
}

/// Files below a folder.
pub fn files_in(folder: &Path) -> usize {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    entries
        .map(|path| if path.is_dir() { files_in(&path) } else { 1 })
        .sum()
}

async fn nothing_in_a_file_is_run(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    for (name, told, content) in [
        (
            "a.html",
            "text/html",
            &b"<!doctype html><script>alert(1)</script>"[..],
        ),
        (
            "a.svg",
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        (
            "a.pdf",
            "application/pdf",
            b"<html><script>alert(1)</script></html>",
        ),
        (
            "\r\nSet-Cookie: a=b\u{202e}fdp.exe",
            "application/pdf",
            b"MZ\x90\x00",
        ),
    ] {
        let file = CustomerFile {
            filename: Some(name.to_owned()),
            ..CustomerFile::new(FileKind::Document, told)
        };
        story.sends(story.customer(1), &line, &file, content).await;
        let message = last_message(story).await;
        let path = format!("/media/{}", id_of(&message));
        for path in [path.clone(), format!("{path}?size=small")] {
            let (status, headers, body) = bytes(jana.request(Method::GET, &path)).await;
            assert_eq!((status, body.as_slice()), (200, content), "{name:?}");
            assert_eq!(headers["content-type"], "application/octet-stream", "{name:?}");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["content-security-policy"], NO_PAGE);
            let disposition = headers["content-disposition"].to_str().expect("text");
            assert!(disposition.starts_with("attachment;") && !disposition.contains('\u{202e}'));
            assert!(headers.get("set-cookie").is_none(), "{headers:?}");
        }
    }
}

async fn a_file_may_be_the_header_of_buttons(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    let file = uploaded(&jana, &session, "offer.pdf", pdf).await;
    let with = |header: Value| {
        json!({"type": "interactive", "interactive": {
            "type": "button", "header": header, "body": {"text": "Do you agree?"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
        }})
    };
    // A document is no picture.
    let picture = with(json!({"type": "image", "image": {"file": file}}));
    let refused = send_outgoing(&jana, &session, &picture).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(
        refused.text.contains("interactive.header.file"),
        "{}",
        refused.text
    );
    let document = with(json!({"type": "document", "document": {"file": file}}));
    send_outgoing(&jana, &session, &document).await.ok();
    story.settled().await;
    let sent = story.meta.sent_messages().pop().expect("sent");
    let header = &sent.body["interactive"]["header"]["document"];
    assert!(header["id"].is_string() && header["file"].is_null(), "{header}");
    assert_eq!(header["filename"], "offer.pdf");
    let shown = story.messages(&session).await.pop().expect("a message");
    assert_eq!(
        (&shown["status"], &shown["file"]["mime_type"]),
        (&json!("delivered"), &json!("application/pdf"))
    );
}
