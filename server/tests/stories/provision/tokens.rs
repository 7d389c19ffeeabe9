//! Tokens of the file: what they are bound to, and when they end.

use super::{FILE, applied, last_of};
use crate::{stories, support::Story};
use domain::access::{Actor, TokenForm, TokenRow};
use engine::access::api_tokens;
use secrecy::ExposeSecret as _;
use server::{cli::provision::export, http::api};
use std::time::Duration;

stories! {
    a_token_is_bound_as_the_file_says
    a_token_that_was_revoked_needs_another_text
    the_end_of_a_token_is_exported_and_kept
    a_token_that_has_expired_stops_nothing
    two_tokens_of_one_name_are_exported_and_both_stay
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const SYSTEM: Actor = Actor::System;

/// Writes a new text into the file to which the tokens refer.
fn give(story: &Story) -> String {
    let text = api_tokens::made_up().expose_secret().to_owned();
    std::fs::write(story.data_dir().join("token"), &text).expect("a file");
    text
}

/// Those with this name that work.
async fn named(story: &Story, name: &str) -> Vec<TokenRow> {
    let tokens = api_tokens::list(&story.engine, &SYSTEM).await.expect("tokens");
    tokens.into_iter().filter(|token| token.name == name).collect()
}

async fn create(story: &Story, name: &str, scope: &str, days: &str) {
    let form = TokenForm {
        name: name.into(),
        scope: scope.into(),
        days: days.into(),
        ..TokenForm::default()
    };
    let created = api_tokens::create(&story.engine, &SYSTEM, &form).await;
    created.expect("a token");
}

async fn refused(story: &Story, text: &str) -> String {
    let done = applied(story, text, false, false).await;
    done.expect_err("refused").to_string()
}

const TOKEN: &str = r#"
[[tokens]]
name = "CRM"
scope = "operate"
bound = "queue:Support"
token = { file = "token" }
"#;

async fn a_token_is_bound_as_the_file_says(story: &Story) {
    give(story);
    let file = format!("{FILE}{TOKEN}");
    assert_eq!(last_of(story, &file, true).await, "+ token CRM");
    assert_eq!(last_of(story, &file, false).await, "+ token CRM");
    assert_eq!(last_of(story, &file, false).await, "= token CRM");
    let exported = export(&story.engine).await.expect("exported");
    assert!(exported.contains("bound = \"queue:Support\""), "{exported}");
    let same = applied(story, &exported, false, true).await.expect("applied");
    assert!(same.lines().all(|line| line.starts_with('=')), "{same}");

    let of_channel = file.replace("queue:Support\"\ntoken", "channel:300000000000009\"\ntoken");
    let said = refused(story, &of_channel).await;
    assert!(said.contains("bound: it cannot change"), "{said}");
    give(story);
    assert_eq!(
        last_of(story, &of_channel, false).await,
        "~ token CRM: bound, token"
    );
    let rows = named(story, "CRM").await.into_iter();
    let bound: Vec<String> = rows
        .filter_map(|row| Some(row.bound?.bound.to_string()))
        .collect();
    let channel = story.api.items("/api/v1/channels").await[0]["id"].clone();
    assert_eq!(bound, [format!("channel:{}", channel.as_str().expect("an id"))]);

    for (right, wrong, said) in [
        (
            "\"queue:Support\"\ntoken",
            "\"extension:201\"\ntoken",
            "bound: Unknown",
        ),
        (
            "\"queue:Support\"\ntoken",
            "\"queue:Nobody\"\ntoken",
            "bound: there is no \"Nobody\"",
        ),
        ("\"operate\"", "\"administer\"", "scope: NotBound"),
    ] {
        let wrong = file.replace("\"CRM\"", "\"Other\"").replace(right, wrong);
        let error = refused(story, &wrong).await;
        assert!(error.contains(said), "{said}: {error}");
    }
}

async fn a_token_that_was_revoked_needs_another_text(story: &Story) {
    let token = "[[tokens]]\nname = \"CRM\"\nscope = \"read\"\ntoken = { file = \"token\" }\n";
    let text = give(story);
    for said in ["+ token CRM\n", "= token CRM\n"] {
        assert_eq!(applied(story, token, false, false).await.expect("applied"), said);
    }
    let crm = named(story, "CRM").await[0].id;
    let revoked = api_tokens::revoke(&story.engine, &SYSTEM, crm).await;
    revoked.expect("revoked");
    let said = refused(story, token).await;
    assert!(said.contains("company.toml:2: token \"CRM\""), "{said}");
    assert!(said.contains("give it another one"), "{said}");
    assert!(!said.contains(&text), "{said}");
}

async fn the_end_of_a_token_is_exported_and_kept(story: &Story) {
    create(story, "partner", "read", "30").await;
    let before = named(story, "partner").await;
    let end = before[0].expires_at.expect("an end");
    let exported = export(&story.engine).await.expect("exported");
    let line = format!("expires_at = {:?}\n", api::time(end));
    assert!(exported.contains(&line), "{exported}");
    assert_eq!(exported.matches("expires_at").count(), 1, "{exported}");
    let same = applied(story, &exported, false, true).await.expect("applied");
    assert!(same.lines().all(|line| line.starts_with('=')), "{same}");

    // As elsewhere, where the token is not yet there.
    let revoked = api_tokens::revoke(&story.engine, &SYSTEM, before[0].id).await;
    revoked.expect("revoked");
    story.clock.advance(DAY);
    give(story);
    let reference = "# token = { env = \"TOKEN_PARTNER_TOKEN\" }";
    assert!(exported.contains(reference), "{exported}");
    let file = exported.replace(reference, "token = { file = \"token\" }");
    let made = applied(story, &file, false, false).await.expect("applied");
    assert!(made.contains("+ token partner\n"), "{made}");
    assert_eq!(named(story, "partner").await[0].expires_at, Some(end));

    // Another text alone makes no endless token.
    give(story);
    let bare = "[[tokens]]\nname = \"partner\"\ntoken = { file = \"token\" }\n";
    assert_eq!(last_of(story, bare, false).await, "~ token partner: token");
    assert_eq!(named(story, "partner").await[0].expires_at, Some(end));
    for (line, said) in [
        (
            "expires_at = \"\"",
            "company.toml:2: token \"partner\": expires_at: it cannot change",
        ),
        (
            "expires_at = \"soon\"",
            "company.toml:4: token \"partner\": expires_at: Malformed",
        ),
        (
            "days = 3\nexpires_at = \"2030-01-01T00:00:00Z\"",
            "keep one of them",
        ),
    ] {
        let error = refused(story, &format!("{bare}{line}\n")).await;
        assert!(error.contains(said), "{said}: {error}");
    }
    // The same time is spelled in another way.
    let other_way = api::time(end).replace('Z', "+00:00");
    let spelled = format!("{bare}expires_at = {other_way:?}\n");
    assert_eq!(last_of(story, &spelled, false).await, "= token partner");
    give(story);
    let endless = format!("{bare}expires_at = \"\"\n");
    assert_eq!(
        last_of(story, &endless, false).await,
        "~ token partner: expires_at, token"
    );
    assert_eq!(named(story, "partner").await[0].expires_at, None);
}

async fn a_token_that_has_expired_stops_nothing(story: &Story) {
    let file = "[[tokens]]\nname = \"CRM\"\nscope = \"read\"\ndays = 2\ntoken = { file = \"token\" }\n";
    give(story);
    assert_eq!(last_of(story, file, false).await, "+ token CRM");
    let exported = export(&story.engine).await.expect("exported");
    let end = named(story, "CRM").await[0].expires_at.expect("an end");
    create(story, "Other", "read", "1").await;
    story.clock.advance(DAY * 2);
    create(story, "New", "read", "").await;

    let expired = format!(
        "= token CRM: it expired at {}; give it another text and another end\n",
        api::time(end)
    );
    // What has expired is not pruned: Other.
    let said = applied(story, file, true, true).await.expect("applied");
    assert_eq!(said, format!("{expired}- token New\n- token story\n"));
    // Without its text, and with nothing but its name, it is known, too.
    let named_only = "[[tokens]]\nname = \"CRM\"\n";
    for text in [exported.as_str(), named_only] {
        let said = applied(story, text, false, false).await.expect("applied");
        assert!(said.contains(&expired), "{said}");
    }
    let now = export(&story.engine).await.expect("exported");
    assert!(!now.contains("CRM") && !now.contains("Other"), "{now}");
    // A token of this name was made by hand: the file's text has expired all the same.
    create(story, "CRM", "read", "").await;
    assert_eq!(
        applied(story, file, false, false).await.expect("applied"),
        expired
    );
    let by_hand = named(story, "CRM").await;
    let revoked = api_tokens::revoke(&story.engine, &SYSTEM, by_hand[0].id).await;
    revoked.expect("revoked");

    // The end of the one that has expired holds until the file says another.
    give(story);
    let without_end = file.replace("days = 2\n", "");
    assert_eq!(
        applied(story, &without_end, false, false).await.expect("applied"),
        expired
    );
    assert_eq!(last_of(story, file, false).await, "+ token CRM");
    let now = story.engine.clock().now();
    assert_eq!(named(story, "CRM").await[0].expires_at, Some(now.plus(DAY * 2)));
}

async fn two_tokens_of_one_name_are_exported_and_both_stay(story: &Story) {
    create(story, "CRM", "operate", "").await;
    create(story, "CRM", "read", "7").await;
    let exported = export(&story.engine).await.expect("exported");
    let second = "\n# [[tokens]]\n# name = \"CRM\"\n# scope = ";
    assert!(exported.contains(second), "{exported}");
    assert_eq!(
        exported.matches("Another token has this name.").count(),
        1,
        "{exported}"
    );
    for dry_run in [true, false] {
        let same = applied(story, &exported, dry_run, true).await.expect("applied");
        assert_eq!(same, "= token CRM\n= token story\n");
    }
    assert_eq!(named(story, "CRM").await.len(), 2);

    // The file means whichever is as it says; which one another text replaces, nobody knows.
    let crm = "[[tokens]]\nname = \"CRM\"\n";
    for scope in ["operate", "read"] {
        let one = format!("{crm}scope = {scope:?}\n");
        assert_eq!(last_of(story, &one, false).await, "= token CRM");
    }
    give(story);
    let given = format!("{crm}token = {{ file = \"token\" }}\n");
    let other = format!("{crm}scope = \"administer\"\n");
    for text in [given, other] {
        let said = refused(story, &text).await;
        assert!(
            said.contains("company.toml:2: token \"CRM\": several have this name"),
            "{said}"
        );
    }
    assert_eq!(named(story, "CRM").await.len(), 2);

    // Elsewhere the second one gets a name of its own.
    let (_, commented) = exported.split_once("before its lines.\n").expect("the second");
    let lines = commented.lines().map_while(|line| line.strip_prefix("# "));
    let second = lines.collect::<Vec<_>>().join("\n");
    let reference = "# token = { env = \"TOKEN_CRM_TOKEN_2\" }";
    assert!(second.contains(reference), "{second}");
    let second = second.replace(reference, "token = { file = \"token\" }");
    let second = second.replace("\"CRM\"", "\"CRM 2\"");
    assert_eq!(last_of(story, &second, false).await, "+ token CRM 2");
}
