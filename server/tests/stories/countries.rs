//! Allowed countries: each door has its own rule, nobody locks themselves out, and Meta's servers are not shut out
//! unawares.

mod database;
mod meta;

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        mmdb::{self, WORLD},
        users::Browser,
        world::Line,
    },
};
use domain::{
    access::{Actor, Role},
    countries::Door,
};
use engine::{Clock, Config, Engine, Purpose, PushServices, countries};
use reqwest::{Method, header};
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    each_door_by_itself
    nobody_locks_themselves_out
    addresses_that_the_database_does_not_know
    the_command_line_opens_the_doors
    only_administrators_see_and_change_it
    of_two_who_save_the_second_is_told
    who_is_refused_is_told_in_their_language
    bytes_that_are_no_text_hide_no_address
}

const CZECH: &str = "203.0.113.7";
const GERMAN: &str = "198.51.100.7";
const AMERICAN: &str = "31.13.24.1";
const UNKNOWN: &str = "192.0.2.7";
const PRIVATE: &str = "192.168.1.7";
/// Rows of the audit log about the rules.
const RULES_CHANGED: &str = "audit WHERE subject_kind = 'countries'";

impl Browser {
    /// Posts a form from this address.
    async fn call_from(&self, address: &str, function: &str, arguments: &[(&str, &str)]) -> Answer {
        let request = self.calling(function, arguments);
        let request = request.header("x-forwarded-for", address);
        let request = request.header(header::ACCEPT, "application/json");
        Answer::of(request.send().await.expect("an answer")).await
    }

    async fn get_from(&self, address: &str, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header("x-forwarded-for", address);
        let request = request.header(header::ACCEPT, "text/html");
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// Uploads a file as the page's form does, and returns the outcome that the page then shows.
    async fn upload_from(&self, address: &str, file: &[u8]) -> String {
        let answer = self.send_file(address, "database", file).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let back = answer
            .header("location")
            .strip_prefix("/security/countries?database=")
            .and_then(|back| back.strip_suffix("#database"));
        back.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
    }

    async fn send_file(&self, address: &str, field: &str, file: &[u8]) -> Answer {
        let head = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"x.mmdb\"\r\n\r\n"
        );
        let request = self.request(Method::POST, "/security/countries/database");
        let request = request
            .header("x-forwarded-for", address)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
            .body([head.as_bytes(), file, b"\r\n--limit--\r\n"].concat());
        Answer::of(request.send().await.expect("an answer")).await
    }

    async fn rule(&self, door: &str) -> Value {
        self.call("countries/rule", &[("door", door)]).await.ok()["stored"].clone()
    }

    async fn overview_from(&self, address: &str) -> Value {
        self.call_from(address, "countries/overview", &[]).await.ok()
    }

    /// Allows a door only for these countries, or for everybody. Further fields may be given.
    async fn save_from(&self, address: &str, door: &str, only: &[&str], more: &[(&str, &str)]) -> Answer {
        let version = self.rule(door).await["version"].to_string();
        let who = if only.is_empty() { "everybody" } else { "listed" };
        let mut form = vec![
            ("version", version.as_str()),
            ("form[door]", door),
            ("form[who]", who),
        ];
        form.extend(only.iter().map(|code| ("form[countries][]", *code)));
        form.extend(more);
        self.call_from(address, "countries/save", &form).await
    }

    async fn save(&self, door: &str, only: &[&str]) {
        let answer = self
            .save_from(CZECH, door, only, &[("form[understood]", "true")])
            .await;
        assert!(answer.status.is_success(), "{answer:?}");
    }
}

impl Story {
    /// An administrator, with the test world's country database uploaded.
    async fn with_countries(&self) -> Browser {
        let admin = self.admin("admin").await;
        let replaced = admin.upload_from(CZECH, &mmdb::countries(&WORLD)).await;
        assert_eq!(replaced, "replaced");
        admin
    }

