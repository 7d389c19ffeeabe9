//! The site: every file that a browser may fetch, in `target/site`.
//!
//! Scripts, wasm and styles are in `pkg/HASH`, where `hash.txt` contains HASH, so that they may be cached for ever. The
//! new folder is created beside the old one and replaces it when it is complete: a running server never serves half a
//! site, and no stale `.br` remains.

use std::fs;
use std::path::Path;

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::wasm::{self, Effort};
use crate::{compress, styles, workspace};

/// Builds the browser part, then the site.
pub fn build(effort: Effort) -> anyhow::Result<()> {
    let package = wasm::build(effort)?;
    assemble(&package, effort)
}

/// Assembles the site, in a fraction of a second, from the browser part in `package`, `style/` and `public/`.
pub fn assemble(package: &Path, effort: Effort) -> anyhow::Result<()> {
    let _lock = workspace::lock()?;
    let site = workspace::site();
    let (new, old) = (site.with_extension("new"), site.with_extension("old"));
    clear(&new)?;
    clear(&old)?;

    let sheet = styles::bundle(&workspace::root().join("style/main.css"))?;
    let hash = hash(package, &sheet)?;
    let hashed = new.join("pkg").join(&hash);
    copy(&workspace::root().join("public"), &new)?;
    copy(package, &hashed)?;
    fs::write(hashed.join(wasm::NAME).with_extension("css"), sheet)?;
    fs::write(new.join("hash.txt"), hash)?;
    if let Some(quality) = effort.compression() {
        compress::folder(&new, quality)?;
    }

    if site.exists() {
        fs::rename(&site, &old)?;
    }
    fs::rename(&new, &site)?;
    clear(&old)
}

/// The first 12 hex digits of SHA-256 over script, wasm and styles.
fn hash(package: &Path, sheet: &str) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    for kind in ["js", "wasm"] {
        hash.update(fs::read(package.join(wasm::NAME).with_extension(kind))?);
    }
    hash.update(sheet);
    Ok(hex::encode(hash.finalize())[..12].to_owned())
}

fn clear(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
