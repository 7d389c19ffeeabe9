//! Single sign-on: users log in at their company's OpenID Connect provider.

use crate::{
    stories,
    support::{
        Story,
        database::Database,
        http::Answer,
        panics,
        provider::{CLIENT, Endpoint, Forgery, Person, Provider, SECRET, Trouble},
        users::{Browser, COOKIE, PASSWORD, set_cookie},
    },
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use domain::{
    access::{Actor, UserForm},
    ids::UserId,
};
use engine::access::{password_links, single_sign_on, users};
use futures::future::{join, join_all};
use reqwest::{Method, header};
use serde_json::{Value, json};
use server::settings::Settings;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};
use totp_rs::{Builder, Secret};
use url::{Url, form_urlencoded};

/// Runs each story on SQLite and on PostgreSQL, with a provider of its own and with changed settings.
macro_rules! stories_with_a_provider {
    (with $change:expr; $($name:ident)*) => {$(
        mod $name {
            use super::{Database, Provider, Settings, Story, known_to};

            async fn tell(database: Database) {
                let provider = Provider::start().await;
                let change: fn(&mut Settings) = $change;
                let story = Story::begin(database, |settings| {
                    known_to(settings, &provider);
                    change(settings);
                });
                let story = story.await;
                provider.follow(&story.clock);
                // The first user would have to be an administrator.
                super::add(&story, super::FIRST, "operator").await;
                super::$name(&story, &provider).await;
                story.end().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                tell(Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
            async fn on_postgres() {
                tell(Database::postgres().await).await;
            }
        }
    )*};
}

stories! {
    without_a_provider_there_is_no_door_to_it
}

stories_with_a_provider! {
    with |settings| settings.single_sign_on.create_users = true;
    a_new_user_comes_by_their_address_and_stays_who_they_are
    whoever_is_a_user_already_is_found_by_their_address
    an_address_that_is_not_verified_opens_nothing
    an_address_that_somebody_else_got_opens_nothing_until_it_is_unlinked
    an_address_that_looks_like_another_users_makes_no_user
    whoever_is_disabled_is_not_let_in
    a_log_in_ends_with_the_password_and_with_its_user
    nobody_is_let_in_by_what_is_forged
    a_code_works_once_and_only_in_the_browser_that_asked
    the_way_on_is_never_to_a_foreign_address
    what_the_browser_keeps_proves_nothing
    nothing_that_a_stranger_brings_back_breaks_anything
    keys_that_change_are_read_anew
    what_the_token_leaves_out_is_asked_for
    a_provider_that_is_out_of_order_is_left_alone_for_a_while
    a_provider_that_gives_no_token_lets_nobody_in
    a_provider_that_hangs_is_asked_once
    a_token_that_does_not_come_is_not_waited_for_long
    a_provider_may_want_the_secret_in_the_body
    a_second_factor_is_asked_for_after_the_provider
    what_was_proved_to_the_provider_long_ago_is_no_fresh_proof
    a_time_that_has_not_come_yet_is_no_fresh_proof
    of_many_log_ins_of_somebody_new_one_makes_the_user
    the_audit_log_has_log_ins_links_and_refusals
    the_log_in_page_shows_the_door
}

stories_with_a_provider! {
    with |_| {};
    whoever_is_no_user_is_not_let_in
}

stories_with_a_provider! {
    with |settings| {
        settings.single_sign_on.create_users = true;
        settings.single_sign_on.trust_emails = true;
    };
    every_address_counts_where_the_settings_say_so
}

stories_with_a_provider! {
    with |settings| {
        let on = &mut settings.single_sign_on;
        on.create_users = true;
        on.admin_groups = vec!["it".to_owned()];
        on.supervisor_groups = vec!["leads".to_owned(), "night leads".to_owned()];
        on.operator_groups = vec!["desk".to_owned()];
    };
    groups_give_and_take_roles
    the_first_user_is_an_administrator
    whoever_has_an_extension_keeps_it_in_another_role
    the_last_administrator_stays_one
}

stories_with_a_provider! {
    with |settings| {
        settings.single_sign_on.create_users = true;
        settings.security.second_factor_roles = vec![domain::access::Role::Operator];
    };
    whoever_needs_a_second_factor_sets_it_up_after_the_provider
}

stories_with_a_provider! {
    with |settings| {
        settings.single_sign_on.create_users = true;
        settings.single_sign_on.checks_second_factor = true;
        settings.security.second_factor_roles = vec![domain::access::Role::Operator];
    };
    a_provider_may_see_to_second_factors
}

stories_with_a_provider! {
    with |settings| {
        settings.single_sign_on.password_log_in = server::settings::PasswordLogIn::Administrators;
    };
    only_administrators_log_in_with_a_password
}

stories_with_a_provider! {
    with |settings| {
        settings.single_sign_on.create_users = true;
        settings.http.public_url = Some("https://pbx.example.com".parse().expect("an address"));
    };
    behind_https_the_cookie_is_this_hosts_alone
}

/// A user who is there before the others, and does nothing.
const FIRST: &str = "first";
const NAME: &str = "Acme ID";
const DOOR: &str = "/login/single-sign-on";
const CALLBACK: &str = "/login/single-sign-on/callback";
/// The cookie of a browser whose user is at the provider.
const KEPT: &str = "switchboard_sign_on";
const EVA: &str = "eva@acme.example";
const BOSS: &str = "boss@acme.example";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
const NEW: &str = "krtek jede na jih";
const TEN_SECONDS: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_secs(30);
const TEN_MINUTES: Duration = Duration::from_secs(10 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

fn known_to(settings: &mut Settings, provider: &Provider) {
    let on = &mut settings.single_sign_on;
    on.issuer = provider.issuer().to_owned();
    on.client_id = CLIENT.to_owned();
    on.client_secret = SECRET.into();
    on.name = NAME.to_owned();
}

fn eva() -> Person {
    Person::new("eva-1", EVA, "Eva Malá")
}

fn boss() -> Person {
    Person::new("boss-1", BOSS, "Bára Nová")
}

/// A browser has been sent to the provider.
#[derive(Debug, Clone)]
struct Trip {
    to: String,
    /// What the browser keeps until it comes back.
    kept: String,
}

impl Trip {
    fn state(&self) -> String {
        asked(&self.to, "state").expect("a state")
    }
}

async fn depart(browser: &Browser, query: &str) -> Trip {
    let answer = browser.get(&format!("{DOOR}{query}")).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    Trip {
        to: answer.header("location").to_owned(),
        kept: cookie(&answer, KEPT).expect("a cookie"),
    }
}

/// Opens the address to which the provider sends a browser back, as a link from another site.
async fn come_back(browser: &mut Browser, kept: Option<&str>, path: &str) -> Answer {
    let session = browser.cookie.as_ref().map(|id| format!("{COOKIE}={id}"));
    let kept = kept.map(|kept| format!("{KEPT}={kept}"));
    let cookies: Vec<String> = session.into_iter().chain(kept).collect();
    let mut bare = browser.clone();
    bare.cookie = None;
    let mut request = bare
        .request(Method::GET, path)
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate");
    if !cookies.is_empty() {
        request = request.header(header::COOKIE, cookies.join("; "));
    }
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    if let Some(id) = set_cookie(&answer) {
        browser.cookie = Some(id);
    }
    answer
}

/// The whole way, without a cookie of an earlier one.
async fn sign_on(provider: &Provider, browser: &mut Browser, person: &Person, next: &str) -> Answer {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let trip = depart(browser, &format!("?next={next}")).await;
    let path = provider.code_for(&trip.to, person);
    come_back(browser, Some(&trip.kept), &path).await
}

/// The same of somebody who is logged in and proves again who they are.
async fn sign_on_again(provider: &Provider, browser: &mut Browser, person: &Person) -> Answer {
    let trip = depart(browser, "?next=/users&again=true").await;
    let path = provider.code_for(&trip.to, person);
    come_back(browser, Some(&trip.kept), &path).await
}

#[track_caller]
fn arrives(answer: &Answer, to: &str) {
    assert_eq!(answer.status, 303, "{answer:?}");
    assert_eq!(answer.header("location"), to, "{answer:?}");
}

#[track_caller]
fn is_refused(answer: &Answer, why: &str) {
    arrives(answer, &format!("/login?sign_on={why}"));
    assert_eq!(set_cookie(answer), None, "{answer:?}");
}

/// The same of whoever would have gone on to the list of users, see [`sign_on_again`].
#[track_caller]
fn is_not_confirmed(answer: &Answer, why: &str) {
    let page = format!("/account/reauthenticate?sign_on={why}&next=%2Fusers");
    arrives(answer, &page);
}

/// A parameter of the address to which a browser is sent.
fn asked(to: &str, name: &str) -> Option<String> {
    let to = Url::parse(to).expect("a URL");
    let mut pairs = to.query_pairs();
    let found = pairs.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// The line that sets a cookie.
fn cookie_line(answer: &Answer, name: &str) -> Option<String> {
    let lines = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut lines = lines.filter_map(|line| line.to_str().ok());
    let is_its = |line: &&str| line.split('=').next() == Some(name);
    lines.find(is_its).map(str::to_owned)
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let line = cookie_line(answer, name)?;
    let (_, rest) = line.split_once('=')?;
    rest.split(';').next().map(str::to_owned)
}

/// What a browser keeps, as its user may have changed it.
fn changed(kept: &str, change: impl FnOnce(&mut Value)) -> String {
    let kept = BASE64.decode(kept).expect("base64url");
    let mut kept = serde_json::from_slice(&kept).expect("JSON");
    change(&mut kept);
    BASE64.encode(kept.to_string())
}

async fn me(browser: &Browser) -> Value {
    browser.call("auth/me", &[]).await.ok()
}

/// How many users but the first, links to the provider, and log-ins there are.
async fn rows(story: &Story) -> [i64; 3] {
    [
        story.count("people").await - 1,
        story.count("sign_on_links").await,
        story.count("web_sessions WHERE person_id IS NOT NULL").await,
    ]
}

async fn user(story: &Story, login: &str) -> UserId {
    let users = users::list(&story.engine, &Actor::System).await.expect("users");
    users.iter().find(|user| user.login == login).expect("a user").id
}

/// A user who has not logged in.
async fn add(story: &Story, login: &str, role: &str) -> UserId {
    let form = UserForm {
        login: login.into(),
        name: login.into(),
        password: PASSWORD.into(),
        role: role.into(),
    };
    let added = users::add(&story.engine, &Actor::System, &form).await;
    added.expect("a user")
}

async fn set_disabled(story: &Story, id: UserId, disabled: bool) {
    let set = users::set_disabled(&story.engine, &Actor::System, id, disabled).await;
    set.expect("it is set");
}

/// Whether somebody who was let in may do what asks for a fresh proof.
async fn is_trusted(browser: &Browser) -> bool {
    let answer = browser.call("users/password-link", &[("id", NOBODY)]).await;
    if answer.status == 404 {
        return true;
    }
    assert_eq!(answer.status, 401, "{}", answer.text);
    let asks = json!({ "Refused": { "reason": "reauthenticate" } });
    assert_eq!(answer.json(), asks);
    false
}

/// What an authenticator app shows now.
fn code_of(story: &Story, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).expect("Base32");
    let app = Builder::new().with_secret(secret).build().expect("an app");
    let now = u64::try_from(story.clock.now().millis() / 1000).expect("after 1970");
    app.generate(now).to_string()
}

/// The secret of a second factor that is being set up.
fn secret_of(page: &Value) -> String {
    let secret = page["factor"]["setup"]["secret"].as_str();
    secret.expect("a secret").replace('-', "")
}

async fn turn_on_second_factor(story: &Story, browser: &Browser) -> String {
    browser.call("account/begin-second-factor", &[]).await.ok();
    let secret = secret_of(&browser.call("account/second-factor", &[]).await.ok());
    let code = code_of(story, &secret);
    browser
        .call("account/turn-on-second-factor", &[("code", &code)])
        .await
        .ok();
    story.clock.advance(STEP);
    secret
}

async fn gives(browser: &mut Browser, code: &str, next: &str) -> Answer {
    let answer = browser
        .call("auth/give-code", &[("code", code), ("next", next)])
        .await;
    if let (true, Some(cookie)) = (answer.status.is_success(), set_cookie(&answer)) {
        browser.cookie = Some(cookie);
    }
    answer
}

async fn without_a_provider_there_is_no_door_to_it(story: &Story) {
    let mut browser = Browser::new(story);
    assert_eq!(browser.get(DOOR).await.status, 404);
    let again = browser.get(&format!("{DOOR}?again=true&next=/users")).await;
    assert_eq!(again.status, 404);
    assert_eq!(browser.call("auth/single-sign-on", &[]).await.ok(), Value::Null);
    let page = browser.get("/login").await;
    assert!(!page.text.contains(DOOR), "{}", page.text);
    let begun = json!({"state": "s", "nonce": "n", "verifier": "v", "again": false, "at": 0});
    let kept = BASE64.encode(json!({"begun": begun, "again": false, "next": "/"}).to_string());
    let answer = come_back(&mut browser, Some(&kept), &format!("{CALLBACK}?state=s&code=c")).await;
    assert_eq!(answer.status, 404);
    is_refused(
        &come_back(&mut browser, None, &format!("{CALLBACK}?state=s&code=c")).await,
        "expired",
    );
    assert!(!browser.is_logged_in().await);
}

async fn the_log_in_page_shows_the_door(story: &Story, _: &Provider) {
    let browser = Browser::new(story);
    assert_eq!(browser.call("auth/single-sign-on", &[]).await.ok(), NAME);
    let page = browser.get("/login?next=/queues&sign_on=no_role").await;
    assert!(
        page.text.contains(&format!("{DOOR}?next=%2Fqueues")),
        "{}",
        page.text
    );
    assert!(page.text.contains(NAME), "{}", page.text);
    assert!(page.text.contains(r#"class="notice bad""#), "{}", page.text);
    let page = browser.get("/login?sign_on=%3Cscript%3Ealert(1)").await;
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    assert!(!page.text.contains(r#"class="notice bad""#), "{}", page.text);
}

async fn a_new_user_comes_by_their_address_and_stays_who_they_are(story: &Story, provider: &Provider) {
    let mut browser = Browser::new(story);
    let answer = browser.get(&format!("{DOOR}?next=/channels")).await;
    let line = cookie_line(&answer, KEPT).expect("a cookie");
    for part in ["; Path=/", "; Max-Age=600", "; HttpOnly", "; SameSite=Lax"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let to = answer.header("location");
    let callback = story.url.join(CALLBACK).expect("a URL");
    assert_eq!(asked(to, "redirect_uri").as_deref(), Some(callback.as_str()));
    assert_eq!(asked(to, "scope").as_deref(), Some("openid email profile"));
    assert_eq!([asked(to, "prompt"), asked(to, "max_age")], [None, None]);
    let kept = cookie(&answer, KEPT).expect("a cookie");
    let path = provider.code_for(to, &eva());
    let answer = come_back(&mut browser, Some(&kept), &path).await;
    arrives(&answer, "/channels");
    assert_eq!(cookie(&answer, KEPT).as_deref(), Some(""), "it is used up");
    let first = me(&browser).await;
    assert_eq!(first["login"], EVA);
    assert_eq!(first["name"], "Eva Malá");
    assert_eq!(first["role"], "operator");
    assert_eq!(rows(story).await, [1, 1, 1]);
    assert_eq!(
        provider.calls(Endpoint::UserInfo),
        0,
        "the token says all that is needed"
    );

    // Whatever the provider calls them from now on.
    let married = Person {
        email: Some("eva.velka@acme.example".to_owned()),
        name: "Eva Velká".to_owned(),
        ..eva()
    };
    let unverified = Person {
        is_verified: false,
        ..eva()
    };
    let nameless = Person { email: None, ..eva() };
    for person in [married, unverified, nameless] {
        let mut there = Browser::new(story);
        arrives(&sign_on(provider, &mut there, &person, "/").await, "/");
        assert_eq!(me(&there).await, first, "{person:?}");
    }
    assert_eq!(rows(story).await, [1, 1, 4]);
    assert_eq!(me(&browser).await, first);
}

async fn whoever_is_a_user_already_is_found_by_their_address(story: &Story, provider: &Provider) {
    let (_, here) = story.operator("201", "jana@acme.example").await;
    let jana = Person::new("jana-1", "Jana@ACME.Example", "Somebody Else's Name");
    let mut there = Browser::new(story);
    arrives(&sign_on(provider, &mut there, &jana, "/inbox").await, "/inbox");
    let found = me(&there).await;
    assert_eq!(found["extension"]["number"], "201");
    assert_eq!(found, me(&here).await, "she is logged in here as before");
    assert_eq!(rows(story).await, [1, 1, 2]);
    let listed = users::list(&story.engine, &Actor::System).await.expect("users");
    assert!(listed[0].single_sign_on);

    let mut by_password = Browser::new(story);
    by_password.log_in("jana@acme.example", PASSWORD).await.ok();
    assert!(by_password.is_logged_in().await);
    // Whoever else logs in in a browser is the one who is logged in there.
    arrives(&sign_on(provider, &mut there, &eva(), "/").await, "/");
    assert_eq!(me(&there).await["login"], EVA);
}

async fn an_address_that_is_not_verified_opens_nothing(story: &Story, provider: &Provider) {
    story.admin(BOSS).await;
    let before = rows(story).await;
    let claimed = Person {
        is_verified: false,
        ..boss()
    };
    let nameless = Person {
        email: None,
        ..boss()
    };
    let long = format!("{}@acme.example", "x".repeat(60));
    let odd = [
        "",
        "x",
        "eva malá@acme.example",
        "<eva>@acme.example",
        "a\0b",
        &long,
    ];
    let odd = odd.map(|email| Person::new("odd", email, "Odd"));
    for person in [claimed, nameless].into_iter().chain(odd) {
        let mut browser = Browser::new(story);
        is_refused(&sign_on(provider, &mut browser, &person, "/").await, "no_email");
        assert!(!browser.is_logged_in().await, "{person:?}");
    }
    assert_eq!(rows(story).await, before);
}

async fn every_address_counts_where_the_settings_say_so(story: &Story, provider: &Provider) {
    story.admin(BOSS).await;
    let claimed = Person {
        is_verified: false,
        ..boss()
    };
    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &claimed, "/").await, "/");
    assert_eq!(me(&browser).await["login"], BOSS);
    let nameless = Person { email: None, ..eva() };
    let refused = sign_on(provider, &mut Browser::new(story), &nameless, "/").await;
    is_refused(&refused, "no_email");
}

async fn an_address_that_somebody_else_got_opens_nothing_until_it_is_unlinked(
    story: &Story,
    provider: &Provider,
) {
    let admin = story.admin("admin").await;
    let mut first = Browser::new(story);
    arrives(&sign_on(provider, &mut first, &eva(), "/").await, "/");
    let before = me(&first).await;
    let other = Person::new("eva-2", EVA, "Eva Nová");
    let mut second = Browser::new(story);
    let refused = sign_on(provider, &mut second, &other, "/").await;
    is_refused(&refused, "another_identity");
    assert!(first.is_logged_in().await && !second.is_logged_in().await);

    let id = before["id"].as_str().expect("an id");
    let unlinked = first.call("users/unlink-single-sign-on", &[("id", id)]).await;
    assert_eq!(unlinked.status, 403, "that is for administrators");
    for _ in 0..2 {
        let id = user(story, EVA).await;
        let unlinked = single_sign_on::unlink(&story.engine, &Actor::System, id).await;
        unlinked.expect("she is not linked any more");
    }
    assert!(!first.is_logged_in().await);
    let noted = "audit WHERE action = 'person.single_sign_on_unlinked'";
    assert_eq!(story.count(noted).await, 1);

    arrives(&sign_on(provider, &mut second, &other, "/").await, "/");
    assert_eq!(me(&second).await["id"], before["id"]);
    let refused = sign_on(provider, &mut first, &eva(), "/").await;
    arrives(&refused, "/login?sign_on=another_identity");
    let unlinked = admin.call("users/unlink-single-sign-on", &[("id", id)]).await;
    unlinked.ok();
    assert!(!second.is_logged_in().await);
    assert_eq!(story.count("sign_on_links").await, 0);
}

async fn an_address_that_looks_like_another_users_makes_no_user(story: &Story, provider: &Provider) {
    story.admin("copa").await;
    story.admin("lena@acme.example").await;
    let before = rows(story).await;
    // A name that is Cyrillic as a whole, a Cyrillic е among Latin letters, and a digit.
    for email in ["сора", "l\u{435}na@acme.example", "1ena@acme.example"] {
        let person = Person::new(email, email, "Copa");
        let mut browser = Browser::new(story);
        let answer = sign_on(provider, &mut browser, &person, "/").await;
        let to = answer.header("location");
        assert!(to.starts_with("/login?sign_on="), "{email}: {answer:?}");
        assert!(!browser.is_logged_in().await, "{email}");
    }
    assert_eq!(rows(story).await, before);
}

async fn whoever_is_no_user_is_not_let_in(story: &Story, provider: &Provider) {
    story.admin("admin").await;
    let before = rows(story).await;
    let refused = sign_on(provider, &mut Browser::new(story), &eva(), "/").await;
    is_refused(&refused, "unknown_user");
    assert_eq!(rows(story).await, before);
    add(story, EVA, "supervisor").await;
    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &eva(), "/").await, "/");
    assert_eq!(me(&browser).await["role"], "supervisor");
}

async fn whoever_is_disabled_is_not_let_in(story: &Story, provider: &Provider) {
    // Before they are linked.
    let id = add(story, EVA, "operator").await;
    set_disabled(story, id, true).await;
    let before = rows(story).await;
    let mut browser = Browser::new(story);
    is_refused(&sign_on(provider, &mut browser, &eva(), "/").await, "disabled");
    assert_eq!(rows(story).await, before, "and they are not linked");
    set_disabled(story, id, false).await;
    arrives(&sign_on(provider, &mut browser, &eva(), "/").await, "/");
    assert_eq!(me(&browser).await["id"], id.to_string());

    // While they are at the provider.
    let mut there = Browser::new(story);
    let trip = depart(&there, "").await;
    let path = provider.code_for(&trip.to, &eva());
    set_disabled(story, id, true).await;
    let refused = come_back(&mut there, Some(&trip.kept), &path).await;
    is_refused(&refused, "disabled");
    assert!(!there.is_logged_in().await && !browser.is_logged_in().await);
}

async fn a_log_in_ends_with_the_password_and_with_its_user(story: &Story, provider: &Provider) {
    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &eva(), "/").await, "/");
    let id = user(story, EVA).await;
    let set = users::set_password(&story.engine, &Actor::System, id, NEW).await;
    set.expect("a new password");
    assert!(!browser.is_logged_in().await);

    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &eva(), "/").await, "/");
    assert!(browser.is_logged_in().await, "the password is not what counts");
    set_disabled(story, id, true).await;
    assert!(!browser.is_logged_in().await);
    set_disabled(story, id, false).await;
    assert!(!browser.is_logged_in().await);

    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &eva(), "/").await, "/");
    browser.call("auth/log-out", &[]).await;
    assert!(!browser.is_logged_in().await);
}

