//! The arrows of docs/ARCHITECTURE.md hold by this check, not by good will.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// What a crate must not name.
const WALLS: &[(&str, &[&str])] = &[
    ("domain", &["tokio", "axum", "leptos", "sea-orm", "reqwest"]),
    (
        "whatsapp",
        &[
            "app",
            "domain",
            "engine",
            "frontend",
            "migrations",
            "server",
            "simulator",
        ],
    ),
    ("engine", &["axum", "leptos", "app", "server"]),
    ("app", &["sea-orm", "whatsapp", "migrations", "server"]),
    ("server", &["sea-orm", "reqwest"]),
    ("simulator", &["engine", "app", "server", "domain"]),
    ("migrations", &["domain", "engine", "app", "server", "whatsapp"]),
];

fn cargo(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .expect("cargo runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// Each crate of ours and what it names, tests aside.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let names = dependencies
                .iter()
                .filter(|dependency| dependency["kind"] != "dev");
            let names = names.map(|dependency| dependency["name"].as_str().unwrap_or_default().to_owned());
            (
                package["name"].as_str().unwrap_or_default().to_owned(),
                names.collect(),
            )
        })
        .collect()
}

#[test]
fn no_crate_names_what_it_must_not() {
    let named = named();
    for (package, forbidden) in WALLS {
        let names = named
            .get(*package)
            .unwrap_or_else(|| panic!("there is no crate {package}"));
        assert!(
            !names.is_empty(),
            "{package} names nothing: is the test reading the right thing?"
        );
        for name in *forbidden {
            assert!(!names.contains(*name), "{package} names {name}");
        }
    }
}

#[test]
fn the_browser_gets_nothing_of_the_engine() {
    let tree = |of: &str| {
        cargo(&[
            "tree",
            "--package",
            "frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--invert",
            of,
        ])
    };
    let (found, answer) = tree("app");
    assert!(
        found && answer.contains("frontend"),
        "the control must be found: {answer}"
    );
    for of in ["engine", "whatsapp", "sea-orm", "tokio"] {
        let (found, answer) = tree(of);
        assert!(
            !found || !answer.contains("frontend"),
            "the browser would get {of}:\n{answer}"
        );
    }
}
