//! Everybody who can log in: administrators add, change and disable them, and give them a new password.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::{Browser, PASSWORD, set_cookie},
    },
};
use domain::access::Actor;
use reqwest::header;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

stories! {
    an_administrator_adds_changes_and_disables_users
    the_last_administrator_stays
    whoever_has_an_extension_is_changed_there
    a_password_link_works_once_for_a_day
    nobody_gives_themselves_a_password_without_the_current_one
    everybody_is_listed_with_where_they_are_logged_in
}

const NEW: &str = "krtek jede na jih";

async fn save(
    admin: &Browser,
    id: Option<&str>,
    login: &str,
    name: &str,
    password: &str,
    role: &str,
) -> Answer {
    let mut form = vec![
        ("form[login]", login),
        ("form[name]", name),
        ("form[password]", password),
        ("form[role]", role),
    ];
    form.extend(id.map(|id| ("id", id)));
    admin.call("users/save", &form).await
}

async fn list(admin: &Browser) -> Vec<Value> {
    let users = admin.call("users/list", &[]).await.ok();
    users.as_array().expect("users").clone()
}

async fn id_of(admin: &Browser, login: &str) -> String {
    let users = list(admin).await;
    let user = users.iter().find(|user| user["login"] == login);
    user.expect("a user")["id"].as_str().expect("an id").to_owned()
}

async fn can_log_in(story: &Story, login: &str, password: &str) -> bool {
    Browser::new(story)
        .log_in(login, password)
        .await
        .status
        .is_success()
}

async fn an_administrator_adds_changes_and_disables_users(story: &Story) {
    let admin = story.admin("admin").await;
    save(&admin, None, "eva", "Eva Malá", NEW, "supervisor")
        .await
        .ok();
    let eva = id_of(&admin, "eva").await;
    let mut browser = Browser::new(story);
    browser.log_in("eva", NEW).await;

    // Without a password the current one stays, and so does who is logged in.
    save(&admin, Some(&eva), "eva.mala", "Eva Velká", "", "supervisor")
        .await
        .ok();
    assert!(can_log_in(story, "eva.mala", NEW).await && !can_log_in(story, "eva", NEW).await);
    assert_eq!(browser.call("auth/me", &[]).await.ok()["name"], "Eva Velká");

    // A new one logs out.
    save(
        &admin,
        Some(&eva),
        "eva.mala",
        "Eva Velká",
        PASSWORD,
        "supervisor",
    )
    .await
    .ok();
    assert!(!browser.is_logged_in().await);
    assert!(can_log_in(story, "eva.mala", PASSWORD).await);

    for (login, password, role, field, problem) in [
        ("", "", "operator", "login", "required"),
        ("admin", "", "operator", "login", "taken"),
        ("eva.mala", "short", "operator", "password", "too_short"),
        ("eva.mala", "aaaaaaaaaa", "operator", "password", "guessable"),
        ("eva.mala", "", "emperor", "role", "unknown"),
    ] {
        let refused = save(&admin, Some(&eva), login, "Eva", password, role).await;
        let expected = json!([{ "field": field, "problem": problem }]);
        assert_eq!(
            refused.json()["Refused"]["fields"],
            expected,
            "{login} {password} {role}"
        );
    }

    browser.log_in("eva.mala", PASSWORD).await;
    let switch = async |disabled| {
        let form = [("id", &*eva), ("disabled", disabled)];
        admin.call("users/set-disabled", &form).await.ok();
    };
    for _ in 0..2 {
        switch("true").await;
        assert!(!browser.is_logged_in().await && !can_log_in(story, "eva.mala", PASSWORD).await);
    }
    switch("false").await;
    browser.log_in("eva.mala", PASSWORD).await;
    admin.call("users/end-logins", &[("id", &eva)]).await.ok();
    assert!(!browser.is_logged_in().await && can_log_in(story, "eva.mala", PASSWORD).await);

    // Nobody but an administrator.
    browser.log_in("eva.mala", PASSWORD).await;
    for function in [
        "list",
        "get",
        "save",
        "set-disabled",
        "end-logins",
        "password-link",
    ] {
        let form = [("id", &*eva), ("disabled", "true")];
        let refused = browser.call(&format!("users/{function}"), &form).await;
        assert_eq!(refused.status, 403, "{function}");
    }
}

async fn the_last_administrator_stays(story: &Story) {
    let admin = story.admin("admin").await;
    let id = id_of(&admin, "admin").await;
    let disable = async || {
        admin
            .call("users/set-disabled", &[("id", &id), ("disabled", "true")])
            .await
    };
    assert_eq!(disable().await.json()["Refused"]["reason"], "last_admin");
    let demoted = save(&admin, Some(&id), "admin", "Admin", "", "operator").await;
    assert_eq!(demoted.json()["Refused"]["reason"], "last_admin");
    story.admin("other").await;
    disable().await.ok();
    assert!(!admin.is_logged_in().await);
}

async fn whoever_has_an_extension_is_changed_there(story: &Story) {
    let admin = story.admin("admin").await;
    story.operator("201", "jana").await;
    let jana = id_of(&admin, "jana").await;
    let changed = save(&admin, Some(&jana), "jana", "Jana", "", "admin").await;
    assert_eq!(changed.json()["Refused"]["reason"], "has_extension");
    let disabled = admin
        .call("users/set-disabled", &[("id", &jana), ("disabled", "true")])
        .await;
    assert_eq!(disabled.json()["Refused"]["reason"], "has_extension");
    assert!(can_log_in(story, "jana", PASSWORD).await);
}

