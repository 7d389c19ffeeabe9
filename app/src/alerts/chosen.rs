//! What the user chose, as signals: the menu and their account show the same.

use super::{
    choices::{self, Sound, wants_desktop},
    push::wants_push,
};
use leptos::prelude::*;

#[derive(Debug, Clone, Copy)]
pub struct Chosen {
    /// The browser's storage has been read.
    pub live: RwSignal<bool>,
    pub desktop: RwSignal<bool>,
    pub sound: RwSignal<Option<Sound>>,
    /// Also while the console is closed.
    pub closed: RwSignal<bool>,
}

impl Chosen {
    pub fn new() -> Self {
        let chosen = Self {
            live: RwSignal::new(false),
            desktop: RwSignal::new(false),
            sound: RwSignal::new(None),
            closed: RwSignal::new(false),
        };
        Effect::new(move |_| {
            chosen.desktop.set(wants_desktop());
            chosen.sound.set(choices::sound());
            chosen.closed.set(wants_push());
            chosen.live.set(true);
        });
        chosen
    }
}
