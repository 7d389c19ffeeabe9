//! A release binary embeds the site, so the site's folder must exist even if the site has not been built.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let site = Path::new(&root).join("../target/site");
    if let Err(error) = fs::create_dir_all(&site) {
        println!("cargo:warning=cannot create {}: {error}", site.display());
    }
    // Debug builds read the site from disk, so a new site needs no rebuild of the server.
    if env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed={}", site.display());
    }
}
