//! Text that is being typed: what follows from it waits until the typing pauses.

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

const TYPING: Duration = Duration::from_millis(250);

/// Calls `then` with the last text, once no other has followed for a moment.
pub fn debounced(
    then: impl Fn(String) + Clone + Send + Sync + 'static,
) -> impl Fn(String) + Clone + Send + Sync + 'static {
    let typing = StoredValue::new(None::<TimeoutHandle>);
    move |text| {
        let then = then.clone();
        if let Some(timer) = typing.get_value() {
            timer.clear();
        }
        typing.set_value(set_timeout_with_handle(move || then(text), TYPING).ok());
    }
}
