//! Notices that nobody is there. All tabs of a browser note what is touched; the tab that listens for all tells the
//! process.

use crate::browser::{now, store, stored};
use domain::{presence::IDLE_AFTER, time::Timestamp};
use leptos::prelude::*;
use std::time::Duration;

/// The storage key under which this browser keeps when somebody last touched it, in milliseconds.
const TOUCHED: &str = "touched";
/// How often a tab writes that down, and how often it looks.
const EVERY: Duration = Duration::from_secs(15);
/// What only somebody at the screen causes.
const TOUCHES: [&str; 4] = ["pointerdown", "pointermove", "keydown", "wheel"];

/// Looks again and again, and tells whether nobody is there.
pub fn watch(tell: impl Fn(bool) + Copy + Send + Sync + 'static) {
    let look = move || {
        let last = stored(TOUCHED).and_then(|at| at.parse().ok());
        tell(is_idle(last.map(Timestamp::from_millis), now()));
    };
    Effect::new(move |_| {
        touched();
        let written = StoredValue::new(now());
        for event in TOUCHES {
            let listener = window_event_listener_untyped(event, move |_| {
                if now() > written.get_value().plus(EVERY) {
                    written.set_value(now());
                    touched();
                    look();
                }
            });
            on_cleanup(move || listener.remove());
        }
        let timer = set_interval_with_handle(look, EVERY);
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
}

fn touched() {
    store(TOUCHED, Some(&now().millis().to_string()));
}

/// Where nothing can be stored, the user counts as there.
fn is_idle(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_some_and(|last| last.plus(IDLE_AFTER) <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_there_for_ten_minutes_after_a_touch() {
        let now = Timestamp::from_seconds(1_000_000);
        let before = |seconds| Some(now.minus(Duration::from_secs(seconds)));
        assert!(!is_idle(None, now) && !is_idle(before(0), now) && !is_idle(before(599), now));
        assert!(is_idle(before(600), now));
    }
}
