//! Within a crate, no files name each other in a circle, and no room uses what `table.rs` does not allow.
//!
//! After a move, write the new walls by hand, or print the current ones, paste them into `table.rs`, and review the
//! difference:
//!
//! ```text
//! cargo test -p xtask --test rooms -- --ignored --nocapture
//! ```

mod arrows;
mod circles;
mod reader;
mod source;
mod table;
mod walls;

use arrows::Arrows;
use serde_json::Value;
use source::{Files, Source};
use std::{path::Path, process::Command, thread};

/// The crates of the workspace, each as the folder of its sources.
fn crates(workspace: &Path) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(workspace)
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let root = metadata["workspace_root"].as_str().expect("a root");
    let packages = metadata["packages"].as_array().expect("packages");
    let manifests = packages
        .iter()
        .map(|package| package["manifest_path"].as_str().expect("a manifest"));
    manifests
        .map(|manifest| {
            let folder = manifest
                .strip_prefix(root)
                .expect("a crate inside of the workspace");
            folder.trim_matches('/').replace("Cargo.toml", "src")
        })
        .collect()
}

/// The result of reading the crates.
#[derive(Debug, Default)]
struct House {
    /// Every file in the folders.
    files: Files,
    roots: Vec<String>,
    product: Vec<String>,
    tests: Vec<String>,
    arrows: Arrows,
}

/// Reads each crate in its own thread, for speed.
fn read<'a>(workspace: &Path, folders: impl IntoIterator<Item = &'a String>) -> House {
    thread::scope(|scope| {
        let readers = folders.into_iter();
        let readers = readers.map(|folder| scope.spawn(move || read_crate(workspace, folder)));
        let readers = readers.collect::<Vec<_>>().into_iter();
        let houses = readers.map(|reader| reader.join().expect("the crate is read"));
        houses.reduce(House::with).unwrap_or_default()
    })
}

fn read_crate(workspace: &Path, folder: &str) -> House {
    let mut house = House {
        files: source::files(workspace, folder),
        ..House::default()
    };
    let roots = ["lib.rs", "main.rs"].map(|root| format!("{folder}/{root}"));
    for root in roots {
        if house.files.contains_key(&root) {
            let source = Source::read(&house.files, &root);
            let product = source.files().into_iter().map(str::to_owned);
            house.product.extend(product);
            house.arrows.extend(arrows::arrows(&source));
            house.tests.extend(source.tests);
            house.roots.push(root);
        }
    }
    house
}

impl House {
    fn with(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self.roots.extend(other.roots);
        self.product.extend(other.product);
        self.tests.extend(other.tests);
        self.arrows.extend(other.arrows);
        self
    }
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn every_file_is_read() {
    let house = read(workspace(), &crates(workspace()));
    for folder in ["app/src", "crates/engine/src", "server/src"] {
        let found = house.product.iter().any(|file| file.starts_with(folder));
        assert!(
            found,
            "nothing of {folder} is read: is the test looking at the right place?"
        );
    }
    let reached = |file: &&String| house.product.contains(file) || house.tests.contains(file);
    let lost = house
        .files
        .keys()
        .filter(|file| !reached(file))
        .collect::<Vec<_>>();
    assert!(
        lost.is_empty(),
        "no `mod` leads to these: delete them, or teach the reader: {lost:#?}"
    );
}

/// Excludes the root of a crate: it names every room, and its items are for all of them.
#[test]
fn no_files_name_each_other_in_a_circle() {
    let mut house = read(workspace(), &crates(workspace()));
    assert!(
        !house.arrows.is_empty(),
        "no arrow: is the test looking at the right place?"
    );
    let roots = house.roots;
    house
        .arrows
        .retain(|(from, to), _| !roots.contains(from) && !roots.contains(to));
    let circles = circles::circles(&house.arrows);
    assert!(
        circles.is_empty(),
        "{} circles: move what the lower file takes from the upper one into the lower one, or into a third below \
         both\n\n{}",
        circles.len(),
        circles.join("\n\n")
    );
}

/// The current rooms of each folder in the table.
fn plans() -> Vec<(&'static str, walls::Plan)> {
    let crates = crates(workspace());
    let folders = table::WALLS.iter().map(|(folder, _)| *folder);
    folders
        .map(|folder| {
            let home = crates.iter().filter(|home| folder.starts_with(*home));
            let house = read(workspace(), home);
            let files = house.product.iter().map(String::as_str);
            (folder, walls::plan(folder, files, &house.arrows))
        })
        .collect()
}

#[test]
fn no_room_uses_what_the_table_does_not_allow() {
    let mut found = Vec::new();
    for ((folder, plan), (_, table)) in plans().iter().zip(table::WALLS) {
        assert!(
            !plan.is_empty(),
            "{folder} has no room: is the test looking at the right place?"
        );
        found.extend(walls::differences(folder, plan, table));
    }
    assert!(
        found.is_empty(),
        "{}\n\n(the table is {}/table.rs)",
        found.join("\n\n"),
        "crates/xtask/tests/rooms"
    );
}

#[test]
#[ignore = "prints the walls of today for table.rs"]
fn print_the_walls() {
    for (folder, plan) in plans() {
        print!("{}", walls::rows(folder, &plan));
    }
}
