//! The second factor: codes of an app, recovery codes, and who needs them.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::{Browser, PASSWORD, set_cookie},
    },
};
use domain::{
    access::{Actor, Role},
    ids::UserId,
    refusal::Refusal,
};
use engine::{
    Error,
    access::{password_links, second_factor, users},
    credentials::rotate,
    directory::extensions,
};
use futures::future::join_all;
use serde_json::{Value, json};
use std::{
    process::{Command, Stdio},
    time::Duration,
};
use totp_rs::{Builder, Secret};

stories! {
    a_log_in_asks_for_a_code_once_it_is_on
    a_set_up_ends_and_turning_it_on_needs_the_password
    a_recovery_code_works_once
    of_many_with_one_code_one_gets_in
    guessing_codes_is_throttled
    a_password_alone_opens_nothing
    a_log_in_that_waits_ends
    forms_without_a_script_lead_through_both_steps
    a_password_link_does_not_go_round_it
    an_administrator_removes_anothers
    the_command_line_removes_it
    a_new_master_key_keeps_it
}

stories! {
    with |settings| settings.security.second_factor_roles = vec![domain::access::Role::Admin];
    who_needs_one_sets_it_up_at_the_log_in
}

const STEP: Duration = Duration::from_secs(30);

/// What an app and a sheet of paper know.
#[derive(Debug, Clone)]
struct Kept {
    secret: String,
    recovery: Vec<String>,
}

impl Kept {
    fn of(page: &Value) -> Self {
        let setup = &page["factor"]["setup"];
        let codes = setup["recovery_codes"].as_array().expect("recovery codes");
        Self {
            secret: setup["secret"].as_str().expect("a secret").replace('-', ""),
            recovery: codes
                .iter()
                .map(|code| code.as_str().expect("a code").to_owned())
                .collect(),
        }
    }

    /// What the app shows now.
    fn code(&self, story: &Story) -> String {
        let secret = Secret::try_from_base32(&self.secret).expect("Base32");
        let app = Builder::new().with_secret(secret).build().expect("an app");
        let now = u64::try_from(story.clock.now().millis() / 1000).expect("after 1970");
        app.generate(now).to_string()
    }
}

async fn own(browser: &Browser) -> Value {
    browser.call("account/second-factor", &[]).await.ok()
}

async fn turn_on(story: &Story, browser: &Browser) -> Kept {
    browser.call("account/begin-second-factor", &[]).await.ok();
    let kept = Kept::of(&own(browser).await);
    let code = kept.code(story);
    browser
        .call("account/turn-on-second-factor", &[("code", &code)])
        .await
        .ok();
    story.clock.advance(STEP);
    kept
}

async fn gives(browser: &mut Browser, code: &str) -> Answer {
    let answer = browser
        .call("auth/give-code", &[("code", code), ("next", "/channels")])
        .await;
    if let (true, Some(cookie)) = (answer.status.is_success(), set_cookie(&answer)) {
        browser.cookie = Some(cookie);
    }
    answer
}

#[track_caller]
fn is_wrong(answer: &Answer) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let expected = json!([{ "field": "code", "problem": "wrong_code" }]);
    assert_eq!(answer.json()["Refused"]["fields"], expected);
}

/// A browser in which the right password has been typed.
async fn waiting(story: &Story, login: &str) -> Browser {
    let mut browser = Browser::new(story);
    let answer = browser.log_in(login, PASSWORD).await;
    assert_eq!(answer.header("location"), "/login/code?next=%2F", "{answer:?}");
    browser
}

async fn user(story: &Story, login: &str) -> UserId {
    let users = users::list(&story.engine, &Actor::System).await.expect("users");
    users.iter().find(|user| user.login == login).expect("a user").id
}

async fn actions(story: &Story, like: &str) -> i64 {
    story
        .count(&format!("audit WHERE action = '{like}' AND outcome = 'done'"))
        .await
}

