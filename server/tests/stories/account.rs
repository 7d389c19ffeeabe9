//! A user's own account: the password, and the browsers that are logged in.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::{Browser, PASSWORD, set_cookie},
    },
};
use domain::access::Actor;
use engine::access::{
    log_in::{self, Caller},
    proof::{Proof, Proven},
    users,
    web_sessions::{self, Login},
};
use reqwest::header;
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

stories! {
    a_new_password_needs_the_old_one_and_ends_other_log_ins
    guessing_the_old_password_is_throttled
    somebody_sees_where_they_are_logged_in_and_ends_one
    a_form_without_a_script_leads_back_to_the_account
    a_log_in_under_way_ends_with_its_password_and_its_user
    a_log_in_beside_a_new_password_does_not_stay
}

const NEW: &str = "krtek jede na jih";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

async fn change(browser: &Browser, old: &str, new: &str) -> Answer {
    let form = [("form[old]", old), ("form[new]", new)];
    browser.call("account/change-password", &form).await
}

fn problems(answer: &Answer) -> Value {
    answer.json()["Refused"]["fields"].clone()
}

async fn logins(browser: &Browser) -> Vec<Value> {
    let account = browser.call("account/read", &[]).await;
    let logins = account.ok()["logins"].as_array().cloned();
    logins.expect("log-ins")
}

async fn a_new_password_needs_the_old_one_and_ends_other_log_ins(story: &Story) {
    let mut here = story.admin("admin").await;
    let mut there = Browser::new(story);
    there.log_in("admin", PASSWORD).await;

    for (old, new, field, problem) in [
        ("", NEW, "old", "required"),
        ("not the old one", NEW, "old", "wrong_password"),
        (PASSWORD, "short", "new", "too_short"),
        (PASSWORD, "aaaaaaaaaa", "new", "guessable"),
        (PASSWORD, "adminadmin", "new", "guessable"),
    ] {
        let refused = change(&here, old, new).await;
        let expected = json!([{ "field": field, "problem": problem }]);
        assert_eq!(problems(&refused), expected, "{old:?} {new:?}");
    }
    assert!(there.is_logged_in().await, "nothing has changed");

    let stolen = here.clone();
    let changed = change(&here, PASSWORD, NEW).await;
    changed.ok();
    here.cookie = set_cookie(&changed);
    assert!(here.is_logged_in().await);
    assert!(!there.is_logged_in().await);
    assert!(!stolen.is_logged_in().await, "this browser has a new session id");
    assert_eq!(logins(&here).await.len(), 1);
    assert_eq!(there.log_in("admin", PASSWORD).await.status, 401);
    assert!(there.log_in("admin", NEW).await.status.is_success());

    // Sent twice, the old one is no longer the current one.
    let again = change(&here, PASSWORD, NEW).await;
    assert_eq!(
        problems(&again),
        json!([{ "field": "old", "problem": "wrong_password" }])
    );
    assert_eq!(change(&Browser::new(story), NEW, PASSWORD).await.status, 401);
}

async fn guessing_the_old_password_is_throttled(story: &Story) {
    let stolen = story.admin("admin").await;
    let mut answers = Vec::new();
    for guess in 0..30 {
        let answer = change(&stolen, &format!("a guess {guess}"), NEW).await;
        answers.push(answer.status.as_u16());
    }
    assert!(answers.ends_with(&[429]), "{answers:?}");
    assert_eq!(change(&stolen, PASSWORD, NEW).await.status, 429);
}

async fn somebody_sees_where_they_are_logged_in_and_ends_one(story: &Story) {
    let here = story.admin("admin").await;
    let (_, jana) = story.operator("201", "jana").await;
    story.clock.advance(Duration::from_secs(600));
    let log_in = Browser::new(story)
        .calling("auth/log-in", &[("login", "admin"), ("password", PASSWORD)])
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, FIREFOX)
        .header("x-forwarded-for", "198.51.100.7");
    let answer = Answer::of(log_in.send().await.expect("an answer")).await;
    let mut there = Browser::new(story);
    there.cookie = set_cookie(&answer);
    assert!(there.is_logged_in().await);

    let shown = logins(&here).await;
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!([&shown[0]["current"], &shown[1]["current"]], [true, false]);
    assert_eq!(shown[1]["device"], FIREFOX);
    assert_eq!(shown[1]["address"], "198.51.100.7");
    let times = |login: &Value| [login["begun_at"].as_i64(), login["seen_at"].as_i64()];
    let [[begun, seen], [later, used]] = [times(&shown[0]), times(&shown[1])];
    assert_eq!(later, begun.map(|begun| begun + 600_000));
    assert_eq!(used, later);
    // Used just now, after ten minutes.
    assert!(seen >= later, "{shown:?}");

    let theirs = logins(&jana).await[0]["id"].as_str().expect("an id").to_owned();
    let id = shown[1]["id"].as_str().expect("an id");
    for foreign in [&*theirs, "", "nonsense", id] {
        let end = if foreign == id { &jana } else { &here };
        end.call("account/end-login", &[("id", foreign)]).await.ok();
        assert!(
            there.is_logged_in().await && jana.is_logged_in().await,
            "{foreign}"
        );
    }
    for _ in 0..2 {
        here.call("account/end-login", &[("id", id)]).await.ok();
        assert!(!there.is_logged_in().await);
    }
    assert_eq!(logins(&here).await.len(), 1);
}

