//! The Python of the stories, with the packages of crates/xtask/python.txt.

use std::{env, path::PathBuf};

/// `cargo xtask test` installs it, and sets the variable.
pub fn python() -> PathBuf {
    let python = env::var_os("SWITCHBOARD_TEST_PYTHON");
    python
        .expect("SWITCHBOARD_TEST_PYTHON names no Python; `cargo xtask test` does")
        .into()
}
