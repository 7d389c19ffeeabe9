//! Passkeys as second factor: how they are added and removed, and which of their answers opens a log-in.

use crate::{
    stories,
    support::{
        Story,
        authenticator::{Authenticator, FLAGS_AT, Fault, object},
        database::Database,
        http::Answer,
        panics,
        provider::{CLIENT, Person, Provider, SECRET},
        users::{Browser, PASSWORD, set_cookie},
    },
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use domain::{
    access::{Actor, UserForm},
    ids::UserId,
};
use engine::{
    access::{password_links, users},
    directory::extensions,
};
use futures::future::join_all;
use reqwest::{Method, header};
use serde_json::{Value, json};
use std::{
    process::{Command, Stdio},
    time::Duration,
};
use totp_rs::{Builder, Secret};

stories! {
    with |settings| settings.http.public_url = Some("http://localhost:3000".parse().expect("an address"));
    adding_one_needs_a_name_and_a_fresh_proof
    a_challenge_is_answered_once_in_time_and_where_it_was_given
    a_challenge_ends_with_the_log_in_that_it_was_given_in
    a_log_in_asks_for_a_passkey_once_there_is_one
    a_passkey_that_is_in_a_cloud_counts_nothing
    an_answer_that_does_not_belong_here_lets_nobody_in
    guessing_is_throttled_like_codes
    wrong_codes_do_not_keep_a_passkey_out
    an_answer_works_once
    of_many_with_one_answer_one_gets_in
    a_copy_of_a_passkey_shows
    a_passkey_of_somebody_else_opens_nothing
    a_removed_passkey_opens_nothing
    a_password_alone_opens_nothing
    a_log_in_that_waits_ends
    without_the_last_one_a_log_in_asks_for_nothing
    an_app_and_a_passkey_stand_in_for_each_other
    an_administrator_removes_anothers
    the_command_line_removes_them
    a_new_password_keeps_them
    there_are_at_most_twenty
    of_many_at_once_no_more_are_added_than_there_may_be
    the_name_that_a_device_gives_may_be_long
    what_no_browser_sends_breaks_nothing
    the_audit_log_has_them
    nobody_unknown_gets_a_challenge
    pages_show_what_there_is
}

stories! {
    with |settings| {
        settings.http.public_url = Some("http://localhost:3000".parse().expect("an address"));
        settings.security.second_factor_roles = vec![domain::access::Role::Admin];
    };
    whoever_needs_one_is_out_without_the_last
    a_set_up_that_waits_does_not_go_round_a_passkey
}

stories! {
    an_address_that_is_a_number_has_none
}

mod a_log_in_at_a_provider_asks_for_one_unless_it_sees_to_it {
    use super::{Database, at_a_provider};

    #[tokio::test(flavor = "multi_thread")]
    async fn on_sqlite() {
        for sees_to_it in [false, true] {
            at_a_provider(Database::sqlite(), sees_to_it).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
    async fn on_postgres() {
        for sees_to_it in [false, true] {
            at_a_provider(Database::postgres().await, sees_to_it).await;
        }
    }
}

/// The page's, as browsers write it.
const ORIGIN: &str = "http://localhost:3000";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
const NEW: &str = "krtek jede na jih";
const MOST: usize = 20;
const MANY: usize = 16;
const SECOND: Duration = Duration::from_secs(1);
/// Of the codes of an app.
const STEP: Duration = Duration::from_secs(30);
/// How long a challenge waits.
const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);
/// How long a proof of who somebody is, and a log-in that waits, are good for.
const TEN_MINUTES: Duration = Duration::from_secs(10 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What is wrong of a new passkey and of a log-in alike.
const FAULTS: [Fault; 12] = [
    Fault::OtherOrigin("http://localhost:3001"),
    Fault::OtherOrigin("https://localhost:3000"),
    Fault::OtherOrigin("http://evil.localhost:3000"),
    Fault::OtherOrigin("http://localhost.evil.example:3000"),
    Fault::OtherOrigin("http://127.0.0.1:3000"),
    Fault::OtherOrigin("null"),
    Fault::OtherChallenge,
    Fault::OtherType,
    Fault::OtherSite,
    Fault::NotPresent,
    Fault::NotVerified,
    Fault::NotEligible,
];

async fn own(browser: &Browser) -> Value {
    browser.call("account/second-factor", &[]).await.ok()
}

async fn passkeys(browser: &Browser) -> Vec<Value> {
    let rows = own(browser).await["factor"]["passkeys"].as_array().cloned();
    rows.expect("passkeys")
}

async fn id_of(browser: &Browser, name: &str) -> String {
    let rows = passkeys(browser).await;
    let row = rows.iter().find(|row| row["name"] == name).expect("a passkey");
    row["id"].as_str().expect("an id").to_owned()
}

/// The challenge, as the browser gets it.
#[track_caller]
fn options(answer: &Answer) -> String {
    answer.ok().as_str().expect("JSON in a text").to_owned()
}

fn read(options: &str) -> Value {
    serde_json::from_str(options).expect("JSON")
}

/// The names of the passkeys of which one may answer.
fn allowed(options: &str) -> Vec<Value> {
    let options = read(options);
    let rows = options["allowCredentials"].as_array().expect("passkeys");
    rows.iter().map(|row| row["id"].clone()).collect()
}

async fn begin(browser: &Browser, name: &str) -> Answer {
    browser.call("account/begin-passkey", &[("name", name)]).await
}

/// A challenge for a new passkey.
async fn begun(browser: &Browser, name: &str) -> String {
    options(&begin(browser, name).await)
}

async fn adds(browser: &Browser, answer: &str) -> Answer {
    browser.call("account/add-passkey", &[("answer", answer)]).await
}

async fn add_to(browser: &Browser, name: &str, key: &mut Authenticator) {
    let answer = key.create(&begun(browser, name).await);
    adds(browser, &answer).await.ok();
}

async fn add(browser: &Browser, name: &str) -> Authenticator {
    let mut key = Authenticator::new(ORIGIN);
    add_to(browser, name, &mut key).await;
    key
}

async fn remove(browser: &Browser, name: &str) -> Answer {
    let id = id_of(browser, name).await;
    browser.call("account/remove-passkey", &[("id", &id)]).await
}

/// A browser in which the right password has been typed.
async fn waiting(story: &Story, login: &str) -> Browser {
    let mut browser = Browser::new(story);
    let answer = browser.log_in(login, PASSWORD).await;
    assert_eq!(answer.header("location"), "/login/code?next=%2F", "{answer:?}");
    browser
}

/// A challenge for a log-in.
async fn asked(browser: &Browser) -> String {
    options(&browser.call("auth/begin-passkey", &[]).await)
}

async fn gives(browser: &mut Browser, answer: &str) -> Answer {
    let given = [("answer", answer), ("next", "/channels")];
    let answer = browser.call("auth/give-passkey", &given).await;
    keep_cookie(browser, &answer);
    answer
}

async fn gives_code(browser: &mut Browser, code: &str) -> Answer {
    let answer = browser
        .call("auth/give-code", &[("code", code), ("next", "/")])
        .await;
    keep_cookie(browser, &answer);
    answer
}

fn keep_cookie(browser: &mut Browser, answer: &Answer) {
    if let (true, Some(cookie)) = (answer.status.is_success(), set_cookie(answer)) {
        browser.cookie = Some(cookie);
    }
}

/// Logs in with the password and a passkey.
async fn let_in(story: &Story, login: &str, key: &mut Authenticator) -> Browser {
    let mut browser = waiting(story, login).await;
    let answer = key.get(&asked(&browser).await);
    let admitted = gives(&mut browser, &answer).await;
    assert_eq!(admitted.header("location"), "/channels", "{admitted:?}");
    assert!(browser.is_logged_in().await);
    browser
}

/// Types the password again. The web session has a new id then.
async fn prove(browser: &mut Browser) {
    let answer = browser
        .call("account/reauthenticate", &[("current", PASSWORD)])
        .await;
    keep_cookie(browser, &answer);
    answer.ok();
}

fn secret_of(page: &Value) -> String {
    let secret = page["factor"]["setup"]["secret"].as_str();
    secret.expect("a secret").replace('-', "")
}

/// What an app with this secret shows now.
fn code_of(story: &Story, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).expect("Base32");
    let app = Builder::new().with_secret(secret).build().expect("an app");
    let now = u64::try_from(story.clock.now().millis() / 1000).expect("after 1970");
    app.generate(now).to_string()
}

/// Turns on the codes of an app; returns its secret.
async fn turn_on_app(story: &Story, browser: &Browser) -> String {
    browser.call("account/begin-second-factor", &[]).await.ok();
    let secret = secret_of(&own(browser).await);
    let code = code_of(story, &secret);
    browser
        .call("account/turn-on-second-factor", &[("code", &code)])
        .await
        .ok();
    story.clock.advance(STEP);
    secret
}

async fn turn_off_app(story: &Story, browser: &Browser, secret: &str) -> Answer {
    let code = code_of(story, secret);
    let answer = browser
        .call("account/turn-off-second-factor", &[("code", &code)])
        .await;
    story.clock.advance(STEP);
    answer
}

#[track_caller]
fn is_refused(answer: &Answer, field: &str, problem: &str) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let expected = json!([{ "field": field, "problem": problem }]);
    assert_eq!(answer.json()["Refused"]["fields"], expected);
}

#[track_caller]
fn is_for(answer: &Answer, status: u16, reason: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let expected = json!({ "Refused": { "reason": reason } });
    assert_eq!(answer.json(), expected);
}

#[track_caller]
fn is_wrong(answer: &Answer) {
    is_for(answer, 422, "wrong_passkey");
}

#[track_caller]
fn asks_for_proof(answer: &Answer) {
    is_for(answer, 401, "reauthenticate");
}

async fn user(story: &Story, login: &str) -> UserId {
    let users = users::list(&story.engine, &Actor::System).await.expect("users");
    users.iter().find(|user| user.login == login).expect("a user").id
}

/// Whether the list of users says that this one has a second factor.
async fn is_listed_with_one(admin: &Browser, login: &str) -> bool {
    let listed = admin.call("users/list", &[]).await.ok();
    let users = listed.as_array().expect("users");
    let found = users.iter().find(|user| user["login"] == login);
    found.expect("a user")["second_factor"] == true
}

async fn actions(story: &Story, action: &str, outcome: &str) -> i64 {
    let rows = format!("audit WHERE action = '{action}' AND outcome = '{outcome}' AND actor IS NOT NULL");
    story.count(&rows).await
}

async fn adding_one_needs_a_name_and_a_fresh_proof(story: &Story) {
    let mut here = story.admin("admin").await;
    let page = own(&here).await;
    assert_eq!(page["has_passkeys"], true);
    assert_eq!(page["factor"]["passkeys"], json!([]));
    let long = "x".repeat(128);
    for (name, problem) in [
        ("", "required"),
        (" \u{200b}", "required"),
        ("a\nb", "not_a_token"),
        (long.as_str(), "too_long"),
    ] {
        is_refused(&begin(&here, name).await, "name", problem);
    }

    story.clock.advance(TEN_MINUTES - SECOND);
    let answer = Authenticator::new(ORIGIN).create(&begun(&here, " My \u{202e}phone ").await);
    story.clock.advance(SECOND);
    asks_for_proof(&begin(&here, "Tablet").await);
    asks_for_proof(&adds(&here, &answer).await);
    assert_eq!(story.count("passkeys").await, 0);
    prove(&mut here).await;
    // The browser asked for the password in between, and sends the same answer once more.
    adds(&here, &answer).await.ok();
    story.clock.advance(TEN_MINUTES);
    asks_for_proof(&remove(&here, "My phone").await);
    assert_eq!(story.count("passkeys WHERE name = 'My phone'").await, 1);
    prove(&mut here).await;
    remove(&here, "My phone").await.ok();
    assert_eq!(story.count("passkeys").await, 0);
}

async fn a_challenge_is_answered_once_in_time_and_where_it_was_given(story: &Story) {
    let here = story.admin("admin").await;
    let mut there = Browser::new(story);
    there.log_in("admin", PASSWORD).await;
    let mut key = Authenticator::new(ORIGIN);
    let answer = key.create(&begun(&here, "Phone").await);
    is_wrong(&adds(&there, &answer).await);
    begun(&there, "Phone").await;
    is_wrong(&adds(&there, &answer).await);
    adds(&here, &answer).await.ok();
    is_wrong(&adds(&here, &answer).await);

    // A newer challenge takes an older one's place, and a wrong answer uses it up.
    let (older, newer) = (begun(&here, "Tablet").await, begun(&here, "Tablet").await);
    assert_ne!(read(&older)["challenge"], read(&newer)["challenge"]);
    for options in [&older, &newer] {
        is_wrong(&adds(&here, &Authenticator::new(ORIGIN).create(options)).await);
    }

    // A device has one passkey of a user, and a passkey has one user.
    let options = begun(&here, "Phone again").await;
    assert_eq!(read(&options)["excludeCredentials"][0]["id"], key.id());
    is_wrong(&adds(&here, &key.create(&options)).await);
    let (_, jana) = story.operator("201", "jana").await;
    let options = begun(&jana, "Phone").await;
    assert_eq!(read(&options)["excludeCredentials"], json!([]));
    is_wrong(&adds(&jana, &key.create(&options)).await);

    for fault in FAULTS {
        let options = begun(&here, "Wrong").await;
        let refused = adds(&here, &Authenticator::new(ORIGIN).create_badly(&options, fault)).await;
        assert_eq!(refused.status, 422, "{fault:?}: {}", refused.text);
        is_wrong(&refused);
    }

    let options = begun(&here, "Slow").await;
    story.clock.advance(FIVE_MINUTES);
    is_wrong(&adds(&here, &Authenticator::new(ORIGIN).create(&options)).await);
    let options = begun(&here, "Slow").await;
    story.clock.advance(FIVE_MINUTES - SECOND);
    adds(&here, &Authenticator::new(ORIGIN).create(&options))
        .await
        .ok();
    assert_eq!(story.count("passkeys").await, 2);
    assert_eq!(actions(story, "person.passkey_added", "done").await, 2);
}

async fn a_challenge_ends_with_the_log_in_that_it_was_given_in(story: &Story) {
    let mut here = story.admin("admin").await;
    story.operator("201", "jana").await;
    let answer = Authenticator::new(ORIGIN).create(&begun(&here, "Phone").await);
    here.log_in("jana", PASSWORD).await;
    assert!(here.is_logged_in().await);
    is_wrong(&adds(&here, &answer).await);
    assert_eq!(story.count("passkeys").await, 0);
}

async fn a_log_in_asks_for_a_passkey_once_there_is_one(story: &Story) {
    let here = story.admin("admin").await;
    let options = begun(&here, "Phone").await;
    // Browsers read them by a method that takes no null.
    assert!(!options.contains("null"), "{options}");
    let asks = read(&options);
    assert_eq!(asks["rp"], json!({ "id": "localhost", "name": "Switchboard" }));
    assert_eq!(asks["user"]["name"], "admin");
    assert_eq!(asks["user"]["displayName"], "Admin admin");
    assert_eq!(asks["authenticatorSelection"]["userVerification"], "required");
    let kinds = asks["pubKeyCredParams"].as_array().expect("kinds of keys");
    assert!(kinds.iter().any(|kind| kind["alg"] == -7), "{kinds:?}");

    let mut before = Browser::new(story);
    before.log_in("admin", PASSWORD).await;
    assert!(before.is_logged_in().await, "there is none yet");
    let mut phone = add(&here, "Phone").await;
    let added_at = story.clock.now();
    story.clock.advance(SECOND);
    let mut stick = add(&here, "Security key").await;
    assert!(here.is_logged_in().await && before.is_logged_in().await);
    let page = own(&here).await;
    assert_eq!(page["factor"]["on_since"], Value::Null);
    assert_eq!(page["required"], false);
    let rows = passkeys(&here).await;
    let names: Vec<_> = rows.iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["Phone", "Security key"], "the oldest first");
    assert_eq!(rows[0]["added_at"], added_at.millis());
    assert_eq!(rows[0]["used_at"], Value::Null);
    let account = here.call("account/read", &[]).await.ok();
    assert_eq!(account["second_factor"], true);

    story.clock.advance(SECOND);
    let mut there = waiting(story, "admin").await;
    let stolen = there.clone();
    assert!(!there.is_logged_in().await);
    let page = there.call("auth/code-page", &[]).await.ok();
    assert_eq!(page["asks_passkey"], true);
    assert_eq!(
        page["factor"]["passkeys"],
        json!([]),
        "names are for whoever is in"
    );
    assert_eq!(page["factor"]["setup"], Value::Null);
    let options = asked(&there).await;
    assert!(!options.contains("null"), "{options}");
    assert_eq!(read(&options)["rpId"], "localhost");
    assert_eq!(read(&options)["userVerification"], "required");
    assert_eq!(allowed(&options), [phone.id(), stick.id()]);
    let answer = phone.get(&options);
    let admitted = gives(&mut there, &answer).await;
    assert_eq!(admitted.header("location"), "/channels", "{admitted:?}");
    assert!(there.is_logged_in().await);
    assert!(!stolen.is_logged_in().await, "the web session has a new id");
    let rows = passkeys(&there).await;
    assert_eq!(rows[0]["used_at"], story.clock.now().millis());
    assert_eq!(rows[1]["used_at"], Value::Null);

    for _ in 0..2 {
        let_in(story, "admin", &mut stick).await;
        let_in(story, "admin", &mut phone).await;
    }
    let mut led = waiting(story, "admin").await;
    let answer = phone.get(&asked(&led).await);
    let foreign = [("answer", answer.as_str()), ("next", "//evil.example")];
    let admitted = led.call("auth/give-passkey", &foreign).await;
    assert_eq!(admitted.header("location"), "/", "{admitted:?}");
    keep_cookie(&mut led, &admitted);
    assert!(led.is_logged_in().await);
    // The first one, the one before, the one that follows, two by each, and the last one.
    assert_eq!(actions(story, "person.log_in", "done").await, 8);
}

