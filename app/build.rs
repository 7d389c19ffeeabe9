//! Turns `locales/{en,cs}/*.json` into checked Rust: a missing word is a warning, a wrong one does not compile.

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};
use std::{env, error::Error, path::PathBuf};

const NAMESPACES: [&str; 11] = [
    "common",
    "account",
    "audit",
    "auth",
    "channels",
    "costs",
    "directory",
    "inbox",
    "security",
    "system",
    "templates",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let words = Config::new("en")?
        .add_locale("cs")?
        .add_namespaces(NAMESPACES)?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let words = TranslationsInfos::parse(words)?;
    words.emit_diagnostics();
    words.rerun_if_locales_changed();
    words.generate_i18n_module(PathBuf::from(env::var("OUT_DIR")?).join("i18n"))?;
    Ok(())
}
