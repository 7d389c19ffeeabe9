//! The note about a customer: who reads and changes it, and what happens when two do at once.

use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        users::Browser,
        world::id_of,
    },
};
use domain::{access::Scope, contact_note::MAX_CONTACT_NOTE};
use futures::future::join_all;
use reqwest::{Method, header};
use serde_json::{Value, json};

stories! {
    whoever_sees_a_session_reads_and_changes_it
    of_many_at_once_one_changes_it
    hostile_notes_are_refused
    a_script_keeps_it
    of_two_customers_who_are_one_both_notes_stay
    a_refused_note_stays_without_a_script
}

async fn save(browser: &Browser, session: &str, text: &str, version: i64) -> Answer {
    let version = version.to_string();
    let arguments = [("session", session), ("text", text), ("version", &version)];
    browser.call("inbox/contact-note", &arguments).await
}

async fn note(browser: &Browser, session: &str) -> Value {
    let thread = browser.call("inbox/thread", &[("session", session)]).await.ok();
    thread["contact_note"].clone()
}

async fn whoever_sees_a_session_reads_and_changes_it(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, stranger) = story.operator("401", "stranger").await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    assert_eq!(note(&jana, &session).await["text"], "");
    save(&jana, &session, " Pays late.\r\nCall first. ", 0).await.ok();
    let now = note(&jana, &session).await;
    assert_eq!(
        (&now["text"], &now["version"]),
        (&json!("Pays late.\nCall first."), &json!(1))
    );
    assert!(
        now["by"].as_str().is_some_and(|by| by.starts_with("Operator")),
        "{now}"
    );
    assert_eq!(save(&stranger, &session, "x", 1).await.status, 404);
    // The next session of the same customer has it, too.
    let mine = [("session", session.as_str())];
    jana.call("inbox/pick-up", &mine).await.ok();
    jana.call("inbox/close", &mine).await.ok();
    story.says(story.customer(1), &line, "Again").await;
    let sessions = story.api.items("/api/v1/sessions").await;
    let next = sessions
        .iter()
        .find(|row| id_of(row) != session)
        .expect("a new session");
    assert_eq!(note(&jana, &id_of(next)).await["text"], "Pays late.\nCall first.");
    save(&jana, &id_of(next), "", 1).await.ok();
    assert_eq!(note(&jana, &session).await["text"], "");
}

async fn of_many_at_once_one_changes_it(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    for version in 0..2 {
        let texts: Vec<_> = (0..16).map(|n| format!("Text {version} {n}")).collect();
        let all = join_all(texts.iter().map(|text| save(&jana, &session, text, version))).await;
        let saved: Vec<_> = all.iter().filter(|answer| answer.status.is_success()).collect();
        assert_eq!(saved.len(), 1, "{all:?}");
        assert!(
            all.iter()
                .all(|answer| [200, 409].contains(&answer.status.as_u16())),
            "{all:?}"
        );
        assert_eq!(note(&jana, &session).await["version"], version + 1);
    }
    // The same text again is no change.
    let text = note(&jana, &session).await["text"]
        .as_str()
        .expect("a text")
        .to_owned();
    save(&jana, &session, &text, 0).await.ok();
    assert_eq!(note(&jana, &session).await["version"], 2);
}

async fn hostile_notes_are_refused(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    for text in ["é".repeat(MAX_CONTACT_NOTE + 1), "a\u{1}b".into()] {
        assert_eq!(save(&jana, &session, &text, 0).await.status, 422);
    }
    for version in [-1, 1, i64::MAX] {
        assert_eq!(save(&jana, &session, "x", version).await.status, 409, "{version}");
    }
    // The field ends with its own tag and with no other, here and in every form that keeps a text.
    let breaks_out = "</textarea><script>alert(1)</script> & &lt;";
    save(&jana, &session, breaks_out, 0).await.ok();
    let reply = json!({"shortcut": "x", "text": breaks_out});
    let reply = id_of(&story.api.post("/api/v1/canned-replies", reply).await.ok());
    let admin = story.admin("admin").await;
    for page in [
        jana.get(&format!("/inbox/{session}?tab=all")).await,
        admin.get(&format!("/canned-replies/{reply}")).await,
    ] {
        let escaped = "&lt;/textarea>&lt;script>alert(1)&lt;/script> &amp; &amp;lt;</textarea>";
        assert!(
            page.text.contains(escaped) && !page.text.contains("<script>alert"),
            "{}",
            page.text
        );
    }
}

