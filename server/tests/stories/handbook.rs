//! The handbook answers anybody, in both languages, and passes nothing on that it is given.

use crate::support::{Story, http::Answer, users::Browser};
use reqwest::{Method, header};

async fn get(browser: &Browser, path: &str, language: &str) -> Answer {
    let request = browser
        .request(Method::GET, path)
        .header(header::ACCEPT_LANGUAGE, language);
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_reads_the_handbook_in_their_language() {
    let story = Story::on_sqlite().await;
    let nobody = Browser::new(&story);
    let czech = get(&nobody, "/help/clocks", "cs-CZ,cs;q=0.9").await;
    assert_eq!(czech.status, 303);
    assert_eq!(czech.headers["location"], "/help/cs/clocks");
    let page = get(&nobody, "/help/cs/clocks", "en").await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("lang=\"cs\"") && page.text.contains("Servisní okno"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("href=\"/help/cs/canned-replies\""),
        "{}",
        page.text
    );
    assert!(!page.text.contains("<script"), "{}", page.text);
    let english = get(&nobody, "/help", "de, en;q=0.5").await;
    assert_eq!(english.headers["location"], "/help/en");
    assert!(get(&nobody, "/help/en", "cs").await.text.contains("The inbox"));
    for missing in [
        "/help/en/nothing",
        "/help/de/inbox",
        "/help/nothing",
        "/help/pictures/en/x.png",
        "/help/pictures/en/..%2finbox.md",
    ] {
        assert_eq!(get(&nobody, missing, "en").await.status, 404, "{missing}");
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_searched_for_in_the_handbook_stays_text() {
    let story = Story::on_sqlite().await;
    let nobody = Browser::new(&story);
    let found = get(&nobody, "/help/cs?q=servisni+OKNO", "cs").await;
    assert!(
        found.text.contains("<mark>") && found.text.contains("/help/cs/clocks"),
        "{}",
        found.text
    );
    for hostile in [
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "%27%20onfocus%3Dalert(1)%20x%3D%27",
    ] {
        let answer = get(&nobody, &format!("/help/en?q={hostile}"), "en").await;
        assert_eq!(answer.status, 200);
        assert!(
            !answer.text.contains("<script") && !answer.text.contains("<img src=x"),
            "{}",
            answer.text
        );
    }
    let long = format!("/help/en?q={}", "a+".repeat(3000));
    assert_eq!(get(&nobody, &long, "en").await.status, 200);
    assert_eq!(get(&nobody, "/help/en?q=x&q=y", "en").await.status, 200);
    story.end().await;
}