async fn a_passkey_that_is_in_a_cloud_counts_nothing(story: &Story) {
    let here = story.admin("admin").await;
    let mut key = Authenticator::synced(ORIGIN);
    add_to(&here, "Cloud", &mut key).await;
    for _ in 0..3 {
        let_in(story, "admin", &mut key).await;
    }
    let mut there = waiting(story, "admin").await;
    let answer = key.get_badly(&asked(&there).await, Fault::NotEligible);
    is_wrong(&gives(&mut there, &answer).await);
}

async fn an_answer_that_does_not_belong_here_lets_nobody_in(story: &Story) {
    let here = story.admin("admin").await;
    let mut key = add(&here, "Phone").await;
    let mut wrong = 0;

    // A log-in is no new passkey, and a new passkey is no log-in.
    let mut there = waiting(story, "admin").await;
    begun(&here, "Tablet").await;
    is_wrong(&adds(&here, &key.get(&asked(&there).await)).await);
    let new = Authenticator::new(ORIGIN).create(&begun(&here, "Tablet").await);
    is_wrong(&gives(&mut there, &new).await);
    wrong += 1;

    let mut elsewhere = waiting(story, "admin").await;
    let answer = key.get(&asked(&there).await);
    is_wrong(&gives(&mut elsewhere, &answer).await);
    asked(&elsewhere).await;
    is_wrong(&gives(&mut elsewhere, &answer).await);
    wrong += 2;

    let mut slow = waiting(story, "admin").await;
    let options = asked(&slow).await;
    story.clock.advance(FIVE_MINUTES);
    is_wrong(&gives(&mut slow, &key.get(&options)).await);
    wrong += 1;
    let options = asked(&slow).await;
    story.clock.advance(FIVE_MINUTES - SECOND);
    gives(&mut slow, &key.get(&options)).await.ok();
    assert!(slow.is_logged_in().await);

    // The device has just counted that one.
    let of_log_ins = [Fault::SameCounter].into_iter().chain(FAULTS);
    for fault in of_log_ins.chain([Fault::OtherKey]) {
        story.clock.advance(HOUR);
        let mut there = waiting(story, "admin").await;
        let options = asked(&there).await;
        let refused = gives(&mut there, &key.get_badly(&options, fault)).await;
        assert_eq!(refused.status, 422, "{fault:?}: {}", refused.text);
        is_wrong(&refused);
        // Which has used the challenge up.
        is_wrong(&gives(&mut there, &key.get(&options)).await);
        assert!(!there.is_logged_in().await, "{fault:?}");
        wrong += 2;
    }
    assert_eq!(actions(story, "person.passkey", "refused").await, wrong);
    story.clock.advance(HOUR);
    let_in(story, "admin", &mut key).await;
}

