//! A list by a field that completes what is typed: keys move in it, choose from it or close it, and so does the mouse.
//! The field keeps the focus.

use crate::browser;
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    prelude::*,
};

/// One of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    pub name: String,
    pub text: String,
    /// What is put into the field.
    pub puts: String,
}

#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// Of the list's element; the options' ids begin with it.
    pub id: &'static str,
    /// `None` while nothing is offered.
    pub found: Memo<Option<Vec<Offered>>>,
    marked: RwSignal<usize>,
}

/// What a key did.
pub enum Pressed {
    Chose(Offered),
    Closed,
    Moved,
    /// It would have chosen, but nothing is offered.
    Nothing,
}

impl Offer {
    pub fn new(id: &'static str, found: Memo<Option<Vec<Offered>>>) -> Self {
        Self {
            id,
            found,
            marked: RwSignal::new(0),
        }
    }

    pub fn is_open(self) -> bool {
        self.found.with(Option::is_some)
    }

    /// Marks the first one.
    pub fn begin(self) {
        self.marked.set(0);
    }

    /// Returns what the key does in the list; `None`: it is the field's.
    pub fn pressed(self, event: &KeyboardEvent) -> Option<Pressed> {
        if browser::composes(event) {
            return None;
        }
        let found = self.found.get_untracked()?;
        let (marked, count) = (self.marked.get_untracked(), found.len());
        Some(match event.key().as_str() {
            "ArrowDown" if count > 0 => {
                self.marked.set((marked + 1) % count);
                Pressed::Moved
            }
            "ArrowUp" if count > 0 => {
                self.marked.set((marked + count - 1) % count);
                Pressed::Moved
            }
            "Enter" | "Tab" if !event.shift_key() => match found.into_iter().nth(marked) {
                Some(chosen) => Pressed::Chose(chosen),
                None => Pressed::Nothing,
            },
            "Escape" => Pressed::Closed,
            _ => return None,
        })
    }

    /// The id of the marked one, for the field.
    pub fn active(self) -> Option<String> {
        let any = self
            .found
            .with(|found| found.as_ref().is_some_and(|found| !found.is_empty()));
        any.then(|| self.option_id(self.marked.get()))
    }

    fn option_id(self, place: usize) -> String {
        format!("{}-{place}", self.id)
    }
}

#[component]
pub fn OfferList(
    offer: Offer,
    #[prop(into)] label: Signal<&'static str>,
    /// What is said below the list.
    #[prop(into)]
    note: Signal<Option<&'static str>>,
    choose: Callback<Offered>,
) -> impl IntoView {
    // The marked one stays in sight.
    Effect::new(move |_| {
        if let Some(active) = offer.active() {
            request_animation_frame(move || {
                if let Some(option) = browser::element(&active) {
                    browser::reveal(&option);
                }
            });
        }
    });
    let option = move |(place, offered): (usize, Offered)| {
        let Offered { name, text, .. } = offered.clone();
        let pressed = move |event: MouseEvent| {
            // The list may be gone before it hears of the click.
            event.prevent_default();
            if event.button() == 0 {
                choose.run(offered.clone());
            }
        };
        view! {
            <li
                id=offer.option_id(place)
                role="option"
                class="offered"
                aria-selected=move || (offer.marked.get() == place).to_string()
                on:mousedown=pressed
            >
                <span class="offered-name" translate="no">
                    {name}
                </span>
                <span class="offered-text" dir="auto" translate="no">
                    {text}
                </span>
            </li>
        }
    };
    let options = move || {
        let found = offer.found.get().unwrap_or_default().into_iter();
        found.enumerate().map(option).collect_view()
    };
    let open = Memo::new(move |_| offer.is_open());
    let list = move || {
        open.get().then(|| {
            view! {
                // The field keeps the focus, also when somebody scrolls here.
                <div class="offer" on:mousedown=|event| event.prevent_default()>
                    <ul id=offer.id role="listbox" aria-label=move || label.get()>
                        {options}
                    </ul>
                    <p class="offer-note" role="status">
                        {move || note.get()}
                    </p>
                </div>
            }
        })
    };
    view! { {list} }.into_any()
}
