//! Counts panics, because a panic in a spawned task fails no test by itself.

use std::{
    panic,
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
};

static SEEN: AtomicUsize = AtomicUsize::new(0);

/// Starts counting.
pub fn count() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            SEEN.fetch_add(1, Ordering::SeqCst);
            usual(panic);
        }));
    });
}

#[track_caller]
pub fn assert_none() {
    assert_eq!(SEEN.load(Ordering::SeqCst), 0, "panics");
}
