//! The requirements of the tasks beyond Rust: found, else installed, else named in one line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use nix::unistd::geteuid;

use crate::{postgres, process, workspace};

const CARGO_CYCLONEDX: &str = "0.5.9";
const CARGO_DENY: &str = "0.20.2";
/// Debian's binaryen is too old: it succeeds, but the page then fails to start.
const BINARYEN: &str = "132.0.0";
/// The Python packages of the stories, with their hashes.
const PACKAGES: &str = include_str!("../python.txt");

/// The wasm target. rustup reads `rust-toolchain.toml` by itself; this is for machines where that is switched off.
pub fn wasm_target() -> anyhow::Result<()> {
    let target = "wasm32-unknown-unknown";
    let output = workspace::command("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output()?;
    if PathBuf::from(String::from_utf8(output.stdout)?.trim()).is_dir() {
        return Ok(());
    }
    process::run(workspace::command("rustup").args(["target", "add", target]))
        .context("the wasm target is missing: install Rust by https://rustup.rs")
}

/// rustfmt and clippy.
pub fn components() -> anyhow::Result<()> {
    for (component, command) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !process::succeeds(&mut workspace::cargo([command, "--version"])) {
            process::run(workspace::command("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// PostgreSQL's programs.
pub fn postgres() -> anyhow::Result<PathBuf> {
    if postgres::programs().is_none() {
        install("postgresql")?;
    }
    postgres::programs().context("no initdb below /usr/lib/postgresql or in PATH")
}

/// The reverse proxies of docs/OPERATING.md, by their Debian packages.
pub fn proxies() -> anyhow::Result<()> {
    for (program, package) in [
        ("nginx", "nginx-light"),
        ("caddy", "caddy"),
        ("haproxy", "haproxy"),
        ("apache2", "apache2"),
    ] {
        // Only root's PATH contains /usr/sbin.
        if in_path(program).is_none() && !Path::new("/usr/sbin").join(program).is_file() {
            install(package)?;
        }
    }
    Ok(())
}

/// The programs that run the examples of docs/API.md, by their Debian packages.
pub fn examples() -> anyhow::Result<()> {
    for program in ["curl", "jq", "python3"] {
        if in_path(program).is_none() {
            install(program)?;
        }
    }
    Ok(())
}

/// A Python for this clone only, with the packages of the stories, exactly as locked: schemathesis, which calls the REST API, and
/// standardwebhooks, which verifies what webhooks are sent.
pub fn python() -> anyhow::Result<PathBuf> {
    let folder = workspace::tools().join("python");
    let (python, locked) = (folder.join("bin/python"), folder.join("locked.txt"));
    let has = |python: &Path, modules: &str| {
        let import = format!("import {modules}");
        process::succeeds(Command::new(python).args(["-c", &import]))
    };
    // The machine's Python may have become another one since.
    let is_installed = fs::read_to_string(&locked).is_ok_and(|installed| installed == PACKAGES);
    if is_installed && has(&python, "schemathesis, standardwebhooks") {
        return Ok(python);
    }
    if in_path("python3").is_none() {
        install("python3")?;
    }
    let machines = Path::new("python3");
    if !has(machines, "venv, ensurepip") && !has(machines, "venv, pip") {
        install("python3-venv")?;
    }
    let mut venv = Command::new(machines);
    venv.args(["-m", "venv", "--clear"]).arg(&folder);
    let mut pip;
    if has(machines, "ensurepip") {
        pip = Command::new(&python);
        pip.args(["-m", "pip"]);
    } else {
        // Debian's python3 has none to put there without python3-venv, but python3-pip's can be told of the folder.
        venv.arg("--without-pip");
        pip = Command::new(machines);
        pip.args(["-m", "pip", "--python"]).arg(&python);
    }
    process::run(&mut venv)?;
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .args(["--require-hashes", "--only-binary", ":all:", "--requirement"])
        .arg(workspace::root().join("crates/xtask/python.txt"));
    process::run(&mut pip).context(
        "the packages of crates/xtask/python.txt cannot be installed; they need Python 3.11 or newer",
    )?;
    fs::write(locked, PACKAGES)?;
    Ok(python)
}

/// The browser for the journeys: CHROMIUM, else one from PATH.
pub fn chromium() -> anyhow::Result<PathBuf> {
    browser(
        "CHROMIUM",
        &["chromium", "chromium-browser", "google-chrome"],
        "chromium",
    )
}

/// Another browser, in which the main ways are walked: FIREFOX, else one from PATH.
pub fn firefox() -> anyhow::Result<PathBuf> {
    browser("FIREFOX", &["firefox-esr", "firefox"], "firefox-esr")
}

/// The driver of WebKit, in which the main ways are walked, too: WEBKIT_DRIVER, else one from PATH. It needs a screen.
pub fn webkit() -> anyhow::Result<PathBuf> {
    if in_path("Xvfb").is_none() {
        install("xvfb")?;
    }
    browser("WEBKIT_DRIVER", &["WebKitWebDriver"], "webkit2gtk-driver")
}

fn browser(variable: &str, programs: &[&str], package: &str) -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os(variable) {
        return Ok(named.into());
    }
    let find = || programs.iter().copied().find_map(in_path);
    if find().is_none() {
        install(package)?;
    }
    find().with_context(|| format!("no {package} in PATH; its path can be given in {variable}"))
}

/// The font in which pictures show emoji.
pub fn emoji_font() -> anyhow::Result<()> {
    match Path::new("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf").is_file() {
        true => Ok(()),
        false => install("fonts-noto-color-emoji"),
    }
}

/// The npm packages of the journeys and of the TypeScript types, exactly as locked.
pub fn journeys() -> anyhow::Result<()> {
    if in_path("node").is_none() || in_path("npm").is_none() {
        bail!(
            "the browser journeys and the TypeScript types need Node 20 or newer with npm: https://nodejs.org"
        );
    }
    let folder = workspace::end2end();
    let changed = |name: &str| {
        folder
            .join(name)
            .metadata()
            .and_then(|about| about.modified())
            .ok()
    };
    if changed("node_modules/.package-lock.json") > changed("package-lock.json") {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund"]);
    process::run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}

/// cargo-deny, which checks licences, sources and advisories.
pub fn cargo_deny() -> anyhow::Result<PathBuf> {
    cargo_tool("cargo-deny", CARGO_DENY)
}

/// cargo-cyclonedx, which lists the components of a release.
pub fn cargo_cyclonedx() -> anyhow::Result<PathBuf> {
    cargo_tool("cargo-cyclonedx", CARGO_CYCLONEDX).with_context(|| {
        format!(
            "cargo-cyclonedx could not be installed, and a release without its SBOM is none: build where cargo can \
             download it, or put version {CARGO_CYCLONEDX} of it into PATH"
        )
    })
}

/// A tool for cargo, installed for this clone only if the machine has none. It runs for seconds, so optimising it would
/// only cost time.
fn cargo_tool(name: &str, version: &str) -> anyhow::Result<PathBuf> {
    if let Some(found) = in_path(name) {
        return Ok(found);
    }
    let program = workspace::tools().join("bin").join(name);
    if !program.is_file() {
        let mut cargo = workspace::cargo([
            "install",
            "--debug",
            "--locked",
            name,
            "--version",
            version,
            "--root",
        ]);
        process::run(cargo.arg(workspace::tools()))?;
    }
    Ok(program)
}

/// wasm-opt, if npm can install it.
pub fn wasm_opt() -> Option<Command> {
    let program = workspace::tools().join("node_modules/.bin/wasm-opt");
    if !program.exists() {
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ]);
        npm.arg(workspace::tools()).arg(format!("binaryen@{BINARYEN}"));
        process::run(&mut npm).ok()?;
    }
    Some(Command::new(program))
}

/// Whether `cargo nextest` is installed; without it `cargo test` is used, which is slower.
pub fn has_nextest() -> bool {
    in_path("cargo-nextest").is_some()
}

/// Installs a Debian package if the user may do so.
fn install(package: &str) -> anyhow::Result<()> {
    if !geteuid().is_root() || in_path("apt-get").is_none() {
        bail!("{package} is missing: `sudo apt-get install {package}`, or your system's way to install it");
    }
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q", "-o", "Dpkg::Use-Pty=0"]);
        apt
    };
    process::run(apt().arg("update"))?;
    process::run(apt().args(["install", "--yes", "--no-install-recommends", package]))
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
