//! The company's own name of a customer: who gives it, where it is shown, and that nothing that Meta tells changes it.

use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        listener::{Listener, everybody_hears},
        users::Browser,
        world::{delivery, id_of, text_message},
    },
};
use domain::{access::Scope, form::MAX_NAME};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

stories! {
    a_name_of_our_own_is_shown_everywhere_and_found
    whoever_may_not_act_names_nobody
    hostile_names_are_refused
    of_many_at_once_one_holds
    the_same_name_is_no_change
    what_the_customer_calls_themselves_changes_no_name_of_ours
    of_two_customers_who_are_one_the_name_stays
    a_script_names_a_customer
}

async fn rename(browser: &Browser, session: &str, name: &str) -> Answer {
    browser
        .call("inbox/contact-name", &[("session", session), ("name", name)])
        .await
}

async fn contact(story: &Story, session: &str) -> Value {
    let row = story.api.get(&format!("/api/v1/sessions/{session}")).await.ok();
    row["contact"].clone()
}

/// How many sessions a search for their customer finds.
async fn found(browser: &Browser, text: &str) -> usize {
    let arguments = [("tab", "all"), ("search", text)];
    let page = browser.call("inbox/list", &arguments).await.ok();
    page["value"]["rows"]["items"].as_array().expect("rows").len()
}

async fn a_name_of_our_own_is_shown_everywhere_and_found(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let told = contact(story, &session).await["label"]
        .as_str()
        .expect("a name")
        .to_owned();
    rename(&jana, &session, "  Truhlářství   Malá ").await.ok();
    let now = contact(story, &session).await;
    assert_eq!(now["label"], "Truhlářství Malá", "{now}");
    assert_eq!(now["alias"], "Truhlářství Malá");
    assert_eq!(now["profile_name"], told.as_str());
    let thread = jana.call("inbox/thread", &[("session", &session)]).await.ok();
    assert_eq!(thread["session"]["contact"]["label"], "Truhlářství Malá");
    let page = jana.get(&format!("/inbox/{session}?tab=all")).await.text;
    assert!(
        page.contains("Truhlářství Malá") && page.contains(&told),
        "{page}"
    );
    let log = story.api.items("/api/v1/session-log").await;
    assert_eq!(log[0]["contact"]["label"], "Truhlářství Malá", "{log:?}");
    let hits = story.api.get("/api/v1/search?q=hello").await.ok();
    assert_eq!(hits["items"][0]["contact"]["label"], "Truhlářství Malá", "{hits}");
    let first = told.split_whitespace().next().expect("a word");
    for text in ["truhlarstvi", "mala", first] {
        assert_eq!(found(&jana, text).await, 1, "{text}");
    }
    // A canned reply names the customer so, too.
    let reply = json!({"shortcut": "hi", "text": "Hello {{customer}}"});
    story.api.post("/api/v1/canned-replies", reply).await.ok();
    let replies = jana
        .call("canned-replies/of-session", &[("session", &session)])
        .await
        .ok();
    assert!(
        replies.to_string().contains("Hello Truhlářství Malá"),
        "{replies}"
    );
    // Without it, the customer is called as before, and found by nothing else.
    rename(&jana, &session, " ").await.ok();
    let now = contact(story, &session).await;
    assert_eq!((&now["label"], &now["alias"]), (&json!(told), &Value::Null));
    assert_eq!(
        (found(&jana, "truhlarstvi").await, found(&jana, first).await),
        (0, 1)
    );
}

async fn whoever_may_not_act_names_nobody(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, stranger) = story.operator("401", "stranger").await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let before = contact(story, &session).await;
    let theirs = rename(&stranger, &session, "x").await;
    let unknown = rename(&stranger, "00000000-0000-7000-8000-000000000000", "x").await;
    assert_eq!(theirs.status, 404);
    assert_eq!((theirs.status, &theirs.text), (unknown.status, &unknown.text));
    assert_eq!(contact(story, &session).await, before);
    // A supervisor who sees every session names the customer of each.
    let admin = story.admin("admin").await;
    rename(&admin, &session, "Eva").await.ok();
    let thread = jana.call("inbox/thread", &[("session", &session)]).await.ok();
    assert_eq!(thread["session"]["contact"]["alias"], "Eva");
}

async fn hostile_names_are_refused(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let before = contact(story, &session).await;
    for name in [
        "é".repeat(MAX_NAME + 1),
        "x".repeat(1_000_000),
        "a\u{1}b".into(),
        "a\nb".into(),
        "\u{3164}".into(),
    ] {
        let answer = rename(&jana, &session, &name).await;
        assert!([413, 422].contains(&answer.status.as_u16()), "{}", answer.status);
    }
    assert_eq!(contact(story, &session).await, before);
    let hostile = "\"><script>alert(1)</script>\u{202e}";
    rename(&jana, &session, hostile).await.ok();
    assert_eq!(
        contact(story, &session).await["label"],
        "\"><script>alert(1)</script>"
    );
    let page = jana.get(&format!("/inbox/{session}?tab=all")).await.text;
    assert!(!page.contains("<script>alert"), "{page}");
    let none = jana.call("inbox/contact-name", &[("session", &session)]).await;
    none.ok();
    assert_eq!(contact(story, &session).await, before);
}

