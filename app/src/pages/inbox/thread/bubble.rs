//! One line of a thread: a bubble, a moment of the session, or the unread line.

use super::{
    content::{self, AdvertView, DetailsView, ForwardedLine, JsonLink, QuoteView, Trouble, WhatView},
    emoji,
    timeline::Line,
};
use crate::{
    i18n::*,
    outbox::OnItsWay,
    pages::inbox::{
        glyph::{self, Glyph, Ticks},
        labels,
        markup::{self, Piece},
        state::use_inbox,
    },
    ui::{Time, TimeStyle},
};
use domain::{
    ids::MessageId,
    message::{Direction, Edited, Failure, Marks, MessageView, Status, Waits},
    said::What,
    session::Moment,
    time::Timestamp,
};
use leptos::prelude::*;

/// The element id of the unread line.
pub const UNREAD_ID: &str = "unread-line";

#[component]
pub fn LineView(line: Line) -> impl IntoView {
    match line {
        Line::Unread(count) => view! { <UnreadLine count /> }.into_any(),
        Line::Moment(moment) => view! { <MomentLine moment /> }.into_any(),
        Line::Stray(message) => view! { <StrayLine message /> }.into_any(),
        Line::Bubble {
            message,
            first,
            retry,
            told_below,
        } => view! { <Bubble message first retry told_below /> }.into_any(),
        Line::OnItsWay { message, first } => view! { <BubbleOnItsWay message first /> }.into_any(),
    }
}

#[component]
fn UnreadLine(count: u32) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="flow-unread" id=UNREAD_ID>
            <span>{move || t_string!(i18n, inbox.thread.unread, count = count).to_string()}</span>
        </p>
    }
    .into_any()
}

#[component]
fn MomentLine(moment: Moment) -> impl IntoView {
    let i18n = use_i18n();
    let at = moment.at;
    view! {
        <p class="flow-moment">
            {move || labels::moment(i18n.get_locale(), &moment)} " · " <Time at=at style=TimeStyle::Clock />
        </p>
    }
    .into_any()
}

/// What somebody did to a message that is not shown.
#[component]
fn StrayLine(message: MessageView) -> impl IntoView {
    let i18n = use_i18n();
    let at = message.at;
    view! {
        <p class="flow-moment">
            <bdi>{move || labels::stray(i18n.get_locale(), &message)}</bdi> " · "
            <Time at=at style=TimeStyle::Clock />
        </p>
    }
    .into_any()
}

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

/// Says that a text is not the first one, which whoever looks can see.
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
fn Bubble(message: MessageView, first: bool, retry: bool, told_below: bool) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let ours = message.direction == Direction::Outbound;
    let status = message.status.filter(|_| ours);
    let failed = status.is_some_and(Status::may_be_retried);
    let author = message.author.filter(|_| ours && first).map(|author| {
        let shown = author.clone();
        let mine = move || inbox.i_am(&author);
        move || (!mine()).then(|| view! { <p class="bubble-author">{shown.clone()}</p> })
    });
    let phone = message.phone.then(|| {
        view! { <p class="bubble-kind">{move || t_string!(i18n, inbox.bubble.from_phone)}</p> }
    });
    let again = message
        .retry_of
        .map(|_| view! { <p class="bubble-again">{move || t_string!(i18n, inbox.bubble.again)}</p> });
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
    let kind = glyph::of_kind(&message.kind).filter(|_| !deleted).map(|path| {
        let kind = match message.said.as_ref().map(|said| &said.what) {
            Some(What::Flow(_)) => labels::FORM.to_owned(),
            _ => message.kind.clone(),
        };
        view! {
            <p class="bubble-kind">
                <Glyph path />
                <span>{move || labels::kind(i18n.get_locale(), &kind)}</span>
            </p>
        }
    });
    let said = message.said.unwrap_or_default();
    let quote = said
        .answers
        .is_some()
        .then(|| view! { <QuoteView quote=said.quote /> });
    let forwarded = said
        .forwarded
        .map(|forwarded| view! { <ForwardedLine forwarded /> });
    let advert = said.advert.map(|advert| view! { <AdvertView advert /> });
    let odd = matches!(said.what, What::Unsupported { .. } | What::Unknown);
    let json = (said.json && odd).then(|| view! { <JsonLink id=message.id /> });
    let trouble = said.trouble.map(|words| view! { <Trouble words /> });
    // Their text is but a summary of what stands above it.
    let names = matches!(said.what, What::Contacts(_) | What::Flow(_));
    let what = (said.what != What::Text)
        .then(|| view! { <WhatView what=said.what text=message.text.clone() id=message.id /> });
    let details = view! { <DetailsView details=said.details /> };
    let text = message
        .text
        .filter(|_| !names)
        .filter(|text| !text.is_empty())
        .map(|text| view! { <Text text /> });
    let id = message.id;
    let fate = Fate {
        status,
        failure: message.failure.filter(|_| !told_below),
        waits: message.waits,
        retry: retry.then_some(id),
    };
    let fate = view! { <FateLine fate /> };
    view! {
        <div class="flow-line" id=content::anchor(id) class:ours=ours class:first=first class:failed=failed>
            <div class="bubble">
                {author} {phone} {again} {advert} {forwarded} {quote} {gone} {kind} {what} {details} {trouble} {json} <div class="bubble-body">
                    {text} {edited} <Foot at=message.at status />
                </div>
            </div>
            {reactions} {fate}
        </div>
    }
    .into_any()
}

/// What has become of a message of ours, as far as its ticks do not say it.
#[derive(Debug, Clone)]
struct Fate {
    status: Option<Status>,
    failure: Option<Failure>,
    waits: Option<Waits>,
    retry: Option<MessageId>,
}

