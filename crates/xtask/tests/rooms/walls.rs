//! Which room of a folder uses which: in the files, and as the table allows.

use crate::arrows::Arrows;
use std::{collections::BTreeMap, fmt::Write as _};

/// Each room of a folder and the rooms that it may use.
pub type Rooms<'a> = &'a [(&'a str, &'a [&'a str])];

/// Each room of a folder and the rooms that it uses, with the connecting names.
pub type Plan = BTreeMap<String, BTreeMap<String, Vec<String>>>;

pub fn plan<'a>(folder: &str, files: impl IntoIterator<Item = &'a str>, arrows: &Arrows) -> Plan {
    let rooms = files.into_iter().filter_map(|file| room(folder, file));
    let mut plan = rooms
        .map(|room| (room.to_owned(), BTreeMap::new()))
        .collect::<Plan>();
    for ((from, to), names) in arrows {
        let (Some(user), Some(used)) = (room(folder, from), room(folder, to)) else {
            continue;
        };
        if user != used {
            let names = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let user = plan.entry(user.to_owned()).or_default();
            let ties: &mut Vec<String> = user.entry(used.to_owned()).or_default();
            ties.push(format!("{from} → {to}: {names}"));
        }
    }
    plan
}

/// The room of a file: `x` for `x.rs` and for every file in `x/`. The folder's façade (`lib.rs`, `mod.rs`) is not a
/// room: it names every room, and its items are for all of them.
fn room<'a>(folder: &str, file: &'a str) -> Option<&'a str> {
    let inside = file.strip_prefix(folder)?.strip_prefix('/')?;
    let first = inside.split('/').next()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main", "mod"].contains(&room)).then_some(room)
}

/// The differences between the plan and the table, and what to do about each.
pub fn differences(folder: &str, plan: &Plan, table: Rooms) -> Vec<String> {
    let mut found = Vec::new();
    for (room, uses) in plan {
        let Some((_, allowed)) = table.iter().find(|(row, _)| row == room) else {
            found.push(format!(
                "{folder}: the room {room} has no row: write one with the rooms that it may use"
            ));
            continue;
        };
        for (used, ties) in uses {
            if !allowed.contains(&used.as_str()) {
                found.push(format!(
                    "{folder}: {room} may not use {used}: move what is used to where both may reach it, or allow it \
                     in the row of {room}\n  {}",
                    ties.join("\n  ")
                ));
            }
        }
    }
    for (room, allowed) in table {
        let Some(uses) = plan.get(*room) else {
            found.push(format!("{folder}: there is no room {room}: delete its row"));
            continue;
        };
        for unused in allowed.iter().filter(|allowed| !uses.contains_key(**allowed)) {
            found.push(format!(
                "{folder}: {room} does not use {unused}: delete {unused} from the row of {room}"
            ));
        }
    }
    found
}

/// The rows of a folder in the format of `table.rs`, with at most 110 characters in a line.
pub fn rows(folder: &str, plan: &Plan) -> String {
    let mut text = format!("    ({folder:?}, &[\n");
    for (room, uses) in plan {
        let mut line = format!("        ({room:?}, &[");
        let mut between = "";
        for used in uses.keys() {
            let next = format!("{between}{used:?}");
            if line.len() + next.len() > 105 {
                writeln!(text, "{line},").expect("a string takes everything");
                line = format!("            {used:?}");
            } else {
                line.push_str(&next);
            }
            between = ", ";
        }
        writeln!(text, "{line}]),").expect("a string takes everything");
    }
    text.push_str("    ]),\n");
    text
}
