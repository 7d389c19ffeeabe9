//! Reading again without a flood: turns many hints into few requests.

use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

/// Reads something again when asked or hinted to. At most one read is in flight and one waits, so a burst of events
/// costs no more than reading back to back.
#[derive(Debug, Clone, Copy)]
pub struct Reader(RwSignal<u64>);

impl Reader {
    /// `hint` is tracked; its first value stands for what has already been read.
    pub fn new<F>(hint: impl Fn() -> u64 + 'static, read: impl Fn() -> F + Copy + 'static) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let asked = RwSignal::new(0_u64);
        let work = StoredValue::new(Work::Idle);
        Effect::new(move |before: Option<u64>| {
            let now = hint() + asked.get();
            if before.is_some_and(|before| before != now) {
                match work.get_value() {
                    Work::Idle => {
                        work.set_value(Work::Reading);
                        spawn_local(read_until_calm(work, read));
                    }
                    Work::Reading | Work::AskedAgain => work.set_value(Work::AskedAgain),
                }
            }
            now
        });
        Self(asked)
    }

    pub fn ask(self) {
        self.0.update(|n| *n += 1);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Idle,
    Reading,
    AskedAgain,
}

async fn read_until_calm<F: Future<Output = ()>>(work: StoredValue<Work>, read: impl Fn() -> F) {
    loop {
        read().await;
        match work.try_get_value() {
            Some(Work::AskedAgain) => work.set_value(Work::Reading),
            Some(Work::Idle | Work::Reading) => {
                work.set_value(Work::Idle);
                return;
            }
            // The page has gone.
            None => return,
        }
    }
}
