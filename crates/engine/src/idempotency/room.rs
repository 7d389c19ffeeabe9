//! Whether a token may have another key. Its keys are counted now and then only: a count may read a hundred thousand rows.

use domain::{ids::TokenId, time::Timestamp};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// New keys of a token from one count to the next.
const UNCOUNTED: u64 = 1_000;
/// How long a token that has too many is refused without another count.
const FULL_FOR: Duration = Duration::from_secs(10);
/// Maximum number of tokens in memory.
const MOST_TOKENS: usize = 10_000;

/// What the last count of a token's keys has found.
#[derive(Debug)]
enum Found {
    /// It may have so many more until the next count.
    Room(u64),
    FullUntil(Timestamp),
}

#[derive(Debug, Default)]
pub(crate) struct KeyRoom(Mutex<HashMap<TokenId, Found>>);

impl KeyRoom {
    /// Takes the room of one key, if the token has it; `None`: it is time to count.
    pub(super) fn take(&self, token: TokenId, now: Timestamp) -> Option<bool> {
        match self.found().get_mut(&token)? {
            Found::Room(0) => None,
            Found::Room(left) => {
                *left -= 1;
                Some(true)
            }
            Found::FullUntil(until) => (*until > now).then_some(false),
        }
    }

    /// Notes a count, after which the token gets the key that was asked for unless it has too many.
    pub(super) fn counted(&self, token: TokenId, is_full: bool, now: Timestamp) {
        let mut found = self.found();
        if found.len() >= MOST_TOKENS {
            found.clear();
        }
        let new = match is_full {
            true => Found::FullUntil(now.plus(FULL_FOR)),
            false => Found::Room(UNCOUNTED - 1),
        };
        found.insert(token, new);
    }

    fn found(&self) -> MutexGuard<'_, HashMap<TokenId, Found>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn keys_are_counted_now_and_then() {
        let (rooms, now) = (KeyRoom::default(), Timestamp::from_millis(0));
        let [one, other] = [1, 2].map(|n| TokenId::new(Uuid::from_u128(n)));
        assert_eq!(rooms.take(one, now), None);
        rooms.counted(one, false, now);
        for _ in 1..UNCOUNTED {
            assert_eq!(rooms.take(one, now), Some(true));
        }
        assert_eq!(rooms.take(one, now), None);
        rooms.counted(one, true, now);
        assert_eq!(rooms.take(one, now), Some(false));
        assert_eq!(rooms.take(other, now), None);
        assert_eq!(rooms.take(one, now.plus(FULL_FOR)), None);
    }
}