async fn nobody_is_let_in_by_what_is_forged(story: &Story, provider: &Provider) {
    story.admin(BOSS).await;
    let before = rows(story).await;
    let mut answers = Vec::new();
    for forgery in Forgery::ALL {
        provider.ways(|ways| ways.forgery = Some(forgery));
        let mut browser = Browser::new(story);
        let answer = sign_on(provider, &mut browser, &boss(), "/").await;
        assert!(!browser.is_logged_in().await, "{forgery:?}");
        assert_eq!(rows(story).await, before, "{forgery:?}");
        answers.push((forgery, answer.header("location").to_owned()));
    }
    let refused = "/login?sign_on=invalid".to_owned();
    let expected = Forgery::ALL.map(|forgery| (forgery, refused.clone()));
    assert_eq!(answers, expected);
    let noted = "audit WHERE action = 'person.single_sign_on' AND outcome = 'refused' \
         AND detail = 'invalid' AND address IS NOT NULL";
    let all = i64::try_from(Forgery::ALL.len()).expect("few");
    assert_eq!(story.count(noted).await, all);

    provider.ways(|ways| ways.forgery = None);
    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &boss(), "/").await, "/");
    assert_eq!(me(&browser).await["login"], BOSS);
}

async fn a_code_works_once_and_only_in_the_browser_that_asked(story: &Story, provider: &Provider) {
    let mut here = Browser::new(story);
    let mut there = Browser::new(story);
    let (trip, others) = (depart(&here, "").await, depart(&there, "").await);
    assert_ne!(trip.state(), others.state());
    let path = provider.code_for(&trip.to, &eva());
    for kept in [None, Some(others.kept.as_str()), Some(""), Some("e30")] {
        is_refused(&come_back(&mut there, kept, &path).await, "expired");
    }
    let mistaken = path.replace(&trip.state(), &others.state());
    is_refused(
        &come_back(&mut here, Some(&trip.kept), &mistaken).await,
        "expired",
    );
    assert_eq!(provider.calls(Endpoint::Token), 0, "the provider was not asked");
    assert_eq!(rows(story).await, [0, 0, 0]);

    let answer = come_back(&mut here, Some(&trip.kept), &path).await;
    arrives(&answer, "/");
    assert_eq!(cookie(&answer, KEPT).as_deref(), Some(""));
    let mut again = Browser::new(story);
    is_refused(&come_back(&mut again, None, &path).await, "expired");
    is_refused(&come_back(&mut again, Some(&trip.kept), &path).await, "expired");
    assert!(here.is_logged_in().await && !again.is_logged_in().await);

    // Somebody else's code, in the place of one's own.
    let stolen = provider.code_for(&depart(&here, "").await.to, &boss());
    let code = asked(story.url.join(&stolen).expect("a URL").as_str(), "code").expect("a code");
    let own = format!("{CALLBACK}?code={code}&state={}", others.state());
    is_refused(&come_back(&mut there, Some(&others.kept), &own).await, "expired");
    assert!(!there.is_logged_in().await);

    let trip = depart(&there, "").await;
    let cancelled = come_back(&mut there, Some(&trip.kept), &provider.cancel(&trip.to)).await;
    is_refused(&cancelled, "cancelled");
    assert_eq!(cookie(&cancelled, KEPT).as_deref(), Some(""));
    // What the provider has forgotten.
    let trip = depart(&there, "").await;
    let path = provider.code_for(&trip.to, &eva());
    story.clock.advance(TEN_MINUTES);
    is_refused(&come_back(&mut there, Some(&trip.kept), &path).await, "expired");
    assert_eq!(rows(story).await, [1, 1, 1]);
}

