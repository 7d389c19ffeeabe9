//! Tells the process that the user writes: colleagues see it, and the customer where the channel shows it.

use crate::{api, browser};
use domain::{ids::SessionId, session::Thread, time::Timestamp};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// WhatsApp shows it for 25 seconds.
const CUSTOMERS_AGAIN: Duration = Duration::from_secs(20);
/// Colleagues see it for [`domain::event::WRITES_FOR`].
const COLLEAGUES_AGAIN: Duration = Duration::from_secs(4);

#[derive(Debug, Clone, Copy)]
pub struct Typing {
    id: SessionId,
    thread: Memo<Thread>,
    told_customer: StoredValue<Option<Timestamp>>,
    told_colleagues: StoredValue<Option<Timestamp>>,
}

pub fn use_typing(id: SessionId, thread: Memo<Thread>) -> Typing {
    Typing {
        id,
        thread,
        told_customer: StoredValue::new(None),
        told_colleagues: StoredValue::new(None),
    }
}

impl Typing {
    /// The user has typed a reply; there are so many characters now.
    pub fn reply(self, length: usize) {
        if length == 0 {
            return;
        }
        self.note();
        let shown = self.thread.with_untracked(|thread| thread.may.shows_typing);
        if shown && is_due(self.told_customer, CUSTOMERS_AGAIN) {
            let id = self.id;
            // If this fails, the customer sees it later or not at all.
            spawn_local(async move {
                let _ = api::inbox::typing(id).await;
            });
        }
    }

    /// The user has typed what customers do not see.
    pub fn note(self) {
        if is_due(self.told_colleagues, COLLEAGUES_AGAIN) {
            let id = self.id;
            spawn_local(async move {
                let _ = api::inbox::writing(id).await;
            });
        }
    }

    /// The answer ends what the customer sees.
    pub fn sent(self) {
        self.told_customer.set_value(None);
    }
}

/// Whether it was not told for so long; from now on it counts as told.
fn is_due(told: StoredValue<Option<Timestamp>>, again: Duration) -> bool {
    let now = browser::now();
    let due = told.get_value().is_none_or(|told| now.since(told) >= again);
    if due {
        told.set_value(Some(now));
    }
    due
}