#[component]
fn FateLine(fate: Fate) -> impl IntoView {
    let i18n = use_i18n();
    let Fate {
        status,
        failure,
        waits,
        retry,
    } = fate;
    let retry = retry.map(|id| view! { <Again id /> });
    match (status, failure, waits) {
        (Some(Status::Failed), failure, _) => view! {
            <div class="bubble-failure">{failure.map(|failure| view! { <Why failure /> })} {retry}</div>
        }
        .into_any(),
        (Some(Status::Unconfirmed), None, _) => view! {
            <div class="bubble-failure">
                <p>{move || t_string!(i18n, inbox.failure.unconfirmed)}</p>
                {retry}
            </div>
        }
        .into_any(),
        (Some(Status::Unconfirmed), Some(failure), _) => view! {
            <div class="bubble-failure">
                <p>{move || t_string!(i18n, inbox.failure.unconfirmed_failed)}</p>
                <Why failure />
                {retry}
            </div>
        }
        .into_any(),
        (Some(Status::Sent), Some(_), _) => view! {
            <p class="bubble-waits">{move || t_string!(i18n, inbox.failure.no_ticks)}</p>
        }
        .into_any(),
        (Some(Status::Queued), _, Some(waits)) => view! {
            <p class="bubble-waits">{move || labels::waits(i18n.get_locale(), waits)}</p>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// *Retry*, as a form that works before the page is live.
#[component]
fn Again(id: MessageId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.retry.pending();
    view! {
        <ActionForm action=inbox.retry>
            <input type="hidden" name="message" value=id.to_string() />
            <button type="submit" class="button" prop:disabled=move || pending.try_get().unwrap_or_default()>
                {move || t_string!(i18n, inbox.bubble.retry)}
            </button>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn BubbleOnItsWay(message: OnItsWay, first: bool) -> impl IntoView {
    let stuck = message.stuck();
    let (text, at) = (message.text.clone(), message.at);
    let trouble = stuck.then(|| view! { <Stuck message /> });
    view! {
        <div class="flow-line ours" class:first=first class:failed=stuck>
            <div class="bubble">
                <div class="bubble-body">
                    <Text text />
                    <Foot at status=Some(Status::Queued) />
                </div>
            </div>
            {trouble}
        </div>
    }
    .into_any()
}

/// The process has broken over it several times: what that means, and what can be done.
#[component]
fn Stuck(message: OnItsWay) -> impl IntoView {
    let i18n = use_i18n();
    let outbox = use_inbox().outbox;
    let session = message.session;
    view! {
        <div class="bubble-failure">
            <p role="alert">{move || t_string!(i18n, inbox.bubble.stuck)}</p>
            <button type="button" class="button" on:click=move |_| outbox.try_again(session)>
                {move || t_string!(i18n, inbox.bubble.retry)}
            </button>
            <button
                type="button"
                class="button"
                prop:disabled=move || outbox.calling.get() == Some(session)
                on:click=move |_| outbox.take_back(&message)
            >
                {move || t_string!(i18n, inbox.bubble.take_back)}
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn Foot(at: Timestamp, status: Option<Status>) -> impl IntoView {
    view! {
        <p class="bubble-foot">
            <Time at=at style=TimeStyle::Clock />
            {status.map(|status| view! { <Ticks status /> })}
        </p>
    }
    .into_any()
}

/// Our words for it first, then Meta's.
#[component]
fn Why(failure: Failure) -> impl IntoView {
    let i18n = use_i18n();
    let meaning = failure.meaning();
    let metas = match failure.details {
        Some(details) if details != failure.title => format!("{} – {details}", failure.title),
        _ => failure.title,
    };
    let from_meta = failure.code.map(|code| {
        let named = metas.contains(&code.to_string());
        move || {
            let words = t_string!(i18n, inbox.bubble.meta_says, words = metas.clone()).to_string();
            let code = t_string!(i18n, inbox.bubble.code, code = code).to_string();
            let code = (!named).then(|| format!(" ({code})"));
            view! { <p class="bubble-meta">{words} {code}</p> }
        }
    });
    view! {
        <p>{move || labels::meaning(i18n.get_locale(), meaning)}</p>
        {from_meta}
    }
    .into_any()
}

/// A text with WhatsApp's marks. Everything in it becomes a text node, whatever it says.
#[component]
fn Text(text: String) -> impl IntoView {
    view! {
        <div class="bubble-text" class:bubble-emoji=emoji::alone(&text) dir="auto">
            {shown(markup::pieces(&text))}
        </div>
    }
    .into_any()
}

fn shown(pieces: Vec<Piece>) -> AnyView {
    pieces.into_iter().map(shown_piece).collect_view().into_any()
}

fn shown_piece(piece: Piece) -> AnyView {
    match piece {
        Piece::Text(text) => text.into_any(),
        Piece::Bold(inner) => view! { <strong>{shown(inner)}</strong> }.into_any(),
        Piece::Italic(inner) => view! { <em>{shown(inner)}</em> }.into_any(),
        Piece::Strike(inner) => view! { <s>{shown(inner)}</s> }.into_any(),
        Piece::Mono(text) => view! { <code>{text}</code> }.into_any(),
        Piece::Link { text, href } if href.starts_with("http") => view! {
            <a href=href target="_blank" rel="noopener noreferrer">
                {text}
            </a>
        }
        .into_any(),
        // What another program opens needs no window of its own.
        Piece::Link { text, href } => view! {
            <a href=href rel="external">
                {text}
            </a>
        }
        .into_any(),
    }
}