async fn a_password_link_works_once_for_a_day(story: &Story) {
    let admin = story.admin("admin").await;
    let (extension, jana) = story.operator("201", "jana").await;
    let id = id_of(&admin, "jana").await;
    let link = async || {
        let link = admin.call("users/password-link", &[("id", &id)]).await.ok();
        let url = Url::parse(link.as_str().expect("a link")).expect("a URL");
        assert_eq!(url.path(), "/password");
        let (_, token) = url.query_pairs().next().expect("a token");
        token.into_owned()
    };
    let redeem = async |token: &str, password: &str| {
        let form = [("token", token), ("password", password)];
        Browser::new(story).call("auth/use-password-link", &form).await
    };
    let used = |answer: Answer| assert_eq!(answer.json()["Refused"]["reason"], "link_used");

    let (older, token) = (link().await, link().await);
    used(redeem(&older, NEW).await);
    used(redeem("", NEW).await);
    assert!(jana.is_logged_in().await && can_log_in(story, "jana", PASSWORD).await);

    let guessable = redeem(&token, "aaaaaaaaaa").await;
    assert_eq!(guessable.json()["Refused"]["fields"][0]["problem"], "guessable");
    let page = Browser::new(story).get(&format!("/password?token={token}")).await;
    assert!(page.text.contains(r#"value="jana""#), "{}", page.text);
    let answer = redeem(&token, NEW).await;
    answer.ok();
    let mut browser = Browser::new(story);
    browser.cookie = set_cookie(&answer);
    assert!(browser.is_logged_in().await, "whoever sets the password is in");
    assert!(!jana.is_logged_in().await && !can_log_in(story, "jana", PASSWORD).await);
    used(redeem(&token, PASSWORD).await);

    let late = link().await;
    story.clock.advance(Duration::from_secs(24 * 3600 + 1));
    used(redeem(&late, PASSWORD).await);

    // Nobody who is disabled gets in by a link.
    let (admin, token) = (story.admin("other").await, {
        let admin = story.admin("third").await;
        let link = admin.call("users/password-link", &[("id", &id)]).await.ok();
        link.as_str()
            .expect("a link")
            .rsplit('=')
            .next()
            .expect("a token")
            .to_owned()
    });
    let disable = [("id", &*extension), ("disabled", "true")];
    admin.call("extensions/set-disabled", &disable).await.ok();
    used(redeem(&token, PASSWORD).await);
    assert_eq!(
        admin.call("users/password-link", &[("id", &id)]).await.status,
        404
    );
}

async fn nobody_gives_themselves_a_password_without_the_current_one(story: &Story) {
    let admin = story.admin("admin").await;
    let own = id_of(&admin, "admin").await;
    let own_password = json!([{ "field": "password", "problem": "own_password" }]);
    let refused = save(&admin, Some(&own), "admin", "Admin", NEW, "admin").await;
    assert_eq!(refused.json()["Refused"]["fields"], own_password);
    let link = admin.call("users/password-link", &[("id", &own)]).await;
    assert_eq!(link.status, 409);
    assert_eq!(link.json()["Refused"]["reason"], "own_password");
    // All else may be changed.
    save(&admin, Some(&own), "admin", "Boss", "", "admin").await.ok();

    let (extension, _) = story.operator("201", "jana").await;
    let at_extension = async |by: &Browser, password: &str| {
        let form = [
            ("id", &*extension),
            ("form[number]", "201"),
            ("form[name]", "Jana"),
            ("form[login]", "jana"),
            ("form[password]", password),
            ("form[role]", "admin"),
        ];
        by.call("extensions/save", &form).await
    };
    at_extension(&admin, "").await.ok();
    let mut jana = Browser::new(story);
    jana.log_in("jana", PASSWORD).await;
    let refused = at_extension(&jana, NEW).await;
    assert_eq!(refused.json()["Refused"]["fields"], own_password);
    at_extension(&jana, "").await.ok();
    assert!(admin.is_logged_in().await && jana.is_logged_in().await);
    for (login, browser) in [("admin", &admin), ("jana", &jana)] {
        assert!(can_log_in(story, login, PASSWORD).await && !can_log_in(story, login, NEW).await);
        let page = match login {
            "admin" => format!("/users/{own}"),
            _ => format!("/extensions/{extension}"),
        };
        let page = browser.get(&page).await.text;
        assert!(page.contains("Change your password in My account"), "{page}");
        assert!(!page.contains(r#"name="form[password]""#), "{page}");
    }

    // The other's is theirs to give.
    at_extension(&admin, NEW).await.ok();
    assert!(can_log_in(story, "jana", NEW).await);
    let page = admin.get(&format!("/extensions/{extension}")).await.text;
    assert!(page.contains(r#"name="form[password]""#), "{page}");
    let id = own.parse().expect("an id");
    let set = engine::access::users::set_password(&story.engine, &Actor::System, id, NEW).await;
    set.expect("by the command");
    assert!(can_log_in(story, "admin", NEW).await);
}

async fn everybody_is_listed_with_where_they_are_logged_in(story: &Story) {
    let admin = story.admin("admin").await;
    story.operator("201", "jana").await;
    let second = Browser::new(story)
        .calling("auth/log-in", &[("login", "jana"), ("password", PASSWORD)])
        .header(header::ACCEPT, "application/json");
    Answer::of(second.send().await.expect("an answer")).await.ok();
    let users = list(&admin).await;
    let shown: Vec<_> = users
        .iter()
        .map(|user| {
            (
                user["login"].as_str(),
                user["extension"]["number"].as_str(),
                user["logins"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Some("admin"), None, Some(1)),
            (Some("jana"), Some("201"), Some(2))
        ]
    );
    assert!(users.iter().all(|user| user["seen_at"].is_i64()));
    assert!(!serde_json::to_string(&users).expect("text").contains("argon2"));
}
