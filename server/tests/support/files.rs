//! Files of customers and of the company.

use super::{
    Story,
    http::Answer,
    users::Browser,
    world::{Line, id_of},
};
use axum::{Router, http::header::CONTENT_TYPE};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{CustomerFile, CustomerId, SentFile};
use url::Url;

/// A small file.
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

impl Story {
    /// A customer sends a file; returns the wamid after the message has arrived.
    pub async fn sends(
        &self,
        customer: CustomerId,
        line: &Line,
        file: &CustomerFile,
        bytes: &[u8],
    ) -> String {
        let sent = self
            .meta
            .customer_sends(customer, &line.phone_number_id, file, bytes);
        let wamid = sent.await.expect("a customer");
        self.settled().await;
        wamid
    }

    /// The files of the messages that Meta has accepted, oldest first.
    pub fn accepted_files(&self) -> Vec<SentFile> {
        let sent = self.meta.sent_messages();
        sent.into_iter().filter_map(|sent| sent.file).collect()
    }
}

/// The address of a web server that answers everything with this file.
pub async fn serve(mime_type: &'static str, bytes: &'static [u8]) -> Url {
    let router = Router::new().fallback(move || async move { ([(CONTENT_TYPE, mime_type)], bytes) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url.parse().expect("a URL")
}

/// The last message of the only session.
pub async fn last_message(story: &Story) -> Value {
    let session = story.session().await;
    story.messages(&session).await.pop().expect("a message")
}

/// Begins an upload; returns its path.
pub async fn begin(browser: &Browser, session: &Value, name: &str, size: usize) -> Answer {
    begin_in(browser, &id_of(session), name, size).await
}

async fn begin_in(browser: &Browser, session: &str, name: &str, size: usize) -> Answer {
    begin_for(browser, ("session", session), name, size).await
}

/// Begins an upload for a session, or for another purpose.
pub async fn begin_for(browser: &Browser, what: (&str, &str), name: &str, size: usize) -> Answer {
    let metadata = format!(
        "{} {},filename {}",
        what.0,
        BASE64_STANDARD.encode(what.1),
        BASE64_STANDARD.encode(name)
    );
    let request = browser.request(Method::POST, "/uploads");
    let request = request
        .header("upload-length", size)
        .header("upload-metadata", metadata);
    Answer::of(request.send().await.expect("an answer")).await
}

pub async fn append(browser: &Browser, place: &str, offset: usize, part: &[u8]) -> Answer {
    let request = browser.request(Method::PATCH, place);
    let request = request
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", offset)
        .body(part.to_vec());
    Answer::of(request.send().await.expect("an answer")).await
}

/// A file that a user has uploaded whole; returns its id.
pub async fn uploaded(browser: &Browser, session: &Value, name: &str, content: &[u8]) -> String {
    browser.uploads(&id_of(session), name, content).await
}

pub async fn send_file(browser: &Browser, session: &Value, file: &str, caption: &str) -> Value {
    let place = format!("/uploads/{file}");
    let seen = browser
        .request(Method::GET, &place)
        .send()
        .await
        .expect("an answer");
    let seen = Answer::of(seen).await.ok();
    let kind = seen["kind"].as_str().expect("a kind");
    let caption = Some(caption).filter(|caption| !caption.is_empty());
    let mut outgoing = json!({"type": kind, kind: {"file": file}});
    if kind == "document" {
        outgoing[kind]["filename"] = seen["filename"].clone();
    }
    if let Some(caption) = caption {
        outgoing[kind]["caption"] = json!(caption);
    }
    send_outgoing(browser, session, &outgoing).await.ok()
}

pub async fn send_outgoing(browser: &Browser, session: &Value, outgoing: &Value) -> Answer {
    let (session, outgoing) = (id_of(session), outgoing.to_string());
    let arguments = [("session", session.as_str()), ("outgoing", outgoing.as_str())];
    browser.call("inbox/send", &arguments).await
}

/// A session that jana has picked up.
pub async fn begin_desk(story: &Story) -> (Line, Browser, Value) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = story.session().await;
    jana.call("inbox/pick-up", &[("session", &id_of(&session))])
        .await
        .ok();
    (line, jana, session)
}

impl Browser {
    /// Uploads a file for a session; returns its id.
    pub async fn uploads(&self, session: &str, name: &str, content: &[u8]) -> String {
        self.uploads_for(("session", session), name, content).await
    }

    pub async fn uploads_for(&self, what: (&str, &str), name: &str, content: &[u8]) -> String {
        let begun = begin_for(self, what, name, content.len()).await;
        assert_eq!(begun.status, 201, "{}", begun.text);
        let place = begun.header("location").to_owned();
        let done = append(self, &place, 0, content).await;
        assert_eq!(done.status, 204, "{}", done.text);
        place.rsplit('/').next().expect("an id").to_owned()
    }
}
