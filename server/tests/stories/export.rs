//! One conversation as a file: what is in it, for whom, and what becomes of files that are not here.

use crate::{
    stories,
    support::{
        START, Story,
        files::PDF,
        users::Browser,
        world::{Line, delivery, id_of, text_message},
    },
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{CustomerFile, Fault, FileKind, MediaFault};
use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read as _},
    path::Path,
};
use zip::ZipArchive;

stories! {
    a_conversation_is_saved_with_its_files
    files_of_the_same_hostile_name_are_kept_apart
    a_file_that_cannot_be_had_stands_in_the_page
    whatever_has_no_look_of_its_own_shows_what_it_is
    a_message_is_signed_by_whoever_has_sent_it
    only_those_who_read_the_log_save_it
    a_long_conversation_is_saved_whole_and_by_many_at_once
    who_loses_the_right_meanwhile_gets_no_whole_file
}

const NUMBER: &str = "420800555201";

struct Company {
    line: Line,
    jana: Browser,
    boss: Browser,
}

async fn company(story: &Story) -> Company {
    let (line, jana) = story.desk_of_one().await;
    let boss = story.supervisor("900", "boss").await.1;
    Company { line, jana, boss }
}

fn path_of(session: &Value) -> String {
    format!("/session-log/{}/conversation.zip", id_of(session))
}

/// The files of a ZIP by their names.
pub fn unpacked(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a whole ZIP");
    let mut all = BTreeMap::new();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        assert!(entry.enclosed_name().is_some(), "{name}");
        let mut content = Vec::new();
        // Reading to the end compares the checksum.
        entry.read_to_end(&mut content).expect("its content");
        let known = all.insert(name.clone(), content);
        assert!(known.is_none(), "{name} comes twice");
    }
    all
}

async fn saved(browser: &Browser, session: &Value) -> BTreeMap<String, Vec<u8>> {
    let request = browser.request(Method::GET, &path_of(session));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    unpacked(answer.bytes().await.expect("a body").to_vec())
}

fn page_of(files: &BTreeMap<String, Vec<u8>>) -> String {
    String::from_utf8(files["conversation.html"].clone()).expect("UTF-8")
}

#[track_caller]
fn in_order(page: &str, words: &[&str]) {
    let mut rest = page;
    for word in words {
        let Some(at) = rest.find(word) else {
            panic!("{word} is missing, or too early, in {page}");
        };
        rest = &rest[at + word.len()..];
    }
}

fn pdf(name: &str) -> CustomerFile {
    CustomerFile {
        filename: Some(name.to_owned()),
        ..CustomerFile::new(FileKind::Document, "application/pdf")
    }
}

async fn post(story: &Story, line: &Line, messages: &[Value]) {
    let body = delivery(&line.phone_number_id, NUMBER, messages);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
}

fn about(wamid: &str, kind: &str, content: &Value) -> Value {
    let mut message = text_message(NUMBER, wamid, "");
    message["type"] = json!(kind);
    message.as_object_mut().expect("an object").remove("text");
    message[kind] = content.clone();
    message
}

async fn a_conversation_is_saved_with_its_files(story: &Story) {
    let it = company(story).await;
    let hostile = "<script>alert('x')</script> & \u{202e}txt.exe\nsecond line";
    let first = story.says(story.customer(1), &it.line, hostile).await;
    let session = story.session().await;
    let id = id_of(&session);
    it.jana.call("inbox/pick-up", &[("session", &id)]).await.ok();
    story.answers(&session, "Dobrý den <b>").await;
    story.settled().await;
    let note = [("session", id.as_str()), ("text", "Volá <i>zítra</i>")];
    it.jana.call("inbox/note", &note).await.ok();
    story
        .sends(story.customer(1), &it.line, &pdf("Smlouva.pdf"), PDF)
        .await;
    let png = super::files::png();
    let picture = CustomerFile::new(FileKind::Image, "image/png");
    story.sends(story.customer(1), &it.line, &picture, &png).await;
    let reaction = json!({"message_id": first, "emoji": "👍"});
    post(story, &it.line, &[about("wamid.r", "reaction", &reaction)]).await;

    let files = saved(&it.boss, &session).await;
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "conversation.html",
            "files/0001-Smlouva.pdf",
            "files/0002-image.png"
        ]
    );
    assert_eq!(files["files/0001-Smlouva.pdf"], PDF);
    assert_eq!(files["files/0002-image.png"], png);
    let page = page_of(&files);
    in_order(
        &page,
        &[
            "<html lang=\"en\">",
            "<dt>Customer</dt><dd dir=\"auto\">Karel</dd>",
            "<dt>Status</dt><dd dir=\"auto\">Picked up</dd>",
            &id,
            "&lt;script&gt;",
            " &amp; [U+202E]txt.exe\nsecond line",
            "The customer reacted: <bdi>👍</bdi>",
            "Dobrý den &lt;b&gt;",
            "href=\"files/0001-Smlouva.pdf\"",
            "<img src=\"files/0002-image.png\"",
            "</html>",
        ],
    );
    for shown in ["picked up", "Volá &lt;i&gt;zítra&lt;/i&gt;", "UTC+00:00"] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    for never in ["<script", "<b>", "<i>", "\u{202e}"] {
        assert!(!page.contains(never), "{never} in {page}");
    }

    // In the language and the zone of its reader.
    let mut reader = it.boss.clone();
    reader.cookie = reader
        .cookie
        .map(|cookie| format!("{cookie}; language=cs; zone=120"));
    let czech = saved(&reader, &session).await;
    let czech = page_of(&czech);
    assert!(
        czech.contains("<html lang=\"cs\">") && czech.contains("UTC+02:00"),
        "{czech}"
    );

    // Scripts get the same.
    let by_token = format!("/api/v1/sessions/{id}/export");
    let answer = story
        .api
        .request(Method::GET, &by_token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    let by_token = unpacked(answer.bytes().await.expect("a body").to_vec());
    assert_eq!(by_token.len(), files.len());
}

