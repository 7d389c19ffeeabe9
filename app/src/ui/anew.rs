//! A part of the page that is drawn anew with each change, as a whole: for what is drawn often and changes seldom, one
//! closure costs less than one for each of its texts.
//!
//! Its nodes are replaced, never written to, so that a browser's page translation, which replaces text nodes with
//! elements of its own, does not keep an old text alive.

use leptos::{either::Either, prelude::*};
use std::sync::atomic::{AtomicBool, Ordering};

/// Two drawings after one another differ in their variant, so that the second one is not written into the first.
pub fn anew(draw: impl Fn() -> AnyView + Send + Sync + 'static) -> impl IntoView {
    let odd = AtomicBool::new(false);
    let drawing = move || {
        let view = draw();
        match odd.fetch_not(Ordering::Relaxed) {
            false => Either::Left(view),
            true => Either::Right(view),
        }
    };
    drawing.into_any()
}

/// Those parts that there are: one that is missing would still be a node of the page.
pub fn present<const N: usize>(parts: [Option<AnyView>; N]) -> Vec<AnyView> {
    parts.into_iter().flatten().collect()
}