async fn guessing_is_throttled_like_codes(story: &Story) {
    let here = story.admin("admin").await;
    let mut key = add(&here, "Phone").await;
    let mut there = waiting(story, "admin").await;
    let mut answers = Vec::new();
    for _ in 0..30 {
        let answer = key.get_badly(&asked(&there).await, Fault::OtherKey);
        answers.push(gives(&mut there, &answer).await.status.as_u16());
    }
    let expected: Vec<_> = [422; 10].into_iter().chain([429; 20]).collect();
    assert_eq!(answers, expected);
    let mut another = waiting(story, "admin").await;
    let answer = key.get(&asked(&another).await);
    let refused = gives(&mut another, &answer).await;
    assert_eq!(refused.status, 429, "another log-in is the same account");
    assert_eq!(refused.header("retry-after"), "601");
    assert_eq!(actions(story, "person.passkey", "refused").await, 31);
    // Neither others nor codes are held up.
    let code = gives_code(&mut another, "123456").await;
    is_refused(&code, "code", "wrong_code");
    let (_, jana) = story.operator("201", "jana").await;
    let mut hers = add(&jana, "Phone").await;
    let_in(story, "jana", &mut hers).await;
    story.clock.advance(TEN_MINUTES);
    let_in(story, "admin", &mut key).await;
}

async fn wrong_codes_do_not_keep_a_passkey_out(story: &Story) {
    let here = story.admin("admin").await;
    turn_on_app(story, &here).await;
    let mut key = add(&here, "Phone").await;
    let mut there = waiting(story, "admin").await;
    let mut answers = Vec::new();
    for guess in 0..12 {
        let answer = gives_code(&mut there, &format!("{guess:06}")).await;
        answers.push(answer.status.as_u16());
    }
    assert!(answers.ends_with(&[429, 429]), "{answers:?}");
    let_in(story, "admin", &mut key).await;
}

