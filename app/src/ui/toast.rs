//! Short notices in the corner: what has just been done, or why not. Screen readers announce them.

use super::icon::{Icon, IconName};
use crate::i18n::*;
use leptos::prelude::*;
use std::time::Duration;

const SHOWN_FOR: Duration = Duration::from_secs(6);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Toast {
    number: u64,
    text: String,
    bad: bool,
}

/// The notices that are shown now.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last: StoredValue<u64>,
}

impl Default for Toasts {
    fn default() -> Self {
        Self {
            shown: RwSignal::new(Vec::new()),
            last: StoredValue::new(0),
        }
    }
}

/// The notices of this window.
pub fn use_toasts() -> Toasts {
    expect_context()
}

impl Toasts {
    /// Reports a success.
    pub fn say(self, text: impl Into<String>) {
        self.show(text.into(), false);
    }

    /// Reports a failure.
    pub fn warn(self, text: impl Into<String>) {
        self.withdraw();
        self.show(text.into(), true);
    }

    /// Removes the reported successes, since something is tried again.
    pub fn withdraw(self) {
        self.shown.update(|shown| shown.retain(|toast| toast.bad));
    }

    fn show(self, text: String, bad: bool) {
        self.last.update_value(|last| *last += 1);
        let number = self.last.get_value();
        self.shown.update(|shown| shown.push(Toast { number, text, bad }));
        set_timeout(move || self.hide(number), SHOWN_FOR);
    }

    fn hide(self, number: u64) {
        self.shown
            .try_update(|shown| shown.retain(|toast| toast.number != number));
    }
}

/// The corner in which they appear.
#[component]
pub fn ToastCorner() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.number let:toast>
                <p class="toast" class:bad=toast.bad>
                    <Icon name=if toast.bad { IconName::Alert } else { IconName::Check } />
                    <span>{toast.text}</span>
                    <button
                        type="button"
                        class="button quiet"
                        aria-label=move || t_string!(i18n, common.button.hide)
                        on:click=move |_| toasts.hide(toast.number)
                    >
                        <Icon name=IconName::Cross />
                    </button>
                </p>
            </For>
        </div>
    }
    .into_any()
}
