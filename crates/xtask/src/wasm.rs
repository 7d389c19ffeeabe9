//! The browser part: `frontend` compiled to wasm, with the JavaScript that loads it. It has its own target directory,
//! so that its build and the server's never wait for each other.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use walrus::ModuleConfig;
use wasm_bindgen_cli_support::Bindgen;

use crate::{compress, cut, process, tools, weight, workspace};

/// The file name before the dot. Leptos compiles it into the page: see `.cargo/config.toml`.
pub const NAME: &str = "switchboard";

/// How much effort the build of the browser part takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Quickest to build; large; nothing compressed.
    Quick,
    /// Small enough for a demonstration.
    Small,
    /// `Small`, then wasm-opt and the densest compression.
    Release,
}

impl Effort {
    const fn profile(self) -> &'static str {
        match self {
            Self::Quick => "dev",
            Self::Small | Self::Release => "wasm-release",
        }
    }

    /// The folder that cargo creates for the profile.
    const fn folder(self) -> &'static str {
        match self {
            Self::Quick => "debug",
            Self::Small | Self::Release => "wasm-release",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Small => "small",
            Self::Release => "release",
        }
    }

    /// Brotli's quality; `None` leaves files as they are.
    pub const fn compression(self) -> Option<i32> {
        match self {
            Self::Quick => None,
            Self::Small => Some(9),
            Self::Release => Some(11),
        }
    }
}

/// Builds the browser part and returns the folder that holds `NAME.js` and `NAME.wasm`.
/// Skips bindings, wasm-opt and compression if the compiled wasm is unchanged.
pub fn build(effort: Effort) -> anyhow::Result<PathBuf> {
    let target = workspace::target().join("wasm");
    let mut cargo = workspace::cargo([
        "build",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    process::run(
        cargo
            .args(["--profile", effort.profile(), "--target-dir"])
            .arg(&target),
    )?;

    let _lock = workspace::lock()?;
    let compiled = target
        .join("wasm32-unknown-unknown")
        .join(effort.folder())
        .join("frontend.wasm");
    let package = workspace::scratch().join(effort.name());
    let stamp = package.with_extension("stamp");
    // The tests rebuild this program itself. Its output depends on it, so a changed program invalidates the output.
    let maker = std::env::current_exe()
        .ok()
        .and_then(|maker| fingerprint(&maker).ok());
    let made_of = [fingerprint(&compiled)?, maker.clone().unwrap_or_default()].join("\n");
    let known = fs::read_to_string(&stamp).is_ok_and(|known| known == made_of);
    if known && maker.is_some() && package.is_dir() {
        return Ok(package);
    }

    let _ = fs::remove_file(&stamp);
    let _ = fs::remove_dir_all(&package);
    fs::create_dir_all(&package)?;
    bind(&compiled, &package, effort)?;
    let optimised = effort == Effort::Release && optimise(&package.join(NAME).with_extension("wasm"))?;
    if let Some(quality) = effort.compression() {
        compress::folder(&package, quality)?;
    }
    if effort != Effort::Quick {
        weight::check(&compiled, optimised.then(|| package.join(NAME)).as_deref())?;
    }
    fs::write(stamp, made_of)?;
    Ok(package)
}

/// Cuts what is unused, writes the JavaScript glue, and renames the wasm to the name that the page requests: wasm-bindgen adds `_bg`, Leptos
/// with `LEPTOS_OUTPUT_NAME` does not.
fn bind(compiled: &Path, package: &Path, effort: Effort) -> anyhow::Result<()> {
    let small = effort != Effort::Quick;
    let mut module = ModuleConfig::new()
        .strict_validate(false)
        .generate_name_section(!small)
        .generate_producers_section(!small)
        .parse_file(compiled)?;
    let cut = cut::unused(&mut module);
    ensure!(
        cut > 0,
        "none of the functions that are to be cut has its name any more"
    );
    Bindgen::new()
        .input_module(NAME, module)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .generate(package)
        .context("wasm-bindgen")?;

    let (from, to) = (format!("{NAME}_bg.wasm"), format!("{NAME}.wasm"));
    fs::rename(package.join(&from), package.join(&to))?;
    let glue = package.join(NAME).with_extension("js");
    let script = fs::read_to_string(&glue)?;
    ensure!(
        script.contains(&from),
        "wasm-bindgen's script no longer names {from}"
    );
    fs::write(glue, script.replace(&from, &to))?;
    Ok(())
}

/// Returns whether there is a wasm-opt.
fn optimise(wasm: &Path) -> anyhow::Result<bool> {
    let Some(mut wasm_opt) = tools::wasm_opt() else {
        println!("wasm-opt is not available (npm package `binaryen`): the wasm stays some 10 % bigger.");
        return Ok(false);
    };
    let smaller = wasm.with_extension("opt");
    process::run(
        wasm_opt
            .args(["-Oz", "--converge"])
            .arg(wasm)
            .arg("-o")
            .arg(&smaller),
    )?;
    fs::rename(smaller, wasm)?;
    Ok(true)
}

/// Path, size and modification time: enough to detect that cargo has written a file again.
fn fingerprint(path: &Path) -> anyhow::Result<String> {
    let about = path
        .metadata()
        .with_context(|| format!("reading {}", path.display()))?;
    Ok(format!(
        "{} {} {:?}",
        path.display(),
        about.len(),
        about.modified()?
    ))
}
