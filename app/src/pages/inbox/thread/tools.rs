//! What an operator does with one message: answer it, or react to it. The tools are made when they are opened, because
//! a thread has hundreds of messages.

use crate::{
    i18n::*,
    pages::inbox::state::{Quoting, use_inbox},
    ui::{IconName, icon::Icon},
};
use domain::{ids::MessageId, message::Direction};
use leptos::prelude::*;

/// WhatsApp's own first choice.
const EMOJI: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/// A message with an id of Meta's.
#[derive(Debug, Clone)]
pub struct Tools {
    pub id: MessageId,
    pub quoting: Quoting,
    /// The company's own reaction.
    pub reaction: Option<String>,
}

/// The company's own reaction among all of a message.
pub fn own_reaction(reactions: &[(Direction, String)]) -> Option<String> {
    let own = reactions.iter().find(|(side, _)| *side == Direction::Outbound);
    own.map(|(_, emoji)| emoji.clone())
}

#[component]
pub fn MessageTools(tools: Tools) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    let button = move || {
        let label = t_string!(i18n, inbox.tools.open);
        view! {
            <button
                type="button"
                class="bubble-more"
                aria-label=label
                title=label
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon name=IconName::ChevronDown />
            </button>
        }
    };
    let opened = move || open.get().then(|| view! { <Opened tools=tools.clone() open /> });
    view! {
        <div class="bubble-tools">
            {button}
            {opened}
        </div>
    }
    .into_any()
}

#[component]
fn Opened(tools: Tools, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let quoting = tools.quoting.clone();
    let answer = move |_| {
        inbox.quoting.set(Some(quoting.clone()));
        inbox.wants_to_write.set(true);
        open.set(false);
    };
    let (id, reaction) = (tools.id, tools.reaction);
    let emoji = EMOJI.map(|emoji| {
        let is_ours = reaction.as_deref() == Some(emoji);
        // The same emoji again takes the reaction away.
        let chosen = if is_ours { "" } else { emoji };
        let react = move |_| {
            inbox.react(id, chosen);
            open.set(false);
        };
        view! {
            <button type="button" class="bubble-react" aria-pressed=is_ours.to_string() on:click=react>
                {emoji}
            </button>
        }
    });
    view! {
        <div class="bubble-choice" role="group" aria-label=move || t_string!(i18n, inbox.tools.open)>
            <button type="button" class="button" on:click=answer>
                {move || t_string!(i18n, inbox.tools.answer)}
            </button>
            {emoji.collect_view()}
        </div>
    }
    .into_any()
}
