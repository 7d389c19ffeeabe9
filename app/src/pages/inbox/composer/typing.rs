//! Tells the process that the user types, so that the customer sees it.

use crate::{api, browser};
use domain::{ids::SessionId, session::Thread, time::Timestamp};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// WhatsApp shows it for 25 seconds.
const AGAIN: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy)]
pub struct Typing {
    id: SessionId,
    thread: Memo<Thread>,
    told: StoredValue<Option<Timestamp>>,
}

pub fn use_typing(id: SessionId, thread: Memo<Thread>) -> Typing {
    Typing {
        id,
        thread,
        told: StoredValue::new(None),
    }
}

impl Typing {
    /// The user has typed; there are so many characters now.
    pub fn typed(self, length: usize) {
        let (id, now) = (self.id, browser::now());
        let shown = self.told.get_value().is_some_and(|told| now.since(told) < AGAIN);
        if length == 0 || shown || !self.thread.with_untracked(|thread| thread.may.shows_typing) {
            return;
        }
        self.told.set_value(Some(now));
        // If this fails, the customer sees it later or not at all.
        spawn_local(async move {
            let _ = api::inbox::typing(id).await;
        });
    }

    /// The answer ends what the customer sees.
    pub fn sent(self) {
        self.told.set_value(None);
    }
}
