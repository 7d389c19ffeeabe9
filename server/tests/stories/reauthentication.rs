//! Users, tokens, webhooks, secrets and second factors are changed only by somebody who has just proved who they are.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::{Browser, PASSWORD, set_cookie},
    },
};
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    sensitive_changes_ask_for_the_password_again
    the_password_is_asked_for_again_like_at_the_log_in
    without_a_script_what_was_typed_waits_for_the_password
}

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
const TEN_MINUTES: Duration = Duration::from_secs(10 * 60);

/// The web session has a new id then.
async fn again(browser: &mut Browser, password: &str) -> Answer {
    let answer = browser
        .call("account/reauthenticate", &[("current", password)])
        .await;
    if let (true, Some(cookie)) = (answer.status.is_success(), set_cookie(&answer)) {
        browser.cookie = Some(cookie);
    }
    answer
}

#[track_caller]
fn asks(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.text);
    assert_eq!(
        answer.json(),
        json!({ "Refused": { "reason": "reauthenticate" } })
    );
}

async fn sensitive_changes_ask_for_the_password_again(story: &Story) {
    let mut admin = story.admin("admin").await;
    let channel = story.support().await.channel;
    let person = [
        ("form[name]", "Eva"),
        ("form[login]", "eva"),
        ("form[password]", PASSWORD),
        ("form[role]", "operator"),
    ];
    let extension = [&person[..], &[("form[number]", "291")]].concat();
    let (jana, operator) = story.operator("293", "jana").await;
    let without_log_in = [("id", &*jana), ("form[number]", "293"), ("form[name]", "Jana")];
    let user = [("id", NOBODY)];
    let of_channel = [("id", &*channel), ("version", "1")];
    let webhook = [("form[name]", "CRM"), ("form[address]", "https://crm.example/")];
    let of_webhook = [("id", NOBODY), ("version", "1")];
    let changes: [(&str, &[(&str, &str)]); 22] = [
        ("users/save", &person),
        ("users/set-disabled", &[("id", NOBODY), ("disabled", "true")]),
        ("users/end-logins", &user),
        ("users/password-link", &user),
        ("users/remove-second-factor", &user),
        ("users/unlink-single-sign-on", &user),
        ("account/begin-passkey", &[("name", "Phone")]),
        ("account/add-passkey", &[("answer", "{}")]),
        ("account/remove-passkey", &user),
        ("extensions/save", &extension),
        ("extensions/save", &without_log_in),
        ("extensions/set-disabled", &[("id", &jana), ("disabled", "true")]),
        ("tokens/create", &[("form[name]", "CRM"), ("form[scope]", "read")]),
        ("tokens/revoke", &user),
        ("webhooks/create", &webhook),
        ("webhooks/change", &of_webhook),
        ("webhooks/rotate-secret", &user),
        ("channels/save-authentication", &of_channel),
        ("channels/rotate-verify-token", &of_channel),
        ("channels/drop-old-app-secret", &of_channel),
        ("account/begin-second-factor", &[]),
        ("tokens/create", &[]),
    ];
    let people = story.count("people").await;
    story.clock.advance(TEN_MINUTES);
    for (function, arguments) in changes {
        asks(&admin.call(function, arguments).await);
    }
    assert_eq!(story.count("people").await, people);
    assert_eq!(story.count("second_factors").await, 0);
    // Who has no right to it is told that, and is not asked.
    assert_eq!(operator.call("users/password-link", &user).await.status, 403);
    // What is not sensitive goes on.
    for (function, arguments) in [
        ("users/list", &[][..]),
        ("queues/save", &[("form[name]", "Gate")]),
        (
            "extensions/save",
            &[("form[number]", "292"), ("form[name]", "Gate")],
        ),
    ] {
        admin.call(function, arguments).await.ok();
    }

    let stolen = admin.clone();
    again(&mut admin, PASSWORD).await.ok();
    assert!(!stolen.is_logged_in().await && admin.is_logged_in().await);
    for (function, arguments) in changes {
        let answer = admin.call(function, arguments).await;
        assert_ne!(answer.status, 401, "{function}: {}", answer.text);
    }
    assert!(story.count("people WHERE login = 'eva'").await > 0);
    story.clock.advance(TEN_MINUTES);
    asks(&admin.call("account/begin-second-factor", &[]).await);
    let mut anew = Browser::new(story);
    anew.log_in("admin", PASSWORD).await;
    anew.call("account/begin-second-factor", &[]).await.ok();
}

