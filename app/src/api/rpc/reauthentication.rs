//! Calls that wait until their user has proved again who they are.

use domain::refusal::Refusal;
use futures::channel::oneshot;
use leptos::prelude::*;

use crate::api::{ApiError, ApiResult};

/// Provided by whoever asks for the password.
#[derive(Debug, Clone, Copy)]
pub struct Reauthentication {
    asked: RwSignal<bool>,
    waiting: StoredValue<Vec<oneshot::Sender<bool>>>,
}

impl Reauthentication {
    #[expect(clippy::new_without_default, reason = "it has a place in the page")]
    pub fn new() -> Self {
        Self {
            asked: RwSignal::new(false),
            waiting: StoredValue::new(Vec::new()),
        }
    }

    /// Whether a call waits.
    pub fn is_asked_for(self) -> bool {
        self.asked.get()
    }

    /// Lets the calls that wait go on, or fail.
    pub fn answer(self, proved: bool) {
        self.asked.set(false);
        let waiting = self.waiting.try_update_value(std::mem::take);
        for call in waiting.unwrap_or_default() {
            // Whoever called may be gone.
            let _ = call.send(proved);
        }
    }

    async fn proved(self) -> bool {
        let (call, answer) = oneshot::channel();
        self.waiting.update_value(|waiting| waiting.push(call));
        self.asked.set(true);
        answer.await.unwrap_or(false)
    }
}

/// Asks, and asks once more when its user first had to prove who they are.
pub(super) async fn asked<F>(with: Option<Reauthentication>, ask: impl Fn() -> F) -> ApiResult<String>
where
    F: Future<Output = ApiResult<String>>,
{
    match (ask().await, with) {
        (Err(refused @ ApiError::Refused(Refusal::Reauthenticate)), Some(with)) => {
            match with.proved().await {
                true => ask().await,
                false => Err(refused),
            }
        }
        (answer, _) => answer,
    }
}
