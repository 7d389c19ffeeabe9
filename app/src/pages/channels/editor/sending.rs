//! The Sending tab: how fast, how Meta gets files, what becomes of messages of unknown outcome, and when customers see
//! that a message was read, and whether operators may send templates.

use super::{
    field_labels::{file_way, read_receipts, unconfirmed},
    save::saves,
};
use crate::{
    api::{
        Resource,
        channels::{SaveSending, SendingPage, sending},
    },
    i18n::*,
    pages::url::{id_in_url, known},
    ui::{Button, CheckedForm, Field, Form, Kind, Load, form::FormAnswer},
};
use domain::{
    channel::{ReadReceipts, Unconfirmed},
    file::FileWay,
    ids::ChannelId,
};
use leptos::prelude::*;

#[component]
pub fn SendingTab() -> impl IntoView {
    let id = id_in_url::<ChannelId>();
    let stored = Resource::new(move || id.get(), |id| async move { sending(known(id)?).await });
    let save = saves::<SaveSending, _>(stored);
    let form = move |page: SendingPage| view! { <SendingForm page save /> }.into_any();
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn SendingForm(page: SendingPage, save: Form<SaveSending>) -> impl IntoView {
    let i18n = use_i18n();
    let SendingPage { channel, unsaved } = page;
    let (form, version) = unsaved.map_or_else(
        || (channel.sending.into(), channel.version),
        |unsaved| (unsaved.form, unsaved.version),
    );
    // Created inside the form: the fields use its context.
    let fields = move || {
        view! {
            <input type="hidden" name="id" value=channel.id.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <Field
                name="messages_per_second"
                label=move || t_string!(i18n, channels.sending.messages_per_second)
                hint=move || t_string!(i18n, channels.sending.messages_per_second_hint)
                value=form.messages_per_second
                inputmode="numeric"
            />
            <fieldset class="field">
                <legend>{move || t_string!(i18n, channels.sending.file_way)}</legend>
                {FileWay::ALL
                    .iter()
                    .map(|&way| {
                        choice(
                            "form[file_way]",
                            way.as_str(),
                            form.file_way == way.as_str(),
                            move |locale| (file_way(locale, way), file_way_text(locale, way)),
                        )
                    })
                    .collect_view()}
            </fieldset>
            <fieldset class="field">
                <legend>{move || t_string!(i18n, channels.sending.unconfirmed)}</legend>
                {Unconfirmed::ALL
                    .iter()
                    .map(|&kept| {
                        choice(
                            "form[unconfirmed]",
                            kept.as_str(),
                            form.unconfirmed == kept.as_str(),
                            move |locale| (unconfirmed(locale, kept), unconfirmed_text(locale, kept)),
                        )
                    })
                    .collect_view()}
            </fieldset>
            <fieldset class="field">
                <legend>{move || t_string!(i18n, channels.sending.receipts)}</legend>
                {ReadReceipts::ALL
                    .iter()
                    .map(|&receipts| {
                        choice(
                            "form[read_receipts]",
                            receipts.as_str(),
                            form.read_receipts == receipts.as_str(),
                            move |locale| (
                                read_receipts(locale, receipts),
                                read_receipts_text(locale, receipts),
                            ),
                        )
                    })
                    .collect_view()}
            </fieldset>
            <fieldset class="field">
                <legend>{move || t_string!(i18n, channels.sending.templates)}</legend>
                <label class="choice">
                    <input
                        type="checkbox"
                        name="form[templates_allowed]"
                        value="true"
                        checked=form.templates_allowed
                    />
                    <span>
                        <strong>{move || t_string!(i18n, channels.sending.templates_allowed)}</strong>
                        <span class="hint">
                            {move || t_string!(i18n, channels.sending.templates_allowed_text)}
                        </span>
                    </span>
                </label>
            </fieldset>
        }
        .into_any()
    };
    view! {
        <CheckedForm form=save>
            {fields()} <FormAnswer action=save.action /> <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
            </div>
        </CheckedForm>
    }
    .into_any()
}

/// A radio button with its label and one sentence.
fn choice(
    name: &'static str,
    value: &'static str,
    checked: bool,
    words: impl Fn(Locale) -> (&'static str, &'static str) + Copy + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    view! {
        <label class="choice">
            <input type="radio" name=name value=value checked=checked />
            <span>
                <strong>{move || words(i18n.get_locale()).0}</strong>
                <span class="hint">{move || words(i18n.get_locale()).1}</span>
            </span>
        </label>
    }
    .into_any()
}

fn file_way_text(locale: Locale, way: FileWay) -> &'static str {
    match way {
        FileWay::Upload => td_string!(locale, channels.sending.file_upload_text),
        FileWay::Link => td_string!(locale, channels.sending.file_link_text),
    }
}

fn unconfirmed_text(locale: Locale, choice: Unconfirmed) -> &'static str {
    match choice {
        Unconfirmed::OnceMore => td_string!(locale, channels.sending.once_more_text),
        Unconfirmed::Ask => td_string!(locale, channels.sending.ask_text),
    }
}

fn read_receipts_text(locale: Locale, receipts: ReadReceipts) -> &'static str {
    match receipts {
        ReadReceipts::Automatic => td_string!(locale, channels.sending.receipts_automatic_text),
        ReadReceipts::ByOperator => td_string!(locale, channels.sending.receipts_by_operator_text),
        ReadReceipts::Never => td_string!(locale, channels.sending.receipts_never_text),
    }
}
