//! Checks the arrows of docs/ARCHITECTURE.md.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// The crates that a crate must not name.
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
    (
        "media",
        &[
            "app",
            "axum",
            "domain",
            "engine",
            "frontend",
            "migrations",
            "reqwest",
            "server",
            "simulator",
            "tokio",
            "whatsapp",
        ],
    ),
    ("engine", &["axum", "leptos", "app", "server"]),
    ("app", &["sea-orm", "whatsapp", "migrations", "server"]),
    ("server", &["sea-orm", "reqwest"]),
    ("simulator", &["engine", "app", "server", "domain"]),
    ("migrations", &["domain", "engine", "app", "server", "whatsapp"]),
];

/// The output of `cargo`.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .expect("cargo runs");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {complaints}");
    String::from_utf8(output.stdout).expect("text")
}

/// The names of all packages in the dependency tree of this one, including itself.
fn built_from(package: &str, more: &[&str]) -> BTreeSet<String> {
    let tree = [
        "tree",
        "--package",
        package,
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let names = cargo(&[&tree, more].concat());
    let names = names.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// The names of all existing packages: forbidding any other name would have no effect.
fn packages() -> BTreeSet<String> {
    let lock = include_str!("../../../Cargo.lock");
    let names = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    names.map(str::to_owned).collect()
}

/// Each crate of the workspace and the crates it names, without tests.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo metadata is JSON");
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
    let (named, packages) = (named(), packages());
    for (package, forbidden) in WALLS {
        let names = named
            .get(*package)
            .unwrap_or_else(|| panic!("there is no crate {package}"));
        assert!(
            !names.is_empty(),
            "{package} names nothing: is the test reading the right thing?"
        );
        for name in *forbidden {
            assert!(packages.contains(*name), "there is no {name}: was it renamed?");
            assert!(!names.contains(*name), "{package} names {name}");
        }
    }
}

#[test]
fn the_browser_gets_nothing_of_the_engine() {
    let browser = built_from("frontend", &["--target", "wasm32-unknown-unknown"]);
    let process = built_from("server", &[]);
    for of in ["app", "domain"] {
        assert!(browser.contains(of), "the control must be found: {browser:?}");
    }
    for of in ["engine", "whatsapp", "sea-orm", "tokio"] {
        assert!(process.contains(of), "the process has no {of}: was it renamed?");
        assert!(!browser.contains(of), "the browser would get {of}");
    }
}