async fn a_log_in_asks_for_a_code_once_it_is_on(story: &Story) {
    let here = story.admin("admin").await;
    assert_eq!(own(&here).await["factor"]["on_since"], Value::Null);
    is_wrong(
        &here
            .call("account/turn-on-second-factor", &[("code", "123456")])
            .await,
    );

    here.call("account/begin-second-factor", &[]).await.ok();
    let first = Kept::of(&own(&here).await);
    assert_eq!(
        Kept::of(&own(&here).await).secret,
        first.secret,
        "it stays until it is begun anew"
    );
    here.call("account/begin-second-factor", &[]).await.ok();
    let page = own(&here).await;
    let kept = Kept::of(&page);
    assert_ne!(kept.secret, first.secret);
    assert_ne!(kept.recovery, first.recovery);
    let uri = page["factor"]["setup"]["uri"].as_str().expect("an address");
    let expected = format!(
        "otpauth://totp/Switchboard:admin?secret={}&issuer=Switchboard",
        kept.secret
    );
    assert_eq!(uri, expected);
    assert!(
        page["qr"]["path"]
            .as_str()
            .expect("a path")
            .starts_with("M4 4h1v1h-1z")
    );

    for wrong in ["", "12", &first.code(story), &kept.recovery[0]] {
        is_wrong(
            &here
                .call("account/turn-on-second-factor", &[("code", wrong)])
                .await,
        );
    }
    let mut before = Browser::new(story);
    before.log_in("admin", PASSWORD).await;
    assert!(before.is_logged_in().await, "it is not on yet");
    let elsewhere = &before;
    assert_eq!(
        own(elsewhere).await["factor"]["setup"],
        Value::Null,
        "only who began sees it"
    );
    let code = kept.code(story);
    is_wrong(
        &elsewhere
            .call("account/turn-on-second-factor", &[("code", &code)])
            .await,
    );
    here.call("account/turn-on-second-factor", &[("code", &code)])
        .await
        .ok();
    assert!(here.is_logged_in().await);
    let page = own(&here).await;
    assert_eq!(page["factor"]["setup"], Value::Null, "it is not shown again");
    assert_eq!(page["factor"]["codes_left"], 10);
    assert!(here.call("account/begin-second-factor", &[]).await.status == 409);

    let mut there = waiting(story, "admin").await;
    is_wrong(&gives(&mut there, &code).await);
    story.clock.advance(STEP);
    is_wrong(&gives(&mut there, "000000").await);
    let typed = kept.code(story);
    let admitted = gives(&mut there, &format!(" {} {}", &typed[..3], &typed[3..])).await;
    assert_eq!(admitted.header("location"), "/channels", "{admitted:?}");
    assert!(there.is_logged_in().await);
    assert_eq!(
        gives(&mut there, &typed).await.status,
        401,
        "nobody is waited for any more"
    );
    assert_eq!(actions(story, "person.second_factor_on").await, 1);

    is_wrong(
        &there
            .call("account/turn-off-second-factor", &[("code", &typed)])
            .await,
    );
    story.clock.advance(STEP);
    let code = kept.code(story);
    there
        .call("account/turn-off-second-factor", &[("code", &code)])
        .await
        .ok();
    assert!(there.is_logged_in().await && here.is_logged_in().await);
    assert_eq!(actions(story, "person.second_factor_off").await, 1);
    let mut again = Browser::new(story);
    again.log_in("admin", PASSWORD).await;
    assert!(again.is_logged_in().await);
}

async fn a_set_up_ends_and_turning_it_on_needs_the_password(story: &Story) {
    let mut here = story.admin("admin").await;
    here.call("account/begin-second-factor", &[]).await.ok();
    let kept = Kept::of(&own(&here).await);
    story.clock.advance(Duration::from_secs(10 * 60));
    let code = kept.code(story);
    let late = here
        .call("account/turn-on-second-factor", &[("code", &code)])
        .await;
    assert_eq!(late.json()["Refused"]["reason"], "reauthenticate");
    let again = here
        .call("account/reauthenticate", &[("current", PASSWORD)])
        .await;
    here.cookie = set_cookie(&again);
    assert_eq!(
        Kept::of(&own(&here).await).secret,
        kept.secret,
        "it is still there"
    );

    story.clock.advance(Duration::from_secs(20 * 60));
    assert_eq!(own(&here).await["factor"]["setup"], Value::Null);
    let again = here
        .call("account/reauthenticate", &[("current", PASSWORD)])
        .await;
    here.cookie = set_cookie(&again);
    let code = kept.code(story);
    is_wrong(
        &here
            .call("account/turn-on-second-factor", &[("code", &code)])
            .await,
    );
}

