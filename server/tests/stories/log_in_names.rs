//! New log-in names and passwords: what is taken for another name, and what is easily guessed, is refused.

use crate::{
    stories,
    support::{
        Story,
        users::{Browser, PASSWORD},
    },
};
use serde_json::{Value, json};

stories! {
    a_name_is_the_same_however_its_letters_are_composed
    a_name_that_looks_like_another_is_refused
    a_password_that_others_try_first_is_refused
}

/// Saves a new extension with this log-in, and returns what was wrong with its fields.
async fn problems(admin: &Browser, number: &str, login: &str, password: &str) -> Value {
    let form = [
        ("form[number]", number),
        ("form[name]", "Jana Nováková"),
        ("form[login]", login),
        ("form[password]", password),
        ("form[role]", "operator"),
    ];
    let answer = admin.call("extensions/save", &form).await;
    match answer.status.is_success() {
        true => Value::Null,
        false => answer.json()["Refused"]["fields"].clone(),
    }
}

async fn a_name_is_the_same_however_its_letters_are_composed(story: &Story) {
    let admin = story.admin("admin").await;
    let apart = "z\u{30c}ofie";
    assert_eq!(problems(&admin, "201", apart, PASSWORD).await, Value::Null);
    for login in [apart, "žofie", "ŽOFIE"] {
        let mut browser = Browser::new(story);
        browser.log_in(login, PASSWORD).await;
        assert!(browser.is_logged_in().await, "{login:?}");
    }
    let taken = problems(&admin, "202", "žofie", PASSWORD).await;
    assert_eq!(taken, json!([{ "field": "login", "problem": "taken" }]));
}

async fn a_name_that_looks_like_another_is_refused(story: &Story) {
    let admin = story.admin("admin").await;
    assert_eq!(problems(&admin, "201", "copa", PASSWORD).await, Value::Null);
    assert_eq!(problems(&admin, "211", "lena", PASSWORD).await, Value::Null);
    // A Cyrillic а among Latin letters, and a name that is Cyrillic as a whole.
    for (login, problem) in [
        ("j\u{430}na", "mixed_scripts"),
        ("сора", "looks_taken"),
        ("1ena", "looks_taken"),
    ] {
        let refused = problems(&admin, "202", login, PASSWORD).await;
        assert_eq!(
            refused,
            json!([{ "field": "login", "problem": problem }]),
            "{login}"
        );
    }
    for (number, login) in [
        ("203", "жанна"),
        ("204", "jana.nováková@example.com"),
        ("205", "山田たろう"),
    ] {
        assert_eq!(
            problems(&admin, number, login, PASSWORD).await,
            Value::Null,
            "{login}"
        );
    }
}

async fn a_password_that_others_try_first_is_refused(story: &Story) {
    let admin = story.admin("admin").await;
    for password in [
        "aaaaaaaaaa",
        "1234567890",
        "Password123!",
        "jananovakova",
        "switchboard1",
    ] {
        let refused = problems(&admin, "201", "jana", password).await;
        let expected = json!([{ "field": "password", "problem": "guessable" }]);
        assert_eq!(refused, expected, "{password}");
    }
    assert_eq!(
        problems(&admin, "201", "jana", "krtek jede na jih").await,
        Value::Null
    );
}
