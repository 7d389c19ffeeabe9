//! Webhooks of which something that is stored cannot be read.

use super::{converse, ids, place, read};
use crate::{
    stories,
    support::{Story, receiver::Receiver, world::id_of},
};
use serde_json::json;

stories! {
    one_whose_wishes_cannot_be_read_gets_everything_and_hides_no_other
}

async fn run(story: &Story, sql: &str) {
    story.database.run(story.data_dir(), sql).await;
}

async fn one_whose_wishes_cannot_be_read_gets_everything_and_hides_no_other(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    let crm = story
        .hears("CRM", &receiver, json!({"types": ["note.written"]}))
        .await;
    run(story, "UPDATE webhooks SET wanted = '{'").await;
    let listed = story.api.items("/api/v1/webhooks").await;
    assert_eq!(listed.iter().map(id_of).collect::<Vec<_>>(), [crm.id.as_str()]);
    assert_eq!(read(story, &crm).await["types"], json!([]));
    let from = place(story).await;
    converse(story, &line).await;
    story.called().await;
    let known = ids(story, &from).await;
    assert!(known.iter().all(|id| receiver.ids().contains(id)), "{known:?}");
}
