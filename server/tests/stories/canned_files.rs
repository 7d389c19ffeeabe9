//! Files of canned replies: who attaches them, who gets them for a message, and how long they are kept.

use crate::{
    files::{HOUR, bytes, files_in, png},
    stories,
    support::{
        Story,
        files::{PDF, append, begin_desk, begin_for, send_file, send_outgoing, uploaded},
        http::{Answer, Api},
        users::{Browser, PASSWORD},
        world::id_of,
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{access::Scope, canned_reply::MAX_FILES};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};

stories! {
    files_are_sent_with_a_reply_and_outlive_it
    only_who_may_use_a_reply_gets_its_files
    what_cannot_be_a_replys_file_is_refused
    a_file_is_kept_as_long_as_its_reply_has_it
    a_reply_is_deleted_while_somebody_sends
    nobody_fills_the_store_with_copies
    a_script_attaches_files
}

const PATH: &str = "/api/v1/canned-replies";
const PURPOSE: (&str, &str) = ("purpose", "canned_reply");

async fn upload(browser: &Browser, name: &str, content: &[u8]) -> String {
    browser.uploads_for(PURPOSE, name, content).await
}

/// Saves a canned reply; a new one without an id.
async fn save(browser: &Browser, id: &str, text: &str, queue: &str, files: &[&str]) -> Answer {
    let mut form = vec![
        ("form[shortcut]", "price"),
        ("form[text]", text),
        ("form[queue]", queue),
    ];
    form.extend(Some(("id", id)).filter(|_| !id.is_empty()));
    form.extend(files.iter().map(|file| ("form[files][]", *file)));
    browser.call("canned-replies/save", &form).await
}

/// The only canned reply.
async fn reply(story: &Story) -> Value {
    let replies = story.api.items(PATH).await;
    assert_eq!(replies.len(), 1, "{replies:#?}");
    replies.into_iter().next().expect("one")
}

async fn attach(browser: &Browser, session: &Value, file: &str) -> Answer {
    let session = id_of(session);
    let arguments = [("session", session.as_str()), ("file", file)];
    browser.call("canned-replies/attach", &arguments).await
}

async fn delete(browser: &Browser, reply: &str) -> u16 {
    let gone = browser.call("canned-replies/delete", &[("id", reply)]).await;
    gone.status.as_u16()
}

fn store(story: &Story) -> PathBuf {
    story.data_dir().join("files")
}

async fn files_are_sent_with_a_reply_and_outlive_it(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let (_, boss) = story.supervisor("203", "boss").await;
    let pdf = upload(&boss, "../ceník\u{202e}.pdf", PDF).await;
    let picture = upload(&boss, "mapa.png", &png()).await;
    assert_eq!(save(&boss, "", "", "", &[&picture, &pdf]).await.status, 200);
    let told = json!([
        {"id": pdf, "state": "here", "mime_type": "application/pdf", "size": PDF.len(),
            "filename": "ceník.pdf", "kind": "document"},
        {"id": picture, "state": "here", "mime_type": "image/png", "size": png().len(),
            "filename": "mapa.png", "kind": "image"},
    ]);
    assert_eq!(reply(story).await["files"], told);
    let offered = jana
        .call("canned-replies/of-session", &[("session", &id_of(&session))])
        .await
        .ok();
    assert_eq!((&offered[0]["text"], &offered[0]["files"]), (&json!(""), &told));

    let copies = [
        attach(&jana, &session, &pdf).await.ok(),
        attach(&jana, &session, &picture).await.ok(),
    ];
    for (copy, told) in copies.iter().zip(told.as_array().expect("files")) {
        assert_ne!(copy["id"], told["id"]);
        for fact in ["mime_type", "size", "filename", "kind"] {
            assert_eq!(copy[fact], told[fact]);
        }
    }
    let before = files_in(&store(story));
    for copy in &copies {
        send_file(&jana, &session, &id_of(copy), "Ceník").await;
    }
    story.settled().await;
    assert_eq!(files_in(&store(story)), before, "nothing is stored anew");
    let accepted = story.accepted_files();
    let sent: Vec<_> = accepted
        .iter()
        .map(|file| file.bytes().expect("a file"))
        .collect();
    assert_eq!(sent, [PDF.to_vec(), png()]);

    // The reply goes, the messages stay whole.
    assert_eq!(delete(&boss, &id_of(&reply(story).await)).await, 200);
    story.later(HOUR).await;
    story.engine.forget().await.expect("the reply's files go");
    assert_eq!(story.count("files WHERE canned_reply_id IS NOT NULL").await, 0);
    let messages = story.messages(&session).await;
    for (message, content) in messages[1..].iter().zip([PDF.to_vec(), png()]) {
        assert_eq!(message["status"], "delivered");
        let path = format!("/media/{}", id_of(message));
        assert_eq!(bytes(jana.request(Method::GET, &path)).await.2, content);
    }
    let small = format!("/media/{}?size=small", id_of(&messages[2]));
    assert_eq!(bytes(jana.request(Method::GET, &small)).await.0, 200);
}

async fn only_who_may_use_a_reply_gets_its_files(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let (_, boss) = story.supervisor("203", "boss").await;
    let (_, other) = story.operator("401", "petr").await;
    let sales = story.queue("Sales", &[]).await;
    let pdf = upload(&boss, "a.pdf", PDF).await;
    assert_eq!(attach(&jana, &session, &pdf).await.status, 404, "of no reply yet");
    assert_eq!(save(&boss, "", "Price", "", &[&pdf]).await.status, 200);
    for (browser, status) in [(&jana, 200), (&other, 404), (&Browser::new(story), 401)] {
        assert_eq!(attach(browser, &session, &pdf).await.status, status);
    }
    // Nobody sends the reply's own file, not even who has uploaded it; and a copy is sent by who has it.
    let copy = id_of(&attach(&jana, &session, &pdf).await.ok());
    let document = |file: &str| json!({"type": "document", "document": {"file": file}});
    assert_eq!(send_outgoing(&jana, &session, &document(&pdf)).await.status, 422);
    // Files that are not of a canned reply.
    let own = uploaded(&jana, &session, "own.pdf", PDF).await;
    for file in [copy.as_str(), &own, "00000000-0000-7000-8000-000000000000"] {
        assert_eq!(attach(&jana, &session, file).await.status, 404, "{file}");
    }
    let extensions = story.api.items("/api/v1/extensions").await;
    let hers = extensions.iter().find(|extension| extension["number"] == "301");
    let from = format!("extension:{}", id_of(hers.expect("jana's")));
    let session_id = id_of(&session);
    let taken = [("session", session_id.as_str()), ("from", &from), ("reason", "")];
    boss.call("transfers/take-over", &taken).await.ok();
    assert_eq!(
        attach(&jana, &session, &pdf).await.status,
        409,
        "not hers any more"
    );
    for file in [&pdf, &copy] {
        assert_eq!(send_outgoing(&boss, &session, &document(file)).await.status, 422);
    }
    // The reply is for another queue now.
    let id = id_of(&reply(story).await);
    assert_eq!(save(&boss, &id, "Price", &sales, &[&pdf]).await.status, 200);
    assert_eq!(attach(&boss, &session, &pdf).await.status, 404);
    assert_eq!(save(&boss, &id, "Price", "", &[&pdf]).await.status, 200);
    attach(&boss, &session, &pdf).await.ok();
    boss.call("inbox/close", &[("session", &session_id)]).await.ok();
    assert_eq!(attach(&boss, &session, &pdf).await.status, 409, "closed");
}

async fn what_cannot_be_a_replys_file_is_refused(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let (_, boss) = story.supervisor("203", "boss").await;
    let admin = story.admin("admin").await;
    for (browser, status) in [(&jana, 403), (&Browser::new(story), 401)] {
        assert_eq!(begin_for(browser, PURPOSE, "a.pdf", 5).await.status, status);
    }
    let large = begin_for(&boss, PURPOSE, "a.pdf", 100_000_001).await;
    assert_eq!(large.status, 413);
    let other = begin_for(&boss, ("purpose", "something"), "a.pdf", 5).await;
    assert_eq!(other.status, 422);
    assert_eq!(begin_for(&boss, PURPOSE, "a.pdf", 0).await.status, 422);

    let refused = |answer: Answer, field: &str, problem: &str| {
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert_eq!(
            answer.json()["Refused"]["fields"],
            json!([{"field": field, "problem": problem}])
        );
    };
    refused(save(&boss, "", " ", "", &[]).await, "text", "required");
    let place = begin_for(&boss, PURPOSE, "half.pdf", 100).await;
    let place = place.header("location").to_owned();
    append(&boss, &place, 0, b"half").await;
    let half = place.rsplit('/').next().expect("an id");
    let theirs = upload(&admin, "theirs.pdf", PDF).await;
    let of_session = uploaded(&jana, &session, "session.pdf", PDF).await;
    let nothing = "00000000-0000-7000-8000-000000000000";
    let good = upload(&boss, "good.pdf", PDF).await;
    for file in [half, &theirs, &of_session, nothing, "../x", ""] {
        refused(save(&boss, "", "x", "", &[&good, file]).await, "files", "unknown");
    }
    let all = join_all((0..=MAX_FILES).map(|_| upload(&boss, "a.pdf", PDF))).await;
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    refused(save(&boss, "", "x", "", &all).await, "files", "enough");
    assert_eq!(story.count("canned_replies").await, 0);
    assert_eq!(story.count("files WHERE canned_reply_id IS NOT NULL").await, 0);

    // Each file has one reply.
    assert_eq!(save(&boss, "", "x", "", &all[1..]).await.status, 200);
    let again = json!({"shortcut": "other", "text": "x", "files": [all[1]]});
    story.api.post(PATH, again).await.problem(422);
    // What is not saved in a day is gone.
    let mut boss = boss;
    story.later(25 * HOUR).await;
    boss.log_in("boss", PASSWORD).await;
    let id = id_of(&reply(story).await);
    let late = save(&boss, &id, "x", "", &[&good]).await;
    refused(late, "files", "unknown");
    assert_eq!(
        reply(story).await["files"].as_array().map(Vec::len),
        Some(MAX_FILES)
    );
}

async fn a_file_is_kept_as_long_as_its_reply_has_it(story: &Story) {
    let mut boss = story.supervisor("203", "boss").await.1;
    let [kept, lost, unsaved] = ["kept.pdf", "lost.pdf", "unsaved.pdf"].map(|name| upload(&boss, name, PDF));
    let (kept, lost, _) = (kept.await, lost.await, unsaved.await);
    assert_eq!(save(&boss, "", "Price", "", &[&kept, &lost]).await.status, 200);
    let id = id_of(&reply(story).await);
    assert_eq!(files_in(&store(story)), 3);
    // Without a script it is a plain form, which names what is ticked.
    let page = boss.get(&format!("/canned-replies/{id}")).await.text;
    for file in [&kept, &lost] {
        let tick = page.split("<input").find(|input| input.contains(file.as_str()));
        let tick = tick.expect("a box");
        assert!(
            tick.contains("name=\"form[files][]\"") && tick.contains("checked"),
            "{tick}"
        );
    }
    let years = Duration::from_secs(3 * 365 * 24 * 60 * 60);
    story.later(years).await;
    story.engine.forget().await.expect("only the unsaved one goes");
    assert_eq!((files_in(&store(story)), story.count("files").await), (2, 2));

    boss.log_in("boss", PASSWORD).await;
    assert_eq!(save(&boss, &id, "", "", &[&kept]).await.status, 200);
    let files = &reply(story).await["files"];
    assert_eq!((&files[0]["id"], &files[1]), (&json!(kept), &json!(null)));
    // What it has lost does not come back.
    assert_eq!(save(&boss, &id, "", "", &[&kept, &lost]).await.status, 422);
    story.engine.forget().await.expect("the lost one goes");
    assert_eq!((files_in(&store(story)), story.count("files").await), (1, 1));

    assert_eq!(delete(&boss, &id).await, 200);
    story.engine.forget().await.expect("the last one goes");
    assert_eq!((files_in(&store(story)), story.count("files").await), (0, 0));
}

async fn a_reply_is_deleted_while_somebody_sends(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let (_, boss) = story.supervisor("203", "boss").await;
    let pdf = upload(&boss, "a.pdf", PDF).await;
    assert_eq!(save(&boss, "", "", "", &[&pdf]).await.status, 200);
    let id = id_of(&reply(story).await);
    let goes = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(delete(&boss, &id).await, 200);
        story.engine.forget().await.expect("its file goes");
    };
    let sends = join_all((0..24).map(|n| {
        let (jana, session, pdf) = (&jana, &session, &pdf);
        async move {
            tokio::time::sleep(Duration::from_millis(n * 3)).await;
            let copy = attach(jana, session, pdf).await;
            match copy.status.as_u16() {
                200 => Some(send_file(jana, session, &id_of(&copy.ok()), "").await),
                404 => None,
                other => panic!("{other}: {}", copy.text),
            }
        }
    }));
    let (sent, ()) = futures::join!(sends, goes);
    assert_eq!(attach(&jana, &session, &pdf).await.status, 404);
    story.settled().await;
    for message in sent.into_iter().flatten() {
        let path = format!("/media/{}", id_of(&message));
        assert_eq!(bytes(jana.request(Method::GET, &path)).await.2, PDF);
    }
    assert!(
        story
            .accepted_files()
            .iter()
            .all(|file| file.bytes().expect("a file") == PDF)
    );
}

