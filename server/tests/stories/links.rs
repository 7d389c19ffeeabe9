//! Files that WhatsApp fetches from a link, and the other way when one fails.

use crate::{
    stories,
    support::{
        Story,
        files::{PDF, begin_desk, last_message, send_file, uploaded},
        users::Browser,
        world::Line,
    },
};
use domain::{access::Actor, channel::SendingForm};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::http::security::NO_PAGE;
use simulator::{Fault, FileSource, MediaFault};
use std::time::Duration;

stories! {
    a_file_goes_by_its_link
    an_address_of_a_file_opens_nothing_else
    what_whatsapp_cannot_fetch_is_uploaded_once
    what_meta_does_not_take_goes_by_a_link_once
    what_is_wrong_with_the_file_itself_is_not_tried_again
}

async fn by_link(story: &Story, line: &Line) {
    let id = line.channel.parse().expect("an id");
    let channel = engine::channels::get(&story.engine, &Actor::System, id).await;
    let form = SendingForm {
        file_way: "link".into(),
        ..SendingForm::default()
    };
    let version = channel.expect("the channel").version;
    engine::channels::save_sending(&story.engine, &Actor::System, id, version, &form)
        .await
        .expect("saved");
}

/// A PDF that jana sends; returns the session.
async fn pdf_sent(story: &Story, jana: &Browser, session: &Value) {
    let file = uploaded(jana, session, "faktura.pdf", PDF).await;
    send_file(jana, session, &file, "Faktura").await;
    story.settled().await;
}

fn link_of(story: &Story) -> String {
    let files = story.accepted_files();
    match &files.last().expect("a file").source {
        FileSource::Link(link) => link.clone(),
        FileSource::Id(id) => panic!("{id} was uploaded"),
    }
}

async fn get(method: Method, link: &str, range: &str) -> Response {
    let request = crate::support::http::client().request(method, link);
    let request = match range {
        "" => request,
        range => request.header("range", range),
    };
    request.send().await.expect("an answer")
}

async fn a_file_goes_by_its_link(story: &Story) {
    let (line, jana, session) = begin_desk(story).await;
    by_link(story, &line).await;
    pdf_sent(story, &jana, &session).await;
    let message = last_message(story).await;
    assert_eq!(message["status"], "delivered", "{message}");
    assert_eq!(
        message["file"]["attempt"],
        json!({"way": "link", "is_second": false})
    );
    let sent = story.accepted_files().pop().expect("a file");
    assert_eq!(
        (sent.mime_type.as_str(), sent.size),
        ("application/pdf", PDF.len() as u64)
    );

    let link = link_of(story);
    let whole = get(Method::GET, &link, "").await;
    assert_eq!(whole.status(), 200);
    for (header, value) in [
        ("content-type", "application/pdf"),
        ("content-length", &PDF.len().to_string()),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", NO_PAGE),
    ] {
        assert_eq!(whole.headers()[header], value);
    }
    assert!(whole.headers().get("set-cookie").is_none());
    assert_eq!(whole.bytes().await.expect("a body"), PDF);
    let head = get(Method::HEAD, &link, "").await;
    assert_eq!(
        (head.status().as_u16(), &head.headers()["content-length"]),
        (200, &PDF.len().to_string().parse().expect("a header"))
    );
    let part = get(Method::GET, &link, "bytes=1-3").await;
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.expect("a body"), PDF[1..4]);
    assert_eq!(get(Method::POST, &link, "").await.status(), 405);
}

async fn an_address_of_a_file_opens_nothing_else(story: &Story) {
    let (line, jana, session) = begin_desk(story).await;
    by_link(story, &line).await;
    pdf_sent(story, &jana, &session).await;
    let link = link_of(story);
    let (base, token) = link.rsplit_once('/').expect("a path");
    for wrong in [
        format!("{base}/x"),
        format!("{base}/{}", &token[1..]),
        format!("{base}/{token}A"),
        format!("{link}/"),
        format!("{link}/{token}"),
        format!("{base}/{}", token.to_lowercase()),
        format!("{base}/..%2f..%2fetc%2fpasswd"),
        format!("{base}/{}", "A".repeat(10_000)),
    ] {
        let status = get(Method::GET, &wrong, "").await.status().as_u16();
        assert!([404, 414].contains(&status), "{status} {wrong}");
    }
    // The file is kept for longer than its address is good for.
    story.later(Duration::from_secs(13 * 60 * 60)).await;
    assert_eq!(get(Method::GET, &link, "").await.status(), 404);
}

