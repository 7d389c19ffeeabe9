//! A message in its bubble.

use super::{
    content::{AdvertView, ContentView, DetailsView, ForwardedLine, JsonLink, QuoteView, Trouble, choices},
    fate::{Fate, Stuck, fate_line},
    file::{FileTile, speaks_for_itself},
    tools::{MessageTools, Tools, own_reaction},
};
use crate::{
    i18n::*,
    outbox::OnItsWay,
    pages::inbox::{
        element_ids,
        glyph::{self, Glyph, ticks},
        labels,
        state::{Quoting, use_inbox},
        text::Text,
    },
    ui::{Time, TimeStyle, anew, present},
};
use domain::{
    message::{
        Direction, Edited, Marks, MessageView, Status,
        content::{Content, Interactive},
    },
    time::Timestamp,
};
use leptos::prelude::*;

/// Reactions, as WhatsApp hangs them under a bubble.
#[component]
fn Reactions(of: Vec<(Direction, String)>) -> impl IntoView {
    let i18n = use_i18n();
    let each = of.into_iter().map(|(who, emoji)| {
        let said = move || match who {
            Direction::Inbound => t_string!(i18n, inbox.bubble.they_reacted),
            Direction::Outbound => t_string!(i18n, inbox.bubble.we_reacted),
        };
        view! {
            <li title=said>
                <span class="sr-only">{said} " "</span>
                <bdi>{emoji}</bdi>
            </li>
        }
    });
    view! { <ul class="bubble-reactions">{each.collect_view()}</ul> }.into_any()
}

/// Says that a text was edited; the text before the edit can be shown.
#[component]
fn Before(edited: Edited) -> impl IntoView {
    let i18n = use_i18n();
    let said = move || t_string!(i18n, inbox.bubble.edited);
    match edited.before.filter(|before| !before.is_empty()) {
        None => view! { <p class="bubble-edited">{said}</p> }.into_any(),
        Some(before) => view! {
            <details class="bubble-edited">
                <summary>{said}</summary>
                <p>{move || t_string!(i18n, inbox.bubble.before)}</p>
                <Text text=before />
            </details>
        }
        .into_any(),
    }
}