async fn an_answer_works_once(story: &Story) {
    let here = story.admin("admin").await;
    let mut key = add(&here, "Phone").await;
    let mut there = waiting(story, "admin").await;
    let mut before = there.clone();
    let answer = key.get(&asked(&there).await);
    gives(&mut there, &answer).await.ok();
    assert!(there.is_logged_in().await);
    for browser in [&mut there, &mut before] {
        let again = gives(browser, &answer).await;
        assert_eq!(again.status, 401, "nobody is waited for any more");
    }
    let mut another = waiting(story, "admin").await;
    is_wrong(&gives(&mut another, &answer).await);
    asked(&another).await;
    is_wrong(&gives(&mut another, &answer).await);
    assert!(!another.is_logged_in().await);
}

async fn of_many_with_one_answer_one_gets_in(story: &Story) {
    let here = story.admin("admin").await;
    let mut keys = [Authenticator::new(ORIGIN), Authenticator::synced(ORIGIN)];
    for (n, key) in keys.iter_mut().enumerate() {
        add_to(&here, &format!("Key {n}"), key).await;
    }
    for key in &mut keys {
        let there = waiting(story, "admin").await;
        let answer = key.get(&asked(&there).await);
        let mut browsers = vec![there; 8];
        let answers = join_all(browsers.iter_mut().map(|browser| gives(browser, &answer))).await;
        let admitted = answers.iter().filter(|answer| answer.status.is_success());
        assert_eq!(admitted.count(), 1, "{answers:?}");
        let broken = answers.iter().find(|answer| answer.status.is_server_error());
        assert!(broken.is_none(), "{broken:?}");
        // The wrong ones expire.
        story.clock.advance(2 * HOUR);
    }
}

async fn a_copy_of_a_passkey_shows(story: &Story) {
    let here = story.admin("admin").await;
    let mut key = add(&here, "Security key").await;
    let mut copy = key.clone();
    let_in(story, "admin", &mut key).await;
    let mut there = waiting(story, "admin").await;
    let answer = copy.get(&asked(&there).await);
    is_wrong(&gives(&mut there, &answer).await);

    // Also if both were asked before either has answered.
    let mut copy = key.clone();
    let mut there = waiting(story, "admin").await;
    let mut elsewhere = waiting(story, "admin").await;
    let (first, second) = (asked(&there).await, asked(&elsewhere).await);
    gives(&mut there, &key.get(&first)).await.ok();
    is_wrong(&gives(&mut elsewhere, &copy.get(&second)).await);
    assert!(!elsewhere.is_logged_in().await);
}

async fn a_passkey_of_somebody_else_opens_nothing(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("201", "jana").await;
    let mut his = add(&admin, "Phone").await;
    let mut hers = add(&jana, "Tablet").await;
    let mut there = waiting(story, "admin").await;
    let options = asked(&there).await;
    assert_eq!(allowed(&options), [his.id()]);
    is_wrong(&gives(&mut there, &hers.get(&options)).await);

    // Her challenge and the right answer to it, where his password was typed in the meantime.
    let mut there = waiting(story, "jana").await;
    let answer = hers.get(&asked(&there).await);
    let typed = there.log_in("admin", PASSWORD).await;
    assert_eq!(typed.header("location"), "/login/code?next=%2F", "{typed:?}");
    is_wrong(&gives(&mut there, &answer).await);
    assert!(!there.is_logged_in().await);

    // Nor does she see or remove his.
    assert_eq!(passkeys(&jana).await.len(), 1);
    let id = id_of(&admin, "Phone").await;
    for id in [&*id, NOBODY] {
        let refused = jana.call("account/remove-passkey", &[("id", id)]).await;
        assert_eq!(refused.status, 404, "{}", refused.text);
    }
    let_in(story, "admin", &mut his).await;
    let_in(story, "jana", &mut hers).await;
}

async fn a_removed_passkey_opens_nothing(story: &Story) {
    let here = story.admin("admin").await;
    let mut phone = add(&here, "Phone").await;
    let mut stick = add(&here, "Security key").await;
    let mut there = waiting(story, "admin").await;
    let options = asked(&there).await;
    let removed = remove(&here, "Phone").await;
    removed.ok();
    assert_eq!(removed.header("location"), "");
    is_wrong(&gives(&mut there, &phone.get(&options)).await);
    let options = asked(&there).await;
    assert_eq!(allowed(&options), [stick.id()]);
    is_wrong(&gives(&mut there, &phone.get(&options)).await);
    assert!(!there.is_logged_in().await);
    let_in(story, "admin", &mut stick).await;

    assert_eq!(passkeys(&here).await.len(), 1);
    assert_eq!(actions(story, "person.passkey_removed", "done").await, 1);
    // The same device may come back.
    add_to(&here, "Phone", &mut phone).await;
    let_in(story, "admin", &mut phone).await;
}

async fn a_password_alone_opens_nothing(story: &Story) {
    let here = story.admin("admin").await;
    add(&here, "Phone").await;
    let mut there = story.operator("201", "jana").await.1;
    there.log_in("admin", PASSWORD).await;
    asked(&there).await;
    for function in [
        "auth/me",
        "users/list",
        "account/second-factor",
        "account/begin-second-factor",
        "account/begin-passkey",
        "account/add-passkey",
    ] {
        let answer = there.call(function, &[("name", "Phone")]).await;
        assert_eq!(answer.status, 401, "{function}: {}", answer.text);
    }
    let id = id_of(&here, "Phone").await;
    let removed = there.call("account/remove-passkey", &[("id", &id)]).await;
    assert_eq!(removed.status, 401);
    for path in ["/inbox", "/account", "/api/v1/sessions", "/events"] {
        let answer = there.get(path).await;
        let is_out = answer.status == 401 || answer.header("location").starts_with("/login");
        assert!(is_out, "{path}: {answer:?}");
    }
    // No app is set up for whoever has a passkey.
    let page = there.call("auth/code-page", &[]).await.ok();
    assert_eq!(page["factor"]["setup"], Value::Null);
    assert_eq!(story.count("second_factors").await, 0);
    let refused = gives_code(&mut there, "123456").await;
    is_refused(&refused, "code", "wrong_code");
}

async fn a_log_in_that_waits_ends(story: &Story) {
    let here = story.admin("admin").await;
    let mut key = add(&here, "Phone").await;
    let mut late = waiting(story, "admin").await;
    story.clock.advance(TEN_MINUTES - SECOND);
    let options = asked(&late).await;
    story.clock.advance(SECOND);
    assert!(late.call("auth/code-page", &[]).await.ok().is_null());
    assert_eq!(late.call("auth/begin-passkey", &[]).await.status, 401);
    assert_eq!(gives(&mut late, &key.get(&options)).await.status, 401);

    let mut there = waiting(story, "admin").await;
    let options = asked(&there).await;
    let id = user(story, "admin").await;
    let set = users::set_password(&story.engine, &Actor::System, id, NEW).await;
    set.expect("a new password");
    assert_eq!(
        gives(&mut there, &key.get(&options)).await.status,
        401,
        "the password was changed"
    );
    assert!(!there.is_logged_in().await);

    let (extension, jana) = story.operator("201", "jana").await;
    let mut hers = add(&jana, "Phone").await;
    let mut there = waiting(story, "jana").await;
    let options = asked(&there).await;
    let extension = extension.parse().expect("an id");
    let disabled = extensions::set_disabled(&story.engine, &Actor::System, extension, true).await;
    disabled.expect("disabled");
    assert!(there.call("auth/code-page", &[]).await.ok().is_null());
    assert_eq!(gives(&mut there, &hers.get(&options)).await.status, 401);
    assert!(!there.is_logged_in().await);
}

