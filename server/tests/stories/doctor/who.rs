//! Only an administrator may examine a channel or start an action at Meta.

use super::Story;
use crate::stories;
use domain::{
    access::{Actor, Me, Role, Scope},
    doctor::Place,
    refusal::Refusal,
};
use engine::doctor;
use serde_json::json;

stories! {
    nobody_else_may
}

const ID: &str = "00000000-0000-7000-8000-000000000007";

fn person(role: Role) -> Actor {
    Actor::User(Me {
        id: ID.parse().expect("an id"),
        login: "somebody".into(),
        name: "Somebody".into(),
        role,
        language: None,
        extension: None,
    })
}

fn token(scope: Scope) -> Actor {
    Actor::Token {
        id: ID.parse().expect("an id"),
        name: "script".into(),
        scope,
        bound: None,
    }
}

fn is_forbidden<T>(result: engine::Result<T>) -> bool {
    matches!(result, Err(engine::Error::Refused(Refusal::Forbidden)))
}

async fn nobody_else_may(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}/health", line.channel);
    story.anonymous().post(&path, json!({})).await.problem(401);
    story.anonymous().get(&path).await.problem(401);
    for scope in [Scope::Read, Scope::Operate] {
        let api = story.api_with(scope).await;
        api.post(&path, json!({})).await.problem(403);
        assert!(api.get(&path).await.status.is_success());
    }
    let (e, id) = (&story.engine, line.id());
    for actor in [
        person(Role::Operator),
        person(Role::Supervisor),
        token(Scope::Read),
        token(Scope::Operate),
    ] {
        assert!(is_forbidden(doctor::examine(e, &actor, id).await), "{actor:?}");
        assert!(is_forbidden(doctor::subscribe_waba(e, &actor, id).await));
        assert!(is_forbidden(
            doctor::set_callback(e, &actor, id, Place::App).await
        ));
        assert!(is_forbidden(doctor::register(e, &actor, id, "123456").await));
        assert!(is_forbidden(
            doctor::fetch_numbers(e, &actor, id, "1", Some("EAAG")).await
        ));
    }
    for actor in [person(Role::Operator), person(Role::Supervisor)] {
        assert!(is_forbidden(doctor::latest(e, &actor, id).await), "{actor:?}");
    }
}
