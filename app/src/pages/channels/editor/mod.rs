//! A channel's editor: its header above its tabs. The header follows events; the forms in the tabs do not, so that no
//! event discards unsaved input.
//!
//! | module | what it holds |
//! |---|---|
//! | [`header`] | name, badge with its reasons, number and menu |
//! | [`authentication`], [`messaging`], [`sending`], [`health`], [`activity`], [`delete`] | the tabs |
//! | [`guide`], [`field_labels`] | Meta's steps beside the forms, labels of fields |
//! | [`save`], [`answer`] | shared by the tabs: saving, and Meta's answers |

mod activity;
mod answer;
mod authentication;
mod delete;
mod field_labels;
mod guide;
mod header;
mod health;
mod messaging;
mod save;
mod sending;

pub use self::{
    activity::ActivityTab, authentication::AuthenticationTab, delete::DeleteTab, health::HealthTab,
    messaging::MessagingTab, sending::SendingTab,
};

use self::{
    header::{Gone, Header, Switches},
    save::EditedChannel,
};
use crate::{
    api::{Resource, channels::channel},
    i18n::*,
    live::use_live,
    pages::url::{id_in_url, known},
    ui::{Skeleton, Transition},
};
use domain::{channel::Presence, ids::ChannelId};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

#[component]
pub fn ChannelPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let id = id_in_url::<ChannelId>();
    let edited = Resource::new(
        move || (id.get(), live.channels.get()),
        |(id, _)| async move { channel(known(id)?).await },
    );
    provide_context(EditedChannel(edited));
    let switches = Switches::new(edited);
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
            <A href=tab("/sending")>{move || t_string!(i18n, channels.tab.sending)}</A>
            <A href=tab("/health")>{move || t_string!(i18n, channels.tab.health)}</A>
            <A href=tab("/activity")>{move || t_string!(i18n, channels.tab.activity)}</A>
        </nav>
    }
    .into_any();
    // If there is an error, the tab shows it.
    let header = move || {
        Some(match edited.get()?.ok()? {
            Presence::Here(channel) => view! { <Header channel=*channel switches /> }.into_any(),
            Presence::Deleted { name, by, at } => view! { <Gone name by at /> }.into_any(),
        })
    };
    // Once somebody else has deleted the channel, input below cannot be saved.
    let gone = RwSignal::new(false);
    Effect::new(move || gone.set(matches!(edited.get(), Some(Ok(Presence::Deleted { .. })))));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=1 /> }>{header}</Transition>
        <div hidden=move || gone.get()>{tabs} <Outlet /></div>
    }
    .into_any()
}
