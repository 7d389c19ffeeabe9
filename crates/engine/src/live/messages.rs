//! Changed messages as every thread that shows them gets them.

use crate::{Error, Result, sessions::thread};
use domain::ids::MessageId;
use sea_orm::ConnectionTrait;
use serde_json::value::{RawValue, to_raw_value};
use std::{collections::HashMap, sync::Arc};

/// Everybody who sees a session gets its messages, whether they show the thread or not: a longer one is read by those
/// who do.
const MAX_BYTES: usize = 8 * 1024;

pub(super) async fn messages(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = MessageId>,
) -> Result<HashMap<MessageId, Arc<RawValue>>> {
    let mut all = HashMap::new();
    for (id, message) in thread::changed(db, ids).await? {
        let json = to_raw_value(&message).map_err(|error| Error::Corrupt(format!("a message: {error}")))?;
        if json.get().len() <= MAX_BYTES {
            all.insert(id, json.into());
        }
    }
    Ok(all)
}
