//! Changed messages as every thread that shows them gets them.

use crate::{Engine, Error, Result, sessions::thread};
use domain::{ids::MessageId, mask::Mask as _};
use serde_json::value::{RawValue, to_raw_value};
use std::{collections::HashMap, sync::Arc};

/// Everybody who sees a session gets its messages, whether they show the thread or not: a longer one is read by those
/// who do.
const MAX_BYTES: usize = 8 * 1024;

pub(super) async fn messages(
    engine: &Engine,
    ids: impl IntoIterator<Item = MessageId>,
) -> Result<HashMap<MessageId, Arc<RawValue>>> {
    let mut all = HashMap::new();
    let db = engine.db.read();
    for (id, message) in thread::changed(db, ids).await? {
        // Those who show the thread read it, each as they see it.
        if engine.mask_numbers && message.clone().masked() != message {
            continue;
        }
        let json = to_raw_value(&message).map_err(|error| Error::Corrupt(format!("a message: {error}")))?;
        if json.get().len() <= MAX_BYTES {
            all.insert(id, json.into());
        }
    }
    Ok(all)
}
