//! What a bound token changes of a contact by the contact's id.

use super::{token, world::World};
use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        world::id_of,
    },
};
use reqwest::Method;
use serde_json::{Value, json};

stories! {
    a_contact_within_reach_is_changed_and_no_other
}

async fn a_contact_within_reach_is_changed_and_no_other(story: &Story) {
    let world = World::new(story).await;
    let id = |session: &Value| id_of(&session["contact"]);
    let (eva, karel) = (id(&world.session), id(&world.foreign[0]));
    let path = |contact: &str, part: &str| format!("/api/v1/contacts/{contact}/{part}");
    for (n, bound) in world.bounds().into_iter().enumerate() {
        let api = token(story, &bound).await;
        let name = json!({"name": format!("Eva {n}")});
        let named = put(&api, &path(&eva, "name"), &name).await;
        assert_eq!(named.ok()["alias"], name["name"]);
        world.is_ours("the name", &named.text);
        let before = api.get(&path(&eva, "note")).await.ok();
        let note = json!({"text": format!("Note {n}"), "version": before["version"]});
        put(&api, &path(&eva, "note"), &note).await.ok();
        let merged = api.get(&path(&eva, "merged-contacts")).await.ok();
        assert_eq!(merged, json!({"contacts": []}));

        // Of Karel the token sees no session.
        let stored = world.stored(story).await;
        for part in ["note", "merged-contacts"] {
            api.get(&path(&karel, part)).await.problem(404);
        }
        let name = json!({"name": "x"});
        put(&api, &path(&karel, "name"), &name).await.problem(404);
        let note = json!({"text": "x"});
        put(&api, &path(&karel, "note"), &note).await.problem(404);
        // Merging is for whoever sees all contacts.
        for (one, other, status) in [(&eva, &karel, 403), (&karel, &eva, 404)] {
            for method in [Method::PUT, Method::DELETE] {
                let path = path(one, &format!("merged-contacts/{other}"));
                api.send(api.request(method, &path)).await.problem(status);
            }
        }
        assert_eq!(world.stored(story).await, stored, "nothing has changed");
    }
}

async fn put(api: &Api, path: &str, body: &Value) -> Answer {
    api.send(api.request(Method::PUT, path).json(body)).await
}