async fn the_way_on_is_never_to_a_foreign_address(story: &Story, provider: &Provider) {
    let longest = format!("/{}", "x".repeat(999));
    for own in ["/", "/channels?tab=x&y=%2F", "/inbox?q=a//b", &longest] {
        let answer = sign_on(provider, &mut Browser::new(story), &eva(), own).await;
        arrives(&answer, own);
    }
    let too_long = format!("/{}", "x".repeat(5000));
    for foreign in [
        "",
        "//evil.example",
        "/\\evil.example",
        "/.//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\r\nset-cookie: a=b",
        "/ž",
        &too_long,
    ] {
        let answer = sign_on(provider, &mut Browser::new(story), &eva(), foreign).await;
        arrives(&answer, "/");
    }

    // Whoever is not let in goes on there when they try again.
    let mut browser = Browser::new(story);
    let trip = depart(&browser, "?next=%2Fchannels%3Fa%3Db").await;
    let path = provider.cancel(&trip.to);
    let answer = come_back(&mut browser, Some(&trip.kept), &path).await;
    arrives(&answer, "/login?sign_on=cancelled&next=%2Fchannels%3Fa%3Db");
    let kept = changed(&trip.kept, |kept| kept["next"] = json!("//evil.example"));
    let answer = come_back(&mut browser, Some(&kept), &path).await;
    is_refused(&answer, "cancelled");
}