async fn what_whatsapp_cannot_fetch_is_uploaded_once(story: &Story) {
    let (line, jana, session) = begin_desk(story).await;
    by_link(story, &line).await;
    story.meta.fault(Fault::LinkFetch { http: 429 });
    pdf_sent(story, &jana, &session).await;
    story.settled().await;
    let messages = story.messages(&session).await;
    let [_, failed, again] = messages.as_slice() else {
        panic!("{messages:?}");
    };
    assert_eq!(
        (&failed["status"], &failed["error"]["code"]),
        (&json!("failed"), &json!(131_053))
    );
    assert_eq!(
        (&again["status"], &again["retry_of"]),
        (&json!("delivered"), &failed["id"])
    );
    assert_eq!(again["author"], failed["author"], "it is still that operator's");
    assert_eq!(
        again["file"]["attempt"],
        json!({"way": "upload", "is_second": true})
    );
    assert!(matches!(
        story.accepted_files().as_slice(),
        [sent] if matches!(sent.source, FileSource::Id(_))
    ));

    // If the upload fails too, the operator decides.
    story.meta.fault(Fault::LinkFetch { http: 404 });
    story.meta.fault(Fault::MediaUpload(MediaFault::ErrorCode {
        code: 131_053,
        http: 400,
    }));
    pdf_sent(story, &jana, &session).await;
    story.settled().await;
    let messages = story.messages(&session).await;
    let failed = messages.iter().filter(|message| message["status"] == "failed");
    assert_eq!((messages.len(), failed.count()), (5, 3));
}

async fn what_meta_does_not_take_goes_by_a_link_once(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let refuse = |times| {
        for _ in 0..times {
            let fault = MediaFault::ErrorCode {
                code: 131_009,
                http: 400,
            };
            story.meta.fault(Fault::MediaUpload(fault));
        }
    };
    refuse(1);
    pdf_sent(story, &jana, &session).await;
    let message = last_message(story).await;
    assert_eq!(message["status"], "delivered");
    assert_eq!(
        message["file"]["attempt"],
        json!({"way": "link", "is_second": true})
    );

    // An upload has to be of a type that Meta names (100 otherwise); a link need not.
    let archive = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    let file = uploaded(&jana, &session, "plany.zip", &archive).await;
    send_file(&jana, &session, &file, "").await;
    story.settled().await;
    let message = last_message(story).await;
    assert_eq!(message["status"], "delivered", "{message}");
    assert_eq!(
        message["file"]["attempt"],
        json!({"way": "link", "is_second": true})
    );

    // The link fails too: that is all.
    refuse(1);
    story.meta.fault(Fault::LinkFetch { http: 500 });
    pdf_sent(story, &jana, &session).await;
    story.settled().await;
    let messages = story.messages(&session).await;
    assert_eq!(messages.len(), 4);
    assert_eq!(messages[3]["status"], "failed");

    // Meta is out of order for long: the link is tried while the upload might still succeed one day.
    for _ in 0..20 {
        story
            .meta
            .fault(Fault::MediaUpload(MediaFault::Status { http: 503 }));
    }
    pdf_sent(story, &jana, &session).await;
    for _ in 0..8 {
        story.later(Duration::from_secs(60)).await;
    }
    let message = last_message(story).await;
    assert_eq!(message["status"], "delivered", "{message}");
}

async fn what_is_wrong_with_the_file_itself_is_not_tried_again(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    for code in [100, 131_053] {
        let http = 400;
        story
            .meta
            .fault(Fault::MediaUpload(MediaFault::ErrorCode { code, http }));
        pdf_sent(story, &jana, &session).await;
        let message = last_message(story).await;
        assert_eq!(
            (&message["status"], &message["error"]["code"]),
            (&json!("failed"), &json!(code))
        );
        assert_eq!(
            message["file"]["attempt"],
            json!({"way": "upload", "is_second": false})
        );
    }
}