async fn a_recovery_code_works_once(story: &Story) {
    let here = story.admin("admin").await;
    let kept = turn_on(story, &here).await;
    assert_eq!(kept.recovery.len(), 10);
    for code in [
        kept.recovery[3].clone(),
        kept.recovery[9].to_uppercase().replace('-', " "),
    ] {
        let mut there = waiting(story, "admin").await;
        gives(&mut there, &code).await.ok();
        assert!(there.is_logged_in().await);
        let mut again = waiting(story, "admin").await;
        is_wrong(&gives(&mut again, &code).await);
    }
    assert_eq!(own(&here).await["factor"]["codes_left"], 8);
    assert_eq!(actions(story, "person.recovery_code").await, 2);
    let stored = story.count("second_factors WHERE used_codes = 520").await;
    assert_eq!(stored, 1, "the fourth and the tenth bit");
    here.call("account/turn-off-second-factor", &[("code", &kept.recovery[0])])
        .await
        .ok();
    let others = turn_on(story, &here).await;
    assert_eq!(own(&here).await["factor"]["codes_left"], 10);
    assert!(kept.recovery.iter().all(|code| !others.recovery.contains(code)));
}

async fn of_many_with_one_code_one_gets_in(story: &Story) {
    let here = story.admin("admin").await;
    let kept = turn_on(story, &here).await;
    for code in [kept.code(story), kept.recovery[0].clone()] {
        let mut browsers = Vec::new();
        for _ in 0..8 {
            browsers.push(waiting(story, "admin").await);
        }
        let answers = join_all(browsers.iter_mut().map(|browser| gives(browser, &code))).await;
        let admitted = answers.iter().filter(|answer| answer.status.is_success());
        assert_eq!(admitted.count(), 1, "{answers:?}");
        // The seven wrong ones expire.
        story.clock.advance(Duration::from_secs(2 * 60 * 60));
    }
}

async fn guessing_codes_is_throttled(story: &Story) {
    let here = story.admin("admin").await;
    let kept = turn_on(story, &here).await;
    let mut there = waiting(story, "admin").await;
    let mut answers = Vec::new();
    for guess in 0..30 {
        answers.push(gives(&mut there, &format!("{guess:06}")).await.status.as_u16());
    }
    let expected: Vec<_> = [422; 10].into_iter().chain([429; 20]).collect();
    assert_eq!(answers, expected);
    let another = gives(&mut waiting(story, "admin").await, &kept.code(story)).await;
    assert_eq!(another.status, 429, "another log-in is the same account");
    assert_eq!(another.header("retry-after"), "601");
    story.clock.advance(Duration::from_secs(10 * 60));
    let mut there = waiting(story, "admin").await;
    gives(&mut there, &kept.code(story)).await.ok();
    let refused = "audit WHERE action = 'person.second_factor' AND outcome = 'refused' AND actor IS NOT NULL";
    assert_eq!(story.count(refused).await, 31);
}

async fn a_password_alone_opens_nothing(story: &Story) {
    let here = story.admin("admin").await;
    turn_on(story, &here).await;
    let mut there = story.operator("201", "jana").await.1;
    there.log_in("admin", PASSWORD).await;
    for function in [
        "auth/me",
        "users/list",
        "account/second-factor",
        "account/begin-second-factor",
    ] {
        assert_eq!(there.call(function, &[]).await.status, 401, "{function}");
    }
    for path in ["/inbox", "/account", "/api/v1/sessions", "/events"] {
        let answer = there.get(path).await;
        let is_out = answer.status == 401 || answer.header("location").starts_with("/login");
        assert!(is_out, "{path}: {answer:?}");
    }
    let logged_in = story
        .count("audit WHERE action = 'person.log_in' AND outcome = 'done'")
        .await;
    assert_eq!(logged_in, 2, "the admin's first one and jana's");
}

async fn a_log_in_that_waits_ends(story: &Story) {
    let here = story.admin("admin").await;
    let kept = turn_on(story, &here).await;
    let late = waiting(story, "admin").await;
    assert!(late.call("auth/code-page", &[]).await.ok().is_object());
    story.clock.advance(Duration::from_secs(10 * 60));
    assert!(late.call("auth/code-page", &[]).await.ok().is_null());
    assert_eq!(gives(&mut late.clone(), &kept.code(story)).await.status, 401);

    let mut there = waiting(story, "admin").await;
    let id = user(story, "admin").await;
    users::set_password(&story.engine, &Actor::System, id, "krtek jede na jih")
        .await
        .expect("set");
    assert_eq!(
        gives(&mut there, &kept.code(story)).await.status,
        401,
        "the password was changed"
    );
    assert!(!there.is_logged_in().await);

    let (extension, jana) = story.operator("201", "jana").await;
    let hers = turn_on(story, &jana).await;
    let mut there = waiting(story, "jana").await;
    let extension = extension.parse().expect("an id");
    let disabled = extensions::set_disabled(&story.engine, &Actor::System, extension, true).await;
    disabled.expect("disabled");
    assert!(there.call("auth/code-page", &[]).await.ok().is_null());
    assert_eq!(gives(&mut there, &hers.code(story)).await.status, 401);
}

