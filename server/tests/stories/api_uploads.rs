//! Scripts begin an upload with an `Idempotency-Key`, like every other POST.

use crate::{
    stories,
    support::{
        Story,
        files::PDF,
        http::{Answer, Api},
        world::id_of,
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::access::Scope;
use futures::future::join_all;
use reqwest::{Method, RequestBuilder};

stories! {
    an_upload_is_begun_once
    of_sixteen_at_once_one_begins_an_upload
    an_upload_that_is_refused_leaves_its_key_free
}

const UPLOADS: &str = "/api/v1/uploads";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
const KEY: &str = "idempotency-key";

async fn session(story: &Story) -> String {
    let line = story.support().await;
    id_of(&story.picked_up(&line).await)
}

fn beginning(api: &Api, session: &str, name: &str, size: usize) -> RequestBuilder {
    let metadata = format!(
        "session {},filename {}",
        BASE64_STANDARD.encode(session),
        BASE64_STANDARD.encode(name)
    );
    api.request(Method::POST, UPLOADS)
        .header("upload-length", size)
        .header("upload-metadata", metadata)
}

#[track_caller]
fn is_begun(answer: &Answer, is_repeated: bool) -> String {
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("tus-resumable"), "1.0.0");
    let replayed = if is_repeated { "true" } else { "" };
    assert_eq!(answer.header("idempotent-replayed"), replayed);
    answer.header("location").to_owned()
}

async fn an_upload_is_begun_once(story: &Story) {
    let session = session(story).await;
    let begin = async |name: &str, size: usize| {
        let begin = beginning(&story.api, &session, name, size).header(KEY, "k-1");
        story.api.send(begin).await
    };
    let place = is_begun(&begin("a.pdf", PDF.len()).await, false);
    assert_eq!(is_begun(&begin("a.pdf", PDF.len()).await, true), place);
    // What comes with it is no part of it, and is not kept.
    let with_body = beginning(&story.api, &session, "a.pdf", PDF.len()).header(KEY, "k-1");
    let with_body = story.api.send(with_body.body(PDF)).await;
    assert_eq!(is_begun(&with_body, true), place);
    for (name, size) in [("b.pdf", PDF.len()), ("a.pdf", PDF.len() + 1)] {
        let other = begin(name, size).await.problem(422);
        assert_eq!(other["type"], "urn:switchboard:key_reused", "{name} {size}");
    }
    assert_eq!(story.count("files").await, 1);

    // The parts follow as ever, and need no key.
    let part = story.api.request(Method::PATCH, &place);
    let part = part
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", 0);
    assert_eq!(story.api.send(part.body(PDF)).await.status, 204);
    assert_eq!(is_begun(&begin("a.pdf", PDF.len()).await, true), place);
    assert_eq!(story.api.get(&place).await.ok()["state"], "here");
    // Without a key each is another one.
    let another = beginning(&story.api, &session, "a.pdf", PDF.len());
    assert_ne!(is_begun(&story.api.send(another).await, false), place);
}

async fn of_sixteen_at_once_one_begins_an_upload(story: &Story) {
    let session = session(story).await;
    let all = (0..16).map(|_| {
        let begin = beginning(&story.api, &session, "a.pdf", PDF.len());
        story.api.send(begin.header(KEY, "k-1"))
    });
    let all = join_all(all).await;
    for answer in &all {
        assert_eq!(answer.status, 201, "{answer:?}");
        assert_eq!(answer.header("location"), all[0].header("location"));
    }
    assert_eq!(story.count("files").await, 1);
}

async fn an_upload_that_is_refused_leaves_its_key_free(story: &Story) {
    let session = session(story).await;
    let begin = async |api: &Api, session: &str, key: &str| {
        let begin = beginning(api, session, "a.pdf", PDF.len());
        api.send(begin.header(KEY, key)).await
    };
    let reader = story.api_with(Scope::Read).await;
    begin(&reader, &session, "k-1").await.problem(403);
    begin(&story.api, NOBODY, "k-1").await.problem(404);
    let wrong = begin(&story.api, &session, "").await.problem(422);
    assert_eq!(wrong["fields"][0]["field"], "Idempotency-Key");
    assert_eq!(story.count("idempotency_keys").await, 0);
    is_begun(&begin(&story.api, &session, "k-1").await, false);
    assert_eq!(story.count("idempotency_keys").await, 1);
}
