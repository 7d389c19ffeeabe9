//! A stream waits for its turn to read, but not for ever.

use super::{PATH, open, place, streaming};
use crate::support::Story;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn a_stream_that_is_not_read_in_time_does_not_begin() {
    let story = Story::on_postgres().await;
    // From now on the address of the token is known, and nothing has to be written of it.
    place(&story).await;
    let other = story.database.look(story.data_dir(), "rw").await;
    let locking = other.begin().await.expect("a transaction");
    locking
        .execute_unprepared("LOCK TABLE events")
        .await
        .expect("the lock");
    let late = story.api.send(streaming(&story.api, PATH)).await;
    assert_eq!(late.problem(503)["type"], "urn:switchboard:busy");
    assert_eq!(late.header("retry-after"), "5");
    locking.rollback().await.expect("the lock is gone");
    open(&story.api, PATH).await;
    story.end().await;
}