#[component]
pub fn Bubble(
    message: MessageView,
    first: bool,
    retry: bool,
    told_below: bool,
    /// The process does not have it yet.
    #[prop(optional)]
    unsent: bool,
    #[prop(optional)] stuck: bool,
    #[prop(optional)] below: Option<AnyView>,
) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let ours = message.direction == Direction::Outbound;
    let status = message.status.filter(|_| ours);
    let failed = status.is_some_and(Status::may_be_retried);
    let by_token = message.by_token;
    let author = message.author.filter(|_| ours && first).map(|author| {
        let shown = author.clone();
        // A token may have any name, also the reader's.
        let mine = move || !by_token && inbox.i_am(&author);
        move || (!mine()).then(|| view! { <p class="bubble-author">{shown.clone()}</p> })
    });
    let from_program = (by_token && ours && first).then(|| {
        view! { <p class="bubble-kind">{move || t_string!(i18n, inbox.bubble.by_token)}</p> }
    });
    let phone = message.phone.then(|| {
        view! { <p class="bubble-kind">{move || t_string!(i18n, inbox.bubble.from_phone)}</p> }
    });
    let again = message
        .retry_of
        .map(|_| view! { <p class="bubble-again">{move || t_string!(i18n, inbox.bubble.again)}</p> });
    let tools = inbox
        .session
        .get_untracked()
        .zip(message.wamid.clone())
        .map(|(session, wamid)| Tools {
            id: message.id,
            quoting: Quoting {
                session,
                wamid,
                kind: message.kind.clone(),
                text: message.text.clone(),
            },
            reaction: own_reaction(&message.marks.reactions),
        });
    let tools = tools
        .filter(|_| !failed && !message.marks.deleted)
        .map(|tools| view! { <MessageTools tools /> });
    let Marks {
        reactions,
        edited,
        deleted,
    } = message.marks;
    let gone = deleted.then(|| {
        let said = move || match ours {
            true => t_string!(i18n, inbox.bubble.deleted),
            false => t_string!(i18n, inbox.bubble.deleted_by_customer),
        };
        view! { <p class="bubble-kind bubble-gone">{said}</p> }
    });
    let edited = edited.map(|edited| view! { <Before edited /> });
    let reactions = (!reactions.is_empty()).then(|| view! { <Reactions of=reactions /> });
    let file = message
        .content
        .as_ref()
        .and_then(|content| content.file.clone())
        .filter(|_| !deleted);
    let speaks = file
        .as_ref()
        .is_some_and(|file| speaks_for_itself(&message.kind, file));
    let kind = glyph::of_kind(&message.kind)
        .filter(|_| !deleted && !speaks)
        .map(|path| {
            let what = message.content.as_ref().and_then(|content| content.what.as_ref());
            let kind = match what {
                Some(Content::Interactive(interactive)) => labels::of_interactive(interactive).to_owned(),
                _ => message.kind.clone(),
            };
            view! {
                <p class="bubble-kind">
                    <Glyph path />
                    <span>{move || labels::kind(i18n.get_locale(), &kind)}</span>
                </p>
            }
        });
    let content = message.content.unwrap_or_default();
    let quote = content
        .answers
        .is_some()
        .then(|| view! { <QuoteView quote=content.quote /> });
    let forwarded = content
        .forwarded
        .map(|forwarded| view! { <ForwardedLine forwarded /> });
    let advert = content.advert.map(|advert| view! { <AdvertView advert /> });
    let odd = matches!(
        content.what,
        Some(Content::Unsupported { .. } | Content::Unknown { .. })
    );
    let id = message.id;
    let json = odd.then_some(move || inbox.reads_json().then(|| view! { <JsonLink id /> }));
    let trouble = content.trouble.map(|words| view! { <Trouble words /> });
    // Their text only summarises the content above it.
    let names = matches!(
        content.what,
        Some(Content::Contacts(_) | Content::Interactive(Interactive::NfmReply(_)))
    );
    let filename = file.as_ref().and_then(|file| file.filename.clone());
    let file_kind = content
        .what
        .as_ref()
        .and_then(|what| what.media_kind())
        .unwrap_or(&message.kind)
        .to_owned();
    let choices = content.what.as_ref().and_then(choices);
    // Its file is only the header of what it says.
    let has_header = matches!(content.what, Some(Content::Template(_) | Content::Interactive(_)));
    let what = content.what.filter(|_| file.is_none() || has_header).map(|what| {
        let id = (!unsent).then_some(message.id);
        view! { <ContentView what text=message.text.clone() id /> }
    });
    let details = (!content.details.is_empty()).then(|| view! { <DetailsView details=content.details /> });
    let text = message
        .text
        .filter(|text| !names && filename.as_ref() != Some(text))
        .filter(|text| !text.is_empty())
        .map(|text| view! { <Text text /> });
    let id = message.id;
    let file = file.map(|file| view! { <FileTile id kind=file_kind file /> });
    let fate = Fate {
        status,
        failure: message.failure.filter(|_| !told_below),
        waits: message.waits,
        retry: retry.then_some(id),
    };
    let fate = fate_line(fate);
    let head = present([
        author.map(IntoAny::into_any),
        from_program.map(IntoAny::into_any),
        phone.map(IntoAny::into_any),
        again.map(IntoAny::into_any),
        advert.map(IntoAny::into_any),
        forwarded.map(IntoAny::into_any),
        quote.map(IntoAny::into_any),
        gone.map(IntoAny::into_any),
        kind.map(IntoAny::into_any),
        file.map(IntoAny::into_any),
        what.map(IntoAny::into_any),
        details.map(IntoAny::into_any),
        trouble.map(IntoAny::into_any),
        json.map(IntoAny::into_any),
    ]);
    let words = present([text.map(IntoAny::into_any), edited.map(IntoAny::into_any)]);
    let foot = present([choices, tools.map(IntoAny::into_any)]);
    let outside = present([reactions.map(IntoAny::into_any), fate, below]);
    view! {
        <div class="flow-line" id=element_ids::of_message(id) class:ours=ours class:first=first class:failed=failed || stuck class:sought=move || inbox.is_sought(id.into())>
            <div class="bubble">
                {head} <div class="bubble-body">{words} <Foot at=message.at status /></div>
                {foot}
            </div>
            {outside}
        </div>
    }
    .into_any()
}

/// A reply that the process does not have yet.
#[component]
pub fn BubbleOnItsWay(message: OnItsWay, first: bool, behind: bool) -> impl IntoView {
    let i18n = use_i18n();
    let stuck = message.stuck();
    let below = match (stuck, behind) {
        (true, _) => view! { <Stuck message=message.clone() /> }.into_any(),
        (false, true) => {
            view! { <p class="bubble-waits">{move || t_string!(i18n, inbox.bubble.behind_file)}</p> }
                .into_any()
        }
        (false, false) => ().into_any(),
    };
    message
        .content
        .map(|content| {
            let message = MessageView::unsent(&message.key, &content, message.at, Some(Status::Queued));
            view! { <Bubble message first retry=false told_below=false unsent=true stuck below /> }
        })
        .into_any()
}

#[component]
fn Foot(at: Timestamp, status: Option<Status>) -> impl IntoView {
    let i18n = use_i18n();
    let status = status.map(|status| anew(move || ticks(i18n.get_locale(), status)));
    view! {
        <p class="bubble-foot">
            <Time at=at style=TimeStyle::Clock />
            {status}
        </p>
    }
    .into_any()
}
