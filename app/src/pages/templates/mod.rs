//! Omnichannel › Templates: what Meta has made of the templates of each channel's account, and who may send them. The
//! filter is in the address.

mod row;

use self::row::Row;
use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        templates::{PATH, RefreshTemplates, accounts},
    },
    i18n::*,
    live::use_live,
    ui::{
        Empty, Icon, IconName, Load, PageHead, Quote, Time, debounced, form::FormAnswer, form::on_outcome,
        use_toasts,
    },
};
use domain::{
    message::{Failure, Meaning},
    template::{Account, Found},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn TemplatesPage() -> impl IntoView {
    let i18n = use_i18n();
    let (live, toasts) = (use_live(), use_toasts());
    let query = use_query_map();
    let filter = RwSignal::new(query.with_untracked(|query| query.get("q").unwrap_or_default()));
    let found = Resource::new(
        move || (live.templates.get() + live.channels.get(), filter.get()),
        |(_, filter)| accounts(filter),
    );
    let typed = debounced(move |text| filter.set(text));
    let refresh = ServerAction::<RefreshTemplates>::new();
    on_outcome(refresh, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, templates.asked));
        }
        found.refetch();
    });
    let list = move |accounts: Vec<Account>| match accounts.is_empty() {
        true => view! {
            <Empty
                icon=IconName::Template
                title=move || t_string!(i18n, templates.no_channels).to_owned()
                text=move || t_string!(i18n, templates.no_channels_text).to_owned()
            >
                <a class="button primary" href="/channels">
                    {move || t_string!(i18n, templates.to_channels)}
                </a>
            </Empty>
        }
        .into_any(),
        false => accounts
            .into_iter()
            .map(|account| view! { <AccountView account filter refresh /> })
            .collect_view()
            .into_any(),
    };
    view! {
        <PageHead title=move || t_string!(i18n, templates.title).to_owned() />
        <p class="muted intro">{move || t_string!(i18n, templates.intro)}</p>
        <form class="template-filter" method="get" action=PATH>
            <label for="template-filter">{move || t_string!(i18n, templates.filter)}</label>
            <input
                id="template-filter"
                class="input"
                type="search"
                name="q"
                autocomplete="off"
                placeholder=move || t_string!(i18n, templates.filter_hint)
                value=filter.get_untracked()
                on:input=move |event| typed(event_target_value(&event))
            />
        </form>
        <FormAnswer action=refresh />
        <Load from=found view=list />
    }
    .into_any()
}

/// The templates of one channel.
#[component]
fn AccountView(
    account: Account,
    filter: RwSignal<String>,
    refresh: ServerAction<RefreshTemplates>,
) -> impl IntoView {
    let i18n = use_i18n();
    let Account {
        channel,
        allowed,
        waba_id,
        synced_at,
        trouble,
        found,
    } = account;
    let asking = refresh.pending();
    let id = channel.id.to_string();
    let of_ask = id.clone();
    let known = waba_id.is_some();
    let ask = known.then(|| {
        view! {
            <ActionForm action=refresh>
                <input type="hidden" name="channel" value=of_ask />
                <button type="submit" class="button" prop:disabled=move || asking.try_get().unwrap_or_default()>
                    <Icon name=IconName::Refresh />
                    <span>{move || t_string!(i18n, templates.ask)}</span>
                </button>
            </ActionForm>
        }
    });
    let as_of = known.then(|| match synced_at {
        Some(at) => view! {
            <p class="muted">
                {move || t_string!(i18n, templates.as_of)} " " <Time at />
            </p>
        }
        .into_any(),
        None => view! { <p class="muted">{move || t_string!(i18n, templates.never)}</p> }.into_any(),
    });
    let no_account = (!known).then(|| {
        let settings = format!("/channels/{}/messaging", channel.id);
        view! {
            <div class="notice">
                <p>{move || t_string!(i18n, templates.no_account)}</p>
                <p>
                    <a href=settings>{move || t_string!(i18n, templates.to_settings)}</a>
                </p>
            </div>
        }
    });
    let trouble = trouble.map(|trouble| view! { <Trouble trouble /> });
    let filtered = filter.with_untracked(|filter| !filter.trim().is_empty());
    let list = known.then(|| match found.templates.is_empty() && !filtered {
        true => view! { <Nothing asked=synced_at.is_some() /> }.into_any(),
        false => view! { <Table found filter /> }.into_any(),
    });
    let name = channel.name.clone();
    view! {
        <section class="templates" aria-label=name>
            <header>
                <h2>{channel.name}</h2>
                {as_of} {ask}
            </header>
            <Allowed id allowed />
            {no_account} {trouble} {list}
        </section>
    }
    .into_any()
}

