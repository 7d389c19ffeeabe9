//! One attached file: its name, its caption, how far it is, and what has to be decided about it.

use super::{
    attached::{Attached, Choice, Step},
    files::Files,
};
use crate::{
    i18n::*,
    pages::inbox::labels,
    ui::{IconName, LiveText, icon::Icon},
};
use leptos::prelude::*;
use media::limits::Kind;

#[component]
pub fn Row(files: Files, attached: Attached) -> impl IntoView {
    let i18n = use_i18n();
    let name = attached.name();
    #[expect(clippy::cast_precision_loss, reason = "it is shown with two digits")]
    let size = labels::bytes(i18n.get_locale_untracked(), attached.size() as f64);
    let facts = format!("{name} · {size}");
    let choice = Memo::new(move |_| attached.choice());
    let state = move || match attached.step.get() {
        Step::Uploading { cut: true, .. } => t_string!(i18n, inbox.attach.waiting).to_owned(),
        Step::Uploading { percent, .. } => {
            t_string!(i18n, inbox.attach.uploading, percent = percent).to_string()
        }
        Step::Ready(_) if choice.with(Option::is_some) => String::new(),
        Step::Ready(_) => t_string!(i18n, inbox.attach.ready).to_owned(),
        Step::Sending(_) => t_string!(i18n, inbox.attach.sending).to_owned(),
        Step::Failed(why) => {
            let why = labels::why(i18n.get_locale(), &why);
            t_string!(i18n, inbox.attach.failed, why = why).to_string()
        }
    };
    let percent = move || match attached.step.get() {
        Step::Uploading { percent, .. } => percent,
        _ => 100,
    };
    let failed = Memo::new(move |_| attached.step.with(|step| matches!(step, Step::Failed(_))));
    let again = move || {
        failed.get().then(|| {
            view! {
                <button type="button" class="button" on:click=move |_| files.try_again(attached)>
                    {move || t_string!(i18n, inbox.bubble.retry)}
                </button>
            }
        })
    };
    let decide = move || {
        choice.get().map(|choice| {
            let words = move || choice_words(i18n.get_locale(), choice);
            view! {
                <div class="attached-choice">
                    <p role="alert">
                        <LiveText text=words />
                    </p>
                    <button type="button" class="button" on:click=move |_| files.as_document(attached)>
                        {move || t_string!(i18n, inbox.attach.as_document)}
                    </button>
                    <button type="button" class="button" on:click=move |_| files.remove(attached)>
                        {move || t_string!(i18n, inbox.attach.leave_out)}
                    </button>
                </div>
            }
        })
    };
    let (of_caption, of_button) = (name.clone(), name.clone());
    let caption_label = move || t_string!(i18n, inbox.attach.caption, name = of_caption.clone()).to_string();
    let remove_label = move || t_string!(i18n, inbox.attach.remove, name = of_button.clone()).to_string();
    let has_caption = Memo::new(move |_| attached.may_have_caption());
    let caption = move || {
        has_caption.get().then(|| {
            view! {
                <input
                    type="text"
                    maxlength="1024"
                    autocomplete="off"
                    aria-label=caption_label.clone()
                    placeholder=caption_label.clone()
                    prop:value=move || attached.caption.get()
                    on:input=move |event| attached.caption.set(event_target_value(&event))
                />
            }
        })
    };
    view! {
        <li class:failed=move || failed.get() || choice.with(Option::is_some)>
            <div class="attached-what">
                <strong dir="auto">{facts}</strong>
                <progress max="100" value=percent aria-label=name></progress>
                <span class="nums" role="status">
                    <LiveText text=state />
                </span>
            </div>
            {decide} {caption} {again}
            <button
                type="button"
                class="button"
                aria-label=remove_label.clone()
                title=remove_label
                on:click=move |_| files.remove(attached)
            >
                <Icon name=IconName::Cross />
            </button>
        </li>
    }
    .into_any()
}

/// What is wrong, and what becomes of the file.
fn choice_words(locale: Locale, choice: Choice) -> String {
    match choice {
        Choice::NotASticker => td_string!(locale, inbox.attach.no_sticker).to_owned(),
        Choice::TooLarge { kind, most } => {
            #[expect(clippy::cast_precision_loss, reason = "it is shown with two digits")]
            let most = labels::bytes(locale, most as f64);
            match kind {
                Kind::Image => td_string!(locale, inbox.attach.large_image, most = most),
                Kind::Video => td_string!(locale, inbox.attach.large_video, most = most),
                Kind::Audio | Kind::Document | Kind::Sticker => {
                    td_string!(locale, inbox.attach.large_audio, most = most)
                }
            }
            .to_string()
        }
    }
}
