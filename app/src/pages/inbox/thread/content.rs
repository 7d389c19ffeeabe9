//! The content of a bubble around its text: the message that it answers, its origin, and everything that is not text.

use crate::{
    i18n::*,
    pages::inbox::{element_ids, labels},
};
use domain::{
    display_name,
    ids::MessageId,
    message::{
        Advert, Forwarded, Quote,
        content::{Answer, Contact, Content, FactKind, Header, Interactive, Location, OrderLine},
    },
};
use leptos::prelude::*;

/// The message that this one answers; without one, a note that it is not available.
#[component]
pub fn QuoteView(quote: Option<Quote>) -> impl IntoView {
    let i18n = use_i18n();
    let Some(quote) = quote else {
        return view! { <p class="bubble-quote">{move || t_string!(i18n, inbox.content.quote_gone)}</p> }
            .into_any();
    };
    let who = quote.author.clone();
    let who = move || match (&who, quote.ours) {
        (Some(author), _) => labels::author(i18n.get_locale(), author, quote.by_token),
        (None, true) => t_string!(i18n, inbox.content.quote_us).to_owned(),
        (None, false) => t_string!(i18n, inbox.content.quote_them).to_owned(),
    };
    let text = move || labels::line(i18n.get_locale(), quote.text.as_deref(), &quote.kind);
    view! {
        <a class="bubble-quote" href=format!("#{}", element_ids::of_message(quote.id)) rel="external">
            <strong>{who}</strong>
            <span dir="auto">{text}</span>
        </a>
    }
    .into_any()
}

#[component]
pub fn ForwardedLine(forwarded: Forwarded) -> impl IntoView {
    let i18n = use_i18n();
    let said = move || match forwarded {
        Forwarded::Once => t_string!(i18n, inbox.content.forwarded),
        Forwarded::Often => t_string!(i18n, inbox.content.forwarded_often),
    };
    view! { <p class="bubble-kind">{said}</p> }.into_any()
}

/// The advertisement that led the customer here.
#[component]
pub fn AdvertView(advert: Advert) -> impl IntoView {
    let i18n = use_i18n();
    let link = advert.link.map(|link| {
        let shown = link.clone();
        view! {
            <a href=link target="_blank" rel="noopener noreferrer">
                {shown}
            </a>
        }
    });
    view! {
        <div class="bubble-advert">
            <p class="bubble-kind">{move || t_string!(i18n, inbox.content.advert)}</p>
            {advert.headline.map(|headline| view! { <strong dir="auto">{headline}</strong> })}
            {advert.body.map(|body| view! { <span dir="auto">{body}</span> })} {link}
            {(!advert.details.is_empty()).then(|| view! { <DetailsView details=advert.details /> })}
        </div>
    }
    .into_any()
}

/// The content other than text. `text` is shown below it anyway.
#[component]
pub fn ContentView(
    what: Content,
    text: Option<String>,
    /// `None` for a message that the process does not have yet.
    id: Option<MessageId>,
) -> impl IntoView {
    let i18n = use_i18n();
    let line = |text: String| view! { <p dir="auto">{text}</p> };
    let head = |text: String| view! { <p class="bubble-facts" dir="auto"><strong>{text}</strong></p> };
    match what {
        Content::Image(media)
        | Content::Video(media)
        | Content::Audio(media)
        | Content::Document(media)
        | Content::Sticker(media) => media
            .filename
            .filter(|name| Some(name) != text.as_ref())
            .map(line)
            .into_any(),
        Content::Location(place) => view! { <LocationView place text /> }.into_any(),
        Content::Contacts(cards) => {
            let cards = cards.into_iter().enumerate();
            let cards = cards.map(|(n, card)| {
                let href = id.map(|id| format!("/inbox/cards/{id}/{n}"));
                view! { <CardView card href /> }
            });
            view! { <ul class="bubble-facts bubble-cards">{cards.collect_view()}</ul> }.into_any()
        }
        Content::Order(own) => {
            view! { <ul class="bubble-facts">{own.lines.into_iter().map(order).collect_view()}</ul> }.into_any()
        }
        Content::Interactive(Interactive::NfmReply(form)) if form.answers.is_empty() => {
            view! { <p class="bubble-facts">{move || t_string!(i18n, inbox.content.no_answers)}</p> }.into_any()
        }
        Content::Interactive(Interactive::NfmReply(form)) => {
            view! { <dl class="bubble-facts bubble-pairs">{form.answers.into_iter().map(answer).collect_view()}</dl> }
                .into_any()
        }
        Content::Interactive(interactive) => interactive
            .header()
            .and_then(|header| match header {
                Header::Text { text } => Some(text.clone()),
                _ => None,
            })
            .map(head)
            .into_any(),
        Content::Template(template) => match template.text {
            None => line(template.name).into_any(),
            Some(text) => text
                .header
                .map(head)
                .into_any(),
        },
        Content::Call(call) => call
            .is_over
            .then(|| {
                let said = move || match call.seconds {
                    Some(seconds) => {
                        let time = format!("{}:{:02}", seconds / 60, seconds % 60);
                        t_string!(i18n, inbox.content.call_lasted, time = time).to_string()
                    }
                    None => t_string!(i18n, inbox.content.call_missed).to_owned(),
                };
                view! { <p class="bubble-facts">{said}</p> }
            })
            .into_any(),
        Content::Unsupported { kind } => kind
            .map(|kind| {
                let said = move || t_string!(i18n, inbox.content.was, kind = kind.clone()).to_string();
                view! { <p class="bubble-facts">{said}</p> }
            })
            .into_any(),
        Content::Unknown { .. } => {
            view! { <p class="bubble-facts">{move || t_string!(i18n, inbox.content.unknown)}</p> }.into_any()
        }
        Content::Text(_)
        | Content::Button(_)
        | Content::Reaction(_)
        | Content::System(_)
        | Content::Edit(_)
        | Content::Revoke(_) => ().into_any(),
    }
}

