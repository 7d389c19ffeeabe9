//! A field of what colleagues may change, too: what somebody types stays until it is saved, whatever comes meanwhile.

use crate::{api::AnyAction, ui::form::on_outcome};
use leptos::{html, prelude::*, wasm_bindgen::JsCast};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

pub trait Typed {
    fn typed(&self) -> String;
    fn put(&self, text: &str);
}

impl Typed for HtmlInputElement {
    fn typed(&self) -> String {
        self.value()
    }

    fn put(&self, text: &str) {
        self.set_value(text);
    }
}

impl Typed for HtmlTextAreaElement {
    fn typed(&self) -> String {
        self.value()
    }

    fn put(&self, text: &str) {
        self.set_value(text);
    }
}

#[derive(Clone, Copy)]
pub struct Kept {
    edited: RwSignal<bool>,
    sent: StoredValue<String>,
}

impl Kept {
    /// Shows what is stored, until somebody types.
    pub fn new<E>(field: NodeRef<E>, stored: impl Fn() -> String + 'static) -> Self
    where
        E: html::ElementType<Output: Typed + JsCast + Clone + 'static> + 'static,
    {
        let (edited, sent) = (RwSignal::new(false), StoredValue::new(String::new()));
        Effect::new(move |_| {
            let now = stored();
            if !edited.get_untracked()
                && let Some(field) = field.get()
            {
                field.put(&now);
            }
        });
        Self { edited, sent }
    }

    pub fn edited(self) -> bool {
        self.edited.get()
    }

    /// For the field's `input`.
    pub fn typed(self) {
        self.edited.set(true);
    }

    /// For the form's `submit`, and for its answer: what is typed while it is being saved stays.
    pub fn saves<E>(self, field: NodeRef<E>, action: impl Into<AnyAction>) -> impl Fn() + Copy
    where
        E: html::ElementType<Output: Typed + JsCast + Clone + 'static> + 'static,
    {
        let text = move || field.get_untracked().map(|field| field.typed());
        on_outcome(action, move |outcome| {
            if outcome.is_ok() {
                let is_whole = text().is_none_or(|text| text == self.sent.get_value());
                self.edited.set(!is_whole);
            }
        });
        move || {
            if let Some(text) = text() {
                self.sent.set_value(text);
            }
        }
    }
}
