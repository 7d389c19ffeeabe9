//! Counts wrong log-ins, so that nobody can try out passwords: for an account from one network, for a network over all
//! accounts, and for an account over all networks. A browser in which the user has logged in before (`browsers`) has a
//! count of its own: strangers who guess do not lock the owner out.
//!
//! Input from outside is hashed with a secret of this process before it becomes a key: names of any length take the
//! same space, and nobody can make two keys collide.

use crate::Clock;
use domain::{refusal::Refusal, time::Timestamp};
use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasher as _, Hash, RandomState},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How many wrong log-ins are allowed at once, and after how long one more is.
type Quota = (u32, Duration);

const ACCOUNT_FROM_NETWORK: Quota = (10, Duration::from_secs(20));
/// Large enough for an office behind one address that mistypes together in the morning.
const NETWORK: Quota = (60, Duration::from_secs(5));
/// NIST asks for a limit of a hundred: <https://pages.nist.gov/800-63-4/sp800-63b.html#throttle>
const ACCOUNT: Quota = (100, Duration::from_secs(60));
const KNOWN_BROWSER: Quota = (10, Duration::from_secs(20));
/// Codes have six digits: of an account whose password is known, somebody may try 154 a day.
const CODE: Quota = (10, Duration::from_secs(10 * 60));
/// Maximum number of keys.
const KEYS: usize = 30_000;

/// What is typed to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typed {
    Password,
    /// A code of the second factor, by somebody who knows the password.
    Code,
    /// Nothing: a passkey answers, which is their second factor. Wrong codes do not keep it out.
    Passkey,
    /// Nothing: the provider of single sign-on is asked who it is.
    SignOn,
}

/// An attempt to log in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) typed: Typed,
    /// The log-in name; empty when no account can have this name.
    pub(crate) login: &'a str,
    pub(crate) from: Option<IpAddr>,
    /// The browser's id, when the user has logged in there before.
    pub(crate) browser: Option<[u8; 12]>,
}

pub(crate) struct LoginThrottle {
    clock: Clock,
    secret: RandomState,
    /// For each key, the time at which everything counted for it expires.
    counted: Mutex<HashMap<u64, Timestamp>>,
}

impl LoginThrottle {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            secret: RandomState::new(),
            counted: Mutex::default(),
        }
    }

    /// Counts an attempt as a wrong one before its outcome is known: many at once must not pass as one.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`] with the seconds to wait; then nothing is counted.
    pub(crate) fn begin(&self, attempt: Attempt<'_>) -> Result<(), Refusal> {
        let now = self.clock.now();
        let mut counted = self.counted();
        let keys = self.keys(attempt);
        let mut wait = Duration::ZERO;
        for (key, (most, every)) in &keys {
            let room_until = now.plus(*every * (most - 1));
            if let Some(kept) = counted.get_mut(key) {
                // More is never counted, unless the clock was set back.
                *kept = (*kept).min(room_until.plus(*every));
                wait = wait.max(kept.since(room_until));
            }
        }
        if !wait.is_zero() {
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            return Err(Refusal::TooManyAttempts {
                seconds: seconds.saturating_add(1),
            });
        }
        for (key, (_, every)) in keys {
            let kept = counted.entry(key).or_insert(now);
            *kept = (*kept).max(now).plus(every);
        }
        if counted.len() > KEYS {
            make_room(&mut counted, now);
        }
        Ok(())
    }

    /// Takes an attempt back from the count: it was not a wrong one.
    pub(crate) fn was_right(&self, attempt: Attempt<'_>) {
        let now = self.clock.now();
        let mut counted = self.counted();
        for (key, (_, every)) in self.keys(attempt) {
            if let Some(kept) = counted.get_mut(&key) {
                *kept = kept.minus(every);
                if *kept <= now {
                    counted.remove(&key);
                }
            }
        }
    }

    fn keys(&self, attempt: Attempt<'_>) -> Vec<(u64, Quota)> {
        let Attempt {
            typed,
            login,
            from,
            browser,
        } = attempt;
        if typed == Typed::Code {
            return vec![(self.key(("code", login)), CODE)];
        }
        if typed == Typed::Passkey {
            return vec![(self.key(("passkey", login, from.map(network))), CODE)];
        }
        if typed == Typed::SignOn {
            let from = from.map(network);
            return vec![(self.key(("single sign-on", from)), NETWORK)];
        }
        if browser.is_some() {
            return vec![(self.key(("known browser", login, browser)), KNOWN_BROWSER)];
        }
        let from = from.map(network);
        let of_account = [
            (
                self.key(("account from network", login, from)),
                ACCOUNT_FROM_NETWORK,
            ),
            (self.key(("account", login)), ACCOUNT),
        ];
        let of_network = from.map(|from| (self.key(("network", from)), NETWORK));
        of_account.into_iter().chain(of_network).collect()
    }

    fn key(&self, of: impl Hash) -> u64 {
        self.secret.hash_one(of)
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<u64, Timestamp>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes expired keys and, when that is not enough, the half with the lowest counts.
fn make_room(counted: &mut HashMap<u64, Timestamp>, now: Timestamp) {
    counted.retain(|_, kept| *kept > now);
    if counted.len() > KEYS / 2 {
        let mut all: Vec<_> = counted.values().copied().collect();
        let (_, middle, _) = all.select_nth_unstable(counted.len() - KEYS / 2);
        let middle = *middle;
        counted.retain(|_, kept| *kept > middle);
    }
}

impl fmt::Debug for LoginThrottle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginThrottle").finish_non_exhaustive()
    }
}

