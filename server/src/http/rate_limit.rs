//! The requests of each token: `http.api_requests_per_minute`, told in the headers `RateLimit-Policy` and `RateLimit`
//! (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>). What was used comes back evenly, so a script that
//! has used all of it waits for a moment, not for a minute.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use domain::ids::TokenId;
use governor::{
    Quota, RateLimiter, clock::Clock, middleware::StateInformationMiddleware, nanos::Nanos,
    state::keyed::HashMapStateStore,
};
use std::num::NonZeroU32;

pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
pub const LEFT: HeaderName = HeaderName::from_static("ratelimit");
/// What `http.api_requests_per_minute` counts in.
const MINUTE: u32 = 60;

/// The requests of all tokens.
#[derive(Debug)]
pub struct RateLimits {
    most: NonZeroU32,
    clock: Now,
    limiter: RateLimiter<TokenId, HashMapStateStore<TokenId>, Now, StateInformationMiddleware>,
}

/// The engine's clock.
#[derive(Debug, Clone)]
struct Now(engine::Clock);

impl Clock for Now {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        // The machine's time may be set back, and would refuse every request until then.
        self.0.running().into()
    }
}

/// What a request leaves of the limit.
#[derive(Debug)]
pub struct Counted {
    left: u32,
    /// Seconds until more is there: of all that was used, or of the next request.
    pub back_in: u32,
    pub is_refused: bool,
}

impl RateLimits {
    pub fn new(most: NonZeroU32, clock: &engine::Clock) -> Self {
        let (quota, clock) = (Quota::per_minute(most), Now(clock.clone()));
        Self {
            most,
            limiter: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            clock,
        }
    }

    pub fn count(&self, token: TokenId) -> Counted {
        match self.limiter.check_key(&token) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                let used = u64::from(self.most.get().saturating_sub(left));
                let seconds = (used * u64::from(MINUTE)).div_ceil(u64::from(self.most.get()));
                Counted {
                    left,
                    back_in: u32::try_from(seconds).unwrap_or(MINUTE),
                    is_refused: false,
                }
            }
            Err(not_yet) => {
                let wait = not_yet.wait_time_from(self.clock.now());
                Counted {
                    left: 0,
                    back_in: u32::try_from(wait.as_millis().div_ceil(1000))
                        .unwrap_or(MINUTE)
                        .max(1),
                    is_refused: true,
                }
            }
        }
    }

    /// Says in the headers of an answer what is left.
    pub fn tell(&self, headers: &mut HeaderMap, counted: &Counted) {
        let policy = format!("\"default\";q={};w={MINUTE}", self.most);
        let left = format!("\"default\";r={};t={}", counted.left, counted.back_in);
        for (name, value) in [(POLICY, policy), (LEFT, left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}
