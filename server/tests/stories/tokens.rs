//! Tokens of the REST API, as administrators manage them.

use crate::{
    stories,
    support::{
        Story,
        http::Api,
        users::{Browser, PASSWORD},
    },
};
use domain::access::Actor;
use engine::directory::extensions;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_token_is_shown_once_works_and_is_revoked
    a_token_expires
    only_administrators_manage_tokens
    a_token_makes_nobody_more_than_an_operator
    a_token_neither_keeps_an_administrator_out_nor_brings_one_back
}

stories! {
    with |settings| settings.security.tokens_give = domain::access::Role::Supervisor;
    a_setting_lets_tokens_make_supervisors
}

async fn create(admin: &Browser, name: &str, scope: &str, days: &str) -> Value {
    let form = [("form[name]", name), ("form[scope]", scope), ("form[days]", days)];
    admin.call("tokens/create", &form).await.json()
}

async fn list(admin: &Browser) -> Vec<Value> {
    let tokens = admin.call("tokens/list", &[]).await.ok();
    tokens.as_array().expect("tokens").clone()
}

async fn works(story: &Story, token: &str) -> bool {
    let api = Api::new(&story.url, Some(token.to_owned()));
    let answer = api.get("/api/v1/sessions").await;
    assert!(answer.status == 200 || answer.status == 401, "{answer:?}");
    answer.status == 200
}

async fn a_token_is_shown_once_works_and_is_revoked(story: &Story) {
    let admin = story.admin("admin").await;
    let before = list(&admin).await.len();
    let token = create(&admin, "CRM", "read", "").await;
    let token = token.as_str().expect("a token");
    assert!(token.starts_with("swb_"));
    let of = |tokens: &[Value]| {
        tokens
            .iter()
            .find(|token| token["name"] == "CRM")
            .cloned()
            .expect("CRM")
    };
    let shown = of(&list(&admin).await);
    assert_eq!(
        [&shown["scope"], &shown["used_at"], &shown["expires_at"]],
        [&json!("read"), &Value::Null, &Value::Null]
    );
    assert!(!shown.to_string().contains(token));

    assert!(works(story, token).await);
    let used = of(&list(&admin).await)["used_at"].as_i64().expect("a time");
    story.clock.advance(Duration::from_secs(60));
    assert!(works(story, token).await);
    assert_eq!(
        of(&list(&admin).await)["used_at"],
        used,
        "not every request writes"
    );
    story.clock.advance(Duration::from_secs(300));
    assert!(works(story, token).await);
    assert_eq!(of(&list(&admin).await)["used_at"], used + 360_000);

    let id = shown["id"].as_str().expect("an id").to_owned();
    for _ in 0..2 {
        admin.call("tokens/revoke", &[("id", &id)]).await.ok();
        assert!(!works(story, token).await);
    }
    assert_eq!(list(&admin).await.len(), before);

    for (name, scope, days, field, problem) in [
        ("", "read", "", "name", "required"),
        ("CRM", "everything", "", "scope", "unknown"),
        ("CRM", "read", "0", "days", "not_a_rate"),
    ] {
        let refused = create(&admin, name, scope, days).await;
        assert_eq!(
            refused["Refused"]["fields"],
            json!([{ "field": field, "problem": problem }])
        );
    }
}

async fn a_token_expires(story: &Story) {
    let admin = story.admin("admin").await;
    let token = create(&admin, "for a day", "administer", "1").await;
    let token = token.as_str().expect("a token");
    story.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert!(works(story, token).await);
    story.clock.advance(Duration::from_secs(1));
    assert!(!works(story, token).await);
}

async fn only_administrators_manage_tokens(story: &Story) {
    let (_, boss) = story.supervisor("900", "boss").await;
    for function in ["list", "create", "revoke"] {
        let form = [
            ("form[name]", "CRM"),
            ("form[scope]", "read"),
            ("id", "00000000-0000-0000-0000-000000000000"),
        ];
        let refused = boss.call(&format!("tokens/{function}"), &form).await;
        assert_eq!(refused.status, 403, "{function}");
    }
}

fn extension(number: &str, role: &str) -> Value {
    json!({"number": number, "name": "Somebody", "login": format!("user{number}"), "password": PASSWORD, "role": role})
}

async fn a_token_makes_nobody_more_than_an_operator(story: &Story) {
    for role in ["admin", "supervisor"] {
        let refused = story.api.post("/api/v1/extensions", extension("301", role)).await;
        let expected = json!([{ "field": "role", "problem": "too_high" }]);
        assert_eq!(refused.problem(422)["fields"], expected, "{role}");
    }
    story
        .api
        .post("/api/v1/extensions", extension("302", "operator"))
        .await
        .ok();
}

async fn a_token_neither_keeps_an_administrator_out_nor_brings_one_back(story: &Story) {
    let (boss, _) = story.supervisor("900", "boss").await;
    let set = async |way: &str| {
        let path = format!("/api/v1/extensions/{boss}/{way}");
        story.api.post(&path, json!({})).await
    };
    set("disable").await.problem(403);
    let id = boss.parse().expect("an id");
    let disabled = extensions::set_disabled(&story.engine, &Actor::System, id, true).await;
    disabled.expect("a disabled extension");
    set("enable").await.problem(403);
    let extension = story.api.get(&format!("/api/v1/extensions/{boss}")).await.ok();
    assert_eq!(extension["disabled"], true, "{extension}");
}

async fn a_setting_lets_tokens_make_supervisors(story: &Story) {
    story
        .api
        .post("/api/v1/extensions", extension("301", "supervisor"))
        .await
        .ok();
    let refused = story
        .api
        .post("/api/v1/extensions", extension("302", "admin"))
        .await;
    assert_eq!(refused.problem(422)["fields"][0]["problem"], "too_high");
}
