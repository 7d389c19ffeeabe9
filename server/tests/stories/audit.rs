//! The audit log: who did what, from where, and with what outcome; and its chain.

use crate::{
    stories,
    support::{
        Story,
        http::Api,
        users::{Browser, PASSWORD},
    },
};
use domain::access::{Actor, Scope, TokenForm};
use engine::audit::chain::{Broken, Verified, verify};
use futures::future::join_all;
use reqwest::{Method, header};
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    log_ins_failures_and_log_outs_are_rows
    what_somebody_has_no_right_to_is_a_row
    of_a_flood_of_refusals_few_rows_are_left
    a_token_that_comes_from_a_new_address_is_a_row
    filters_narrow_the_log_and_its_export
    a_row_that_was_changed_removed_or_added_shows
    many_at_once_make_one_chain
    old_rows_are_deleted_and_the_chain_holds
    only_administrators_read_it
}

async fn rows(admin: &Browser, filters: &[(&str, &str)]) -> Vec<Value> {
    let filters: Vec<_> = filters
        .iter()
        .map(|(name, value)| (format!("form[{name}]"), *value))
        .collect();
    let filters: Vec<_> = filters
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let page = admin.call("audit/list", &filters).await.ok();
    page["Ok"]["items"].as_array().expect("rows").clone()
}

/// The newest row: actor, action, outcome, subject.
fn told(row: &Value) -> [&str; 4] {
    let text = |value: &'static str, of: &'static str| row[of][value].as_str().unwrap_or_default();
    let name = text("login", "actor");
    [
        if name.is_empty() {
            text("name", "actor")
        } else {
            name
        },
        row["action"].as_str().expect("an action"),
        row["outcome"].as_str().expect("an outcome"),
        text("name", "subject"),
    ]
}

async fn log_ins_failures_and_log_outs_are_rows(story: &Story) {
    let admin = story.admin("admin").await;
    story.operator("101", "jana").await;
    let mut jana = Browser::new(story);
    assert_eq!(jana.log_in("jana", "not it").await.status, 401);
    assert_eq!(jana.log_in("a password typed here", "x").await.status, 401);
    jana.log_in("jana", PASSWORD).await;
    jana.call("auth/log-out", &[]).await;
    jana.call("auth/log-out", &[]).await;
    jana.log_in("jana", PASSWORD).await;
    jana.call("auth/log-out-everywhere", &[]).await;
    let rows = rows(&admin, &[]).await;
    let expected = [
        ["jana", "person.log_out_everywhere", "done", "jana"],
        ["jana", "person.log_in", "done", "jana"],
        ["jana", "person.log_out", "done", "jana"],
        ["jana", "person.log_in", "done", "jana"],
        ["", "person.log_in", "refused", ""],
        ["", "person.log_in", "refused", "jana"],
    ];
    for (row, expected) in rows.iter().zip(expected) {
        assert_eq!(told(row), expected);
        assert_eq!(row["address"], "127.0.0.1");
    }
    assert!(!json!(rows).to_string().contains("typed here"));
    let numbers = rows.iter().map(|row| row["number"].as_i64().expect("a number"));
    assert!(numbers.rev().eq(1..=i64::try_from(rows.len()).expect("few")));
}

