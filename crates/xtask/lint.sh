#!/bin/sh
# The compiler of this workspace's packages in `cargo xtask test`: clippy-driver compiles as rustc does, and lints.
exec clippy-driver "$@" -D warnings