async fn what_the_browser_keeps_proves_nothing(story: &Story, provider: &Provider) {
    story.admin(BOSS).await;
    let mut browser = Browser::new(story);
    let trip = depart(&browser, "?next=/channels").await;
    let path = provider.code_for(&trip.to, &boss());
    let kept = changed(&trip.kept, |kept| kept["next"] = json!("//evil.example"));
    arrives(&come_back(&mut browser, Some(&kept), &path).await, "/");
    let trip = depart(&browser, "").await;
    let path = provider.code_for(&trip.to, &eva());
    let kept = changed(&trip.kept, |kept| kept["begun"]["nonce"] = json!("another"));
    let refused = come_back(&mut browser, Some(&kept), &path).await;
    arrives(&refused, "/login?sign_on=invalid");
    assert!(is_trusted(&browser).await);

    // Of a log-in at the provider long ago nobody makes a fresh proof.
    story.clock.advance(TEN_MINUTES);
    assert!(!is_trusted(&browser).await);
    for at in [0, i64::MIN, i64::MAX] {
        let trip = depart(&browser, "").await;
        let path = provider.code_for(&trip.to, &boss());
        let kept = changed(&trip.kept, |kept| {
            kept["begun"]["again"] = json!(true);
            kept["begun"]["at"] = json!(at);
        });
        let answer = come_back(&mut browser, Some(&kept), &path).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        assert!(!is_trusted(&browser).await, "{at}");
    }
}

