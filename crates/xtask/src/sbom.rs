//! The SBOM of a release: which crates are in the server and in the browser part, as CycloneDX files beside the binary.
//!
//! cargo-cyclonedx knows licence, checksum and origin of each crate, but reads `cargo metadata`, which unites the
//! features of the whole workspace: it lists a database in the browser part. `cargo tree` resolves one package as
//! `cargo build` does, so whatever it does not name is taken out. Macros and build scripts are in neither list: they run
//! during the build, and no part of them is in the binary.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::{process, tools, workspace};

const PARTS: [Part; 2] = [
    Part {
        package: "server",
        target: &[],
        made: "switchboard_bin.cdx.json",
        file: "switchboard.cdx.json",
    },
    Part {
        package: "frontend",
        target: &["--target", "wasm32-unknown-unknown"],
        made: "frontend_cdylib-rlib.cdx.json",
        file: "switchboard-browser.cdx.json",
    },
];

/// A package that is shipped, with the names that cargo-cyclonedx and the release give to its file.
struct Part {
    package: &'static str,
    target: &'static [&'static str],
    made: &'static str,
    file: &'static str,
}

/// What the lists need besides the source.
#[derive(Debug)]
pub struct Maker {
    tool: PathBuf,
    time: String,
}

impl Maker {
    /// Installs the tool. Called before a build, so that the build does not fail at its end.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            tool: tools::cargo_cyclonedx()?,
            time: time()?,
        })
    }

    /// Writes both lists into the folder of the binary.
    pub fn write_beside(&self, binary: &Path) -> anyhow::Result<()> {
        let _lock = workspace::lock()?;
        for part in PARTS {
            let file = binary.with_file_name(part.file);
            let sbom = narrow(&self.make(&part)?, part.package, &part.compiled()?)?;
            fs::write(&file, serde_json::to_string_pretty(&sbom)? + "\n")?;
            println!("{}", file.display());
        }
        Ok(())
    }

    fn make(&self, part: &Part) -> anyhow::Result<String> {
        let written = Written(members()?);
        let mut cyclonedx = workspace::command(&self.tool);
        cyclonedx
            .args(["cyclonedx", "--format", "json", "--spec-version", "1.5"])
            .args(["--describe", "binaries", "--no-build-deps"])
            .args(part.target)
            .env("SOURCE_DATE_EPOCH", &self.time);
        process::run(&mut cyclonedx)?;
        let found = written.files().find(|file| file.ends_with(part.made));
        let file = found.with_context(|| format!("cargo-cyclonedx has written no {}", part.made))?;
        Ok(fs::read_to_string(file)?)
    }
}

impl Part {
    /// The crates that are compiled into the part, as `name vVERSION`.
    fn compiled(&self) -> anyhow::Result<BTreeSet<String>> {
        let mut tree = workspace::cargo(["tree", "--locked", "--prefix", "none", "--edges"]);
        tree.args(["normal,no-proc-macro", "--package", self.package])
            .args(self.target);
        let name = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Ok(process::read(&mut tree)?.lines().skip(1).map(name).collect())
    }
}

/// The time in the lists is that of the commit, so that the same source gives the same lists.
fn time() -> anyhow::Result<String> {
    if let Ok(given) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(given);
    }
    let commit = process::read(workspace::command("git").args(["log", "-1", "--format=%ct"]));
    let seconds = commit.context(
        "the SBOM of a release tells the time of its commit, and git knows none: build in a clone, or set \
         SOURCE_DATE_EPOCH to a time in seconds since 1970",
    )?;
    Ok(seconds.trim().to_owned())
}

/// The folders of the workspace's packages.
fn members() -> anyhow::Result<Vec<PathBuf>> {
    let mut cargo = workspace::cargo(["metadata", "--no-deps", "--format-version", "1"]);
    let about: Value = serde_json::from_str(&process::read(&mut cargo)?)?;
    let packages = about["packages"].as_array().context("no packages")?;
    let manifests = packages
        .iter()
        .filter_map(|package| package["manifest_path"].as_str());
    Ok(manifests
        .filter_map(|manifest| Some(Path::new(manifest).parent()?.to_owned()))
        .collect())
}

/// What cargo-cyclonedx writes into the folders of all packages; dropping this value removes it.
struct Written(Vec<PathBuf>);

