//! What each room of a folder may use: its own crate's other rooms, tests aside. A room is a file `x.rs` or a folder
//! `x/` (or both); `lib.rs` and `mod.rs` are none.

use crate::walls::Rooms;

#[rustfmt::skip] // A room a line.
pub const WALLS: &[(&str, Rooms<'static>)] = &[
    ("app/src/pages", &[
    ]),
    ("crates/domain/src", &[
    ]),
    ("crates/engine/src", &[
    ]),
];
