//! The Health tab: one line a check – what was seen, what it means, how to mend it.

use super::{editor::Head, guide};
use crate::{
    api::channels::CheckChannel,
    i18n::*,
    ui::{Badge, Button, Icon, IconName, Load, Time, Tone, form::on_answer, use_toasts},
    words,
};
use domain::channel::{Badge as State, ChannelView, TokenState};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn HealthTab() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let Head(head) = expect_context();
    let check = ServerAction::<CheckChannel>::new();
    on_answer(check, move |answer| match answer {
        Ok(()) => {
            toasts.say(t_string!(i18n, channels.health.checked));
            head.refetch();
        }
        Err(error) => toasts.warn(words::sentence(i18n.get_locale_untracked(), error)),
    });
    let facts = move |channel: ChannelView| {
        let id = channel.id;
        let lines = [
            state(i18n, &channel),
            webhook(i18n, &channel),
            token(i18n, &channel),
            inbound(i18n, &channel),
            destination(i18n, channel),
        ];
        view! {
            <ul class="checks">{lines.into_iter().collect_view()}</ul>
            <ActionForm action=check>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true icon=IconName::Refresh busy=check.pending()>
                    {move || t_string!(i18n, channels.health.check)}
                </Button>
            </ActionForm>
        }
        .into_any()
    };
    view! { <Load from=head view=facts /> }.into_any()
}

type Words = leptos_i18n::I18nContext<Locale>;

/// One check. Its children say what was seen and what to do.
#[component]
fn Check(
    /// `None`: not known, or not to be judged.
    good: Option<bool>,
    #[prop(into)] title: Signal<&'static str>,
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let (class, icon) = match good {
        Some(true) => ("check good", IconName::Check),
        Some(false) => ("check bad", IconName::Cross),
        None => ("check", IconName::Info),
    };
    let judged = move || match good {
        Some(true) => t_string!(i18n, channels.health.ok),
        Some(false) => t_string!(i18n, channels.health.wrong),
        None => t_string!(i18n, channels.health.unknown),
    };
    view! {
        <li class=class>
            <Icon name=icon />
            <div>
                <h2>{title} <span class="sr-only">" – " {judged}</span></h2>
                {children()}
            </div>
        </li>
    }
    .into_any()
}

fn state(i18n: Words, channel: &ChannelView) -> AnyView {
    let badge = channel.badge;
    let missing = missing(channel);
    let text = move || match badge {
        State::Draft => {
            let locale = i18n.get_locale();
            let missing: Vec<_> = missing.iter().map(|field| guide::label(locale, field)).collect();
            td_string!(locale, channels.health.draft, missing = missing.join(", "))
        }
        State::WaitingForMeta => t_string!(i18n, channels.health.waiting_for_meta).to_owned(),
        State::Active => t_string!(i18n, channels.health.active).to_owned(),
        State::Degraded => t_string!(i18n, channels.health.degraded).to_owned(),
        State::TokenRefused => t_string!(i18n, channels.health.token_refused).to_owned(),
        State::Paused => t_string!(i18n, channels.health.paused).to_owned(),
    };
    let good = match Tone::from(badge) {
        Tone::Good => Some(true),
        Tone::Bad | Tone::Warning => Some(false),
        Tone::Waiting | Tone::Off => None,
    };
    view! {
        <Check good title=move || t_string!(i18n, channels.health.state)>
            <p>
                <Badge tone=badge.into() word=move || words::badge(i18n.get_locale(), badge) />
            </p>
            <p>{text}</p>
        </Check>
    }
    .into_any()
}

/// The fields that keep a channel a draft.
fn missing(channel: &ChannelView) -> Vec<&'static str> {
    [
        ("access_token", channel.access_token_end.is_none()),
        ("app_secret", channel.app_secret_end.is_none()),
        ("phone_number", channel.phone_number.is_none()),
        ("phone_number_id", channel.phone_number_id.is_none()),
        ("destination", channel.destination.is_none()),
    ]
    .into_iter()
    .filter_map(|(field, missing)| missing.then_some(field))
    .collect()
}