/// What stands below the words of buttons, lists and templates: the small print, and what the customer can choose.
pub fn choices(what: &Content) -> Option<AnyView> {
    let (small, choices) = match what {
        Content::Interactive(interactive) => (interactive.footer().map(str::to_owned), interactive.choices()),
        Content::Template(template) => {
            let text = template.text.clone()?;
            (text.footer, text.buttons)
        }
        _ => return None,
    };
    let small = small.map(|footer| view! { <p class="bubble-kind" dir="auto">{footer}</p> });
    let choices = (!choices.is_empty()).then(|| {
        let each = choices
            .into_iter()
            .map(|choice| view! { <li dir="auto">{choice}</li> });
        view! { <ul class="bubble-facts bubble-choices">{each.collect_view()}</ul> }
    });
    (small.is_some() || choices.is_some()).then(|| view! { {small} {choices} }.into_any())
}

#[component]
fn LocationView(place: Location, text: Option<String>) -> impl IntoView {
    let line = |text: String| view! { <p dir="auto">{text}</p> };
    let name = place.name.filter(|name| Some(name) != text.as_ref());
    let address = place.address.filter(|address| Some(address) != text.as_ref());
    let on_map = place.latitude.zip(place.longitude).map(|(latitude, longitude)| {
        let (latitude, longitude) = (latitude.as_str(), longitude.as_str());
        let href = format!("https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}&zoom=17");
        view! {
            <p>
                <a href=href target="_blank" rel="noopener noreferrer">
                    {format!("{latitude}, {longitude}")}
                </a>
            </p>
        }
    });
    let url = place
        .url
        .map(|url| view! { <p dir="auto">{value_of(&FactKind::Url, url)}</p> });
    view! { <div class="bubble-facts">{name.map(line)} {address.map(line)} {on_map} {url}</div> }.into_any()
}

/// A number that can be called; the browser chooses the program.
fn call(phone: String) -> AnyView {
    let digits: String = phone
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    view! {
        <a class="nums" href=format!("tel:{digits}") rel="external">
            {phone}
        </a>
        " "
    }
    .into_any()
}

/// A contact card: the facts that arrived, and the card as a file.
#[component]
fn CardView(card: Contact, href: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let name = card.name.whole().as_deref().and_then(display_name::shown);
    let facts = card.facts().into_iter().map(|fact| {
        let what = fact.what.clone();
        let label = move || {
            let word = labels::fact(i18n.get_locale(), &what);
            match &fact.which {
                Some(which) => format!("{word} ({})", which.to_lowercase()),
                None => word,
            }
        };
        view! {
            <div>
                <dt>{label}</dt>
                <dd dir="auto">{value_of(&fact.what, fact.value)}</dd>
            </div>
        }
    });
    view! {
        <li>
            {name.map(|name| view! { <strong dir="auto">{name}</strong> })}
            <dl class="bubble-pairs">{facts.collect_view()}</dl>
            {href.map(|href| view! {
                <a href=href download="" rel="external">
                    {move || t_string!(i18n, inbox.content.save_card)}
                </a>
            })}
        </li>
    }
    .into_any()
}

/// Phone numbers, e-mail and web addresses are links; anything else stays text.
fn value_of(what: &FactKind, value: String) -> AnyView {
    let is_web = value.starts_with("https://") || value.starts_with("http://");
    let href = match what {
        FactKind::Phone => return call(value),
        FactKind::Email
            if value.contains('@') && !value.contains(|c: char| c.is_whitespace() || "?&%".contains(c)) =>
        {
            format!("mailto:{value}")
        }
        FactKind::Url if is_web => value.clone(),
        _ => return value.into_any(),
    };
    view! {
        <a href=href target="_blank" rel="noopener noreferrer">
            {value}
        </a>
    }
    .into_any()
}

fn answer(of: Answer) -> AnyView {
    let field = (!of.field.is_empty()).then(|| view! { <dt dir="auto">{of.field}</dt> });
    view! {
        <div>
            {field}
            <dd dir="auto">{of.value}</dd>
        </div>
    }
    .into_any()
}

/// The rest of a message, field by field.
#[component]
pub fn DetailsView(details: Vec<Answer>) -> impl IntoView {
    let i18n = use_i18n();
    let detail = |of: Answer| {
        let field = of.field;
        let label = move || labels::detail(i18n.get_locale(), &field);
        view! {
            <div>
                <dt dir="auto">{label}</dt>
                <dd dir="auto">{of.value}</dd>
            </div>
        }
    };
    view! { <dl class="bubble-facts bubble-pairs">{details.into_iter().map(detail).collect_view()}</dl> }
        .into_any()
}

/// Meta's words for what is wrong with a message.
#[component]
pub fn Trouble(words: String) -> impl IntoView {
    let i18n = use_i18n();
    view! { <p class="bubble-meta">{move || t_string!(i18n, inbox.bubble.meta_says, words = words.clone()).to_string()}</p> }
        .into_any()
}

fn order(line: OrderLine) -> AnyView {
    let price = line.price.map(|price| format!(" – {price}"));
    let quantity = line.quantity.map(|quantity| format!("{quantity} × "));
    view! { <li class="nums">{quantity} <bdi>{line.product}</bdi> {price}</li> }.into_any()
}

/// The link to a message's JSON, for those who may see it.
#[component]
pub fn JsonLink(id: MessageId) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <a class="bubble-json" href=format!("/system/messages/{id}")>
            {move || t_string!(i18n, inbox.content.json)}
        </a>
    }
    .into_any()
}
