//! Log-ins are throttled per account and per address, so that passwords cannot be tried out.

use crate::Clock;
use domain::refusal::Refusal;
use governor::{
    NotUntil, Quota, RateLimiter, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::HashMapStateStore,
};
use std::{fmt, net::IpAddr, num::NonZeroU32, time::Duration};

/// Attempts on one account at once, and how often one more is allowed.
const PER_ACCOUNT: (u32, Duration) = (10, Duration::from_secs(20));
/// Attempts from one address: an office behind one address logs in together in the morning.
const PER_ADDRESS: (u32, Duration) = (60, Duration::from_secs(5));
/// Keys kept before those that are full again are dropped.
const KEYS: usize = 10_000;

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, Clock, NoOpMiddleware<Nanos>>;

pub(crate) struct Throttle {
    accounts: Limiter<String>,
    addresses: Limiter<IpAddr>,
    clock: Clock,
}

impl Throttle {
    pub(crate) fn new(clock: &Clock) -> Self {
        let accounts = RateLimiter::new(quota(PER_ACCOUNT), HashMapStateStore::default(), clock.clone());
        let addresses = RateLimiter::new(quota(PER_ADDRESS), HashMapStateStore::default(), clock.clone());
        Self {
            accounts,
            addresses,
            clock: clock.clone(),
        }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`] with the seconds to wait.
    pub(crate) fn attempt(&self, login: &str, from: Option<IpAddr>) -> Result<(), Refusal> {
        if self.accounts.len() + self.addresses.len() > KEYS {
            self.accounts.retain_recent();
            self.addresses.retain_recent();
        }
        if let Some(address) = from {
            self.addresses
                .check_key(&network(address))
                .map_err(|until| self.refuse(&until))?;
        }
        self.accounts
            .check_key(&login.to_lowercase())
            .map_err(|until| self.refuse(&until))
    }

    fn refuse(&self, until: &NotUntil<Nanos>) -> Refusal {
        let wait = until.wait_time_from(governor::clock::Clock::now(&self.clock));
        let seconds = u32::try_from(wait.as_secs())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        Refusal::TooManyAttempts { seconds }
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle").finish_non_exhaustive()
    }
}

fn quota((burst, every): (u32, Duration)) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(every)
        .unwrap_or(Quota::per_minute(burst))
        .allow_burst(burst)
}

/// Whoever has an IPv6 address has at least a /64 of them.
fn network(address: IpAddr) -> IpAddr {
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
    use domain::time::Timestamp;

    #[test]
    fn an_account_is_throttled_and_recovers() {
        let clock = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let throttle = Throttle::new(&clock);
        for _ in 0..PER_ACCOUNT.0 {
            assert_eq!(throttle.attempt("jana", None), Ok(()));
        }
        let Err(Refusal::TooManyAttempts { seconds }) = throttle.attempt("JANA", None) else {
            panic!("must wait")
        };
        assert!((1..=21).contains(&seconds), "{seconds}");
        assert_eq!(throttle.attempt("petr", None), Ok(()), "others are not held up");
        clock.advance(PER_ACCOUNT.1);
        assert_eq!(throttle.attempt("jana", None), Ok(()));
    }

    #[test]
    fn an_address_is_throttled_over_all_accounts() {
        let clock = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let throttle = Throttle::new(&clock);
        let refused = (0..200).filter(|n| {
            throttle
                .attempt(&format!("user{n}"), "2001:db8::1".parse().ok())
                .is_err()
        });
        assert_eq!(refused.count(), 200 - PER_ADDRESS.0 as usize);
        assert!(
            throttle.attempt("other", "2001:db8::2".parse().ok()).is_err(),
            "the same /64"
        );
        assert!(throttle.attempt("other", "192.0.2.1".parse().ok()).is_ok());
    }
}
