//! Which rows of a long list are drawn: those on the screen and some around them. The others take their room, but no time.

use leptos::{
    html,
    prelude::*,
    task::{spawn_local, tick},
};
use std::ops::Range;

/// Up to this many rows, all are drawn.
const ALL: usize = 500;
/// Rows that are drawn above and below the screen.
const AROUND: usize = 20;
/// Rows that come and go at once: few, so that none of the frames of a scroll takes long.
const STEP: usize = 2;
/// Pixels above the end of the list within which the next page is read.
const NEAR_END: i32 = 1500;

#[derive(Debug, Clone, Copy)]
pub struct DrawnRows {
    pub scroller: NodeRef<html::Div>,
    pub rows: NodeRef<html::Ul>,
    /// All are drawn if there is none.
    range: RwSignal<Option<(usize, usize)>>,
    /// Pixels of a row, on average, when rows were first left out.
    height: StoredValue<f64>,
}

impl DrawnRows {
    pub fn new() -> Self {
        Self {
            scroller: NodeRef::new(),
            rows: NodeRef::new(),
            range: RwSignal::new(None),
            height: StoredValue::new(0.0),
        }
    }

    /// Those that are drawn of `count` rows.
    pub fn of(self, count: usize) -> Range<usize> {
        let (from, to) = self.range.get().unwrap_or((0, count));
        from.min(count)..to.min(count)
    }

    pub fn some_are_left_out(self) -> bool {
        self.range.with(Option::is_some)
    }

    /// The last row that is drawn, counted from 1; 0 if all are.
    pub fn last(self) -> usize {
        let range = self.range.try_get_untracked().flatten();
        range.map_or(0, |(_, to)| to)
    }

    /// The room of this many rows, in pixels.
    pub fn room(self, rows: usize) -> String {
        format!("{:.0}px", self.height.get_value() * float(rows))
    }

    /// Draws the rows that are on the screen now.
    pub fn draw(self, count: usize) {
        // The page may have been left meanwhile.
        let scroller = self.scroller.try_get_untracked().flatten();
        let rows = self.rows.try_get_untracked().flatten();
        let drawn = self.range.try_get_untracked();
        let (Some(scroller), Some(rows), Some(drawn)) = (scroller, rows, drawn) else {
            return;
        };
        if count <= ALL {
            if drawn.is_some() {
                self.range.set(None);
            }
            return;
        }
        if drawn.is_none() {
            self.height
                .set_value(f64::from(rows.offset_height()) / float(count));
        }
        let height = self.height.get_value();
        if height < 1.0 {
            return;
        }
        let above = f64::from(scroller.scroll_top() - rows.offset_top()).max(0.0);
        let first = whole(above / height).min(count);
        let on_screen = whole(f64::from(scroller.client_height()) / height) + 1;
        self.set(first.saturating_sub(AROUND), first + on_screen + AROUND, count);
    }

    /// Draws the rows around this one, if it or its neighbours are not drawn. Returns whether there was a need to.
    pub fn draw_around(self, place: usize, count: usize) -> bool {
        let is_drawn = self
            .range
            .get_untracked()
            .is_none_or(|(from, to)| (from == 0 || from < place) && (to >= count || place + 1 < to));
        if !is_drawn {
            self.set(place.saturating_sub(AROUND), place + AROUND, count);
        }
        !is_drawn
    }

    fn set(self, from: usize, to: usize, count: usize) {
        let from = from / STEP * STEP;
        let to = (to.div_ceil(STEP) * STEP).min(count);
        let before = self.range.get_untracked();
        match before {
            Some((start, end)) if from < start && start < to && from < end => {
                spawn_local(self.extend_upwards(start, from, to));
            }
            before if before != Some((from, to)) => self.range.set(Some((from, to))),
            _ => {}
        }
    }

    /// One row after the other: with several new rows in front, `For` takes all others out of the page and puts them
    /// back, so that the one with the focus loses it.
    async fn extend_upwards(self, mut start: usize, from: usize, to: usize) {
        while start > from {
            start -= 1;
            let range = Some((start, to));
            if self.range.try_set(range).is_some() {
                return;
            }
            tick().await;
            // The user has scrolled on.
            if self.range.try_get_untracked() != Some(range) {
                return;
            }
        }
    }

    /// A list that is not shown, behind a thread on a phone, is not near its end.
    pub fn is_near_end(self) -> bool {
        self.scroller
            .try_get_untracked()
            .flatten()
            .is_some_and(|scroller| {
                let shown = scroller.client_height();
                let below = scroller.scroll_height() - shown - scroller.scroll_top();
                shown > 0 && below < NEAR_END
            })
    }
}

#[expect(clippy::cast_precision_loss, reason = "no list has so many rows")]
fn float(rows: usize) -> f64 {
    rows as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a position in the list is not negative"
)]
fn whole(rows: f64) -> usize {
    rows as usize
}
