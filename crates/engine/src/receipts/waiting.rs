//! The calls that wait, at most one for a session: the newest message tells of all before it.

use crate::entity::message;
use domain::{message::CALL, time::Timestamp};
use metrics::counter;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use uuid::Uuid;

/// Sessions with a waiting call; those of further sessions are lost.
const MOST: usize = 10_000;
/// Meta refuses an older message.
const MARKABLE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// WhatsApp shows for 25 seconds that somebody types.
const TYPING_AGAIN: Duration = Duration::from_secs(20);

/// What a call tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) channel: Uuid,
    pub(crate) phone_number_id: String,
    pub(crate) wamid: String,
    at: i64,
    pub(crate) typing: bool,
}

impl Receipt {
    /// That a customer's message was read; `None` if Meta cannot be told, or it is a call.
    pub(crate) fn of(channel: Uuid, message: &message::Model, now: Timestamp) -> Option<Self> {
        let is_markable = now.since(Timestamp::from_millis(message.at)) < MARKABLE;
        Some(Self {
            channel,
            phone_number_id: message.phone_number_id.clone(),
            wamid: message
                .wamid
                .clone()
                .filter(|_| is_markable && message.kind != CALL)?,
            at: message.at,
            typing: false,
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct Receipts(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    calls: HashMap<Uuid, Receipt>,
    /// Sessions in the order in which their calls came.
    turns: VecDeque<Uuid>,
    under_way: usize,
    /// When somebody last typed in a session, in milliseconds.
    typed: HashMap<Uuid, i64>,
}

impl Receipts {
    pub(crate) fn add(&self, session: Uuid, receipt: Receipt) {
        let mut waiting = self.waiting();
        if let Some(known) = waiting.calls.get_mut(&session) {
            let typing = known.typing || receipt.typing;
            if receipt.at >= known.at {
                *known = receipt;
            }
            known.typing = typing;
        } else if waiting.calls.len() < MOST {
            waiting.calls.insert(session, receipt);
            waiting.turns.push_back(session);
        } else {
            counter!(crate::metrics::names::RECEIPTS, "outcome" => "lost").increment(1);
        }
    }

    /// Adds that somebody types. `false`: WhatsApp still shows that.
    pub(crate) fn add_typing(&self, session: Uuid, receipt: Receipt, now: Timestamp) -> bool {
        {
            let mut waiting = self.waiting();
            let fresh = |at: i64| now.since(Timestamp::from_millis(at)) < TYPING_AGAIN;
            if waiting.typed.get(&session).is_some_and(|at| fresh(*at)) {
                return false;
            }
            if waiting.typed.len() >= MOST {
                waiting.typed.retain(|_, at| fresh(*at));
            }
            if waiting.typed.len() < MOST {
                waiting.typed.insert(session, now.millis());
            }
        }
        self.add(
            session,
            Receipt {
                typing: true,
                ..receipt
            },
        );
        true
    }

    /// The answer ended what WhatsApp showed of the typing.
    pub(crate) fn answered(&self, session: Uuid) {
        self.waiting().typed.remove(&session);
    }

    /// The call that has waited longest. [`over`](Self::over) has to follow.
    pub(super) fn take(&self) -> Option<Receipt> {
        let mut waiting = self.waiting();
        let session = waiting.turns.pop_front()?;
        let receipt = waiting.calls.remove(&session)?;
        waiting.under_way += 1;
        Some(receipt)
    }

    pub(super) fn over(&self) {
        let mut waiting = self.waiting();
        waiting.under_way = waiting.under_way.saturating_sub(1);
    }

    /// Whether no call waits or is under way.
    pub(crate) fn are_told(&self) -> bool {
        let waiting = self.waiting();
        waiting.calls.is_empty() && waiting.under_way == 0
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_341_600);

    fn receipt(wamid: &str, at: i64) -> Receipt {
        Receipt {
            channel: Uuid::nil(),
            phone_number_id: "1".to_owned(),
            wamid: wamid.to_owned(),
            at,
            typing: false,
        }
    }

    #[test]
    fn one_call_tells_of_a_sessions_newest_message() {
        let receipts = Receipts::default();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        receipts.add(one, receipt("first", 1));
        assert!(receipts.add_typing(one, receipt("first", 1), NOW));
        receipts.add(two, receipt("other", 1));
        receipts.add(one, receipt("newest", 3));
        receipts.add(one, receipt("older", 2));
        let told: Vec<_> = std::iter::from_fn(|| receipts.take())
            .map(|receipt| (receipt.wamid, receipt.typing))
            .collect();
        assert_eq!(told, [("newest".to_owned(), true), ("other".to_owned(), false)]);
        assert!(!receipts.are_told());
        receipts.over();
        receipts.over();
        assert!(receipts.are_told());
    }

    #[test]
    fn typing_is_told_again_when_whatsapp_is_about_to_forget_it() {
        let receipts = Receipts::default();
        let session = Uuid::from_u128(1);
        let types = |seconds| {
            let now = NOW.plus(Duration::from_secs(seconds));
            receipts.add_typing(session, receipt("a", 1), now)
        };
        assert_eq!(
            [0, 5, 19, 20, 39, 40].map(types),
            [true, false, false, true, false, true]
        );
    }

    #[test]
    fn memory_is_bounded() {
        let receipts = Receipts::default();
        for n in 0..2 * MOST as u128 {
            receipts.add_typing(Uuid::from_u128(n), receipt("a", 1), NOW);
        }
        assert_eq!(receipts.waiting().calls.len(), MOST);
        assert_eq!(receipts.waiting().turns.len(), MOST);
        assert_eq!(receipts.waiting().typed.len(), MOST);
    }
}