async fn nothing_that_a_stranger_brings_back_breaks_anything(story: &Story, provider: &Provider) {
    panics::count();
    let mut browser = Browser::new(story);
    for query in [
        "?next=%00",
        "?again=maybe",
        "?next=%ff%fe",
        "?next=/&next=/",
        "?=&&",
        "?next",
    ] {
        let status = browser.get(&format!("{DOOR}{query}")).await.status;
        assert!(status == 303 || status == 400, "{query}: {status}");
    }
    for query in [
        "",
        "?",
        "?code=c",
        "?error=access_denied",
        "?state=%00&code=c",
        "?state=s&code=%00",
        "?state=s&state=t&code=c",
    ] {
        let answer = come_back(&mut browser, None, &format!("{CALLBACK}{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = browser.request(method, CALLBACK);
        let status = request.send().await.expect("an answer").status();
        assert_eq!(status, 405);
    }

    let trip = depart(&browser, "").await;
    let state = trip.state();
    let begun = |again: bool, at: Value| {
        let begun =
            json!({"state": state, "nonce": "", "verifier": "\u{17e}\r\n ", "again": again, "at": at});
        BASE64.encode(json!({"begun": begun, "again": again, "next": "//evil"}).to_string())
    };
    let garbage = [
        trip.kept.clone(),
        String::new(),
        "%00".to_owned(),
        "=====".to_owned(),
        "\"".to_owned(),
        BASE64.encode("null"),
        BASE64.encode("{}"),
        BASE64.encode(b"\xff\0\xfe"),
        BASE64.encode("[".repeat(10_000)),
        begun(false, json!(i64::MIN)),
        begun(true, json!(i64::MAX)),
        begun(true, json!(1e300)),
        begun(false, json!("now")),
        trip.kept.replace('a', "b"),
        trip.kept[1..].to_owned(),
    ];
    let long = "x".repeat(15_000);
    for kept in &garbage {
        for code in ["c", "", "%ff%fe", "%0d%0a", "a+b%26state%3dx", &long] {
            let path = format!("{CALLBACK}?state={state}&code={code}");
            let answer = come_back(&mut browser, Some(kept), &path).await;
            let to = answer.header("location");
            assert!(
                answer.status == 303 || answer.status == 431,
                "{kept} {code}: {answer:?}"
            );
            let is_told = answer.status == 431 || to.ends_with("?sign_on=expired");
            assert!(is_told, "{kept} {code}: {answer:?}");
        }
        let error = "x".repeat(5000);
        let path = format!("{CALLBACK}?state={state}&error={error}%0a%1b");
        let answer = come_back(&mut browser, Some(kept), &path).await;
        assert!(answer.status.as_u16() < 500, "{kept}: {answer:?}");
    }

    // More than the head of a request may have. The server may end the connection before it has read all.
    let at = story.url.socket_addrs(|| None).expect("an address");
    let mut stream = TcpStream::connect(&at[..]).await.expect("a connection");
    let head = format!(
        "GET {CALLBACK}?state={state}&code={} HTTP/1.1\r\nhost: localhost\r\ncookie: {KEPT}={}\r\n\r\n",
        "x".repeat(100_000),
        trip.kept
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = timeout(TEN_SECONDS, stream.read_buf(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");

    assert_eq!(rows(story).await, [0, 0, 0]);
    arrives(&sign_on(provider, &mut browser, &eva(), "/").await, "/");
    panics::assert_none();
}

async fn keys_that_change_are_read_anew(story: &Story, provider: &Provider) {
    let attempt = async || sign_on(provider, &mut Browser::new(story), &eva(), "/").await;
    let read = || {
        [
            provider.calls(Endpoint::Discovery),
            provider.calls(Endpoint::Keys),
        ]
    };
    arrives(&attempt().await, "/");
    arrives(&attempt().await, "/");
    assert_eq!(read(), [1, 1]);
    story.clock.advance(TEN_SECONDS);
    provider.rotate_keys();
    arrives(&attempt().await, "/");
    assert_eq!(read(), [2, 2]);

    // Whoever makes up keys does not make the server ask all the time.
    provider.ways(|ways| ways.forgery = Some(Forgery::UnpublishedKey));
    for n in 2..5 {
        for _ in 0..5 {
            is_refused(&attempt().await, "invalid");
            assert_eq!(read(), [n, n]);
            story.clock.advance(Duration::from_secs(1));
        }
        story.clock.advance(Duration::from_secs(5));
        is_refused(&attempt().await, "invalid");
        assert_eq!(read(), [n + 1, n + 1]);
    }
    provider.ways(|ways| ways.forgery = None);
    arrives(&attempt().await, "/");
    assert_eq!(read(), [5, 5]);
    // What it publishes is good for an hour.
    story.clock.advance(HOUR - TEN_SECONDS);
    arrives(&attempt().await, "/");
    assert_eq!(read(), [5, 5]);
    story.clock.advance(TEN_SECONDS);
    arrives(&attempt().await, "/");
    assert_eq!(read(), [6, 6]);
}

async fn what_the_token_leaves_out_is_asked_for(story: &Story, provider: &Provider) {
    provider.ways(|ways| ways.apart = &["email", "email_verified", "name", "groups"]);
    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &eva(), "/").await, "/");
    let found = me(&browser).await;
    assert_eq!(found["login"], EVA);
    assert_eq!(found["name"], "Eva Malá");
    assert_eq!(provider.calls(Endpoint::UserInfo), 1);
    let unverified = Person {
        is_verified: false,
        ..boss()
    };
    let refused = sign_on(provider, &mut Browser::new(story), &unverified, "/").await;
    is_refused(&refused, "no_email");
    // Groups are of no use where roles are given here.
    provider.ways(|ways| ways.apart = &["groups"]);
    arrives(
        &sign_on(provider, &mut Browser::new(story), &boss(), "/").await,
        "/",
    );
    assert_eq!(provider.calls(Endpoint::UserInfo), 2);
}

async fn a_provider_that_is_out_of_order_is_left_alone_for_a_while(story: &Story, provider: &Provider) {
    let browser = Browser::new(story);
    let troubles = [
        Trouble::Down,
        Trouble::TooLarge,
        Trouble::Redirects,
        Trouble::Html,
    ];
    let all = [Endpoint::Discovery, Endpoint::Keys].map(|of| troubles.map(|trouble| (of, trouble)));
    let all = all.as_flattened();
    for &(of, trouble) in all {
        story.clock.advance(TEN_SECONDS);
        provider.ways(|ways| ways.trouble = Some((of, trouble)));
        let before = provider.calls(Endpoint::Discovery);
        let asked = || provider.calls(Endpoint::Discovery) - before;
        for _ in 0..4 {
            is_refused(&browser.get(DOOR).await, "unavailable");
        }
        let again = browser.get(&format!("{DOOR}?again=true&next=/users")).await;
        is_not_confirmed(&again, "unavailable");
        assert_eq!(asked(), 1, "{of:?} {trouble:?}");
        story.clock.advance(TEN_SECONDS);
        for _ in 0..4 {
            is_refused(&browser.get(DOOR).await, "unavailable");
        }
        assert_eq!(asked(), 2, "{of:?} {trouble:?}");
    }
    story.clock.advance(TEN_SECONDS);
    provider.ways(|ways| {
        ways.trouble = None;
        ways.other_issuer = true;
    });
    is_refused(&browser.get(DOOR).await, "unavailable");
    assert_eq!(browser.get("/login").await.status, 200);

    provider.ways(|ways| ways.other_issuer = false);
    is_refused(&browser.get(DOOR).await, "unavailable");
    story.clock.advance(TEN_SECONDS);
    arrives(
        &sign_on(provider, &mut Browser::new(story), &eva(), "/").await,
        "/",
    );
    // What it published is good for longer than an hour, if there is nothing newer.
    for &(of, trouble) in all {
        story.clock.advance(HOUR);
        provider.ways(|ways| ways.trouble = Some((of, trouble)));
        let before = provider.calls(Endpoint::Discovery);
        for _ in 0..2 {
            arrives(
                &sign_on(provider, &mut Browser::new(story), &eva(), "/").await,
                "/",
            );
        }
        assert_eq!(
            provider.calls(Endpoint::Discovery) - before,
            1,
            "{of:?} {trouble:?}"
        );
    }
}

async fn a_provider_that_gives_no_token_lets_nobody_in(story: &Story, provider: &Provider) {
    provider.ways(|ways| ways.apart = &["email", "email_verified"]);
    for of in [Endpoint::Token, Endpoint::UserInfo] {
        for trouble in [
            Trouble::Down,
            Trouble::TooLarge,
            Trouble::Redirects,
            Trouble::Html,
        ] {
            provider.ways(|ways| ways.trouble = Some((of, trouble)));
            let before = provider.calls(of);
            let mut browser = Browser::new(story);
            let answer = sign_on(provider, &mut browser, &eva(), "/").await;
            is_refused(&answer, "unavailable");
            assert!(!browser.is_logged_in().await, "{of:?} {trouble:?}");
            assert_eq!(provider.calls(of), before + 1, "{of:?} {trouble:?}");
        }
    }
    assert_eq!(rows(story).await, [0, 0, 0]);
    provider.ways(|ways| ways.trouble = None);
    arrives(
        &sign_on(provider, &mut Browser::new(story), &eva(), "/").await,
        "/",
    );
}

async fn a_provider_that_hangs_is_asked_once(story: &Story, provider: &Provider) {
    provider.ways(|ways| ways.trouble = Some((Endpoint::Discovery, Trouble::Hangs)));
    let browser = Browser::new(story);
    let attempts = join_all((0..4).map(|_| browser.get(DOOR)));
    let time_passes = async {
        while provider.calls(Endpoint::Discovery) == 0 {
            sleep(Duration::from_millis(10)).await;
        }
        // As it does while they wait.
        story.clock.advance(TEN_SECONDS);
    };
    let all = timeout(Duration::from_secs(18), join(attempts, time_passes)).await;
    let (answers, ()) = all.expect("nobody waits for one after the other");
    for answer in &answers {
        is_refused(answer, "unavailable");
    }
    assert_eq!(provider.calls(Endpoint::Discovery), 1);
    provider.ways(|ways| ways.trouble = None);
    story.clock.advance(TEN_SECONDS);
    arrives(
        &sign_on(provider, &mut Browser::new(story), &eva(), "/").await,
        "/",
    );
}

async fn a_token_that_does_not_come_is_not_waited_for_long(story: &Story, provider: &Provider) {
    let mut browser = Browser::new(story);
    let trip = depart(&browser, "").await;
    let path = provider.code_for(&trip.to, &eva());
    provider.ways(|ways| ways.trouble = Some((Endpoint::Token, Trouble::Hangs)));
    let within = Duration::from_secs(15);
    let answer = timeout(within, come_back(&mut browser, Some(&trip.kept), &path)).await;
    is_refused(&answer.expect("an answer in time"), "unavailable");
    provider.ways(|ways| ways.trouble = None);
    arrives(&sign_on(provider, &mut browser, &eva(), "/").await, "/");
}

async fn a_provider_may_want_the_secret_in_the_body(story: &Story, provider: &Provider) {
    provider.ways(|ways| ways.post_only = true);
    arrives(
        &sign_on(provider, &mut Browser::new(story), &eva(), "/").await,
        "/",
    );
    // It has changed its mind, and has not said so yet.
    provider.ways(|ways| ways.post_only = false);
    let refused = sign_on(provider, &mut Browser::new(story), &eva(), "/").await;
    is_refused(&refused, "unavailable");
    story.clock.advance(HOUR);
    arrives(
        &sign_on(provider, &mut Browser::new(story), &eva(), "/").await,
        "/",
    );
}

async fn groups_give_and_take_roles(story: &Story, provider: &Provider) {
    story.admin("admin").await;
    let mut browser = Browser::new(story);
    let steps: [(&[&str], &str); 5] = [
        (&["desk"], "operator"),
        (&["desk", "night leads"], "supervisor"),
        (&["others", "desk", "it"], "admin"),
        (&["leads"], "supervisor"),
        (&["desk"], "operator"),
    ];
    let mut first = Browser::new(story);
    let answer = sign_on(provider, &mut first, &eva().in_groups(&["desk"]), "/").await;
    arrives(&answer, "/");
    for (groups, role) in steps {
        let answer = sign_on(provider, &mut browser, &eva().in_groups(groups), "/").await;
        arrives(&answer, "/");
        assert_eq!(me(&browser).await["role"], role, "{groups:?}");
        assert_eq!(me(&first).await["role"], role, "it counts everywhere: {groups:?}");
    }
    let changes = "audit WHERE action = 'person.change'";
    assert_eq!(story.count(changes).await, 4);
    assert_eq!(provider.calls(Endpoint::UserInfo), 0);

    let before = rows(story).await;
    let none: [&[&str]; 4] = [&[], &["IT"], &["des", "desks"], &["others"]];
    for groups in none {
        for person in [eva(), boss()] {
            let mut there = Browser::new(story);
            let answer = sign_on(provider, &mut there, &person.in_groups(groups), "/").await;
            is_refused(&answer, "no_role");
        }
    }
    assert_eq!(rows(story).await, before);

    provider.ways(|ways| ways.apart = &["groups"]);
    let boss = boss().in_groups(&["leads"]);
    arrives(&sign_on(provider, &mut browser, &boss, "/").await, "/");
    assert_eq!(me(&browser).await["role"], "supervisor");
    assert_eq!(provider.calls(Endpoint::UserInfo), 1);
}

async fn the_first_user_is_an_administrator(story: &Story, provider: &Provider) {
    story.database.run(story.data_dir(), "DELETE FROM people").await;
    let of = |groups: &[&str]| eva().in_groups(groups);
    let mut browser = Browser::new(story);
    let answer = sign_on(provider, &mut browser, &of(&["desk"]), "/").await;
    is_refused(&answer, "unknown_user");
    assert_eq!(story.count("people").await, 0, "the set-up link still works");
    let answer = sign_on(provider, &mut browser, &of(&["it"]), "/").await;
    arrives(&answer, "/");
    assert_eq!(me(&browser).await["role"], "admin");
}

async fn whoever_has_an_extension_keeps_it_in_another_role(story: &Story, provider: &Provider) {
    story.operator("201", "jana@acme.example").await;
    let jana = Person::new("jana-1", "jana@acme.example", "Jana").in_groups(&["leads"]);
    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &jana, "/").await, "/");
    let found = me(&browser).await;
    assert_eq!(found["role"], "supervisor");
    assert_eq!(found["extension"]["number"], "201");
}

async fn the_last_administrator_stays_one(story: &Story, provider: &Provider) {
    let mut browser = Browser::new(story);
    let mut role_in = async |groups: &[&str]| {
        let boss = boss().in_groups(groups);
        arrives(&sign_on(provider, &mut browser, &boss, "/").await, "/");
        me(&browser).await["role"].clone()
    };
    assert_eq!(role_in(&["it"]).await, "admin");
    assert_eq!(role_in(&["desk"]).await, "admin", "nobody else is one");
    let other = add(story, "other", "admin").await;
    set_disabled(story, other, true).await;
    assert_eq!(role_in(&["desk"]).await, "admin", "the other one is disabled");
    set_disabled(story, other, false).await;
    assert_eq!(role_in(&["desk"]).await, "operator");
    assert_eq!(role_in(&["it"]).await, "admin");
    let refused = sign_on(provider, &mut Browser::new(story), &boss(), "/").await;
    is_refused(&refused, "no_role");
}

async fn a_second_factor_is_asked_for_after_the_provider(story: &Story, provider: &Provider) {
    let mut here = Browser::new(story);
    arrives(&sign_on(provider, &mut here, &eva(), "/").await, "/");
    let secret = turn_on_second_factor(story, &here).await;
    let mut there = Browser::new(story);
    let answer = sign_on(provider, &mut there, &eva(), "/channels?a=b").await;
    arrives(&answer, "/login/code?next=%2Fchannels%3Fa%3Db");
    assert!(!there.is_logged_in().await);
    assert_eq!(gives(&mut there, "000000", "/channels").await.status, 422);
    let admitted = gives(&mut there, &code_of(story, &secret), "/channels").await;
    assert_eq!(admitted.header("location"), "/channels", "{admitted:?}");
    assert!(there.is_logged_in().await && here.is_logged_in().await);

    // Whoever is logged in proves with the provider alone that they still are who they are.
    story.clock.advance(TEN_MINUTES);
    arrives(&sign_on_again(provider, &mut there, &eva()).await, "/users");
    assert!(there.is_logged_in().await);
    let log_ins = format!("audit WHERE action = 'person.log_in' AND detail = '{NAME}'");
    assert_eq!(story.count(&log_ins).await, 2, "both name the provider");
}

async fn whoever_needs_a_second_factor_sets_it_up_after_the_provider(story: &Story, provider: &Provider) {
    let mut browser = Browser::new(story);
    let answer = sign_on(provider, &mut browser, &eva(), "/").await;
    arrives(&answer, "/login/code?next=%2F");
    assert!(!browser.is_logged_in().await);
    let secret = secret_of(&browser.call("auth/code-page", &[]).await.ok());
    gives(&mut browser, &code_of(story, &secret), "/").await.ok();
    assert!(browser.is_logged_in().await);
    assert_eq!(rows(story).await, [1, 1, 1]);
}

async fn a_provider_may_see_to_second_factors(story: &Story, provider: &Provider) {
    let mut here = Browser::new(story);
    arrives(&sign_on(provider, &mut here, &eva(), "/").await, "/");
    turn_on_second_factor(story, &here).await;
    let mut there = Browser::new(story);
    let answer = sign_on(provider, &mut there, &eva(), "/channels").await;
    arrives(&answer, "/channels");
    assert!(there.is_logged_in().await);
    // That is said of the provider, and not of passwords.
    let id = user(story, EVA).await;
    let set = users::set_password(&story.engine, &Actor::System, id, NEW).await;
    set.expect("a new password");
    let mut by_password = Browser::new(story);
    let answer = by_password.log_in(EVA, NEW).await;
    assert_eq!(answer.header("location"), "/login/code?next=%2F", "{answer:?}");
    assert!(!by_password.is_logged_in().await);
}

async fn what_was_proved_to_the_provider_long_ago_is_no_fresh_proof(story: &Story, provider: &Provider) {
    story.admin(BOSS).await;
    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &boss(), "/").await, "/");
    assert!(is_trusted(&browser).await, "they were asked just now");
    story.clock.advance(TEN_MINUTES);
    assert!(!is_trusted(&browser).await);
    // They are logged in there, and are not asked again.
    arrives(&sign_on(provider, &mut browser, &boss(), "/").await, "/");
    assert!(!is_trusted(&browser).await);
    provider.ways(|ways| ways.no_auth_time = true);
    arrives(&sign_on(provider, &mut browser, &boss(), "/").await, "/");
    assert!(!is_trusted(&browser).await);
    provider.ways(|ways| ways.no_auth_time = false);

    let log_ins = "audit WHERE action = 'person.log_in'";
    let before = story.count(log_ins).await;
    let trip = depart(&browser, "?again=true&next=/users").await;
    assert_eq!(asked(&trip.to, "prompt").as_deref(), Some("login"));
    assert_eq!(asked(&trip.to, "max_age").as_deref(), Some("0"));
    let path = provider.code_for(&trip.to, &boss());
    let stolen = browser.clone();
    let answer = come_back(&mut browser, Some(&trip.kept), &path).await;
    arrives(&answer, "/users");
    assert_ne!(stolen.cookie, browser.cookie);
    assert!(!stolen.is_logged_in().await && is_trusted(&browser).await);
    assert_eq!(story.count(log_ins).await, before, "it is the same log-in");

    // The provider says who somebody is, and did not ask them.
    story.clock.advance(TEN_MINUTES);
    provider.ways(|ways| ways.ignores_prompt = true);
    let answer = sign_on_again(provider, &mut browser, &boss()).await;
    is_not_confirmed(&answer, "not_again");
    assert!(!is_trusted(&browser).await);
    provider.ways(|ways| {
        ways.ignores_prompt = false;
        ways.no_auth_time = true;
    });
    let answer = sign_on_again(provider, &mut browser, &boss()).await;
    is_not_confirmed(&answer, "not_again");
    assert!(!is_trusted(&browser).await);
    provider.ways(|ways| ways.no_auth_time = false);

    // Somebody else: who is no user yet, who is one, and who has the user's address.
    let before = rows(story).await;
    let another = Person::new("boss-2", BOSS, "Bára Jiná");
    for person in [eva(), another] {
        let answer = sign_on_again(provider, &mut browser, &person).await;
        is_not_confirmed(&answer, "another_user");
    }
    assert_eq!(rows(story).await, before);
    let mut hers = Browser::new(story);
    arrives(&sign_on(provider, &mut hers, &eva(), "/").await, "/");
    let answer = sign_on_again(provider, &mut browser, &eva()).await;
    is_not_confirmed(&answer, "another_user");
    assert!(!is_trusted(&browser).await);
    assert_eq!(me(&browser).await["login"], BOSS);
    let trip = depart(&browser, "?again=true&next=/users").await;
    let answer = come_back(&mut browser, Some(&trip.kept), &provider.cancel(&trip.to)).await;
    is_not_confirmed(&answer, "cancelled");
    // Whoever is not logged in does not get in by it.
    let mut stranger = Browser::new(story);
    let answer = sign_on_again(provider, &mut stranger, &boss()).await;
    is_not_confirmed(&answer, "expired");
    assert!(!stranger.is_logged_in().await && !is_trusted(&browser).await);

    arrives(&sign_on_again(provider, &mut browser, &boss()).await, "/users");
    assert!(is_trusted(&browser).await);
}

