//! docs/SECURITY.md says where each requirement is met: what it names has to be there.

use std::{collections::BTreeSet, fs, path::Path};

const ENDINGS: [&str; 9] = [
    ".js", ".json", ".lock", ".md", ".rs", ".service", ".sql", ".toml", ".ts",
];

/// Whether this is a file of the repository, or a folder within one of its folders.
fn is_path(word: &str, folders: &BTreeSet<String>) -> bool {
    let is_inside = |(folder, _)| folders.contains(folder);
    !word.contains(' ')
        && (ENDINGS.iter().any(|ending| word.ends_with(ending))
            || word.split_once('/').is_some_and(is_inside))
}

#[test]
fn every_path_in_the_security_document_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let entries = fs::read_dir(&root).expect("the repository");
    let folders = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let text = fs::read_to_string(root.join("docs/SECURITY.md")).expect("the document");
    let words = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let paths: BTreeSet<&str> = words.filter(|word| is_path(word, &folders)).collect();
    assert!(paths.len() > 200, "{paths:?}");
    let missing: Vec<_> = paths.iter().filter(|path| !root.join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