async fn files_of_the_same_hostile_name_are_kept_apart(story: &Story) {
    let it = company(story).await;
    for name in [
        "../../evil.pdf",
        "../../evil.pdf",
        "CON",
        "..",
        "a\u{202e}fdp.exe",
    ] {
        story.sends(story.customer(1), &it.line, &pdf(name), PDF).await;
    }
    let files = saved(&it.boss, &story.session().await).await;
    let names: Vec<_> = files.keys().skip(1).map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "files/0001-evil.pdf",
            "files/0002-evil.pdf",
            "files/0003-CON.pdf",
            "files/0004-document.pdf",
            "files/0005-afdp.exe.pdf"
        ]
    );
    let page = page_of(&files);
    assert!(!page.contains("\u{202e}") && !page.contains("=\"../"), "{page}");
}

async fn a_file_that_cannot_be_had_stands_in_the_page(story: &Story) {
    let it = company(story).await;
    story
        .sends(story.customer(1), &it.line, &pdf("lost.pdf"), PDF)
        .await;
    remove_files(&story.data_dir().join("files"));
    story
        .sends(story.customer(1), &it.line, &pdf("kept.pdf"), PDF)
        .await;
    story.meta.fault(Fault::MediaDownload(MediaFault::WrongBytes));
    story
        .sends(story.customer(1), &it.line, &pdf("coming.pdf"), PDF)
        .await;
    let odd = json!({"id": "../me", "mime_type": "application/pdf", "filename": "odd.pdf"});
    post(story, &it.line, &[about("wamid.odd", "document", &odd)]).await;
    let files = saved(&it.boss, &story.session().await).await;
    let whole: Vec<_> = files
        .iter()
        .filter(|(_, content)| content.as_slice() == PDF)
        .collect();
    assert_eq!(whole.len(), 1, "{:?}", files.keys());
    let page = page_of(&files);
    for shown in [
        "lost.pdf",
        "could not be read",
        "kept.pdf",
        "coming.pdf",
        "odd.pdf",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(!page.contains("files/0003"), "{page}");
    assert_eq!(page.matches("class=\"missing\"").count(), 3, "{page}");
}

fn remove_files(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => remove_files(&path),
            false => fs::remove_file(path).expect("it is removed"),
        }
    }
}

async fn whatever_has_no_look_of_its_own_shows_what_it_is(story: &Story) {
    let it = company(story).await;
    let order = json!({"catalog_id": "K7", "text": "Prosím", "product_items": [
        {"product_retailer_id": "SKU-<9>", "quantity": "2", "item_price": "10.5", "currency": "CZK"}]});
    let place = json!({"latitude": 50.08, "longitude": 14.43, "name": "Náměstí", "address": "Praha 1"});
    let future = json!({"holo": {"depth": "čtyři"}});
    post(
        story,
        &it.line,
        &[
            about("wamid.order", "order", &order),
            about("wamid.place", "location", &place),
            about("wamid.future", "hologram", &future),
        ],
    )
    .await;
    let session = story.session().await;
    let shown_to = async |browser: &Browser| page_of(&saved(browser, &session).await);
    let boss = shown_to(&it.boss).await;
    for shown in [
        "SKU-&lt;9&gt;",
        "10.5",
        "K7",
        "Prosím",
        "50.08, 14.43",
        "Náměstí",
        "Praha 1",
        "čtyři",
    ] {
        assert!(boss.contains(shown), "{shown} in {boss}");
    }
    // Meta's own JSON is for administrators.
    assert!(!boss.contains("wamid.future"), "{boss}");
    let admin = story.admin("another").await;
    assert!(shown_to(&admin).await.contains("wamid.future"));
}