async fn a_time_that_has_not_come_yet_is_no_fresh_proof(story: &Story, provider: &Provider) {
    story.admin(BOSS).await;
    // As of a provider that counts in milliseconds.
    provider.ways(|ways| ways.auth_time_ahead = 24 * 365 * HOUR);
    let mut browser = Browser::new(story);
    sign_on(provider, &mut browser, &boss(), "/").await;
    story.clock.advance(TEN_MINUTES);
    let answer = browser.call("users/password-link", &[("id", NOBODY)]).await;
    assert_eq!(answer.status, 401, "{answer:?}");
}

async fn only_administrators_log_in_with_a_password(story: &Story, provider: &Provider) {
    let admin = story.admin("admin").await;
    let id = add(story, "jana@acme.example", "operator").await;
    add(story, "leo@acme.example", "supervisor").await;
    let use_provider = |answer: &Answer| {
        assert_eq!(answer.status, 409, "{answer:?}");
        assert_eq!(answer.json()["Refused"]["reason"], "use_single_sign_on");
    };
    for login in ["jana@acme.example", "leo@acme.example"] {
        let mut browser = Browser::new(story);
        use_provider(&browser.log_in(login, PASSWORD).await);
        assert!(!browser.is_logged_in().await, "{login}");
        let wrong = browser.log_in(login, "not it").await;
        assert_eq!(wrong.status, 401, "it does not tell who is a user");
        assert_eq!(wrong.json()["Refused"]["reason"], "wrong_login");
    }
    let noted =
        "audit WHERE action = 'person.log_in' AND outcome = 'refused' AND detail = 'single sign-on only'";
    assert_eq!(story.count(noted).await, 2);
    let mut browser = Browser::new(story);
    browser.log_in("admin", PASSWORD).await.ok();
    assert!(browser.is_logged_in().await);

    let own = id.to_string();
    use_provider(&admin.call("users/password-link", &[("id", &own)]).await);
    // A link of somebody who was an administrator.
    let other = add(story, "other", "admin").await;
    let link = password_links::create(&story.engine, &Actor::System, other).await;
    let link = link.expect("a link");
    let (_, token) = link.query_pairs().next().expect("a token");
    let form = UserForm {
        login: "other".into(),
        name: "Other".into(),
        password: String::new(),
        role: "operator".into(),
    };
    let changed = users::change(&story.engine, &Actor::System, other, &form).await;
    changed.expect("an operator");
    let redeem = [("token", &*token), ("password", NEW)];
    use_provider(&Browser::new(story).call("auth/use-password-link", &redeem).await);

    let jana = Person::new("jana-1", "jana@acme.example", "Jana");
    let mut browser = Browser::new(story);
    arrives(&sign_on(provider, &mut browser, &jana, "/").await, "/");
    assert_eq!(me(&browser).await["id"], id.to_string());
}

