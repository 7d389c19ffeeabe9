//! The steps at Meta in their order, with Meta's own names of pages and menus. The step of the focused field opens, and
//! a step has a tick once the doctor has seen it done. Without JavaScript the guide is a list.

use super::field_labels::{about, label};
use crate::{
    api::{ApiResult, Resource, channels::findings},
    i18n::*,
    live::use_live,
    pages::url::known,
    ui::{Icon, IconName, Transition, form::FocusedField},
};
use domain::{
    channel::{Badge, ChannelView},
    doctor::{Check, Finding, State},
    ids::ChannelId,
};
use leptos::{context::Provider, prelude::*};

/// A step of connecting a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    App,
    Portfolio,
    Phone,
    Token,
    Channel,
    Webhook,
}

impl Step {
    pub const ALL: [Self; 6] = [
        Self::App,
        Self::Portfolio,
        Self::Phone,
        Self::Token,
        Self::Channel,
        Self::Webhook,
    ];

    /// The step in which a field's value is found.
    fn of(field: &str) -> Option<Self> {
        match field {
            "app_secret" | "next_app_secret" => Some(Self::App),
            "phone_number" | "phone_number_id" | "waba_id" => Some(Self::Phone),
            "access_token" => Some(Self::Token),
            "name" | "destination" | "fallback" => Some(Self::Channel),
            "webhook_url" | "verify_token" => Some(Self::Webhook),
            _ => None,
        }
    }

    fn words(self, locale: Locale) -> (&'static str, &'static str) {
        match self {
            Self::App => (
                td_string!(locale, channels.step.app.title),
                td_string!(locale, channels.step.app.text),
            ),
            Self::Portfolio => (
                td_string!(locale, channels.step.portfolio.title),
                td_string!(locale, channels.step.portfolio.text),
            ),
            Self::Phone => (
                td_string!(locale, channels.step.phone.title),
                td_string!(locale, channels.step.phone.text),
            ),
            Self::Token => (
                td_string!(locale, channels.step.token.title),
                td_string!(locale, channels.step.token.text),
            ),
            Self::Channel => (
                td_string!(locale, channels.step.channel.title),
                td_string!(locale, channels.step.channel.text),
            ),
            Self::Webhook => (
                td_string!(locale, channels.step.webhook.title),
                td_string!(locale, channels.step.webhook.text),
            ),
        }
    }
}

/// The steps that the doctor has seen done.
pub fn done(channel: &ChannelView, findings: &[Finding]) -> Vec<Step> {
    let state = |check: Check| {
        let found = findings.iter().find(|finding| finding.check == check);
        found.map(|finding| finding.state)
    };
    let good = |check: Check| state(check) == Some(State::Good);
    let is_done = |step: &Step| match step {
        Step::App => good(Check::AppSecret),
        // The token of the portfolio's system user sees the number.
        Step::Portfolio => good(Check::Number),
        Step::Phone => good(Check::Number) && good(Check::Registration),
        Step::Token => {
            good(Check::Token)
                && good(Check::Permissions)
                && matches!(state(Check::TokenLifetime), Some(State::Good | State::Notice))
        }
        Step::Channel => channel.badge != Badge::Draft,
        Step::Webhook => {
            good(Check::Webhook)
                && good(Check::MessagesField)
                && state(Check::WabaSubscription) != Some(State::Bad)
                // A callback to another channel of the app is not this channel's.
                && !matches!(state(Check::Callback), Some(State::Bad | State::Notice))
        }
    };
    Step::ALL.into_iter().filter(is_done).collect()
}

/// The findings behind the guide's ticks. The resource is created outside of the view that shows it.
pub type Found = Resource<ApiResult<Vec<Finding>>>;

/// The latest findings, read again with every change of a channel.
pub fn found(id: Memo<Option<ChannelId>>) -> Found {
    let live = use_live();
    Resource::new(
        move || (id.get(), live.channels.get()),
        |(id, _)| async move { findings(known(id)?).await },
    )
}

/// A form with the guide beside it, which follows the form's focus.
#[component]
pub fn WithGuide(channel: ChannelView, found: Found, children: Children) -> impl IntoView {
    view! {
        <Provider value=FocusedField(RwSignal::new(None))>
            <div class="with-guide">
                <div>{children()}</div>
                <Guide channel found />
            </div>
        </Provider>
    }
    .into_any()
}

#[component]
fn Guide(channel: ChannelView, found: Found) -> impl IntoView {
    let i18n = use_i18n();
    let steps = move || {
        let done = done(&channel, &found.get()?.unwrap_or_default());
        let steps = Step::ALL.into_iter().enumerate();
        let steps = steps.map(|(number, step)| view! { <StepView number step done=done.contains(&step) /> });
        Some(steps.collect_view())
    };
    view! {
        <aside class="guide" aria-labelledby="guide-title">
            <h2 id="guide-title">{move || t_string!(i18n, channels.guide.title)}</h2>
            <ol class="steps">
                <Transition>{steps}</Transition>
            </ol>
        </aside>
    }
    .into_any()
}