async fn a_message_is_signed_by_whoever_has_sent_it(story: &Story) {
    let company = company(story).await;
    story.says(story.customer(1), &company.line, "Hello").await;
    let session = story.session().await;
    let id = id_of(&session);
    company.jana.call("inbox/pick-up", &[("session", &id)]).await.ok();
    let answer = [("session", id.as_str()), ("body", "By a colleague")];
    company.jana.call("inbox/send", &answer).await.ok();
    let sent = story.answers(&session, "By a program").await;
    // The name of the token, and not that of the session's owner.
    assert_eq!(
        (&sent["author"], &sent["by_token"]),
        (&json!("story"), &json!(true))
    );
    let messages = story.messages(&session).await;
    let by_token: Vec<_> = messages
        .iter()
        .map(|message| message["by_token"].clone())
        .collect();
    assert_eq!(by_token, [json!(false), json!(false), json!(true)]);
    assert_ne!(messages[1]["author"], messages[2]["author"]);
    let page = page_of(&saved(&company.boss, &session).await);
    in_order(
        &page,
        &[
            "By a colleague",
            "<bdi>story</bdi>",
            "Sent with an API token",
            "By a program",
        ],
    );
    assert_eq!(page.matches("Sent with an API token").count(), 1);
    for (word, by_token) in [("colleague", false), ("program", true)] {
        let found = story.api.items(&format!("/api/v1/search?q={word}")).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["by_token"], by_token, "{found:?}");
    }
}

async fn only_those_who_read_the_log_save_it(story: &Story) {
    let it = company(story).await;
    story.says(story.customer(1), &it.line, "Hello").await;
    let session = story.session().await;
    let path = path_of(&session);
    assert_eq!(it.jana.get(&path).await.status, 403);
    assert_eq!(Browser::new(story).get(&path).await.status, 401);
    for nothing in ["x", "00000000-0000-7000-8000-000000000000"] {
        let path = format!("/session-log/{nothing}/conversation.zip");
        assert_eq!(it.boss.get(&path).await.status, 404, "{nothing}");
    }
    let export = format!("/api/v1/sessions/{}/export", id_of(&session));
    story.anonymous().get(&export).await.problem(401);
    let reader = story.api_with(domain::access::Scope::Read).await;
    reader.get(&export).await.problem(403);
    // It is offered where it may be had.
    let log = it.boss.get("/session-log").await.text;
    assert!(log.contains(&path), "{log}");
    let thread = format!("/inbox/{}?tab=all", id_of(&session));
    assert!(it.boss.get(&thread).await.text.contains(&path));
    assert!(!it.jana.get(&thread).await.text.contains(&path));
}

async fn a_long_conversation_is_saved_whole_and_by_many_at_once(story: &Story) {
    let it = company(story).await;
    for hundred in 0..15 {
        let messages = (0..100).map(|n| {
            let n = hundred * 100 + n;
            let mut message = text_message(NUMBER, &format!("wamid.{n:04}"), &format!("line {n:04}."));
            let at = START.millis() / 1000 - 500 + n / 3;
            message["timestamp"] = json!(at.to_string());
            message
        });
        post(story, &it.line, &messages.collect::<Vec<_>>()).await;
    }
    let session = story.session().await;
    let all = join_all((0..16).map(|_| saved(&it.boss, &session))).await;
    for files in all {
        let page = page_of(&files);
        let mut lines: Vec<_> = page.split("line ").skip(1).map(|line| &line[..5]).collect();
        assert_eq!(lines.len(), 1500);
        // Three messages have the same second.
        let second = |line: &&str| line[..4].parse::<u32>().expect("a number") / 3;
        assert!(lines.is_sorted_by_key(second));
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), 1500);
        assert!(page.ends_with("</html>\n"));
    }
}

async fn who_loses_the_right_meanwhile_gets_no_whole_file(story: &Story) {
    let it = company(story).await;
    let mut large = PDF.to_vec();
    large.resize(32 * 1024 * 1024, b' ');
    story
        .sends(story.customer(1), &it.line, &pdf("large.pdf"), &large)
        .await;
    let session = story.session().await;
    let whole = saved(&it.boss, &session).await;
    assert_eq!(whole["files/0001-large.pdf"].len(), large.len());
    let request = it.boss.request(Method::GET, &path_of(&session));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    it.boss.call("auth/log-out", &[]).await;
    assert!(!it.boss.is_logged_in().await);
    assert!(answer.bytes().await.is_err(), "the answer breaks off");
}
