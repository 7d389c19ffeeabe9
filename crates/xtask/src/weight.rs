//! The weight of the browser part: what is sent, and the code by crate, beside a committed budget.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::workspace;

/// Crates with less code are counted together. In bytes.
const SHOWN_FROM: u64 = 20_000;
const OTHERS: &str = "others";

/// Prints the table and fails above the budget. `compiled` still has the names of its functions; `optimised` is the
/// script and the wasm that are sent, without their endings, if wasm-opt has been there.
pub fn check(compiled: &Path, optimised: Option<&Path>) -> anyhow::Result<()> {
    let budget = workspace::root().join("frontend/budget.txt");
    let limits =
        limits(&fs::read_to_string(&budget).with_context(|| format!("reading {}", budget.display()))?)?;
    let mut weights = code_by_crate(&fs::read(compiled)?)?;
    if let Some(optimised) = optimised {
        weights.insert("sent".to_owned(), sent(optimised)?);
    }
    let mut over = Vec::new();
    println!("{:<24} {:>8} {:>8}", "kB", "now", "at most");
    let mut rows: Vec<_> = weights.into_iter().collect();
    rows.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    for (name, bytes) in rows {
        let now = bytes.div_ceil(1000);
        let limit = limits.get(&name).copied().unwrap_or(SHOWN_FROM / 1000);
        println!("{name:<24} {now:>8} {limit:>8}");
        if now > limit {
            over.push(name);
        }
    }
    if !over.is_empty() {
        bail!(
            "the browser part is above its budget: {}. Make it lighter, or raise {} with the reason",
            over.join(", "),
            budget.display()
        );
    }
    Ok(())
}

/// Bytes of script and wasm as they are sent: compressed with brotli.
fn sent(packed: &Path) -> anyhow::Result<u64> {
    let size = |ending: &str| {
        let file = packed.with_added_extension(ending);
        let about = file
            .metadata()
            .with_context(|| format!("reading {}", file.display()))?;
        Ok(about.len())
    };
    ["js.br", "wasm.br"].into_iter().map(size).sum()
}

/// Lines of a name and kilobytes; `#` begins a comment.
fn limits(text: &str) -> anyhow::Result<BTreeMap<String, u64>> {
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, limit) = line
                .rsplit_once(' ')
                .with_context(|| format!("a budget without a limit: {line}"))?;
            Ok((name.trim().to_owned(), limit.parse()?))
        })
        .collect()
}

/// Bytes of code by the crate that defines the function; an instance of a generic one counts for where it is written.
fn code_by_crate(module: &[u8]) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut imported = 0;
    let mut sizes = Vec::new();
    let mut weights = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len() as u64),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else {
                    continue;
                };
                for name in names {
                    let Name::Function(functions) = name? else {
                        continue;
                    };
                    for function in functions {
                        let function = function?;
                        let index = (function.index as usize).checked_sub(imported);
                        if let Some(size) = index.and_then(|index| sizes.get(index)) {
                            *weights.entry(crate_of(function.name)).or_default() += size;
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let (mut shown, few): (BTreeMap<String, u64>, BTreeMap<String, u64>) =
        weights.into_iter().partition(|(_, size)| *size >= SHOWN_FROM);
    *shown.entry(OTHERS.to_owned()).or_default() += few.values().sum::<u64>();
    Ok(shown)
}

/// The first name in a path such as `<app::ui::Form as leptos::IntoView>::into_view`.
fn crate_of(function: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(function));
    let Some((path, _)) = name.split_once("::") else {
        return OTHERS.to_owned();
    };
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    path.rsplit(|c| !is_part(c)).next().unwrap_or(OTHERS).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_crate_that_its_name_begins_with() {
        for (name, expected) in [
            ("_ZN3app2ui4form4Form4view17h0123456789abcdefE", "app"),
            (
                "_ZN72_$LT$tachys..view..any_view..AnyView$u20$as$u20$tachys..view..Render$GT$5build17h0123456789abcdefE",
                "tachys",
            ),
            (
                "_ZN4core3ptr42drop_in_place$LT$alloc..string..String$GT$17h0123456789abcdefE",
                "core",
            ),
            ("__wbindgen_malloc", OTHERS),
        ] {
            assert_eq!(crate_of(name), expected);
        }
    }

    #[test]
    fn a_budget_has_a_name_and_a_limit_on_each_line() {
        let limits = limits("# kB\nsent 600\nleptos router  20\n").unwrap();
        assert_eq!(limits.get("sent"), Some(&600));
        assert_eq!(limits.get("leptos router"), Some(&20));
        assert!(super::limits("sent").is_err());
    }
}