async fn of_many_log_ins_of_somebody_new_one_makes_the_user(story: &Story, provider: &Provider) {
    let visits = join_all((0..16).map(|_| async {
        let browser = Browser::new(story);
        let trip = depart(&browser, "").await;
        let path = provider.code_for(&trip.to, &eva());
        (browser, trip, path)
    }));
    let mut visits = visits.await;
    assert_eq!(provider.calls(Endpoint::Discovery), 1);
    let answers = visits
        .iter_mut()
        .map(|(browser, trip, path)| come_back(browser, Some(&trip.kept), path));
    for answer in join_all(answers).await {
        arrives(&answer, "/");
    }
    assert_eq!(rows(story).await, [1, 1, 16]);
    for (browser, ..) in &visits {
        assert_eq!(me(browser).await["login"], EVA);
    }
    let added = "audit WHERE action IN ('person.add', 'person.single_sign_on_linked')";
    assert_eq!(story.count(added).await, 3, "with the first");
}

async fn the_audit_log_has_log_ins_links_and_refusals(story: &Story, provider: &Provider) {
    let admin = story.admin("admin").await;
    arrives(
        &sign_on(provider, &mut Browser::new(story), &eva(), "/").await,
        "/",
    );
    let nameless = Person {
        email: None,
        ..boss()
    };
    let refused = sign_on(provider, &mut Browser::new(story), &nameless, "/").await;
    is_refused(&refused, "no_email");
    let page = admin.call("audit/list", &[]).await.ok();
    let rows = page["Ok"]["items"].as_array().expect("rows");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let seen: Vec<[String; 5]> = rows
        .iter()
        .take(4)
        .map(|row| {
            [
                text(&row["action"]),
                text(&row["outcome"]),
                text(&row["detail"]),
                text(&row["subject"]["name"]),
                text(&row["address"]),
            ]
        })
        .collect();
    let here = "127.0.0.1";
    let added = format!("{EVA} (operator)");
    let expected = [
        ["person.single_sign_on", "refused", "no_email", "", here],
        ["person.log_in", "done", NAME, EVA, here],
        ["person.single_sign_on_linked", "done", NAME, EVA, here],
        ["person.add", "done", &added, EVA, here],
    ];
    assert_eq!(seen, expected);
    assert_eq!(rows[1]["actor"]["login"], EVA);
}

