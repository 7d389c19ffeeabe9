//! A text with WhatsApp's marks. Everything in it becomes a text node, whatever it contains.

use super::markup::{self, Piece, emoji};
use crate::ui::long_text;
use leptos::prelude::*;

#[component]
pub fn Text(text: String) -> impl IntoView {
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
        Piece::Text(text) => long_text(text),
        Piece::Bold(inner) => view! { <strong>{shown(inner)}</strong> }.into_any(),
        Piece::Italic(inner) => view! { <em>{shown(inner)}</em> }.into_any(),
        Piece::Strike(inner) => view! { <s>{shown(inner)}</s> }.into_any(),
        Piece::Mono(text) => view! { <code>{long_text(text)}</code> }.into_any(),
        Piece::Link { text, href } if href.starts_with("http") => view! {
            <a href=href target="_blank" rel="noopener noreferrer">
                {long_text(text)}
            </a>
        }
        .into_any(),
        // A link that another program opens needs no window of its own.
        Piece::Link { text, href } => view! {
            <a href=href rel="external">
                {long_text(text)}
            </a>
        }
        .into_any(),
    }
}
