//! Files that name each other in a circle.

use crate::arrows::Arrows;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// A description of each circle.
pub fn circles(arrows: &Arrows) -> Vec<String> {
    let mut circles = Vec::new();
    let mut told = BTreeSet::new();
    let reach = reach(arrows);
    for (&file, reached) in &reach {
        let circle = reached
            .iter()
            .filter(|other| reach.get(*other).is_some_and(|back| back.contains(file)));
        let circle = circle.copied().collect::<BTreeSet<_>>();
        if circle.len() > 1 && told.insert(circle.clone()) {
            circles.push(text(&circle, arrows));
        }
    }
    circles
}

/// All files that each file leads to, directly or indirectly.
fn reach(arrows: &Arrows) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut next = BTreeMap::<&str, Vec<&str>>::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().push(to);
    }
    let from = |file: &&str| {
        let mut reached = BTreeSet::new();
        let mut ahead = next[file].clone();
        while let Some(file) = ahead.pop() {
            if reached.insert(file) {
                ahead.extend(next.get(file).into_iter().flatten());
            }
        }
        reached
    };
    next.keys().map(|file| (*file, from(file))).collect()
}

fn text(circle: &BTreeSet<&str>, arrows: &Arrows) -> String {
    let mut text = format!("a circle of {} files:", circle.len());
    for ((from, to), names) in arrows {
        if circle.contains(from.as_str()) && circle.contains(to.as_str()) {
            let names = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            write!(text, "\n  {from} → {to}: {names}").expect("a string takes everything");
        }
    }
    text
}