fn webhook(i18n: Words, channel: &ChannelView) -> AnyView {
    let seen = channel.webhook_seen_at;
    let text = move || match seen {
        Some(_) => t_string!(i18n, channels.health.webhook_seen),
        None => t_string!(i18n, channels.health.webhook_never),
    };
    view! {
        <Check good=seen.map(|_| true) title=move || t_string!(i18n, channels.health.webhook)>
            <p>{text} " " {seen.map(|at| view! { <Time at /> })}</p>
        </Check>
    }
    .into_any()
}

fn token(i18n: Words, channel: &ChannelView) -> AnyView {
    let stored = channel.access_token_end.is_some();
    let token = channel.token;
    let good = match (stored, token) {
        (false, _) | (_, TokenState::Refused) => Some(false),
        (_, TokenState::Accepted) => Some(true),
        (_, TokenState::Unknown) => None,
    };
    let unreachable = channel.token_answer.is_some();
    let text = move || match (stored, token) {
        (false, _) => t_string!(i18n, channels.health.token_missing),
        (_, TokenState::Unknown) if unreachable => t_string!(i18n, channels.health.token_unreachable),
        (_, TokenState::Unknown) => t_string!(i18n, channels.health.token_unknown),
        (_, TokenState::Accepted) => t_string!(i18n, channels.health.token_accepted),
        (_, TokenState::Refused) => t_string!(i18n, channels.health.token_refused_text),
    };
    let asked = channel
        .token_checked_at
        .filter(|_| stored && (unreachable || token != TokenState::Unknown));
    let answer = channel.token_answer.clone().map(|answer| {
        view! {
            <p>
                {move || t_string!(i18n, channels.health.token_answer)} ": " <q>{answer}</q>
            </p>
        }
    });
    let mend = (good == Some(false)).then(|| {
        view! {
            <p>
                <a href=format!(
                    "/channels/{}",
                    channel.id,
                )>{move || t_string!(i18n, channels.health.mend_authentication)}</a>
            </p>
        }
    });
    view! {
        <Check good title=move || t_string!(i18n, channels.health.token)>
            <p>{text} " " {asked.map(|at| view! { <Time at /> })}</p>
            {answer}
            {mend}
        </Check>
    }
    .into_any()
}

fn inbound(i18n: Words, channel: &ChannelView) -> AnyView {
    let last = channel.last_inbound_at;
    let text = move || match last {
        Some(_) => t_string!(i18n, channels.health.inbound_seen),
        None => t_string!(i18n, channels.health.inbound_never),
    };
    view! {
        <Check good=last.map(|_| true) title=move || t_string!(i18n, channels.health.inbound)>
            <p>{text} " " {last.map(|at| view! { <Time at /> })}</p>
        </Check>
    }
    .into_any()
}

fn destination(i18n: Words, channel: ChannelView) -> AnyView {
    let good = channel
        .destination
        .as_ref()
        .map(|destination| !destination.disabled);
    let mend = (good != Some(true)).then(|| {
        view! {
            <p>
                <a href=format!(
                    "/channels/{}/messaging",
                    channel.id,
                )>{move || t_string!(i18n, channels.health.mend_messaging)}</a>
            </p>
        }
    });
    let text = move || match &channel.destination {
        None => t_string!(i18n, channels.health.destination_none).to_owned(),
        Some(to) if to.disabled => {
            t_string!(
                i18n,
                channels.health.destination_disabled,
                name = to.label.clone()
            )
        }
        Some(to) => t_string!(i18n, channels.health.destination_ok, name = to.label.clone()),
    };
    view! {
        <Check good=Some(good == Some(true)) title=move || t_string!(i18n, channels.health.destination)>
            <p>{text}</p>
            {mend}
        </Check>
    }
    .into_any()
}
