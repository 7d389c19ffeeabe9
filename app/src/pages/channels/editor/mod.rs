//! A channel's editor: name, badge with its reasons, number and menu above its tabs. The head follows events; the
//! forms in the tabs do not, so that nothing typed is lost to one.

mod activity;
mod answer;
mod authentication;
mod delete;
mod guide;
mod health;
mod messaging;

pub use self::{
    activity::ActivityTab, authentication::AuthenticationTab, delete::DeleteTab, health::HealthTab,
    messaging::MessagingTab,
};

use super::findings;
use crate::{
    api::{
        ApiError, ApiResult,
        channels::{PauseChannel, ResumeChannel, channel},
    },
    i18n::*,
    labels,
    live::use_live,
    pages::url::{id_in_url, known},
    ui::{Badge, ButtonLink, Form, Menu, PageHead, Skeleton, Time, form::on_answer, use_toasts},
};
use domain::{
    channel::{Badge as State, ChannelView, Presence},
    doctor::Check,
    ids::ChannelId,
    time::Timestamp,
};
use leptos::{ev, form::ActionForm, prelude::*, server_fn::ServerFn};
use leptos_router::components::{A, Outlet};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;

/// The channel as the editor's head shows it. Tabs read it again after a change of theirs.
#[derive(Debug, Clone, Copy)]
pub struct Head(pub Resource<ApiResult<Presence>>);

#[component]
pub fn ChannelPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let id = id_in_url::<ChannelId>();
    let head = Resource::new(
        move || (id.get(), live.channels.get()),
        |(id, _)| async move { channel(known(id)?).await },
    );
    provide_context(Head(head));
    let switches = Switches::new(head);
    let tab = move |path: &'static str| {
        move || {
            format!(
                "/channels/{}{path}",
                id.get().map(|id| id.to_string()).unwrap_or_default()
            )
        }
    };
    let tabs = view! {
        <nav class="tabs" aria-label=move || t_string!(i18n, channels.tab.label)>
            <A href=tab("") exact=true>
                {move || t_string!(i18n, channels.tab.authentication)}
            </A>
            <A href=tab("/messaging")>{move || t_string!(i18n, channels.tab.messaging)}</A>
            <A href=tab("/health")>{move || t_string!(i18n, channels.tab.health)}</A>
            <A href=tab("/activity")>{move || t_string!(i18n, channels.tab.activity)}</A>
        </nav>
    }
    .into_any();
    // What went wrong, if anything did, is said by the tab.
    let title = move || {
        Suspend::new(async move {
            Some(match head.await.ok()? {
                Presence::Here(channel) => view! { <Title channel=*channel switches /> }.into_any(),
                Presence::Deleted { name, by, at } => view! { <Gone name by at /> }.into_any(),
            })
        })
    };
    // When somebody else deletes it, nothing that is typed below can be saved.
    let gone = RwSignal::new(false);
    Effect::new(move || gone.set(matches!(head.get(), Some(Ok(Presence::Deleted { .. })))));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=1 /> }>{title}</Transition>
        <div hidden=move || gone.get()>{tabs} <Outlet /></div>
    }
    .into_any()
}

/// Saves a tab, says so, and reads the tab and the head again.
pub fn saves<S, T>(stored: Resource<ApiResult<T>>) -> Form<S>
where
    S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let i18n = use_i18n();
    let toasts = use_toasts();
    let Head(head) = expect_context();
    let save = Form::new();
    on_answer(save.action, move |answer: &Result<S::Output, ApiError>| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
            head.refetch();
        }
    });
    save
}

/// What the menu does.
#[derive(Clone, Copy)]
struct Switches {
    pause: ServerAction<PauseChannel>,
    resume: ServerAction<ResumeChannel>,
}

impl Switches {
    fn new(head: Resource<ApiResult<Presence>>) -> Self {
        let i18n = use_i18n();
        let toasts = use_toasts();
        let (pause, resume) = (ServerAction::new(), ServerAction::new());
        let answered = move |answer: &Result<(), _>, said: fn(Locale) -> &'static str| match answer {
            Ok(()) => {
                toasts.say(said(i18n.get_locale_untracked()));
                head.refetch();
            }
            Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
        };
        on_answer(pause, move |answer| {
            answered(answer, |locale| td_string!(locale, channels.head.paused));
        });
        on_answer(resume, move |answer| {
            answered(answer, |locale| td_string!(locale, channels.head.resumed));
        });
        Self { pause, resume }
    }
}

/// What stands in place of a channel that was deleted.
#[component]
fn Gone(name: String, by: Option<String>, at: Timestamp) -> impl IntoView {
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
fn Title(channel: ChannelView, switches: Switches) -> impl IntoView {
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
    // The menu has done its work; the focus goes back to its button.
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

/// Why a channel is degraded. Each reason leads to its line of the Health tab.
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