async fn a_form_without_a_script_leads_back_to_the_account(story: &Story) {
    let mut browser = story.admin("admin").await;
    let form = [("form[old]", PASSWORD), ("form[new]", NEW)];
    let post = browser
        .calling("account/change-password", &form)
        .header(header::ACCEPT, "text/html")
        .header(
            header::REFERER,
            story.url.join("/account").expect("a URL").as_str(),
        );
    let answer = Answer::of(post.send().await.expect("an answer")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (302, "/account")
    );
    browser.cookie = set_cookie(&answer);
    let page = browser.get("/account").await.text;
    assert!(page.contains(r#"name="form[old]""#), "{page}");
    assert!(Browser::new(story).log_in("admin", NEW).await.status.is_success());
}

/// The password is checked, then something happens, then the log-in would be stored.
async fn a_log_in_under_way_ends_with_its_password_and_its_user(story: &Story) {
    story.admin("admin").await;
    let admin = story.admin("other").await;
    let (extension, _) = story.operator("201", "jana").await;
    let engine = &story.engine;
    let check = async |login: &str, password: &str| {
        let proven = log_in::log_in(engine, login, password, Caller::default()).await;
        proven.expect("the right password")
    };
    let expires = engine.clock().now().plus(Duration::from_secs(3600));
    let ids = AtomicU32::new(1);
    let begins = async |proven: &Proven| {
        let login = Login {
            user: Some(proven.me.id),
            ..Login::default()
        };
        let id = ids.fetch_add(1, Ordering::Relaxed).to_string();
        let noted = "audit WHERE action = 'person.log_in'";
        let before = story.count(noted).await;
        let by = proven.by.clone();
        let proof = Proof {
            by,
            logs_in: true,
            provider: None,
        };
        let begun = web_sessions::begin(
            engine,
            &Actor::User(proven.me.clone()),
            &id,
            "{}",
            login,
            Some(&proof),
            expires,
        )
        .await;
        let begun = begun.expect("an answer");
        let stored = web_sessions::load(engine, &id).await.expect("an answer");
        assert_eq!(stored.is_some(), begun);
        assert_eq!(story.count(noted).await - before, i64::from(begun));
        begun
    };
    let first = check("admin", PASSWORD).await;
    assert!(begins(&first).await, "nothing has happened");
    let second = check("admin", PASSWORD).await;
    let set = users::set_password(engine, &Actor::System, second.me.id, NEW).await;
    set.expect("a new password");
    assert!(!begins(&second).await, "the password is another one");
    assert!(begins(&check("admin", NEW).await).await);

    // At the extension, too.
    let jana = check("jana", PASSWORD).await;
    let form = [
        ("id", &*extension),
        ("form[number]", "201"),
        ("form[name]", "Jana"),
        ("form[login]", "jana"),
        ("form[password]", NEW),
        ("form[role]", "operator"),
    ];
    admin.call("extensions/save", &form).await.ok();
    assert!(!begins(&jana).await);

    let jana = check("jana", NEW).await;
    let disable = [("id", &*extension), ("disabled", "true")];
    admin.call("extensions/set-disabled", &disable).await.ok();
    assert!(!begins(&jana).await, "she is disabled");
    let nobody = Login {
        user: Some(first.me.id),
        ..Login::default()
    };
    let unproven = web_sessions::begin(engine, &Actor::System, "unproven", "{}", nobody, None, expires).await;
    assert!(!unproven.expect("an answer"));
}

/// Whichever is first: whoever was let in by the old password is out afterwards.
async fn a_log_in_beside_a_new_password_does_not_stay(story: &Story) {
    story.admin("admin").await;
    let id = log_in::log_in(&story.engine, "admin", PASSWORD, Caller::default()).await;
    let id = id.expect("the right password").me.id;
    let (mut old, mut new) = (PASSWORD, NEW);
    for _ in 0..6 {
        let enter = async || {
            let mut browser = Browser::new(story);
            let status = browser.log_in("admin", old).await.status.as_u16();
            (browser, status)
        };
        let change = users::set_password(&story.engine, &Actor::System, id, new);
        let (first, second, third, changed) = tokio::join!(enter(), enter(), enter(), change);
        changed.expect("a new password");
        for (browser, status) in [first, second, third] {
            assert!([200, 401].contains(&status), "{status}");
            assert!(!browser.is_logged_in().await);
        }
        (old, new) = (new, old);
        // The throttle forgets.
        story.clock.advance(Duration::from_secs(600));
    }
}