async fn without_the_last_one_a_log_in_asks_for_nothing(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("201", "jana").await;
    assert!(!is_listed_with_one(&admin, "jana").await);
    let mut key = add(&jana, "Phone").await;
    assert!(is_listed_with_one(&admin, "jana").await);
    let there = let_in(story, "jana", &mut key).await;
    let mut late = waiting(story, "jana").await;
    let options = asked(&late).await;
    let removed = remove(&jana, "Phone").await;
    removed.ok();
    assert_eq!(removed.header("location"), "");
    assert!(jana.is_logged_in().await && there.is_logged_in().await);
    assert!(!is_listed_with_one(&admin, "jana").await);
    let account = jana.call("account/read", &[]).await.ok();
    assert_eq!(account["second_factor"], false);

    // Who waited for it begins anew.
    assert!(late.call("auth/code-page", &[]).await.ok().is_null());
    assert_eq!(late.call("auth/begin-passkey", &[]).await.status, 404);
    is_wrong(&gives(&mut late, &key.get(&options)).await);
    late.log_in("jana", PASSWORD).await;
    assert!(late.is_logged_in().await);

    // A form without a script leads back to the page.
    add(&jana, "Tablet").await;
    let id = id_of(&jana, "Tablet").await;
    let removed = jana
        .submit("account/second-factor", "account/remove-passkey", &[("id", &id)])
        .await;
    assert_eq!(removed.header("location"), "/account/second-factor");
    assert!(passkeys(&jana).await.is_empty());
}

async fn an_app_and_a_passkey_stand_in_for_each_other(story: &Story) {
    let (_, jana) = story.operator("201", "jana").await;
    let secret = turn_on_app(story, &jana).await;
    let by_app = waiting(story, "jana").await;
    assert_eq!(by_app.call("auth/begin-passkey", &[]).await.status, 404);
    let mut key = add(&jana, "Phone").await;
    let page = own(&jana).await;
    assert!(page["factor"]["on_since"].is_i64(), "{page}");
    assert_eq!(page["factor"]["passkeys"].as_array().map(Vec::len), Some(1));
    let mut there = waiting(story, "jana").await;
    gives_code(&mut there, &code_of(story, &secret)).await.ok();
    story.clock.advance(STEP);
    let_in(story, "jana", &mut key).await;

    let off = turn_off_app(story, &jana, &secret).await;
    off.ok();
    assert_eq!(off.header("location"), "");
    assert!(jana.is_logged_in().await && there.is_logged_in().await);
    let mut by_app = waiting(story, "jana").await;
    let page = by_app.call("auth/code-page", &[]).await.ok();
    assert_eq!(page["factor"]["on_since"], Value::Null);
    let refused = gives_code(&mut by_app, &code_of(story, &secret)).await;
    is_refused(&refused, "code", "wrong_code");
    let_in(story, "jana", &mut key).await;

    let secret = turn_on_app(story, &jana).await;
    remove(&jana, "Phone").await.ok();
    assert!(jana.is_logged_in().await && there.is_logged_in().await);
    let mut by_app = waiting(story, "jana").await;
    assert_eq!(by_app.call("auth/begin-passkey", &[]).await.status, 404);
    gives_code(&mut by_app, &code_of(story, &secret)).await.ok();
    assert!(by_app.is_logged_in().await);
}

async fn an_administrator_removes_anothers(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("201", "jana").await;
    let (_, eva) = story.operator("202", "eva").await;
    let mut his = add(&admin, "Phone").await;
    let mut hers = add(&jana, "Phone").await;
    add(&jana, "Security key").await;
    turn_on_app(story, &jana).await;
    let mut evas = add(&eva, "Phone").await;
    let mut late = waiting(story, "jana").await;
    let options = asked(&late).await;
    let own = user(story, "admin").await.to_string();
    let id = user(story, "jana").await.to_string();
    let remove =
        async |browser: &Browser, id: &str| browser.call("users/remove-second-factor", &[("id", id)]).await;
    assert_eq!(remove(&eva, &id).await.status, 403);
    let refused = remove(&admin, &own).await;
    assert_eq!(refused.json()["Refused"]["reason"], "own_second_factor");
    assert_eq!(story.count("passkeys").await, 4);
    for login in ["admin", "jana", "eva"] {
        assert!(is_listed_with_one(&admin, login).await, "{login}");
    }

    for _ in 0..2 {
        remove(&admin, &id).await.ok();
        assert!(!jana.is_logged_in().await);
    }
    assert_eq!(actions(story, "person.second_factor_removed", "done").await, 1);
    assert_eq!(story.count("passkeys").await, 2);
    assert_eq!(story.count("second_factors").await, 0);
    assert!(!is_listed_with_one(&admin, "jana").await);
    assert!(late.call("auth/code-page", &[]).await.ok().is_null());
    is_wrong(&gives(&mut late, &hers.get(&options)).await);
    let mut jana = Browser::new(story);
    jana.log_in("jana", PASSWORD).await;
    assert!(jana.is_logged_in().await);
    assert!(eva.is_logged_in().await);
    let_in(story, "eva", &mut evas).await;
    let_in(story, "admin", &mut his).await;

    // A passkey alone is one, too.
    let id = user(story, "eva").await.to_string();
    remove(&admin, &id).await.ok();
    assert!(!eva.is_logged_in().await);
    let mut eva = Browser::new(story);
    eva.log_in("eva", PASSWORD).await;
    assert!(eva.is_logged_in().await);
}

async fn the_command_line_removes_them(story: &Story) {
    use secrecy::ExposeSecret as _;
    let admin = story.admin("admin").await;
    add(&admin, "Phone").await;
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
        command
            .args(["user", "remove-second-factor", "--login", "admin"])
            .env_clear()
            .env("SWITCHBOARD_DATA__DIR", story.data_dir())
            .current_dir(story.data_dir())
            .stdin(Stdio::null());
        if let Some(url) = story.database.url() {
            command.env("SWITCHBOARD_DATABASE__URL", url.expose_secret());
        }
        tokio::task::block_in_place(|| command.output()).expect("the binary")
    };
    let output = run();
    assert!(output.status.success(), "{output:?}");
    assert!(!admin.is_logged_in().await);
    assert_eq!(story.count("passkeys").await, 0);
    let mut again = Browser::new(story);
    again.log_in("admin", PASSWORD).await;
    assert!(again.is_logged_in().await);
    assert!(!run().status.success(), "there is none any more");
}

async fn a_new_password_keeps_them(story: &Story) {
    let (_, jana) = story.operator("201", "jana").await;
    let mut key = add(&jana, "Phone").await;
    let form = [("form[old]", PASSWORD), ("form[new]", NEW)];
    jana.call("account/change-password", &form).await.ok();
    let mut there = Browser::new(story);
    let typed = there.log_in("jana", NEW).await;
    assert_eq!(typed.header("location"), "/login/code?next=%2F", "{typed:?}");
    let answer = key.get(&asked(&there).await);
    gives(&mut there, &answer).await.ok();
    assert!(there.is_logged_in().await);

    // A link for a new password does not go round them.
    let id = user(story, "jana").await;
    let link = password_links::create(&story.engine, &Actor::System, id).await;
    let link = link.expect("a link");
    let (_, token) = link.query_pairs().next().expect("a token");
    let mut there = Browser::new(story);
    let form = [("token", &*token), ("password", PASSWORD)];
    let used = there.call("auth/use-password-link", &form).await;
    assert_eq!(used.header("location"), "/login/code?next=%2Finbox");
    there.cookie = set_cookie(&used);
    assert!(!there.is_logged_in().await);
    let answer = key.get(&asked(&there).await);
    gives(&mut there, &answer).await.ok();
    assert!(there.is_logged_in().await);
}