async fn forms_without_a_script_lead_through_both_steps(story: &Story) {
    let here = story.admin("admin").await;
    let kept = turn_on(story, &here).await;
    let mut there = Browser::new(story);
    let log_in = [
        ("login", "admin"),
        ("password", PASSWORD),
        ("next", "/queues?a=b&c"),
    ];
    let first = there.submit("login", "auth/log-in", &log_in).await;
    assert_eq!(first.header("location"), "/login/code?next=%2Fqueues%3Fa%3Db%26c");
    there.cookie = set_cookie(&first);
    let page = there.get(first.header("location")).await;
    assert!(page.text.contains("one-time-code"), "{}", page.text);
    assert!(page.text.contains("value=\"/queues?a=b&amp;c\""), "{}", page.text);
    assert!(!page.text.contains(&kept.recovery[0]) && !page.text.contains("class=\"qr\""));

    let wrong = there
        .submit(
            "login/code",
            "auth/give-code",
            &[("code", "1"), ("next", "/queues")],
        )
        .await;
    assert!(wrong.status.is_redirection(), "{wrong:?}");
    let said = there.get(wrong.header("location")).await;
    assert!(said.text.contains("aria-invalid=\"true\""), "{}", said.text);
    for (next, to) in [("//evil.example", "/"), ("/queues", "/queues")] {
        let code = kept.code(story);
        let mut there = waiting(story, "admin").await;
        let second = there
            .submit("login/code", "auth/give-code", &[("code", &code), ("next", next)])
            .await;
        assert_eq!(second.header("location"), to);
        there.cookie = set_cookie(&second);
        assert!(there.is_logged_in().await);
        story.clock.advance(STEP);
    }

    let code = kept.code(story);
    let off = here
        .submit(
            "account/second-factor",
            "account/turn-off-second-factor",
            &[("code", &code)],
        )
        .await;
    assert_eq!(off.header("location"), "/account/second-factor");
    let begun = here
        .submit("account/second-factor", "account/begin-second-factor", &[])
        .await;
    assert_eq!(begun.header("location"), "/account/second-factor");
    let page = here.get("/account/second-factor").await;
    assert!(page.text.contains("class=\"qr\""), "{}", page.text);
}

async fn a_password_link_does_not_go_round_it(story: &Story) {
    let (_, jana) = story.operator("201", "jana").await;
    let kept = turn_on(story, &jana).await;
    let id = user(story, "jana").await;
    let link = password_links::create(&story.engine, &Actor::System, id)
        .await
        .expect("a link");
    let (_, token) = link.query_pairs().next().expect("a token");
    let mut there = Browser::new(story);
    let form = [("token", &*token), ("password", "krtek jede na jih")];
    let used = there.call("auth/use-password-link", &form).await;
    assert_eq!(used.header("location"), "/login/code?next=%2Finbox");
    there.cookie = set_cookie(&used);
    assert!(!there.is_logged_in().await);
    gives(&mut there, &kept.code(story)).await.ok();
    assert!(there.is_logged_in().await);
}

async fn an_administrator_removes_anothers(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("201", "jana").await;
    let kept = turn_on(story, &admin).await;
    turn_on(story, &jana).await;
    let id = user(story, "jana").await.to_string();
    let own = user(story, "admin").await.to_string();
    let remove =
        async |browser: &Browser, id: &str| browser.call("users/remove-second-factor", &[("id", id)]).await;
    assert_eq!(remove(&jana, &own).await.status, 403);
    let refused = remove(&admin, &own).await;
    assert_eq!(refused.json()["Refused"]["reason"], "own_second_factor");
    assert_eq!(
        remove(&admin, "00000000-0000-0000-0000-000000000000")
            .await
            .status,
        404
    );
    let listed = admin.call("users/list", &[]).await.ok();
    let shown = |login: &str| {
        let users = listed.as_array().expect("users");
        users.iter().find(|user| user["login"] == login).expect("a user")["second_factor"].clone()
    };
    assert_eq!([shown("admin"), shown("jana")], [true, true]);
    for _ in 0..2 {
        remove(&admin, &id).await.ok();
        assert!(!jana.is_logged_in().await);
    }
    assert_eq!(actions(story, "person.second_factor_removed").await, 1);
    let mut jana = Browser::new(story);
    jana.log_in("jana", PASSWORD).await;
    assert!(jana.is_logged_in().await);
    let mut again = waiting(story, "admin").await;
    gives(&mut again, &kept.code(story)).await.ok();
}