/// The network of an address. Whoever has an IPv6 address has at least a /64.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> (Clock, LoginThrottle) {
        let clock = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let throttle = LoginThrottle::new(&clock);
        (clock, throttle)
    }

    fn at<'a>(login: &'a str, from: &str) -> Attempt<'a> {
        Attempt {
            typed: Typed::Password,
            login,
            from: from.parse().ok(),
            browser: None,
        }
    }

    #[test]
    fn wrong_ones_are_throttled_and_time_heals() {
        let (clock, throttle) = throttle();
        for _ in 0..ACCOUNT_FROM_NETWORK.0 {
            assert_eq!(throttle.begin(at("jana", "203.0.113.9")), Ok(()));
        }
        let Err(Refusal::TooManyAttempts { seconds }) = throttle.begin(at("jana", "203.0.113.9")) else {
            panic!("must wait")
        };
        assert!((20..=21).contains(&seconds), "{seconds}");
        assert_eq!(
            throttle.begin(at("petr", "203.0.113.9")),
            Ok(()),
            "others are not held up"
        );
        clock.advance(ACCOUNT_FROM_NETWORK.1);
        assert_eq!(throttle.begin(at("jana", "203.0.113.9")), Ok(()));
        assert!(
            throttle.begin(at("jana", "203.0.113.9")).is_err(),
            "one more, and no more"
        );
    }

    #[test]
    fn right_ones_are_not_counted() {
        let (_, throttle) = throttle();
        for _ in 0..1000 {
            assert_eq!(throttle.begin(at("jana", "203.0.113.9")), Ok(()));
            throttle.was_right(at("jana", "203.0.113.9"));
        }
        assert!(throttle.counted().is_empty());
    }

    #[test]
    fn a_guesser_does_not_lock_the_owner_out() {
        let (clock, throttle) = throttle();
        for _ in 0..50 {
            let _ = throttle.begin(at("jana", "203.0.113.9"));
            clock.advance(Duration::from_secs(20));
        }
        assert_eq!(throttle.begin(at("jana", "198.51.100.7")), Ok(()));
    }

    #[test]
    fn a_network_is_throttled_over_all_accounts() {
        let (_, throttle) = throttle();
        let refused = (0..200).filter(|n| throttle.begin(at(&format!("user{n}"), "2001:db8::1")).is_err());
        assert_eq!(refused.count(), 200 - NETWORK.0 as usize);
        assert!(
            throttle.begin(at("other", "2001:db8::2")).is_err(),
            "the same /64"
        );
        assert!(throttle.begin(at("other", "192.0.2.1")).is_ok());
    }

    #[test]
    fn an_account_is_throttled_over_all_networks_but_in_a_browser_that_is_known() {
        let (_, throttle) = throttle();
        let refused = (0..200_u8).filter(|n| throttle.begin(at("jana", &format!("192.0.2.{n}"))).is_err());
        assert_eq!(refused.count(), 200 - ACCOUNT.0 as usize);
        let known = Attempt {
            browser: Some([1; 12]),
            ..at("jana", "192.0.2.1")
        };
        for _ in 0..KNOWN_BROWSER.0 {
            assert_eq!(throttle.begin(known), Ok(()));
        }
        assert!(throttle.begin(known).is_err(), "nor can it guess for ever");
    }

    #[test]
    fn codes_are_counted_for_the_account_however_they_come() {
        let (clock, throttle) = throttle();
        let code = |n: u8| Attempt {
            typed: Typed::Code,
            browser: Some([n; 12]),
            ..at("jana", "192.0.2.1")
        };
        let allowed = (0..200).filter(|n| throttle.begin(code(*n)).is_ok());
        assert_eq!(allowed.count(), CODE.0 as usize);
        assert!(
            throttle.begin(at("jana", "192.0.2.1")).is_ok(),
            "a password is another count"
        );
        let mut of_a_day = 0;
        for _ in 0..24 * 60 {
            clock.advance(Duration::from_secs(60));
            of_a_day += u32::from(throttle.begin(code(1)).is_ok());
        }
        assert_eq!(of_a_day, 144);
    }

    #[test]
    fn names_of_any_number_and_length_take_little_room_and_hide_no_guesser() {
        let (clock, throttle) = throttle();
        while throttle.begin(at("jana", "203.0.113.9")).is_ok() {}
        for n in 0..=KEYS {
            let (name, from) = ("x".repeat(n % 100), format!("10.{}.{}.1", n / 256 % 256, n % 256));
            let _ = throttle.begin(at(&format!("{name}{n}"), &from));
        }
        assert!(throttle.counted().len() <= KEYS);
        assert!(throttle.begin(at("jana", "203.0.113.9")).is_err());
        clock.advance(ACCOUNT.1 * ACCOUNT.0);
        let mut counted = throttle.counted();
        make_room(&mut counted, clock.now());
        assert!(counted.is_empty());
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_out() {
        let (clock, throttle) = throttle();
        clock.advance(Duration::from_secs(24 * 60 * 60));
        throttle.begin(at("jana", "203.0.113.9")).unwrap();
        let earlier = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let throttle = LoginThrottle {
            clock: earlier.clone(),
            ..throttle
        };
        assert!(throttle.begin(at("jana", "203.0.113.9")).is_err());
        earlier.advance(ACCOUNT.1);
        assert_eq!(throttle.begin(at("jana", "203.0.113.9")), Ok(()));
    }
}