async fn of_many_at_once_one_holds(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let names: Vec<_> = (0..16).map(|n| format!("Name{n:02}")).collect();
    for answer in join_all(names.iter().map(|name| rename(&jana, &session, name))).await {
        answer.ok();
    }
    let holds = contact(story, &session).await["alias"]
        .as_str()
        .expect("a name")
        .to_owned();
    // The search knows this one, and none that came before it.
    for name in &names {
        assert_eq!(
            found(&jana, name).await,
            usize::from(*name == holds),
            "{name}, {holds}"
        );
    }
}

async fn the_same_name_is_no_change(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let (_, boss) = story.supervisor("900", "boss").await;
    let mut heard = Listener::open(story, jana).await;
    let names = [
        ("Eva", true),
        (" Eva ", false),
        ("Iva", true),
        ("", true),
        (" ", false),
    ];
    for (number, (name, tells)) in (50..).zip(names) {
        heard.changes.clear();
        rename(&boss, &session, name).await.ok();
        everybody_hears(story, number, [&mut heard].into_iter()).await;
        let rows: Vec<_> = heard
            .changes
            .iter()
            .filter_map(|event| event.inbox.as_ref()?.row.clone())
            .collect();
        assert_eq!(!rows.is_empty(), tells, "{name:?}: {rows:?}");
        // The row comes with its event, under the name that holds.
        let alias = domain::contact_name::contact_name(name).expect("a name");
        assert!(rows.iter().all(|row| row.contact.alias == alias), "{rows:?}");
    }
}

async fn what_the_customer_calls_themselves_changes_no_name_of_ours(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    rename(&jana, &session, "Truhlářství").await.ok();
    // The same number, under another name.
    let message = text_message("420800555201", "wamid.renamed", "It is me");
    let told = String::from_utf8(delivery(&line.phone_number_id, "420800555201", &[message])).expect("text");
    let told = told.replace("Karel", "Zuzana Nová");
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, told).await, 200);
    story.settled().await;
    let now = contact(story, &session).await;
    assert_eq!(now["label"], "Truhlářství");
    assert_eq!(now["profile_name"], "Zuzana Nová");
    for text in ["truhlarstvi", "zuzana"] {
        assert_eq!(found(&jana, text).await, 1, "{text}");
    }
}

async fn of_two_customers_who_are_one_the_name_stays(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (number, user) = (Some("420601000001"), Some("CZ.1"));
    story.is_known_as(&line, "wamid.0", number, None).await;
    story.is_known_as(&line, "wamid.1", None, user).await;
    story.settled().await;
    // The newer of the two, which will be gone.
    let mut open = story.api.items("/api/v1/sessions").await;
    open.sort_by_key(|row| row["contact"]["id"].as_str().map(str::to_owned));
    assert_eq!(open.len(), 2);
    rename(&jana, &id_of(&open[1]), "Truhlářství").await.ok();
    story.is_known_as(&line, "wamid.2", number, user).await;
    story.settled().await;
    let all = story.api.items("/api/v1/sessions").await;
    let open_now = all
        .iter()
        .find(|row| row["state"] != "closed")
        .expect("one session");
    assert_eq!(open_now["contact"]["id"], open[0]["contact"]["id"]);
    assert_eq!(open_now["contact"]["alias"], "Truhlářství", "{open_now}");
    assert_eq!(found(&jana, "truhlarstvi").await, all.len());
}

async fn a_script_names_a_customer(story: &Story) {
    let (line, _) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let path = format!("/api/v1/sessions/{}/contact-name", id_of(&story.session().await));
    let put = async |api: &Api, body: Value| api.send(api.request(Method::PUT, &path).json(&body)).await;
    let reader = story.api_with(Scope::Read).await;
    assert_eq!(put(&reader, json!({"name": "Eva"})).await.status, 403);
    let operator = story.api_with(Scope::Operate).await;
    let named = put(&operator, json!({"name": "Eva"})).await.ok();
    assert_eq!((&named["label"], &named["alias"]), (&json!("Eva"), &json!("Eva")));
    for body in [
        json!({}),
        json!({"name": 1}),
        json!({"name": "x", "who": "me"}),
        json!({"name": "a\u{0}"}),
    ] {
        assert_eq!(put(&operator, body).await.status, 422);
    }
    assert_eq!(
        put(&operator, json!({"name": ""})).await.ok()["alias"],
        Value::Null
    );
}
