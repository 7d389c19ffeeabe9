//! Extensions from a table: all of its lines are created, or none is.

use crate::{
    stories,
    support::{Story, http::Answer, users::Browser},
};
use domain::{
    access::Actor,
    directory::{ImportForm, MAX_IMPORTED},
};
use engine::directory::import::import;
use futures::future::join_all;
use serde_json::{Value, json};

stories! {
    a_table_is_shown_and_then_created
    one_wrong_line_keeps_all_others_out
    what_others_have_is_told_by_its_line
    only_administrators_import
    sixteen_imports_at_once_create_it_once
    a_thousand_lines_are_created
}

const TABLE: &str = "\u{feff}number;name;login;password;role;capacity\r\n\
    201;Jana Nováková;jana;krtek jede na jih;supervisor;3\r\n\
    202;\"Zasedačka; první patro\";;;;\r\n";

async fn send(browser: &Browser, csv: &str, dry_run: &str) -> Answer {
    let form = [("form[csv]", csv), ("dry_run", dry_run)];
    browser.call("extensions/import", &form).await
}

async fn a_table_is_shown_and_then_created(story: &Story) {
    let admin = story.admin("admin").await;
    let shown = send(&admin, TABLE, "true").await.ok();
    assert_eq!(
        shown,
        json!([
            {"line": 2, "number": "201", "name": "Jana Nováková", "login": "jana", "role": "supervisor", "capacity": 3},
            {"line": 3, "number": "202", "name": "Zasedačka; první patro", "login": null, "role": null, "capacity": null},
        ])
    );
    assert_eq!(story.count("extensions").await, 0);
    assert_eq!(send(&admin, TABLE, "false").await.ok(), shown);
    assert_eq!(story.count("extensions").await, 2);
    let mut jana = Browser::new(story);
    assert!(jana.log_in("jana", "krtek jede na jih").await.status.is_success());
    let created = "audit WHERE action = 'extension.create' AND outcome = 'done'";
    assert_eq!(story.count(created).await, 2);
}

async fn fields(admin: &Browser, csv: &str) -> Vec<Value> {
    let shown = send(admin, csv, "true").await.json()["Refused"]["fields"].clone();
    assert_eq!(send(admin, csv, "false").await.json()["Refused"]["fields"], shown);
    shown.as_array().expect("fields").clone()
}

async fn one_wrong_line_keeps_all_others_out(story: &Story) {
    let admin = story.admin("admin").await;
    for (line, field, problem) in [
        ("2O3,Ivo,,", "csv.3.number", "not_numeric"),
        ("203,,,", "csv.3.name", "required"),
        ("203,Ivo,ivo,", "csv.3.password", "required"),
        ("203,Ivo,ivo,aaaaaaaaaa", "csv.3.password", "guessable"),
        ("201,Ivo,,", "csv.3.number", "taken"),
        ("203,Ivo,jana,krtek jede na jih", "csv.3.login", "taken"),
        ("203,I\u{fffd}o,,", "csv.3.name", "not_a_token"),
    ] {
        let csv = format!("number,name,login,password\n201,Jana,jana,krtek jede na jih\n{line}\n");
        assert_eq!(
            fields(&admin, &csv).await,
            [json!({"field": field, "problem": problem})],
            "{line}"
        );
    }
    assert_eq!(
        fields(&admin, " ").await,
        [json!({"field": "csv", "problem": "required"})]
    );
    assert_eq!(story.count("extensions").await, 0);
}

async fn what_others_have_is_told_by_its_line(story: &Story) {
    let admin = story.admin("admin").await;
    story.operator("301", "eva").await;
    let csv = "number,name,login,password\n301,Jana,jana,krtek jede na jih\n302,Eva,eva,krtek jede na jih\nx,Ivo,,\n";
    assert_eq!(
        fields(&admin, csv).await,
        [
            json!({"field": "csv.2.number", "problem": "taken"}),
            json!({"field": "csv.3.login", "problem": "taken"}),
            json!({"field": "csv.4.number", "problem": "not_numeric"}),
        ]
    );
    assert_eq!(story.count("extensions").await, 1);
}

async fn only_administrators_import(story: &Story) {
    let (_, operator) = story.operator("301", "eva").await;
    let (_, supervisor) = story.supervisor("302", "ivo").await;
    for browser in [operator, supervisor] {
        assert_eq!(send(&browser, TABLE, "true").await.status, 403);
        assert_eq!(send(&browser, TABLE, "false").await.status, 403);
    }
    assert_eq!(story.count("extensions").await, 2);
}

async fn sixteen_imports_at_once_create_it_once(story: &Story) {
    let form = ImportForm { csv: TABLE.into() };
    let actor = Actor::System;
    let all = (0..16).map(|_| import(&story.engine, &actor, &form, false));
    let done = join_all(all).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    assert_eq!(story.count("extensions").await, 2);
}

async fn a_thousand_lines_are_created(story: &Story) {
    let lines = (1..=MAX_IMPORTED).map(|n| format!("{n},Somebody\n"));
    let csv = format!("number,name\n{}", lines.collect::<String>());
    let created = import(&story.engine, &Actor::System, &ImportForm { csv }, false).await;
    assert_eq!(created.expect("created").len(), MAX_IMPORTED);
    assert_eq!(story.count("extensions").await, 1_000);
}