impl Written {
    fn files(&self) -> impl Iterator<Item = PathBuf> {
        let entries = self.0.iter().flat_map(fs::read_dir).flatten();
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|file| file.to_string_lossy().ends_with(".cdx.json"))
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        for file in self.files() {
            let _ = fs::remove_file(file);
        }
    }
}

/// The list without the crates that are not compiled, and without the path of the repository.
fn narrow(list: &str, package: &str, compiled: &BTreeSet<String>) -> anyhow::Result<Value> {
    let mut sbom: Value = serde_json::from_str(list)?;
    let described = text(&sbom["metadata"]["component"]["bom-ref"]);
    let (repository, _) = described
        .rsplit_once(&format!("{package}#"))
        .with_context(|| format!("cargo-cyclonedx describes {described} instead of {package}"))?;
    sbom = serde_json::from_str(&list.replace(repository, ""))?;

    let name = |component: &Value| format!("{} v{}", text(&component["name"]), text(&component["version"]));
    let components = array(&mut sbom["components"])?;
    components.retain(|component| compiled.contains(&name(component)));
    let listed: BTreeSet<String> = components.iter().map(name).collect();
    let missing: Vec<_> = compiled.difference(&listed).collect();
    ensure!(
        missing.is_empty(),
        "{package} is built of crates that cargo-cyclonedx does not list, so its SBOM would be wrong: {missing:?}"
    );

    let mut kept: BTreeSet<String> = components
        .iter()
        .map(|component| text(&component["bom-ref"]))
        .collect();
    kept.insert(text(&sbom["metadata"]["component"]["bom-ref"]));
    let dependencies = array(&mut sbom["dependencies"])?;
    dependencies.retain(|dependency| kept.contains(&text(&dependency["ref"])));
    for dependency in dependencies {
        if let Some(on) = dependency.get_mut("dependsOn").and_then(Value::as_array_mut) {
            on.retain(|on| kept.contains(&text(on)));
        }
    }
    Ok(sbom)
}

fn array(value: &mut Value) -> anyhow::Result<&mut Vec<Value>> {
    value
        .as_array_mut()
        .context("cargo-cyclonedx has written no list")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list() -> String {
        let crate_of = |name: &str| json!({"bom-ref": format!("registry+index#{name}@1.2.0"), "name": name, "version": "1.2.0"});
        json!({
            "metadata": {"component": {"bom-ref": "path+file:///home/jana/our%20server/server#0.1.0"}},
            "components": [
                {"bom-ref": "path+file:///home/jana/our%20server/crates/domain#0.1.0", "name": "domain", "version": "0.1.0"},
                crate_of("axum"),
                crate_of("arrow"),
            ],
            "dependencies": [
                {"ref": "path+file:///home/jana/our%20server/server#0.1.0",
                 "dependsOn": ["path+file:///home/jana/our%20server/crates/domain#0.1.0", "registry+index#axum@1.2.0"]},
                {"ref": "registry+index#axum@1.2.0", "dependsOn": ["registry+index#arrow@1.2.0"]},
                {"ref": "registry+index#arrow@1.2.0"},
                {"ref": "path+file:///home/jana/our%20server/crates/domain#0.1.0"},
            ],
        })
        .to_string()
    }

    fn compiled(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_what_is_compiled_is_listed_and_no_path_of_the_machine() {
        let sbom = narrow(&list(), "server", &compiled(&["domain v0.1.0", "axum v1.2.0"])).unwrap();
        let names: Vec<_> = sbom["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["name"])
            .collect();
        assert_eq!(names, ["domain", "axum"]);
        assert_eq!(sbom["metadata"]["component"]["bom-ref"], "server#0.1.0");
        let expected = json!([
            {"ref": "server#0.1.0", "dependsOn": ["crates/domain#0.1.0", "registry+index#axum@1.2.0"]},
            {"ref": "registry+index#axum@1.2.0", "dependsOn": []},
            {"ref": "crates/domain#0.1.0"},
        ]);
        assert_eq!(sbom["dependencies"], expected);
        assert!(!sbom.to_string().contains("jana"), "{sbom}");
    }

    #[test]
    fn a_crate_that_is_compiled_and_not_listed_is_named() {
        let error = narrow(&list(), "server", &compiled(&["axum v1.2.0", "axum v2.0.0"])).unwrap_err();
        assert!(error.to_string().contains("axum v2.0.0"), "{error}");
    }
}