async fn there_are_at_most_twenty(story: &Story) {
    let here = story.admin("admin").await;
    let mut there = Browser::new(story);
    there.log_in("admin", PASSWORD).await;
    let mut key = add(&here, "Key 1").await;
    for n in 2..MOST {
        add(&here, &format!("Key {n}")).await;
    }
    // The last place is taken while somebody is about to take it.
    let options = begun(&there, "Late").await;
    add(&here, "Key 20").await;
    let late = adds(&there, &Authenticator::new(ORIGIN).create(&options)).await;
    is_for(&late, 409, "changed_meanwhile");
    is_refused(&begin(&here, "One more").await, "name", "enough");
    assert_eq!(passkeys(&here).await.len(), MOST);

    let mut there = waiting(story, "admin").await;
    let options = asked(&there).await;
    assert_eq!(allowed(&options).len(), MOST);
    gives(&mut there, &key.get(&options)).await.ok();
    assert!(there.is_logged_in().await);
    let (_, jana) = story.operator("201", "jana").await;
    add(&jana, "Phone").await;
    remove(&here, "Key 1").await.ok();
    add(&here, "One more").await;
    assert_eq!(passkeys(&here).await.len(), MOST);
}

async fn of_many_at_once_no_more_are_added_than_there_may_be(story: &Story) {
    let here = story.admin("admin").await;
    let mut browsers = Vec::new();
    for _ in 0..MANY {
        let mut browser = Browser::new(story);
        browser.log_in("admin", PASSWORD).await;
        browsers.push(browser);
    }
    for n in 0..10 {
        add(&here, &format!("Key {n}")).await;
    }
    let mut answers = Vec::new();
    for (n, browser) in browsers.iter().enumerate() {
        let options = begun(browser, &format!("Late {n}")).await;
        answers.push(Authenticator::new(ORIGIN).create(&options));
    }
    let all = browsers.iter().zip(&answers);
    let added = join_all(all.map(|(browser, answer)| adds(browser, answer))).await;
    let (done, refused): (Vec<_>, Vec<_>) = added.iter().partition(|answer| answer.status.is_success());
    assert_eq!(done.len(), 10, "{added:?}");
    for refused in refused {
        is_for(refused, 409, "changed_meanwhile");
    }
    assert_eq!(story.count("passkeys").await, 20);

    // Sent often, one answer adds one passkey.
    for name in ["Key 0", "Key 1", "Key 2"] {
        remove(&here, name).await.ok();
    }
    let answer = Authenticator::new(ORIGIN).create(&begun(&here, "Once").await);
    let added = join_all((0..MANY).map(|_| adds(&here, &answer))).await;
    let (done, refused): (Vec<_>, Vec<_>) = added.iter().partition(|answer| answer.status.is_success());
    assert_eq!(done.len(), 1, "{added:?}");
    for refused in refused {
        is_wrong(refused);
    }
    assert_eq!(story.count("passkeys WHERE name = 'Once'").await, 1);

    // Nor does one device become a passkey of two users.
    let (_, jana) = story.operator("201", "jana").await;
    let mut key = Authenticator::new(ORIGIN);
    let his = key.create(&begun(&here, "Shared").await);
    let hers = key.create(&begun(&jana, "Shared").await);
    let both = join_all([adds(&here, &his), adds(&jana, &hers)]).await;
    let done = both.iter().filter(|answer| answer.status.is_success());
    assert_eq!(done.count(), 1, "{both:?}");
    assert_eq!(story.count("passkeys WHERE name = 'Shared'").await, 1);
}

async fn the_name_that_a_device_gives_may_be_long(story: &Story) {
    let here = story.admin("admin").await;
    for bytes in [16, 64, 1023] {
        let mut key = Authenticator::new(ORIGIN).with_id_of(bytes);
        add_to(&here, &format!("{bytes} bytes"), &mut key).await;
        let_in(story, "admin", &mut key).await;
    }
    // https://www.w3.org/TR/webauthn-3/#credential-id
    for bytes in [1024, 1500, 4000, 5000] {
        let mut key = Authenticator::new(ORIGIN).with_id_of(bytes);
        let refused = adds(&here, &key.create(&begun(&here, "Long").await)).await;
        assert_eq!(refused.status, 422, "{bytes}: {}", refused.text);
        is_wrong(&refused);
    }
}

/// The answer with something else in one of its members, or without it.
fn changed(answer: &str, member: &str, to: Option<Value>) -> String {
    let mut answer = read(answer);
    let (parent, name) = member.rsplit_once('/').expect("a member");
    let parent = answer.pointer_mut(parent).and_then(Value::as_object_mut);
    let parent = parent.expect("an object");
    let before = match to {
        Some(to) => parent.insert(name.to_owned(), to),
        None => parent.remove(name),
    };
    assert!(before.is_some(), "{member}");
    answer.to_string()
}

