//! The part above the tabs: name, badge with its reasons, number and menu; or that the channel was deleted.

use crate::{
    api::{
        ActionForm, ApiResult, Resource, ServerAction,
        channels::{PauseChannel, ResumeChannel},
    },
    i18n::*,
    labels,
    pages::channels::findings,
    ui::{Badge, ButtonLink, Menu, PageHead, Time, form::on_outcome, use_toasts},
};
use domain::{
    channel::{Badge as State, ChannelView, Presence},
    doctor::Check,
    ids::ChannelId,
    time::Timestamp,
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// The menu's actions.
#[derive(Clone, Copy)]
pub struct Switches {
    pause: ServerAction<PauseChannel>,
    resume: ServerAction<ResumeChannel>,
}

impl Switches {
    pub fn new(edited: Resource<ApiResult<Presence>>) -> Self {
        let i18n = use_i18n();
        let toasts = use_toasts();
        let (pause, resume) = (ServerAction::new(), ServerAction::new());
        let answered = move |answer: &Result<(), _>, said: fn(Locale) -> &'static str| match answer {
            Ok(()) => {
                toasts.say(said(i18n.get_locale_untracked()));
                edited.refetch();
            }
            Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
        };
        on_outcome(pause, move |answer| {
            answered(answer, |locale| td_string!(locale, channels.head.paused));
        });
        on_outcome(resume, move |answer| {
            answered(answer, |locale| td_string!(locale, channels.head.resumed));
        });
        Self { pause, resume }
    }
}

/// Shown in place of a deleted channel.
#[component]
pub fn Gone(name: String, by: Option<String>, at: Timestamp) -> impl IntoView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, channels.gone.title, name = name.clone());
    let who = move || match &by {
        Some(who) => t_string!(i18n, channels.gone.by, who = who.clone()),
        None => t_string!(i18n, channels.gone.itself).to_owned(),
    };
    view! {
        <PageHead title=title />
        <section class="panel" role="alert">
            <p>{who} " " <Time at /></p>
            <p>{move || t_string!(i18n, channels.gone.text)}</p>
            <p>
                <ButtonLink href="/channels">{move || t_string!(i18n, channels.gone.back)}</ButtonLink>
            </p>
        </section>
    }
    .into_any()
}

#[component]
pub fn Header(channel: ChannelView, switches: Switches) -> impl IntoView {
    let i18n = use_i18n();
    let is_saved = channel.is_saved();
    let ChannelView {
        id,
        name,
        badge,
        degraded_by,
        phone_number,
        ..
    } = channel;
    let title = move || match name.as_str() {
        name if is_saved && !name.is_empty() => name.to_owned(),
        _ => t_string!(i18n, channels.unnamed).to_owned(),
    };
    let more = {
        let title = title.clone();
        Signal::derive(move || t_string!(i18n, channels.head.more, name = title()))
    };
    // Closes the menu, and returns the focus to its button.
    let close = move |event: ev::SubmitEvent| {
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let menu = form.and_then(|form| form.closest("details").ok().flatten());
        if let Some(menu) = menu {
            drop(menu.remove_attribute("open"));
            let button = menu.query_selector("summary").ok().flatten();
            if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
                drop(button.focus());
            }
        }
    };
    let switch = match badge {
        State::Paused => view! {
            <div on:submit=close>
                <ActionForm action=switches.resume>
                    <input type="hidden" name="id" value=id.to_string() />
                    <button type="submit" class="menu-item">
                        {move || t_string!(i18n, channels.head.resume)}
                    </button>
                </ActionForm>
            </div>
        }
        .into_any(),
        _ => view! {
            <div on:submit=close>
                <ActionForm action=switches.pause>
                    <input type="hidden" name="id" value=id.to_string() />
                    <button type="submit" class="menu-item">
                        {move || t_string!(i18n, channels.head.pause)}
                    </button>
                </ActionForm>
            </div>
        }
        .into_any(),
    };
    // There is nothing to pause or delete before the first save.
    let menu = is_saved.then(|| {
        view! {
            <Menu
                class="button quiet"
                label=more
                summary=Box::new(|| view! { <span class="more" aria-hidden="true">"⋮"</span> }.into_any())
            >
                {switch}
                <a class="menu-item" href=format!("/channels/{id}/delete")>
                    {move || t_string!(i18n, channels.head.delete)}
                </a>
            </Menu>
        }
    });
    let because = (!degraded_by.is_empty()).then(|| view! { <Because id checks=degraded_by /> });
    view! {
        <PageHead title=title>
            <Badge tone=badge.into() word=move || labels::badge(i18n.get_locale(), badge) />
            {phone_number.map(|number| view! { <span class="nums muted">{labels::phone(&number)}</span> })}
            {menu}
        </PageHead>
        {because}
    }
    .into_any()
}

/// Why a channel is degraded. Each reason links to its line of the Health tab.
#[component]
fn Because(id: ChannelId, checks: Vec<Check>) -> impl IntoView {
    let i18n = use_i18n();
    let reasons = checks
        .into_iter()
        .map(|check| {
            view! {
                <li>
                    <a href=format!(
                        "/channels/{id}/health#{}",
                        check.as_str(),
                    )>{move || findings::check(i18n.get_locale(), check)}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="because">
            <span>{move || t_string!(i18n, channels.head.because)}</span>
            <ul>{reasons}</ul>
        </div>
    }
    .into_any()
}
