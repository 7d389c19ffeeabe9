//! The file of a message: a picture, a player or a line to save it, or where its bytes are instead.

use crate::{i18n::*, pages::inbox::labels};
use domain::{
    file::{FileState, FileView, FileWay},
    ids::MessageId,
};
use leptos::{ev::MouseEvent, html, prelude::*};

/// How a file that is here is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Picture,
    Sound,
    Video,
    Line,
}

impl Shown {
    fn of(kind: &str, file: &FileView) -> Self {
        let mime_type = file.mime_type.as_deref().unwrap_or_default();
        match kind {
            "image" | "sticker" if mime_type.starts_with("image/") => Self::Picture,
            "audio" if mime_type.starts_with("audio/") => Self::Sound,
            "video" if mime_type.starts_with("video/") => Self::Video,
            _ => Self::Line,
        }
    }
}

/// Whether the file itself says what kind of message it is.
pub fn speaks_for_itself(kind: &str, file: &FileView) -> bool {
    file.state == FileState::Here && Shown::of(kind, file) != Shown::Line
}

#[component]
pub fn FileTile(id: MessageId, kind: String, file: FileView) -> impl IntoView {
    let href = format!("/media/{id}");
    let second = file.attempt.filter(|attempt| attempt.is_second);
    let note = second.map(|attempt| view! { <SecondWay way=attempt.way /> });
    view! { <Content kind file href /> {note} }.into_any()
}

/// The first way of the file to Meta has failed.
#[component]
fn SecondWay(way: FileWay) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="hint">
            {move || match way {
                FileWay::Upload => t_string!(i18n, inbox.file.second_upload),
                FileWay::Link => t_string!(i18n, inbox.file.second_link),
            }}
        </p>
    }
    .into_any()
}

#[component]
fn Content(kind: String, file: FileView, href: String) -> impl IntoView {
    if file.state != FileState::Here {
        return view! { <NotHere file /> }.into_any();
    }
    let i18n = use_i18n();
    match Shown::of(&kind, &file) {
        Shown::Picture => view! { <Picture href sticker=kind == "sticker" /> }.into_any(),
        Shown::Sound => {
            let label = move || labels::kind(i18n.get_locale(), "audio");
            view! { <audio class="file-sound" controls preload="none" src=href aria-label=label></audio> }
                .into_any()
        }
        Shown::Video => {
            let label = move || labels::kind(i18n.get_locale(), "video");
            view! { <video class="file-video" controls preload="metadata" src=href aria-label=label></video> }
                .into_any()
        }
        Shown::Line => view! { <Line file href /> }.into_any(),
    }
}

/// A picture that opens over the page.
#[component]
fn Picture(href: String, sticker: bool) -> impl IntoView {
    let i18n = use_i18n();
    let viewer = NodeRef::<html::Dialog>::new();
    let open = move |event: MouseEvent| {
        // With a modifier the browser opens or saves the file itself.
        if let Some(dialog) = viewer
            .get_untracked()
            .filter(|_| !event.ctrl_key() && !event.meta_key())
        {
            event.prevent_default();
            let _ = dialog.show_modal();
        }
    };
    let close = move |_| {
        if let Some(dialog) = viewer.get_untracked() {
            dialog.close();
        }
    };
    let name = move || labels::kind(i18n.get_locale(), if sticker { "sticker" } else { "image" });
    let (small, large) = (format!("{href}?size=small"), href.clone());
    view! {
        <a class="file-picture" class:sticker=sticker href=href download="" rel="external" on:click=open>
            <img src=small alt=name loading="lazy" decoding="async" />
        </a>
        <dialog class="file-viewer" node_ref=viewer on:click=close aria-label=name>
            <img src=large alt=name loading="lazy" />
            <button type="button" class="button">
                {move || t_string!(i18n, inbox.file.close)}
            </button>
        </dialog>
    }
    .into_any()
}

/// A file that is saved, not shown.
#[component]
fn Line(file: FileView, href: String) -> impl IntoView {
    let i18n = use_i18n();
    let facts = file.clone();
    let facts = move || labels::file_facts(i18n.get_locale(), &facts);
    let named = file.filename.clone();
    let name = move || match &named {
        Some(name) => name.clone(),
        None => labels::kind(i18n.get_locale(), "document"),
    };
    view! {
        <a class="file-line" href=href download="" rel="external">
            <strong dir="auto">{name}</strong>
            <span class="nums">{facts}</span>
        </a>
    }
    .into_any()
}

/// A file whose bytes are not here, and why.
#[component]
fn NotHere(file: FileView) -> impl IntoView {
    let i18n = use_i18n();
    let state = file.state;
    let busy = matches!(state, FileState::Coming | FileState::Uploading);
    let name = file.filename.clone();
    let facts = move || labels::file_facts(i18n.get_locale(), &file);
    view! {
        <div class="file-line file-away" aria-busy=busy.then_some("true")>
            {name.map(|name| view! { <strong dir="auto">{name}</strong> })} <span>{move || labels::file_state(i18n.get_locale(), state)}</span>
            <span class="nums">{facts}</span>
        </div>
    }
    .into_any()
}