    /// The status that a client with this address gets at a door.
    async fn knock(&self, address: &str, door: &str) -> u16 {
        let (method, path) = match door {
            "console" => (Method::GET, "/login"),
            "api" => (Method::GET, "/api/v1/channels"),
            "files" => (Method::GET, "/files/nothing"),
            "webhooks" => (Method::POST, "/webhooks/whatsapp/nothing"),
            path => (Method::GET, path),
        };
        let request = self.api.request(method, path).header("x-forwarded-for", address);
        self.api.send(request).await.status.as_u16()
    }

    /// Another process with the same data.
    async fn other_process(&self) -> Engine {
        let config = Config {
            data_dir: self.data_dir().to_owned(),
            database_url: self.database.url(),
            database_wait: Duration::ZERO,
            purpose: Purpose::Command,
            public_url: self.url.clone(),
            graph_url: self.meta.url(),
            graph_version: "v25.0".to_owned(),
            master_key: None,
            next_master_key: None,
            clock: Clock::manual(self.clock.now()),
            intake_capacity: 8,
            intake_patience: Duration::from_secs(10),
            close_idle_after: None,
            mask_numbers: false,
            tokens_give: Role::Operator,
            second_factor_roles: Vec::new(),
            single_sign_on: None,
            files_most: 100_000_000,
            files_bucket: None,
            files_free: 0,
            retention: domain::erasure::Retention::default(),
            keep_sent: Duration::from_secs(72 * 60 * 60),
            keep_received: Duration::from_secs(72 * 60 * 60),
            country_database: None,
            push_services: PushServices::None,
            webhook_networks: Vec::new(),
        };
        Engine::open(config).await.expect("an engine")
    }

    async fn countries_finding(&self, line: &Line) -> Value {
        let path = format!("/api/v1/channels/{}/health", line.channel);
        let health = self.api.post(&path, json!({})).await.ok();
        let findings = health["findings"].as_array().expect("findings");
        let found = findings.iter().find(|finding| finding["check"] == "countries");
        found.expect("a finding").clone()
    }
}

/// The status of a door that admits the client.
fn open(door: &str) -> u16 {
    match door {
        "files" | "webhooks" => 404,
        _ => 200,
    }
}

/// Proxies pass the client's header on and append to it.
async fn bytes_that_are_no_text_hide_no_address(story: &Story) {
    let admin = story.with_countries().await;
    admin.save("console", &["CZ"]).await;
    for (name, before) in [("x-forwarded-for", ""), ("forwarded", "for=")] {
        for (address, expected) in [(GERMAN, 403), (CZECH, 200)] {
            let line = [
                before.as_bytes(),
                b"\xe9, ",
                before.as_bytes(),
                address.as_bytes(),
            ]
            .concat();
            let line = header::HeaderValue::from_bytes(&line).expect("a header");
            let request = story.api.request(Method::GET, "/login").header(name, line);
            assert_eq!(story.api.send(request).await.status, expected, "{name} {address}");
        }
    }
}

async fn each_door_by_itself(story: &Story) {
    let admin = story.with_countries().await;
    let doors: Vec<_> = Door::ALL.iter().map(|door| door.as_str()).collect();
    for guarded in doors.clone() {
        admin.save(guarded, &["CZ", "SK"]).await;
        for &door in &doors {
            let shut = if door == guarded { 403 } else { open(door) };
            for (address, status) in [
                (CZECH, open(door)),
                ("2001:db8::1", open(door)),
                ("::ffff:203.0.113.8", open(door)),
                (PRIVATE, open(door)),
                ("127.0.0.1", open(door)),
                (GERMAN, shut),
                (AMERICAN, shut),
                ("2a03:2880::1", shut),
            ] {
                let knocked = story.knock(address, door).await;
                assert_eq!(knocked, status, "{address} at {door} while {guarded} is guarded");
            }
        }
        for path in ["/healthz", "/readyz"] {
            assert_eq!(story.knock(GERMAN, path).await, 200);
        }
        // The request has a token, so any address may scrape.
        assert_eq!(story.knock(GERMAN, "/metrics").await, 200);
        admin.save(guarded, &[]).await;
        assert_eq!(story.knock(GERMAN, guarded).await, open(guarded), "open again");
    }

    admin.save("console", &["CZ"]).await;
    for path in [
        "/",
        "/channels",
        "/favicon.svg",
        "/events",
        "/pkg/x.js",
        "/nowhere",
        "/%66iles/x",
    ] {
        assert_eq!(story.knock(GERMAN, path).await, 403, "{path}");
        assert_ne!(story.knock(CZECH, path).await, 403, "{path}");
    }
    let metrics = story.api.get("/metrics").await.text;
    let counted = metrics
        .lines()
        .any(|line| line.starts_with("switchboard_refused_by_country_total{door=\"console\"}"));
    assert!(counted, "{metrics}");
}

