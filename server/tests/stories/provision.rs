//! `switchboard apply` and `switchboard export`.

mod again;
mod tokens;

use crate::{stories, support::Story};
use futures::future::join_all;
use serde_json::{Value, json};
use server::cli::provision::{Options, apply, export};
use std::path::PathBuf;

stories! {
    what_is_applied_twice_changes_nothing
    a_dry_run_changes_nothing
    what_is_not_named_is_pruned_but_the_last_administrator
    a_missing_secret_stops_it
    what_is_wrong_is_told_by_its_lines_before_anything_is_changed
    sixteen_at_once_make_one_of_each
    a_webhook_is_made_changed_and_pruned
    a_wrong_webhook_is_told_by_its_lines
}

const FILE: &str = r#"
[[extensions]]
number = "201"
name = "Jana"
login = "jana"
role = "admin"
password = { file = "password" }

[[queues]]
name = "Support"
members = ["201"]

[[channels]]
phone_number_id = "300000000000009"
name = "Support"
phone_number = "+420800555019"
destination = "queue:Support"
access_token = { file = "access" }
app_secret = { file = "secret" }
"#;

const WEBHOOK: &str = r#"
[[webhooks]]
name = "CRM"
address = "https://crm.example"
types = ["session.closed", "message.received"]
channels = ["300000000000009"]
queues = ["Support"]
secret = { file = "signs" }
"#;