async fn the_password_is_asked_for_again_like_at_the_log_in(story: &Story) {
    let mut admin = story.admin("admin").await;
    story.clock.advance(TEN_MINUTES);
    assert_eq!(again(&mut Browser::new(story), PASSWORD).await.status, 401);
    let wrong = again(&mut admin, "not it").await;
    let problem = json!([{ "field": "current", "problem": "wrong_password" }]);
    assert_eq!(wrong.json()["Refused"]["fields"], problem);
    asks(&admin.call("account/begin-second-factor", &[]).await);
    let refused =
        "audit WHERE action = 'person.reauthenticate' AND outcome = 'refused' AND address IS NOT NULL";
    assert_eq!(story.count(refused).await, 1);
    let mut answers = Vec::new();
    for _ in 0..30 {
        answers.push(again(&mut admin, "not it").await.status.as_u16());
    }
    assert!(
        answers.starts_with(&[422]) && answers.ends_with(&[429]),
        "{answers:?}"
    );
    assert_eq!(again(&mut admin, PASSWORD).await.status, 429);

    // Another browser's proof is not this one's.
    story.clock.advance(Duration::from_secs(60 * 60));
    let mut other = Browser::new(story);
    other.log_in("admin", PASSWORD).await;
    asks(&admin.call("account/begin-second-factor", &[]).await);
    again(&mut admin, PASSWORD).await.ok();
    admin.call("account/begin-second-factor", &[]).await.ok();
}

async fn without_a_script_what_was_typed_waits_for_the_password(story: &Story) {
    let mut admin = story.admin("admin").await;
    story.clock.advance(TEN_MINUTES);
    let form = [
        ("form[name]", "Eva Malá"),
        ("form[login]", "eva"),
        ("form[password]", PASSWORD),
        ("form[role]", "operator"),
    ];
    let refused = admin.submit("users/new", "users/save", &form).await;
    let page = admin.get(refused.header("location")).await;
    let way = "/account/reauthenticate?next=%2Fusers%2Fnew%3Ftyped";
    assert!(page.text.contains(&format!("href=\"{way}\"")), "{}", page.text);
    let page = admin.get(way).await;
    assert!(page.text.contains("value=\"/users/new?typed\""), "{}", page.text);
    let proof = [("current", PASSWORD), ("next", "/users/new?typed")];
    let proved = admin
        .submit("account/reauthenticate", "account/reauthenticate", &proof)
        .await;
    assert_eq!(proved.header("location"), "/users/new?typed");
    admin.cookie = set_cookie(&proved);
    let page = admin.get("/users/new?typed").await;
    assert!(page.text.contains("Eva Malá"), "{}", page.text);
    // The password that was typed is kept in the process and is not in the page.
    let again: Vec<_> = form
        .iter()
        .filter(|(name, _)| *name != "form[password]")
        .copied()
        .collect();
    admin.submit("users/new", "users/save", &again).await;
    let users = admin.call("users/list", &[]).await.ok();
    let logins: Vec<&Value> = users
        .as_array()
        .expect("users")
        .iter()
        .map(|user| &user["login"])
        .collect();
    assert!(logins.contains(&&json!("eva")), "{logins:?}");

    let foreign = [("current", PASSWORD), ("next", "//evil.example")];
    let led = admin
        .submit("account/reauthenticate", "account/reauthenticate", &foreign)
        .await;
    assert_eq!(led.header("location"), "/");
}