/// Whether operators may send templates, and the way to the setting.
#[component]
fn Allowed(id: String, allowed: bool) -> impl IntoView {
    let i18n = use_i18n();
    let state = move || match allowed {
        true => t_string!(i18n, templates.allowed),
        false => t_string!(i18n, templates.not_allowed),
    };
    let setting = format!("/channels/{id}/sending");
    view! {
        <p class="template-allowed">
            <span>{state}</span>
            <a href=setting>{move || t_string!(i18n, templates.to_setting)}</a>
        </p>
    }
    .into_any()
}

/// Why Meta could not be asked, and what to do.
#[component]
fn Trouble(trouble: Failure) -> impl IntoView {
    let i18n = use_i18n();
    let meaning = trouble.meaning();
    let why = move || {
        let why = match meaning {
            Meaning::TokenRefused | Meaning::AccountLimited => t_string!(i18n, templates.trouble_permission),
            _ => t_string!(i18n, templates.trouble_later),
        };
        t_string!(i18n, templates.trouble, why = why).to_string()
    };
    let words = match trouble.code {
        Some(code) => format!("({code}) {}", trouble.title),
        None => trouble.title,
    };
    view! {
        <div class="notice bad">
            <p>{why}</p>
            <Quote words=vec![words, trouble.details.unwrap_or_default()] />
        </div>
    }
    .into_any()
}

#[component]
fn Nothing(asked: bool) -> impl IntoView {
    let i18n = use_i18n();
    let title = move || match asked {
        true => t_string!(i18n, templates.none).to_owned(),
        false => t_string!(i18n, templates.not_asked).to_owned(),
    };
    let text = move || match asked {
        true => t_string!(i18n, templates.none_text).to_owned(),
        false => t_string!(i18n, templates.not_asked_text).to_owned(),
    };
    view! { <Empty icon=IconName::Template title text /> }.into_any()
}

#[component]
fn Table(found: Found, filter: RwSignal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let head = view! {
        <thead>
            <tr>
                <th scope="col">{move || t_string!(i18n, templates.column.name)}</th>
                <th scope="col">{move || t_string!(i18n, templates.column.language)}</th>
                <th scope="col">{move || t_string!(i18n, templates.column.status)}</th>
                <th scope="col">{move || t_string!(i18n, templates.column.category)}</th>
                <th scope="col">{move || t_string!(i18n, templates.column.quality)}</th>
            </tr>
        </thead>
    }
    .into_any();
    let nothing = found.templates.is_empty().then(|| {
        let what = filter.get_untracked();
        view! {
            <tr>
                <td colspan="5" class="muted">
                    {move || t_string!(i18n, templates.nothing_found, what = what.clone()).to_string()}
                </td>
            </tr>
        }
    });
    let rows = found
        .templates
        .into_iter()
        .map(|template| view! { <Row template /> });
    let body = rows.collect_view();
    let more = (found.more > 0).then(|| {
        let more = found.more;
        view! { <p class="muted">{move || t_string!(i18n, templates.more, more = more).to_string()}</p> }
    });
    view! {
        <table class="table">
            {head} <tbody>{nothing} {body}</tbody>
        </table>
        {more}
    }
    .into_any()
}