#[component]
fn StepView(number: usize, step: Step, done: bool) -> impl IntoView {
    let i18n = use_i18n();
    let focused = expect_context::<FocusedField>().0;
    let field = move || focused.try_get().flatten();
    let current = move || field().is_some_and(|field| Step::of(&field) == Some(step));
    let title = move || step.words(i18n.get_locale()).0;
    let text = move || step.words(i18n.get_locale()).1;
    let about_field = move || {
        field().filter(|_| current()).map(|field| {
            view! {
                <p class="step-field">
                    <strong>{label(i18n.get_locale(), &field)} ": "</strong>
                    {about(i18n.get_locale(), &field)}
                </p>
            }
        })
    };
    let tick = match done {
        true => view! {
            <Icon name=IconName::Check />
            <span class="sr-only">{move || t_string!(i18n, channels.guide.done)}</span>
        }
        .into_any(),
        false => (number + 1).to_string().into_any(),
    };
    view! {
        <li class="step" class:done=done class:current=current>
            <details open=move || current() || !done>
                <summary>
                    <span class="step-mark">{tick}</span>
                    <strong>{title}</strong>
                </summary>
                {about_field}
                <p>{text}</p>
            </details>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{channel::TokenState, doctor::Seen, ids::ChannelId, time::Timestamp};

    fn channel(badge: Badge) -> ChannelView {
        ChannelView {
            id: ChannelId::new("00000000-0000-0000-0000-000000000001".parse().unwrap()),
            version: 1,
            name: String::new(),
            webhook_url: String::new(),
            verify_token: String::new(),
            access_token_end: None,
            app_secret_end: None,
            next_app_secret_end: None,
            phone_number: None,
            phone_number_id: None,
            waba_id: None,
            destination: None,
            fallback: None,
            sending: Default::default(),
            paused: false,
            badge,
            degraded_by: Vec::new(),
            webhook_seen_at: None,
            last_inbound_at: None,
            token: TokenState::Unknown,
            token_checked_at: None,
            token_answer: None,
        }
    }

    fn found(states: &[(Check, State)]) -> Vec<Finding> {
        let findings = states.iter().map(|&(check, state)| Finding {
            check,
            state,
            seen: Seen::Fine { what: None },
            at: Timestamp::from_millis(0),
        });
        findings.collect()
    }

    fn all_good() -> Vec<(Check, State)> {
        Check::ALL.iter().map(|check| (*check, State::Good)).collect()
    }

    fn all_good_but(check: Check, state: State) -> Vec<Finding> {
        let mut states = all_good();
        states.retain(|(other, _)| *other != check);
        states.push((check, state));
        found(&states)
    }

    #[test]
    fn nothing_is_done_before_anything_was_seen() {
        assert_eq!(done(&channel(Badge::Draft), &[]), []);
    }

    #[test]
    fn a_filled_in_channel_is_one_step() {
        assert_eq!(done(&channel(Badge::WaitingForMeta), &[]), [Step::Channel]);
    }

    #[test]
    fn a_good_connection_has_every_tick() {
        assert_eq!(done(&channel(Badge::Active), &found(&all_good())), Step::ALL);
    }

    #[test]
    fn each_finding_takes_the_tick_of_its_own_step() {
        for (check, step) in [
            (Check::AppSecret, Step::App),
            (Check::Registration, Step::Phone),
            (Check::Token, Step::Token),
            (Check::Permissions, Step::Token),
            (Check::TokenLifetime, Step::Token),
            (Check::Webhook, Step::Webhook),
            (Check::MessagesField, Step::Webhook),
            (Check::WabaSubscription, Step::Webhook),
            (Check::Callback, Step::Webhook),
        ] {
            let done = done(&channel(Badge::Active), &all_good_but(check, State::Bad));
            let missing: Vec<Step> = Step::ALL
                .into_iter()
                .filter(|step| !done.contains(step))
                .collect();
            assert_eq!(missing, [step], "{check:?}");
        }
    }

    #[test]
    fn the_address_of_another_channel_is_not_set_up_here() {
        for check in [Check::Webhook, Check::Callback] {
            let findings = all_good_but(check, State::Notice);
            assert!(
                !done(&channel(Badge::Active), &findings).contains(&Step::Webhook),
                "{check:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_known_without_the_account_takes_no_tick() {
        let findings = all_good_but(Check::WabaSubscription, State::Unknown);
        assert!(done(&channel(Badge::Active), &findings).contains(&Step::Webhook));
    }
}