async fn nobody_locks_themselves_out(story: &Story) {
    let admin = story.with_countries().await;
    let refused = admin.save_from(GERMAN, "console", &["CZ"], &[]).await;
    assert_eq!(refused.status, 409);
    let reason = &refused.json()["Refused"];
    assert_eq!(reason["reason"], "locks_you_out");
    assert_eq!(
        (&reason["address"], &reason["country"]),
        (&json!(GERMAN), &json!("DE"))
    );
    assert_eq!(
        admin.rule("console").await["rule"]["only"],
        Value::Null,
        "nothing was saved"
    );
    let unknown = admin.save_from(UNKNOWN, "console", &["CZ"], &[]).await;
    assert_eq!(unknown.json()["Refused"]["country"], Value::Null);
    let ticked = [("form[unknown]", "true")];
    assert!(
        admin
            .save_from(UNKNOWN, "console", &["CZ"], &ticked)
            .await
            .status
            .is_success()
    );
    admin.save("console", &[]).await;

    // The other doors serve other clients than the one that saves.
    assert!(
        admin
            .save_from(GERMAN, "api", &["CZ"], &[])
            .await
            .status
            .is_success()
    );
    assert!(
        admin
            .save_from(GERMAN, "console", &["CZ", "DE"], &[])
            .await
            .status
            .is_success()
    );
    assert!(
        admin
            .save_from(PRIVATE, "console", &["CZ"], &[])
            .await
            .status
            .is_success()
    );
}

async fn addresses_that_the_database_does_not_know(story: &Story) {
    let admin = story.with_countries().await;
    admin.save("api", &["CZ"]).await;
    assert_eq!(story.knock(UNKNOWN, "api").await, 403);
    let saved = admin
        .save_from(CZECH, "api", &["CZ"], &[("form[unknown]", "true")])
        .await;
    assert!(saved.status.is_success());
    assert_eq!(story.knock(UNKNOWN, "api").await, 200);
    assert_eq!(story.knock(GERMAN, "api").await, 403);
    let union = admin
        .save_from(CZECH, "api", &["US"], &[("form[european_union]", "true")])
        .await;
    assert!(union.status.is_success());
    assert_eq!(story.knock(GERMAN, "api").await, 200, "Germany is in the union");
    assert_eq!(story.knock(UNKNOWN, "api").await, 403);
}

async fn the_command_line_opens_the_doors(story: &Story) {
    let admin = story.with_countries().await;
    admin.save("console", &["CZ"]).await;
    admin.save("api", &["CZ", "SK"]).await;
    let audit = story.count(RULES_CHANGED).await;
    let command = story.other_process().await;
    let gone = countries::off(&command, &Actor::System).await.expect("opened");
    let codes = |n: usize| {
        gone[n]
            .rule
            .only
            .iter()
            .flatten()
            .map(|c| c.code())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (gone.len(), codes(0), codes(1)),
        (2, vec!["CZ"], vec!["CZ", "SK"])
    );
    assert_eq!(story.count(RULES_CHANGED).await, audit + 1);
    assert_eq!(
        story.knock(GERMAN, "console").await,
        403,
        "the server has not looked yet"
    );
    story.clock.advance(Duration::from_secs(5));
    assert_eq!(story.knock(GERMAN, "console").await, 200);
    assert_eq!(story.knock(GERMAN, "api").await, 200);
    assert_eq!(
        countries::off(&command, &Actor::System).await.expect("nothing"),
        []
    );
    assert_eq!(story.count(RULES_CHANGED).await, audit + 1);
}

