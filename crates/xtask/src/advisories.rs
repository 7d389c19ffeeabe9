//! `cargo xtask advisories`: whether dependencies have known faults, by RustSec's database. It is no part of
//! `cargo xtask test`: the database changes from day to day, and the result of a build must not.

use anyhow::bail;

use crate::{tools, workspace};

/// How a check of cargo-deny ended. It exits with 1 in all cases but the first.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Clean,
    Found,
    Unreachable,
    Stopped,
}

impl Outcome {
    /// cargo-deny prints the line `advisories …` only if it has checked.
    fn of(printed: &str) -> Self {
        let says = |verdict: &str| printed.lines().any(|line| line == verdict);
        if says("advisories ok") {
            Self::Clean
        } else if says("advisories FAILED") {
            Self::Found
        } else if printed.contains("failed to fetch advisory database") {
            Self::Unreachable
        } else {
            Self::Stopped
        }
    }
}

pub fn run() -> anyhow::Result<()> {
    let mut deny = workspace::command(tools::cargo_deny()?);
    let output = deny
        .args(["--log-level", "error", "check", "advisories"])
        .output()?;
    let printed = [output.stderr, output.stdout].map(|text| String::from_utf8_lossy(&text).into_owned());
    let printed = printed.concat();
    println!("{}", printed.trim_end());
    match Outcome::of(&printed) {
        Outcome::Clean => Ok(()),
        Outcome::Found => bail!(
            "Advisories concern the dependencies above. Update each of them (`cargo update -p NAME`). If Switchboard does \
             not use what an advisory is about, add its ID with the reason to `ignore` in `[advisories]` of deny.toml."
        ),
        Outcome::Unreachable => bail!(
            "Nothing was checked: RustSec's advisory database could not be fetched, for the reason above. Whether \
             dependencies have known faults stays unknown. Run this again where \
             https://github.com/RustSec/advisory-db can be reached."
        ),
        Outcome::Stopped => bail!(
            "Nothing was checked: cargo-deny stopped before its check, for the reason above. Whether dependencies have \
             known faults stays unknown. Mend the cause, and run this again."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_is_told_from_a_database_that_cannot_be_reached() {
        let unreachable = "\
2026-11-29 14:39:39 [ERROR] failed to fetch advisory database https://github.com/RustSec/advisory-db with cli: failed to clone: [\"clone\", \"--depth=1\", \"--branch\", \"main\", \"https://github.com/RustSec/advisory-db\", \"/home/jana/.cargo/advisory-dbs/advisory-db-3157b0e258782691\"]
Cloning into '/home/jana/.cargo/advisory-dbs/advisory-db-3157b0e258782691'...
fatal: unable to access 'https://github.com/RustSec/advisory-db/': Could not resolve host: github.com
";
        let found = "\
error[vulnerability]: Out-of-bounds read in anyhow
   ┌─ Cargo.lock:17:1
   │
17 │ anyhow 1.0.104 registry+index
   │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ security vulnerability detected
   │
   ├ ID: RUSTSEC-2026-9999
   ├ Advisory: https://rustsec.org/advisories/RUSTSEC-2026-9999
   ├ Solution: Upgrade to >=9.0.0 (try `cargo update -p anyhow`)
   ├ anyhow v1.0.104

advisories FAILED
";
        let broken = "\
2026-11-29 14:42:36 [ERROR] failed to load advisory database: failed to find expected `crates` directory
";
        for (printed, outcome) in [
            (unreachable, Outcome::Unreachable),
            (found, Outcome::Found),
            ("advisories ok\n", Outcome::Clean),
            (broken, Outcome::Stopped),
            ("", Outcome::Stopped),
        ] {
            assert_eq!(Outcome::of(printed), outcome, "{printed}");
        }
    }
}
