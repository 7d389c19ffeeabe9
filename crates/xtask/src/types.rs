//! The TypeScript types of the REST API: docs/openapi.ts is what openapi-typescript makes of docs/openapi.json, and the
//! example in docs/API.md compiles with it.

use std::process::Command;
use std::{env, fs};

use anyhow::Context;

use crate::{process, workspace};

/// As in the stories: says that the committed file is to be written anew.
const REWRITE: &str = "SWITCHBOARD_REWRITE_GOLDEN";
const FENCE: &str = "\n```ts\n";

/// Compares, or rewrites after a change that is meant: `SWITCHBOARD_REWRITE_GOLDEN=1 cargo xtask test --only types`.
pub fn check() -> anyhow::Result<()> {
    let docs = workspace::root().join("docs");
    let types = docs.join("openapi.ts");
    let mut generate = program("openapi-typescript");
    generate
        .arg(docs.join("openapi.json"))
        .arg("--output")
        .arg(&types);
    if env::var_os(REWRITE).is_none() {
        generate.arg("--check");
    }
    process::run(&mut generate).with_context(|| {
        format!("docs/openapi.ts is not of docs/openapi.json: `{REWRITE}=1 cargo xtask test --only types`")
    })?;

    let guide = fs::read_to_string(docs.join("API.md")).context("docs/API.md")?;
    let example = example(&guide).context("docs/API.md has no example in TypeScript")?;
    let folder = workspace::scratch().join("types");
    fs::create_dir_all(&folder)?;
    fs::copy(&types, folder.join("openapi.ts"))?;
    fs::write(folder.join("example.ts"), example)?;
    let mut compile = program("tsc");
    compile.current_dir(&folder).args(["--noEmit", "--strict"]);
    compile.args([
        "--target",
        "es2022",
        "--module",
        "esnext",
        "--moduleResolution",
        "bundler",
    ]);
    process::run(compile.arg("example.ts")).context("the example in docs/API.md does not compile")
}

/// A program among the npm packages of the journeys.
fn program(name: &str) -> Command {
    Command::new(workspace::end2end().join("node_modules/.bin").join(name))
}

fn example(guide: &str) -> Option<&str> {
    let (_, rest) = guide.split_once(FENCE)?;
    let (example, _) = rest.split_once("\n```")?;
    Some(example)
}