async fn a_script_keeps_it(story: &Story) {
    let (line, _) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let path = format!("/api/v1/sessions/{}/contact-note", id_of(&story.session().await));
    let put = async |api: &Api, body: Value| api.send(api.request(Method::PUT, &path).json(&body)).await;
    let reader = story.api_with(Scope::Read).await;
    assert_eq!(
        reader.get(&path).await.ok(),
        json!({"text": "", "version": 0, "by": null, "at": null})
    );
    assert_eq!(put(&reader, json!({"text": "x"})).await.status, 403);
    let operator = story.api_with(Scope::Operate).await;
    assert_eq!(put(&operator, json!({"text": "VIP"})).await.ok()["version"], 1);
    assert_eq!(put(&operator, json!({"text": "Other"})).await.status, 409);
    assert_eq!(
        put(&operator, json!({"text": "Other", "version": 1})).await.ok()["text"],
        "Other"
    );
    assert_eq!(
        put(&operator, json!({"text": "x", "who": "me"})).await.status,
        422
    );
    assert_eq!(reader.get(&path).await.ok()["text"], "Other");
}

async fn of_two_customers_who_are_one_both_notes_stay(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (number, user) = (Some("420601000001"), Some("CZ.1"));
    let mut texts = vec!["é".repeat(MAX_CONTACT_NOTE), "Pays late.".into()];
    for (n, (number, user)) in [(number, None), (None, user)].into_iter().enumerate() {
        story
            .is_known_as(&line, &format!("wamid.{n}"), number, user)
            .await;
        story.settled().await;
        let open = story.api.items("/api/v1/sessions").await;
        for session in &open {
            let id = id_of(session);
            if note(&jana, &id).await["text"] == "" {
                story.clock.advance(std::time::Duration::from_secs(60));
                save(&jana, &id, &texts[n], 0).await.ok();
            }
        }
    }
    story.is_known_as(&line, "wamid.2", number, user).await;
    story.settled().await;
    let all = story.api.items("/api/v1/sessions").await;
    let open = all
        .iter()
        .find(|row| row["state"] != "closed")
        .expect("one session");
    let joined = note(&jana, &id_of(open)).await;
    let text = joined["text"].as_str().expect("a text");
    texts.sort();
    let mut both: Vec<_> = text.split("\n\n").map(str::to_owned).collect();
    both.sort();
    assert_eq!(both, texts, "{joined}");
    assert_eq!(joined["version"], 2);
    // It is shorter after the next change.
    save(&jana, &id_of(open), "Pays late.", 2).await.ok();
}

async fn a_refused_note_stays_without_a_script(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    save(&jana, &session, "Pays late.", 0).await.ok();
    let path = format!("/inbox/{session}?tab=all");
    let arguments = [
        ("session", session.as_str()),
        ("text", "Call first."),
        ("version", "0"),
    ];
    let request = jana
        .calling("inbox/contact-note", &arguments)
        .header(header::REFERER, story.url.join(&path).expect("a URL").as_str())
        .header(header::ACCEPT, "text/html,*/*;q=0.8");
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.status, 302);
    let after = jana.get(answer.header("location")).await.text;
    assert!(
        after.contains("You typed this") && after.contains("Call first."),
        "{after}"
    );
    assert!(after.contains("Pays late."), "{after}");
    assert!(!jana.get(&path).await.text.contains("Call first."));
}