async fn nobody_fills_the_store_with_copies(story: &Story) {
    let (_, jana, session) = begin_desk(story).await;
    let (_, boss) = story.supervisor("203", "boss").await;
    let pdf = upload(&boss, "a.pdf", PDF).await;
    assert_eq!(save(&boss, "", "", "", &[&pdf]).await.status, 200);
    for _ in 0..100 {
        attach(&jana, &session, &pdf).await.ok();
    }
    assert_eq!(attach(&jana, &session, &pdf).await.status, 503);
    story.later(Duration::from_secs(61)).await;
    attach(&jana, &session, &pdf).await.ok();
    assert_eq!(files_in(&store(story)), 102);
    story.later(25 * HOUR).await;
    story.engine.forget().await.expect("the copies go");
    assert_eq!(files_in(&store(story)), 1);
}

async fn upload_by(api: &Api, content: &[u8]) -> Answer {
    let metadata = format!(
        "purpose {},filename {}",
        BASE64_STANDARD.encode("canned_reply"),
        BASE64_STANDARD.encode("a.pdf")
    );
    let begun = api.request(Method::POST, "/api/v1/uploads");
    let begun = begun
        .header("upload-length", content.len())
        .header("upload-metadata", metadata);
    let begun = api.send(begun).await;
    if begun.status != 201 {
        return begun;
    }
    let part = api.request(Method::PATCH, begun.header("location"));
    let part = part
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", 0)
        .body(content.to_vec());
    assert_eq!(api.send(part).await.status, 204);
    begun
}

async fn a_script_attaches_files(story: &Story) {
    let operates = story.api_with(Scope::Operate).await;
    upload_by(&operates, PDF).await.problem(403);
    let begun = upload_by(&story.api, PDF).await;
    let file = begun.header("location").rsplit('/').next().expect("an id");
    let made = story
        .api
        .post(PATH, json!({"shortcut": "price", "files": [file]}))
        .await
        .ok();
    assert_eq!(
        (&made["text"], &made["files"][0]["id"]),
        (&json!(""), &json!(file))
    );
    let path = format!("{PATH}/{}", id_of(&made));
    let put = |form: Value| story.api.send(story.api.request(Method::PUT, &path).json(&form));
    // A script that knows of no files takes none away.
    let changed = put(json!({"shortcut": "price", "text": "x"})).await.ok();
    assert_eq!(changed["files"], made["files"]);
    put(json!({"shortcut": "price", "files": []})).await.problem(422);
    let changed = put(json!({"shortcut": "price", "text": "x", "files": []}))
        .await
        .ok();
    assert_eq!(changed["files"], json!([]));
    assert_eq!(story.api.get(&path).await.ok(), changed);
}