async fn behind_https_the_cookie_is_this_hosts_alone(story: &Story, provider: &Provider) {
    const HOSTS: &str = "__Host-switchboard_sign_on";
    let browser = Browser::new(story);
    // By another name than the public one, as long as no proxy hides it.
    let moved = browser.get(&format!("{DOOR}?next=/users")).await;
    let public = "https://pbx.example.com/login/single-sign-on?next=%2Fusers&again=false&moved=true";
    arrives(&moved, public);
    assert_eq!(cookie_line(&moved, HOSTS), None);
    let answer = browser.get(&format!("{DOOR}?moved=true")).await;
    let to = answer.header("location");
    let callback = "https://pbx.example.com/login/single-sign-on/callback";
    assert_eq!(asked(to, "redirect_uri").as_deref(), Some(callback));
    let line = cookie_line(&answer, HOSTS).expect("a cookie");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!line.contains("Domain"), "{line}");
    let kept = cookie(&answer, HOSTS).expect("a cookie");
    let path = provider.code_for(to, &eva());
    let back = async |name: &str| {
        let request = browser.request(Method::GET, &path);
        let request = request.header(header::COOKIE, format!("{name}={kept}"));
        Answer::of(request.send().await.expect("an answer")).await
    };
    is_refused(&back(KEPT).await, "expired");
    let answer = back(HOSTS).await;
    arrives(&answer, "/");
    assert_eq!(cookie(&answer, HOSTS).as_deref(), Some(""));
    let lines = answer.headers.get_all(header::SET_COOKIE).iter();
    for line in lines.map(|line| line.to_str().expect("text")) {
        assert!(line.contains("Secure"), "{line}");
    }
}
