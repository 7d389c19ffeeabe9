//! A channel's editor: name, badge and number above its tabs. The head follows events; the forms in the tabs do
//! not, so that nothing typed is lost to one.

use crate::{
    api::{ApiResult, channels::channel},
    i18n::*,
    live::use_live,
    pages::{id_in_url, known},
    ui::{Badge, PageHead, Skeleton},
    words,
};
use domain::{channel::ChannelView, ids::ChannelId};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

/// The channel as the editor's head shows it. Tabs read it again after a change of theirs.
#[derive(Debug, Clone, Copy)]
pub struct Head(pub Resource<ApiResult<ChannelView>>);

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
        </nav>
    }
    .into_any();
    // What went wrong, if anything did, is said by the tab.
    let title =
        move || Suspend::new(async move { head.await.ok().map(|channel| view! { <Title channel /> }) });
    view! {
        <Transition fallback=|| view! { <Skeleton lines=1 /> }>{title}</Transition>
        {tabs}
        <Outlet />
    }
    .into_any()
}

#[component]
fn Title(channel: ChannelView) -> impl IntoView {
    let i18n = use_i18n();
    let ChannelView {
        name,
        badge,
        phone_number,
        ..
    } = channel;
    let title = move || match name.as_str() {
        "" => t_string!(i18n, channels.unnamed).to_owned(),
        name => name.to_owned(),
    };
    view! {
        <PageHead title=title>
            <Badge tone=badge.into() word=move || words::badge(i18n.get_locale(), badge) />
            {phone_number.map(|number| view! { <span class="nums muted">{words::phone(&number)}</span> })}
        </PageHead>
    }
    .into_any()
}
