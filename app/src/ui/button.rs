//! Buttons, and links that look like them.

use super::icon::{Icon, IconName};
use leptos::{ev::MouseEvent, prelude::*};

/// How prominent a button is. A screen has at most one primary button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    Primary,
    #[default]
    Plain,
    /// No border: for toolbars.
    Quiet,
    Danger,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
        }
    }
}

/// A button. `submit` makes it send its form.
#[component]
pub fn Button(
    #[prop(optional)] kind: Kind,
    #[prop(optional)] submit: bool,
    /// Shown as busy; it cannot be pressed again.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] icon: Option<IconName>,
    /// The action of a press. It is not an `on:click` on the component: when redrawn, the button would keep the old
    /// listener beside the new one, and the old listener's signals are gone.
    #[prop(optional, into)]
    press: Option<Callback<MouseEvent>>,
    children: Children,
) -> impl IntoView {
    // A view that is redrawn may run once more after its signals have gone.
    let is_busy = move || busy.try_get().unwrap_or_default();
    let is_disabled = move || disabled.try_get().unwrap_or_default();
    let pressed = move |event: MouseEvent| {
        if let Some(press) = press {
            press.run(event);
        }
    };
    view! {
        <button
            on:click=pressed
            class=kind.class()
            type=if submit { "submit" } else { "button" }
            aria-busy=move || is_busy().then_some("true")
            prop:disabled=move || is_disabled() || is_busy()
            disabled=disabled.get_untracked()
        >
            {icon.map(|name| view! { <Icon name /> })}
            <span>{children()}</span>
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] icon: Option<IconName>,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=href>
            {icon.map(|name| view! { <Icon name /> })}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}
