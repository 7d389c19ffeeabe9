//! The log-in's second step. A plain form: it works before, and without, the wasm.

use super::{
    passkeys::no_answer,
    set_up::{Code, SetUp},
};
use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        passkeys::{BeginPasskeyLogIn, GivePasskey},
        second_factor::{GiveCode, SecondFactorPage, login_code},
    },
    i18n::*,
    pages::login::Gate,
    passkeys::{NoAnswer, get},
    ui::{
        Button, ButtonLink, CheckedForm, Empty, Form, IconName, Kind, Load, Title,
        form::{FormAnswer, on_answer},
        time::use_now,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

#[component]
pub fn LoginCodePage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next")).unwrap_or_default();
    let form = Form::<GiveCode>::new();
    let stored = Resource::new(|| (), |()| login_code());
    let view = move |page: Option<SecondFactorPage>| match page {
        Some(page) => {
            let is_new = page.factor.setup.is_some();
            let has_app = is_new || page.factor.on_since.is_some();
            let passkey = page
                .asks_passkey
                .then(|| view! { <ByPasskey next=untrack(next) is_only=!has_app /> });
            let set_up = page.factor.setup.map(|setup| {
                view! {
                    <p>{move || t_string!(i18n, account.factor.required)}</p>
                    <SetUp setup qr=page.qr />
                    <h2>{move || t_string!(i18n, account.factor.step_code)}</h2>
                }
            });
            let hint = move || match is_new {
                true => t_string!(i18n, account.factor.first_code_hint),
                false => t_string!(i18n, account.factor.code_hint),
            };
            let code = has_app.then(|| {
                view! {
                    <CheckedForm form>
                        <FormAnswer action=form.action />
                        <input type="hidden" name="next" value=untrack(next) />
                        <Code autofocus=!is_new hint />
                        <Button submit=true kind=Kind::Primary busy=form.pending()>
                            {move || t_string!(i18n, auth.log_in)}
                        </Button>
                    </CheckedForm>
                }
            });
            view! {
                {passkey}
                {set_up}
                {code}
                <div class="other-user">
                    <ButtonLink href="/login" kind=Kind::Quiet>
                        {move || t_string!(i18n, account.factor.other_user)}
                    </ButtonLink>
                </div>
            }
            .into_any()
        }
        None => view! {
            <Empty
                icon=IconName::Key
                title=move || t_string!(i18n, account.factor.waited).to_owned()
                text=move || t_string!(i18n, account.factor.waited_text).to_owned()
            >
                <ButtonLink href="/login" kind=Kind::Primary>
                    {move || t_string!(i18n, auth.to_log_in)}
                </ButtonLink>
            </Empty>
        }
        .into_any(),
    };
    view! {
        <Title text=move || t_string!(i18n, account.factor.title).to_owned() />
        <Gate
            title=move || t_string!(i18n, account.factor.title)
            text=move || t_string!(i18n, account.factor.gate_text)
        >
            <Load from=stored lines=3 view />
        </Gate>
    }
    .into_any()
}

/// It needs a script: the browser answers a challenge.
#[component]
fn ByPasskey(
    next: String,
    /// There is no other way.
    is_only: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let begin = ServerAction::<BeginPasskeyLogIn>::new();
    let give = ServerAction::<GivePasskey>::new();
    let asks = RwSignal::new(false);
    let no_answer_yet = RwSignal::new(None::<NoAnswer>);
    on_answer(begin, move |answer| {
        let Ok(options) = answer.clone() else { return };
        let next = next.clone();
        no_answer_yet.set(None);
        asks.set(true);
        spawn_local(async move {
            let answer = get(&options).await;
            // The user may have left the page meanwhile.
            if asks.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(answer) => give.dispatch(GivePasskey { answer, next }),
                Err(why) => no_answer_yet.set(Some(why)),
            }
        });
    });
    let (begins, gives) = (begin.pending(), give.pending());
    let busy = Signal::derive(move || begins.get() || asks.get() || gives.get());
    let why = move || {
        let why = no_answer_yet.get()?;
        let text = move || no_answer(i18n.get_locale(), why);
        Some(view! { <p class="notice bad">{text}</p> })
    };
    let kind = if is_only { Kind::Primary } else { Kind::default() };
    // Text, because the parser makes one piece of what is in it: hydration would look for elements.
    let words = td_string!(i18n.get_locale_untracked(), account.passkeys.script);
    let without_script = is_only.then(|| view! { <noscript inner_html=words></noscript> });
    // An older answer does not stand beside a newer question.
    let answered = move || !asks.get() && no_answer_yet.get().is_none();
    view! {
        {without_script}
        <div class="by-passkey" class:not-yet=move || now.with(Option::is_none)>
            <FormAnswer action=begin />
            <div hidden=move || !answered()>
                <FormAnswer action=give />
            </div>
            <div role="alert">{why}</div>
            <ActionForm action=begin>
                <Button submit=true kind busy>
                    {move || t_string!(i18n, account.passkeys.log_in)}
                </Button>
            </ActionForm>
        </div>
    }
    .into_any()
}