async fn what_somebody_has_no_right_to_is_a_row(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("101", "jana").await;
    assert_eq!(jana.call("tokens/list", &[]).await.status, 403);
    // The answer to a form without a script is a redirect.
    let form = jana
        .calling(
            "users/end-logins",
            &[("id", "00000000-0000-0000-0000-000000000000")],
        )
        .header(header::ACCEPT, "text/html")
        .header(header::REFERER, story.url.join("users").expect("a page").as_str());
    assert!(form.send().await.expect("an answer").status().is_redirection());
    assert_eq!(jana.get("/session-log.csv").await.status, 403);
    jana.get("/users").await;
    let reader = story.api_with(Scope::Read).await;
    let refused = reader.post("/api/v1/queues", json!({"name": "Support"})).await;
    assert_eq!(refused.status, 403);
    let nobody = Api::new(&story.url, Some("swb_invented".into()));
    assert_eq!(nobody.get("/api/v1/sessions").await.status, 401);
    assert_eq!(story.anonymous().get("/api/v1/sessions").await.status, 401);

    let refused = rows(&admin, &[("outcome", "refused")]).await;
    let seen: Vec<_> = refused
        .iter()
        .map(|row| {
            (
                told(row)[0],
                told(row)[1],
                row["detail"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    let page = seen.iter().filter(|seen| seen.2 == "GET /users").count();
    assert!(page <= 1, "a page is one request");
    let seen: Vec<_> = seen.into_iter().filter(|seen| seen.2 != "GET /users").collect();
    assert_eq!(
        seen,
        [
            ("", "token.use", ""),
            (seen[1].0, "request", "POST /api/v1/queues"),
            ("jana", "request", "GET /session-log.csv"),
            ("jana", "request", "POST /rpc/users/end-logins"),
            ("jana", "request", "POST /rpc/tokens/list"),
        ]
    );
    assert!(!seen[1].0.is_empty(), "the token's name");
}

async fn of_a_flood_of_refusals_few_rows_are_left(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("101", "jana").await;
    for _ in 0..10 {
        let flood = (0..16).map(|_| async {
            let nobody = Api::new(&story.url, Some("swb_invented".into()));
            assert_eq!(nobody.get("/api/v1/sessions").await.status, 401);
            assert_eq!(jana.call("tokens/list", &[]).await.status, 403);
        });
        join_all(flood).await;
    }
    assert_eq!(rows(&admin, &[("about", "api")]).await.len(), 50, "a page");
    story.clock.advance(Duration::from_secs(60));
    let nobody = Api::new(&story.url, Some("swb_invented".into()));
    nobody.get("/api/v1/sessions").await;
    let newest = rows(&admin, &[("about", "api")]).await;
    assert_eq!(newest[0]["detail"], "100 more before");
    // One kind of refusals does not hide another.
    let mut wrong = Browser::new(story);
    wrong.log_in("jana", "not it").await;
    assert_eq!(rows(&admin, &[]).await[0]["action"], "person.log_in");
}

async fn a_token_that_comes_from_a_new_address_is_a_row(story: &Story) {
    let admin = story.admin("admin").await;
    let form = TokenForm {
        name: "CRM".into(),
        scope: "read".into(),
        ..TokenForm::default()
    };
    let token = engine::access::api_tokens::create(&story.engine, &Actor::System, &form).await;
    let crm = Api::new(&story.url, Some(token.expect("a token")));
    for from in ["203.0.113.1", "203.0.113.1", "2001:db8::1", "2001:db8::2"] {
        let request = crm
            .request(Method::GET, "/api/v1/sessions")
            .header("X-Forwarded-For", from);
        assert_eq!(crm.send(request).await.status, 200);
    }
    let of_token = rows(&admin, &[("who", "crm")]).await;
    let addresses: Vec<_> = of_token.iter().map(|row| &row["address"]).collect();
    assert_eq!(addresses, ["2001:db8::1", "203.0.113.1"]);
    assert_eq!(told(&of_token[0]), ["CRM", "token.new_address", "done", "CRM"]);
}

async fn filters_narrow_the_log_and_its_export(story: &Story) {
    let admin = story.admin("admin").await;
    let names = ["=1+1", "Dvořák & syn", "100 %", "a_b"];
    for name in names {
        admin.call("labels/save", &[("form[name]", name)]).await.ok();
    }
    for _ in 0..60 {
        Browser::new(story).log_in("admin", PASSWORD).await;
    }
    assert_eq!(rows(&admin, &[("about", "label"), ("who", "ADM")]).await.len(), 4);
    for who in ["%", "_", "person", "0", "\\", "'"] {
        assert!(rows(&admin, &[("who", who)]).await.is_empty(), "{who}");
    }
    assert!(rows(&admin, &[("about", "queue")]).await.is_empty());
    assert!(rows(&admin, &[("address", "192.0.2.1")]).await.is_empty());
    assert!(rows(&admin, &[("to", "1999-12-31")]).await.is_empty());
    let wrong = admin
        .call("audit/list", &[("form[address]", "here"), ("form[from]", "x")])
        .await;
    assert_eq!(wrong.ok()["Err"]["fields"][1]["field"], "address");

    // Page by page each row comes once.
    let mut numbers = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = match cursor.as_str() {
            "" => admin.call("audit/list", &[("form[about]", "log_ins")]).await,
            cursor => {
                let next = [("form[about]", "log_ins"), ("cursor", cursor)];
                admin.call("audit/list", &next).await
            }
        };
        let page = page.ok()["Ok"].clone();
        numbers.extend(
            page["items"]
                .as_array()
                .expect("rows")
                .iter()
                .map(|row| row["number"].as_i64()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(numbers.len(), 61);
    assert!(numbers.is_sorted_by(|newer, older| newer > older));

    let csv = admin.get("/security/audit.csv?about=label").await;
    assert!(csv.header("content-disposition").contains("audit.csv"));
    let lines: Vec<&str> = csv.text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].contains("number,at,actor_kind,actor_id,actor,address,action,outcome"));
    assert!(
        lines[4].contains(",person,") && lines[4].ends_with(",'=1+1,'=1+1"),
        "{}",
        lines[4]
    );
    let whole = admin.get("/security/audit.csv?about=log_ins").await;
    assert_eq!(whole.text.lines().count(), 62);
    assert_eq!(admin.get("/security/audit.csv?about=x").await.status, 400);
    assert_eq!(admin.get("/security/audit.csv?from=x").await.status, 400);

    let page = admin.get("/security/audit?about=label&who=admin").await;
    assert!(page.text.contains("Label added") && !page.text.contains("Log-in</td>"));
}

async fn look(story: &Story) -> Verified {
    verify(&story.engine, None).await.expect("a look")
}

async fn change(story: &Story, sql: &str) -> Option<Broken> {
    story.database.run(story.data_dir(), sql).await;
    look(story).await.broken
}

async fn a_row_that_was_changed_removed_or_added_shows(story: &Story) {
    let admin = story.admin("admin").await;
    for name in ["One", "Two", "Three"] {
        admin.call("labels/save", &[("form[name]", name)]).await.ok();
    }
    let first = look(story).await;
    assert_eq!((first.broken, first.before), (None, 0));
    assert_eq!(first.rows, u64::try_from(first.number).expect("a count"));
    let noted = (first.number, first.hash.as_str());
    admin.call("labels/save", &[("form[name]", "Four")]).await.ok();
    let later = verify(&story.engine, Some(noted)).await.expect("a look");
    assert_eq!((later.broken, later.number), (None, first.number + 1));

    let end = later.number;
    for column in [
        "actor",
        "action",
        "outcome",
        "subject_kind",
        "detail",
        "address",
        "hash",
    ] {
        let keep = format!("ALTER TABLE audit ADD COLUMN kept TEXT; UPDATE audit SET kept = {column}");
        story.database.run(story.data_dir(), &keep).await;
        let changed = change(
            story,
            &format!("UPDATE audit SET {column} = 'x' WHERE number = 3"),
        )
        .await;
        assert_eq!(changed, Some(Broken::Changed(3)), "{column}");
        let back = format!("UPDATE audit SET {column} = kept; ALTER TABLE audit DROP COLUMN kept");
        assert_eq!(change(story, &back).await, None);
    }
    let moved = change(story, "UPDATE audit SET at = at + 1 WHERE number = 2").await;
    assert_eq!(moved, Some(Broken::Changed(2)));
    assert_eq!(
        change(story, "UPDATE audit SET at = at - 1 WHERE number = 2").await,
        None
    );

    let (more, less) = (
        "number + 1000 WHERE number = 4",
        "number - 1000 WHERE number = 1004",
    );
    let gone = change(story, &format!("UPDATE audit SET number = {more}")).await;
    assert_eq!(gone, Some(Broken::Missing(4)));
    assert_eq!(
        change(story, &format!("UPDATE audit SET number = {less}")).await,
        None
    );

    // Cut off at its end, ends and all: only what was noted elsewhere tells.
    let cut = format!("DELETE FROM audit WHERE number = {end}");
    assert_eq!(change(story, &cut).await, Some(Broken::Missing(end)));
    let ends = format!(
        "UPDATE audit_chain SET number = {}, hash = (SELECT hash FROM audit WHERE number = {})",
        end - 1,
        end - 1
    );
    assert_eq!(change(story, &ends).await, None);
    let noted = (end, later.hash.as_str());
    let broken = verify(&story.engine, Some(noted)).await.expect("a look").broken;
    assert_eq!(broken, Some(Broken::Missing(end)));

    let past = "INSERT INTO audit (id, at, actor, action, subject_kind, number, outcome, hash) \
         SELECT (SELECT id FROM people LIMIT 1), at, actor, action, subject_kind, 5000, outcome, hash \
         FROM audit WHERE number = 2";
    assert_eq!(change(story, past).await, Some(Broken::Foreign(5000)));
    let first_gone = change(story, "DELETE FROM audit WHERE number IN (1, 5000)").await;
    assert_eq!(first_gone, Some(Broken::Missing(1)));
}

async fn many_at_once_make_one_chain(story: &Story) {
    let admin = story.admin("admin").await;
    let many = (0..16).map(|client| {
        let admin = &admin;
        async move {
            for n in 0..10 {
                let name = format!("{client}-{n}");
                let answer = admin.call("labels/save", &[("form[name]", &name)]).await;
                assert_eq!(answer.status, 200, "{answer:?}");
            }
        }
    });
    join_all(many).await;
    let verified = look(story).await;
    assert_eq!(verified.broken, None);
    assert!(verified.rows >= 160, "{verified:?}");
}

async fn old_rows_are_deleted_and_the_chain_holds(story: &Story) {
    let admin = story.admin("admin").await;
    admin.call("labels/save", &[("form[name]", "Old")]).await.ok();
    let before = look(story).await;
    story
        .clock
        .advance(Duration::from_secs(2 * 365 * 24 * 60 * 60 + 1));
    let admin = story.admin("another").await;
    admin.call("labels/save", &[("form[name]", "New")]).await.ok();
    story.engine.forget().await.expect("a pass");
    let after = look(story).await;
    assert_eq!((after.broken, after.before), (None, 0));
    assert_eq!(after.rows, 3, "{after:?}");
    let noted = (before.number, before.hash.as_str());
    assert_eq!(
        verify(&story.engine, Some(noted)).await.expect("a look").broken,
        None
    );
    let other = (before.number, "another");
    let broken = verify(&story.engine, Some(other)).await.expect("a look").broken;
    assert_eq!(broken, Some(Broken::NotAsNoted(before.number)));
    assert_eq!(rows(&admin, &[]).await.len(), 3);
}

async fn only_administrators_read_it(story: &Story) {
    story.admin("admin").await;
    let (_, boss) = story.supervisor("900", "boss").await;
    assert_eq!(boss.call("audit/list", &[]).await.status, 403);
    assert_eq!(boss.get("/security/audit.csv").await.status, 403);
    assert!(!boss.get("/security/audit").await.text.contains("person.add"));
    let nobody = Browser::new(story);
    assert_eq!(nobody.call("audit/list", &[]).await.status, 401);
    assert_eq!(nobody.get("/security/audit.csv").await.status, 401);
}