async fn only_administrators_see_and_change_it(story: &Story) {
    let admin = story.with_countries().await;
    let (_, operator) = story.operator("201", "jana").await;
    for function in ["countries/overview", "countries/rule"] {
        assert_eq!(
            operator.call(function, &[("door", "console")]).await.status,
            403,
            "{function}"
        );
    }
    let form = [
        ("version", "1"),
        ("form[door]", "api"),
        ("form[who]", "listed"),
        ("form[countries][]", "CZ"),
    ];
    assert_eq!(operator.call("countries/save", &form).await.status, 403);
    assert_eq!(operator.get("/security/countries").await.status, 403);
    let good = mmdb::countries(&WORLD);
    assert_eq!(operator.send_file(CZECH, "database", &good).await.status, 403);
    assert_eq!(
        Browser::new(story)
            .send_file(CZECH, "database", &good)
            .await
            .status,
        401
    );
    assert_eq!(admin.rule("api").await["version"], 1);
}

async fn of_two_who_save_the_second_is_told(story: &Story) {
    let admin = story.with_countries().await;
    let form = |who| {
        [
            ("version", "1"),
            ("form[door]", "api"),
            ("form[who]", who),
            ("form[countries][]", "CZ"),
        ]
    };
    assert!(
        admin
            .call_from(CZECH, "countries/save", &form("listed"))
            .await
            .status
            .is_success()
    );
    let second = admin.call_from(CZECH, "countries/save", &form("everybody")).await;
    assert_eq!(
        (second.status.as_u16(), &second.json()["Refused"]["reason"]),
        (409, &json!("changed_meanwhile"))
    );
    assert_eq!(admin.rule("api").await["rule"]["only"], json!(["CZ"]));
    // Each door's rule has its own version.
    let other = [
        ("version", "1"),
        ("form[door]", "files"),
        ("form[who]", "everybody"),
    ];
    assert!(
        admin
            .call_from(CZECH, "countries/save", &other)
            .await
            .status
            .is_success()
    );
}

async fn who_is_refused_is_told_in_their_language(story: &Story) {
    let admin = story.with_countries().await;
    for door in ["console", "api", "files"] {
        admin.save(door, &["CZ"]).await;
    }
    let page = async |path: &str, language: &str| {
        let request = Browser::new(story).request(Method::GET, path);
        let request = request
            .header("x-forwarded-for", GERMAN)
            .header(header::ACCEPT, "text/html")
            .header(header::ACCEPT_LANGUAGE, language);
        Answer::of(request.send().await.expect("an answer")).await
    };
    for path in ["/channels", "/files/x"] {
        let czech = page(path, "cs-CZ,cs;q=0.9,en;q=0.8").await;
        assert_eq!(czech.status, 403);
        assert!(
            czech.text.contains("z této země není povolen") && czech.text.contains("lang=\"cs\""),
            "{}",
            czech.text
        );
        assert!(czech.text.contains(GERMAN) && czech.header("content-type").starts_with("text/html"));
        assert!(
            czech
                .header("content-security-policy")
                .contains("default-src 'self'")
        );
        let english = page(path, "de-DE,de;q=0.9,en;q=0.8").await;
        assert!(
            english.text.contains("Access from this country is not allowed"),
            "{}",
            english.text
        );
    }

    let request = story
        .api
        .request(Method::GET, "/api/v1/channels")
        .header("x-forwarded-for", GERMAN);
    let problem = story.api.send(request).await.problem(403);
    assert_eq!(problem["type"], "urn:switchboard:country_not_allowed");
    assert!(problem["detail"].as_str().expect("text").contains(GERMAN));
    let live = admin.call_from(GERMAN, "auth/me", &[]).await;
    assert_eq!(
        (live.status.as_u16(), &live.json()["Refused"]["reason"]),
        (403, &json!("country_not_allowed"))
    );
    // The country is checked before the token.
    let stranger = story
        .anonymous()
        .request(Method::GET, "/api/v1/channels")
        .header("x-forwarded-for", GERMAN);
    story.api.send(stranger).await.problem(403);
}