async fn the_command_line_removes_it(story: &Story) {
    use secrecy::ExposeSecret as _;
    let admin = story.admin("admin").await;
    turn_on(story, &admin).await;
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
    let mut again = Browser::new(story);
    again.log_in("admin", PASSWORD).await;
    assert!(again.is_logged_in().await);
    let nothing = run();
    assert!(!nothing.status.success());
    assert!(
        String::from_utf8_lossy(&nothing.stderr).contains("admin has no second factor"),
        "{nothing:?}"
    );
}

async fn a_new_master_key_keeps_it(story: &Story) {
    let admin = story.admin("admin").await;
    let kept = turn_on(story, &admin).await;
    let (_, jana) = story.operator("201", "jana").await;
    jana.call("account/begin-second-factor", &[]).await.ok();
    let before = own(&jana).await;
    let rotated = rotate::rotate(&story.engine).await.expect("rotated");
    assert!(matches!(rotated, rotate::Rotated::Now(2..)), "{rotated:?}");
    let foreign = "second_factors WHERE key_id <> (SELECT substr(fingerprint, 1, 8) FROM master_key)";
    assert_eq!(story.count(foreign).await, 0);
    assert_eq!(own(&jana).await["factor"], before["factor"]);
    let mut there = waiting(story, "admin").await;
    gives(&mut there, &kept.code(story)).await.ok();
    assert!(there.is_logged_in().await);
}

async fn who_needs_one_sets_it_up_at_the_log_in(story: &Story) {
    let here = story.admin("admin").await;
    assert!(!here.is_logged_in().await);
    let (_, jana) = story.operator("201", "jana").await;
    assert!(jana.is_logged_in().await, "her role needs none");

    let seen = Kept::of(&here.call("auth/code-page", &[]).await.ok());
    let mut there = waiting(story, "admin").await;
    let kept = Kept::of(&there.call("auth/code-page", &[]).await.ok());
    assert_ne!(
        kept.secret, seen.secret,
        "what an earlier log-in has seen is worth nothing"
    );
    let page = here.call("auth/code-page", &[]).await.ok();
    assert_eq!(
        page["factor"]["setup"],
        Value::Null,
        "nor does it see the other's"
    );
    is_wrong(&gives(&mut here.clone(), &kept.code(story)).await);
    is_wrong(&gives(&mut there, &seen.code(story)).await);
    is_wrong(&gives(&mut there, &kept.recovery[0]).await);
    gives(&mut there, &kept.code(story)).await.ok();
    assert!(there.is_logged_in().await);
    assert_eq!(own(&there).await["required"], true);
    assert_eq!(actions(story, "person.second_factor_on").await, 1);

    story.clock.advance(STEP);
    let again = waiting(story, "admin").await;
    let page = again.call("auth/code-page", &[]).await.ok();
    assert_eq!(page["factor"]["setup"], Value::Null);
    let off = there
        .call("account/turn-off-second-factor", &[("code", &kept.code(story))])
        .await;
    assert_eq!(off.header("location"), "/login");
    assert!(!there.is_logged_in().await);
    let mut another = waiting(story, "admin").await;
    let begun = Kept::of(&another.call("auth/code-page", &[]).await.ok());
    assert_ne!(begun.secret, kept.secret);
    // Somebody with the old password waits with a set-up: a new password ends that, too.
    let id = user(story, "admin").await;
    let set = users::set_password(&story.engine, &Actor::System, id, "krtek jede na jih").await;
    set.expect("set");
    assert_eq!(gives(&mut another, &begun.code(story)).await.status, 401);
    let on = story.count("second_factors WHERE on_since IS NOT NULL").await;
    assert_eq!(on, 0);

    let me = users::me(&story.engine, user(story, "admin").await)
        .await
        .expect("read");
    let me = me.expect("the admin");
    assert_eq!(me.role, Role::Admin);
    let by_themselves = second_factor::remove(&story.engine, &Actor::User(me.clone()), me.id).await;
    assert!(matches!(
        by_themselves,
        Err(Error::Refused(Refusal::OwnSecondFactor))
    ));
}