/// A member of an answer, and what it holds instead.
type Change = (&'static str, Option<Value>);

/// What an answer cannot do without. `bytes`: those that hold bytes in the alphabet of the answer.
fn changes(others: &[&'static str], bytes: &[&'static str]) -> Vec<Change> {
    let few = [None, Some(Value::Null), Some(json!(7))];
    let encoded = ["", "null", "{}", "[[[[", "\0"].map(|text| json!(BASE64.encode(text)));
    let no_bytes = [json!([]), json!("!!!"), json!("AA=="), json!("\0")];
    let more = encoded.into_iter().chain(no_bytes).map(Some);
    let all: Vec<_> = few.iter().cloned().chain(more).collect();
    let mut changes = Vec::new();
    for member in others {
        changes.extend(few.iter().map(|to| (*member, to.clone())));
    }
    for member in bytes {
        changes.extend(all.iter().map(|to| (*member, to.clone())));
    }
    changes
}

/// What is no answer of a passkey at all.
fn nonsense() -> Vec<String> {
    let mut all: Vec<String> = [
        "",
        "null",
        "7",
        "\"x\"",
        "[]",
        "{}",
        "{",
        "x",
        "\u{feff}{}",
        "a\0b",
        r#"{"id": "\u0000"}"#,
    ]
    .map(str::to_owned)
    .to_vec();
    all.push("[".repeat(50_000));
    all.push("x".repeat(1_000_000));
    all.push("x".repeat(2_000_000));
    all
}

/// What a device says of itself, cut off and with other flags.
fn spoiled(data: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for length in [0, 1, 31, 32, 33, 36] {
        all.push(data[..length].to_vec());
    }
    // Without its flags, in a cloud that it cannot be in, and with extensions that are not there.
    for flags in [0x00, 0x55, 0xc5, 0xff] {
        let mut other = data.to_vec();
        other[FLAGS_AT] = flags;
        all.push(other);
    }
    all
}

/// Attestation objects that are none.
fn no_objects(data: &[u8]) -> Vec<Vec<u8>> {
    let whole = object("none", data);
    let mut all = vec![
        Vec::new(),
        vec![0x81; 5000],
        vec![0xbb; 9],
        [&[0x5b_u8][..], &[0x7f; 8]].concat(),
        [&[0x9b_u8][..], &[0x7f; 8]].concat(),
        vec![0xff],
        whole[..whole.len() - 1].to_vec(),
        [&whole[..], &[0x00]].concat(),
    ];
    for format in [
        "packed",
        "tpm",
        "android-key",
        "android-safetynet",
        "fido-u2f",
        "apple",
        "compound",
        "",
    ] {
        all.push(object(format, data));
    }
    all.extend(spoiled(data).iter().map(|data| object("none", data)));
    // The length of the passkey's name, and its public key.
    for length in [37, 53, 54, 55, 60, data.len() - 1] {
        all.push(object("none", &data[..length]));
    }
    for (at, byte) in [(53, 0xff), (54, 0xff), (data.len() - 77, 0x00)] {
        let mut other = data.to_vec();
        other[at] = byte;
        all.push(object("none", &other));
    }
    // A point that is not on the curve.
    let mut other = data.to_vec();
    let y = other.len() - 32;
    other[y..].fill(0);
    all.push(object("none", &other));
    all
}

#[track_caller]
fn is_refused_calmly(answer: &Answer, sent: &str) {
    let sent = &sent[..sent.floor_char_boundary(300)];
    let status = answer.status.as_u16();
    assert!(
        [400, 413, 422].contains(&status),
        "{sent}: {status} {}",
        answer.text
    );
}

async fn what_no_browser_sends_breaks_nothing(story: &Story) {
    panics::count();
    let here = story.admin("admin").await;
    let mut key = add(&here, "Phone").await;

    // Each answers a challenge of its own, so that it is looked at closely.
    let mut new = Authenticator::new(ORIGIN);
    for answer in nonsense() {
        begun(&here, "New").await;
        is_refused_calmly(&adds(&here, &answer).await, &answer);
    }
    let others = ["/id", "/rawId", "/type", "/response"];
    let bytes = ["/response/clientDataJSON", "/response/attestationObject"];
    for (member, to) in changes(&others, &bytes) {
        let right = new.create(&begun(&here, "New").await);
        let answer = changed(&right, member, to);
        is_refused_calmly(&adds(&here, &answer).await, &answer);
    }
    let data = new.data_of_new(&begun(&here, "New").await);
    for object in no_objects(&data) {
        let answer = new.create_with(&begun(&here, "New").await, &object);
        is_refused_calmly(&adds(&here, &answer).await, &hex::encode(&object));
    }
    let long = "x".repeat(1_000_000);
    for name in ["a\0b", long.as_str(), "\u{feff}"] {
        is_refused_calmly(&begin(&here, name).await, name);
    }
    let nameless = here.call("account/begin-passkey", &[]).await;
    is_refused(&nameless, "name", "required");
    let ids: [&[(&str, &str)]; 4] = [&[], &[("id", "x")], &[("id", "a\0b")], &[("id[]", NOBODY)]];
    for arguments in ids {
        let answer = here.call("account/remove-passkey", arguments).await;
        is_refused_calmly(&answer, &format!("{arguments:?}"));
    }
    assert_eq!(story.count("passkeys").await, 1);
    add_to(&here, "New", &mut new).await;

    let mut there = waiting(story, "admin").await;
    let right = key.get(&asked(&there).await);
    let data = read(&right)["response"]["authenticatorData"].clone();
    let data = BASE64.decode(data.as_str().expect("a text")).expect("base64url");
    let others = ["/id", "/type", "/response"];
    let bytes = [
        "/rawId",
        "/response/clientDataJSON",
        "/response/authenticatorData",
        "/response/signature",
    ];
    let mut changes = changes(&others, &bytes);
    for data in spoiled(&data) {
        let data = json!(BASE64.encode(data));
        changes.push(("/response/authenticatorData", Some(data)));
    }
    for (n, answer) in nonsense().into_iter().enumerate() {
        another_hour(story, n, &mut there).await;
        asked(&there).await;
        is_refused_calmly(&gives(&mut there, &answer).await, &answer);
    }
    for (n, (member, to)) in changes.into_iter().enumerate() {
        another_hour(story, n, &mut there).await;
        let right = key.get(&asked(&there).await);
        let answer = changed(&right, member, to);
        is_refused_calmly(&gives(&mut there, &answer).await, &answer);
    }
    assert!(!there.is_logged_in().await);
    story.clock.advance(HOUR);
    let_in(story, "admin", &mut key).await;
    let_in(story, "admin", &mut new).await;
    panics::assert_none();
}

/// Wrong answers expire: after each five there is time for it, and another log-in.
async fn another_hour(story: &Story, n: usize, browser: &mut Browser) {
    if n.is_multiple_of(5) {
        story.clock.advance(HOUR);
        *browser = waiting(story, "admin").await;
    }
}

async fn the_audit_log_has_them(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("201", "jana").await;
    let mut key = add(&jana, "My phone").await;
    let mut there = waiting(story, "jana").await;
    let answer = key.get_badly(&asked(&there).await, Fault::OtherKey);
    is_wrong(&gives(&mut there, &answer).await);
    let answer = key.get(&asked(&there).await);
    gives(&mut there, &answer).await.ok();
    remove(&jana, "My phone").await.ok();

    let page = admin.call("audit/list", &[("form[who]", "jana")]).await.ok();
    let rows = page["Ok"]["items"].as_array().expect("rows");
    let expected = [
        ["person.passkey_removed", "done", "My phone"],
        ["person.log_in", "done", ""],
        ["person.passkey", "refused", ""],
        ["person.passkey_added", "done", "My phone"],
        ["person.log_in", "done", ""],
    ];
    assert!(rows.len() >= expected.len(), "{rows:?}");
    for (row, expected) in rows.iter().zip(expected) {
        let told = ["action", "outcome", "detail"].map(|name| row[name].as_str().unwrap_or_default());
        assert_eq!(told, expected);
        assert_eq!(row["actor"]["login"], "jana");
        assert_eq!(row["subject"]["name"], "jana");
        assert_eq!(row["address"], "127.0.0.1");
    }
    // Neither a challenge nor an answer is in it.
    assert!(!page.to_string().contains(&key.id()));
    let shown = admin.get("/security/audit?who=jana").await;
    for words in ["Passkey added", "Passkey removed", "Passkey at the log-in"] {
        assert!(shown.text.contains(words), "{words}: {}", shown.text);
    }
}

async fn nobody_unknown_gets_a_challenge(story: &Story) {
    let calls: [(&str, &[(&str, &str)]); 5] = [
        ("account/begin-passkey", &[("name", "Phone")]),
        ("account/add-passkey", &[("answer", "{}")]),
        ("account/remove-passkey", &[("id", NOBODY)]),
        ("auth/begin-passkey", &[]),
        ("auth/give-passkey", &[("answer", "{}"), ("next", "/")]),
    ];
    let admin = story.admin("admin").await;
    add(&admin, "Phone").await;
    let nobody = Browser::new(story);
    let mut gone = admin.clone();
    gone.cookie = Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    for (function, arguments) in calls {
        for browser in [&nobody, &gone] {
            let answer = browser.call(function, arguments).await;
            assert_eq!(answer.status, 401, "{function}: {}", answer.text);
        }
        // Nobody is waited for where somebody is logged in.
        if function.starts_with("auth/") {
            let answer = admin.call(function, arguments).await;
            assert_eq!(answer.status, 401, "{function}: {}", answer.text);
        }
    }
    assert_eq!(story.count("passkeys").await, 1);
}

async fn pages_show_what_there_is(story: &Story) {
    let here = story.admin("admin").await;
    let page = here.get("/account/second-factor").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Add a passkey"), "{}", page.text);
    add(&here, "<b>Phone").await;
    let page = here.get("/account/second-factor").await;
    assert!(page.text.contains("&lt;b"), "{}", page.text);
    assert!(!page.text.contains("<b>Phone"), "{}", page.text);
    let there = waiting(story, "admin").await;
    let page = there.get("/login/code?next=%2F").await;
    assert!(page.text.contains("Use a passkey"), "{}", page.text);
    assert!(!page.text.contains("one-time-code"), "{}", page.text);
    turn_on_app(story, &here).await;
    let page = there.get("/login/code?next=%2F").await;
    assert!(page.text.contains("Use a passkey"), "{}", page.text);
    assert!(page.text.contains("one-time-code"), "{}", page.text);
}

async fn whoever_needs_one_is_out_without_the_last(story: &Story) {
    let mut here = story.admin("admin").await;
    assert!(!here.is_logged_in().await);
    let secret = secret_of(&here.call("auth/code-page", &[]).await.ok());
    gives_code(&mut here, &code_of(story, &secret)).await.ok();
    story.clock.advance(STEP);
    let mut key = add(&here, "Phone").await;
    add(&here, "Security key").await;
    let there = let_in(story, "admin", &mut key).await;
    let off = turn_off_app(story, &here, &secret).await;
    off.ok();
    assert_eq!(off.header("location"), "");
    assert_eq!(own(&here).await["required"], true);
    let warning = "This is your only second factor";
    let page = here.get("/account/second-factor").await;
    assert!(!page.text.contains(warning), "{}", page.text);
    remove(&here, "Security key").await.ok();
    assert!(here.is_logged_in().await && there.is_logged_in().await);
    let page = here.get("/account/second-factor").await;
    assert!(page.text.contains(warning), "{}", page.text);
    let again = let_in(story, "admin", &mut key).await;
    let page = waiting(story, "admin").await.call("auth/code-page", &[]).await;
    assert_eq!(page.ok()["factor"]["setup"], Value::Null);

    let out = remove(&here, "Phone").await;
    out.ok();
    assert_eq!(out.header("location"), "/login");
    for browser in [&here, &there, &again] {
        assert!(!browser.is_logged_in().await);
    }
    // An app is set up at the next log-in. It is enough when the passkey that follows goes.
    let mut here = waiting(story, "admin").await;
    let page = here.call("auth/code-page", &[]).await.ok();
    assert_eq!(page["factor"]["passkeys"], json!([]));
    let secret = secret_of(&page);
    gives_code(&mut here, &code_of(story, &secret)).await.ok();
    story.clock.advance(STEP);
    add(&here, "Phone").await;
    let kept = remove(&here, "Phone").await;
    kept.ok();
    assert_eq!(kept.header("location"), "");
    assert!(here.is_logged_in().await);
    let out = turn_off_app(story, &here, &secret).await;
    assert_eq!(out.header("location"), "/login");
    assert!(!here.is_logged_in().await);

    let (_, jana) = story.operator("201", "jana").await;
    add(&jana, "Phone").await;
    remove(&jana, "Phone").await.ok();
    assert!(jana.is_logged_in().await, "her role needs none");
}

async fn a_set_up_that_waits_does_not_go_round_a_passkey(story: &Story) {
    let form = UserForm {
        login: "eva".into(),
        name: "Eva".into(),
        password: PASSWORD.into(),
        role: "operator".into(),
    };
    let id = users::add(&story.engine, &Actor::System, &form).await;
    let id = id.expect("a user");
    let mut eva = Browser::new(story);
    eva.log_in("eva", PASSWORD).await;
    let form = UserForm {
        password: String::new(),
        role: "admin".into(),
        ..form
    };
    let changed = users::change(&story.engine, &Actor::System, id, &form).await;
    changed.expect("another role");
    assert!(eva.is_logged_in().await);

    // Somebody else who has her password begins to set up an app, and she adds a passkey.
    let mut stranger = waiting(story, "eva").await;
    let secret = secret_of(&stranger.call("auth/code-page", &[]).await.ok());
    let mut key = add(&eva, "Phone").await;
    let refused = gives_code(&mut stranger, &code_of(story, &secret)).await;
    is_refused(&refused, "code", "wrong_code");
    assert!(!stranger.is_logged_in().await);
    assert_eq!(own(&eva).await["factor"]["on_since"], Value::Null);
    let_in(story, "eva", &mut key).await;
}

async fn an_address_that_is_a_number_has_none(story: &Story) {
    let here = story.admin("admin").await;
    let page = own(&here).await;
    assert_eq!(page["has_passkeys"], false);
    assert_eq!(page["factor"]["passkeys"], json!([]));
    let refused = begin(&here, "Phone").await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    let expected = json!({ "Refused": { "reason": "no_passkeys" } });
    assert_eq!(refused.json(), expected);
    is_wrong(&adds(&here, "{}").await);
    let page = here.get("/account/second-factor").await;
    let words = "only for an address with a name";
    assert!(page.text.contains(words), "{}", page.text);

    // Codes of an app are as they were.
    let secret = turn_on_app(story, &here).await;
    let mut there = waiting(story, "admin").await;
    assert_eq!(there.call("auth/begin-passkey", &[]).await.status, 404);
    is_wrong(&gives(&mut there, "{}").await);
    gives_code(&mut there, &code_of(story, &secret)).await.ok();
    assert!(there.is_logged_in().await);
}

/// `sees_to_it`: the provider is known to ask for second factors.
async fn at_a_provider(database: Database, sees_to_it: bool) {
    let provider = Provider::start().await;
    let story = Story::begin(database, |settings| {
        settings.http.public_url = Some(ORIGIN.parse().expect("an address"));
        let on = &mut settings.single_sign_on;
        on.issuer = provider.issuer().to_owned();
        on.client_id = CLIENT.to_owned();
        on.client_secret = SECRET.into();
        on.checks_second_factor = sees_to_it;
    });
    let story = story.await;
    provider.follow(&story.clock);
    let here = story.admin("eva@acme.example").await;
    let mut key = add(&here, "Phone").await;
    let eva = Person::new("eva-1", "eva@acme.example", "Eva Malá");
    let mut there = Browser::new(&story);
    let came_back = sign_on(&provider, &mut there, &eva).await;
    if sees_to_it {
        assert_eq!(came_back.header("location"), "/channels", "{came_back:?}");
    } else {
        let page = "/login/code?next=%2Fchannels";
        assert_eq!(came_back.header("location"), page, "{came_back:?}");
        assert!(!there.is_logged_in().await);
        let answer = key.get(&asked(&there).await);
        gives(&mut there, &answer).await.ok();
    }
    assert!(there.is_logged_in().await);
    // That is a fresh proof of who they are.
    add(&there, "Tablet").await;
    assert!(here.is_logged_in().await);

    // That the provider sees to it is not said of passwords.
    let mut by_password = waiting(&story, "eva@acme.example").await;
    let answer = key.get(&asked(&by_password).await);
    gives(&mut by_password, &answer).await.ok();
    assert!(by_password.is_logged_in().await);
    story.end().await;
}

/// Goes to the provider of single sign-on, and comes back as this person.
async fn sign_on(provider: &Provider, browser: &mut Browser, person: &Person) -> Answer {
    // A proxy hides the public name.
    let door = "/login/single-sign-on?moved=true&next=/channels";
    let sent = browser.get(door).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    let cookies = sent.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok());
    let kept = cookies.find(|cookie| cookie.starts_with("switchboard_sign_on="));
    let kept = kept.and_then(|cookie| cookie.split(';').next());
    let path = provider.code_for(sent.header("location"), person);
    let back = browser
        .request(Method::GET, &path)
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, kept.expect("a cookie"));
    let answer = Answer::of(back.send().await.expect("an answer")).await;
    if let Some(id) = set_cookie(&answer) {
        browser.cookie = Some(id);
    }
    answer
}