/// Writes the file, with what it refers to beside it.
fn written(story: &Story, text: &str) -> PathBuf {
    let folder = story.data_dir();
    for (name, text) in [
        ("password", "correct horse battery\n"),
        ("access", "EAAG1\n"),
        ("secret", "s3cr3t\n"),
        ("signs", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"),
        ("signs_next", "whsec_HBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQAB\n"),
        ("too_short", "whsec_AAECAw==\n"),
        ("company.toml", text),
    ] {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    folder.join("company.toml")
}

async fn apply_file(story: &Story, file: PathBuf, dry_run: bool, prune: bool) -> anyhow::Result<String> {
    let mut out = Vec::new();
    let options = Options { file, dry_run, prune };
    apply(&story.engine, &options, &mut out).await?;
    Ok(String::from_utf8(out)?)
}

async fn applied(story: &Story, text: &str, dry_run: bool, prune: bool) -> anyhow::Result<String> {
    apply_file(story, written(story, text), dry_run, prune).await
}

async fn what_is_applied_twice_changes_nothing(story: &Story) {
    let first = applied(story, FILE, false, false).await.expect("applied");
    assert_eq!(
        first,
        "+ extension 201\n+ queue Support\n+ channel 300000000000009\n"
    );
    story.settled().await;
    let audited = story.count("audit").await;
    let again = applied(story, FILE, false, false).await.expect("applied");
    assert_eq!(again, first.replace('+', "="));
    assert_eq!(story.count("audit").await, audited);
    let exported = export(&story.engine).await.expect("exported");
    assert!(
        !exported.contains("s3cr3t") && !exported.contains("EAAG1"),
        "{exported}"
    );
    let same = applied(story, &exported, false, true).await.expect("applied");
    assert!(same.lines().all(|line| line.starts_with('=')), "{same}");
}

async fn a_dry_run_changes_nothing(story: &Story) {
    let shown = applied(story, FILE, true, false).await.expect("shown");
    assert_eq!(shown.lines().filter(|line| line.starts_with('+')).count(), 3);
    assert!(story.api.items("/api/v1/extensions").await.is_empty());
}

async fn what_is_not_named_is_pruned_but_the_last_administrator(story: &Story) {
    applied(story, FILE, false, false).await.expect("applied");
    let pruned = applied(story, "", false, true).await.expect("pruned");
    assert!(pruned.contains("- channel 300000000000009"), "{pruned}");
    assert!(pruned.contains("- queue Support (disabled)"), "{pruned}");
    assert!(pruned.contains("= extension 201"), "{pruned}");
}

async fn a_missing_secret_stops_it(story: &Story) {
    let elsewhere = FILE.replace("{ file = \"secret\" }", "{ env = \"SWITCHBOARD_NO_SUCH\" }");
    let error = applied(story, &elsewhere, false, false)
        .await
        .expect_err("refused");
    assert!(error.to_string().contains("SWITCHBOARD_NO_SUCH"), "{error}");
}

async fn what_is_wrong_is_told_by_its_lines_before_anything_is_changed(story: &Story) {
    let wrong = FILE
        .replace("role = \"admin\"", "role = \"king\"")
        .replace("+420800555019", "12");
    let error = applied(story, &wrong, false, false).await.expect_err("refused");
    let said = error.to_string();
    for line in [
        "company.toml:6: extension \"201\": role: Unknown",
        "company.toml:16: channel \"300000000000009\": phone_number: NotAPhoneNumber",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let twice = format!("{FILE}\n[[queues]]\nname = \"Support\"\n");
    let error = applied(story, &twice, false, false).await.expect_err("refused");
    assert!(error.to_string().contains("twice"), "{error}");
    assert!(story.api.items("/api/v1/extensions").await.is_empty());
}

async fn sixteen_at_once_make_one_of_each(story: &Story) {
    let file = written(story, FILE);
    let all = (0..16).map(|_| apply_file(story, file.clone(), false, false));
    let done = join_all(all).await;
    assert!(done.iter().any(Result::is_ok), "{done:?}");
    let after = apply_file(story, file, false, false).await.expect("applied");
    assert_eq!(
        after,
        "= extension 201\n= queue Support\n= channel 300000000000009\n"
    );
    for path in ["/api/v1/extensions", "/api/v1/queues", "/api/v1/channels"] {
        assert_eq!(story.api.items(path).await.len(), 1, "{path}");
    }
}

/// What is said of the last thing of the file.
async fn last_of(story: &Story, text: &str, dry_run: bool) -> String {
    let said = applied(story, text, dry_run, false).await.expect("applied");
    said.lines().last().expect("a line").to_owned()
}

async fn a_webhook_is_made_changed_and_pruned(story: &Story) {
    let file = format!("{FILE}{WEBHOOK}");
    assert_eq!(last_of(story, &file, true).await, "+ webhook CRM");
    assert!(story.api.items("/api/v1/webhooks").await.is_empty());
    assert_eq!(last_of(story, &file, false).await, "+ webhook CRM");
    story.settled().await;
    let audited = story.count("audit").await;
    assert_eq!(last_of(story, &file, false).await, "= webhook CRM");
    assert_eq!(story.count("audit").await, audited);

    let fewer = file.replace("types = [\"session.closed\", ", "types = [");
    assert_eq!(last_of(story, &fewer, true).await, "~ webhook CRM: types");
    let of = |webhooks: Vec<Value>, field: &str| webhooks[0][field].clone();
    let webhooks = story.api.items("/api/v1/webhooks").await;
    assert_eq!(
        of(webhooks, "types"),
        json!(["message.received", "session.closed"])
    );
    assert_eq!(last_of(story, &fewer, false).await, "~ webhook CRM: types");
    let webhooks = story.api.items("/api/v1/webhooks").await;
    assert_eq!(of(webhooks, "types"), json!(["message.received"]));

    let next = fewer.replace("\"signs\"", "\"signs_next\"");
    assert_eq!(last_of(story, &next, false).await, "~ webhook CRM: secret");
    assert_eq!(last_of(story, &next, false).await, "= webhook CRM");
    let webhooks = story.api.items("/api/v1/webhooks").await;
    assert!(of(webhooks, "former_secret_until").is_string(), "both sign");
    let off = format!("{next}disabled = true\n");
    assert_eq!(last_of(story, &off, false).await, "~ webhook CRM: disabled");

    let exported = export(&story.engine).await.expect("exported");
    assert!(
        exported.contains("# secret = { env = \"WEBHOOK_CRM_SECRET\" }") && !exported.contains("whsec_"),
        "{exported}"
    );
    assert!(
        exported.contains("addresses of webhooks may hold some"),
        "{exported}"
    );
    let same = applied(story, &exported, false, true).await.expect("applied");
    assert!(same.lines().all(|line| line.starts_with('=')), "{same}");
    let pruned = applied(story, FILE, true, true).await.expect("shown");
    assert!(pruned.contains("- webhook CRM"), "{pruned}");
    assert_eq!(story.api.items("/api/v1/webhooks").await.len(), 1);
    applied(story, FILE, false, true).await.expect("pruned");
    assert_eq!(story.count("webhooks").await, 0);
}

async fn a_wrong_webhook_is_told_by_its_lines(story: &Story) {
    let alone = WEBHOOK
        .replace("[\"300000000000009\"]", "[]")
        .replace("[\"Support\"]", "[]");
    for (right, wrong, said) in [
        (
            "session.closed",
            "session.shut",
            "company.toml:5: webhook \"CRM\": types: Unknown",
        ),
        (
            "https://crm.example",
            "crm",
            "company.toml:4: webhook \"CRM\": address: Malformed",
        ),
        (
            "\"signs\"",
            "\"too_short\"",
            "company.toml:8: webhook \"CRM\": secret: TooShort",
        ),
        (
            "channels = []",
            "channels = [\"7\"]",
            "channels: there is no \"7\"",
        ),
        (
            "queues = []",
            "queues = [\"Sales\"]",
            "queues: there is no \"Sales\"",
        ),
    ] {
        let text = alone.replace(right, wrong);
        let error = applied(story, &text, false, false).await.expect_err("refused");
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!(story.count("webhooks").await, 0);
}
