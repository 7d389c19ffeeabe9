//! A file as the console and the API show it.

use super::{FileAttempt, FileState};
use crate::display_name;
use serde::{Deserialize, Serialize};

/// Maximum number of characters in a file's name.
const MAX_NAME: usize = 127;
/// Maximum length of an extension in bytes, with its dot.
const MAX_EXTENSION: usize = 17;

/// What is known of a file, and where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileView {
    pub state: FileState,
    /// By content once the file is here, before that by the sender's word.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub mime_type: Option<String>,
    /// In bytes.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub size: Option<u64>,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub filename: Option<String>,
    /// How it went to Meta; only for sent files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<FileAttempt>,
}

/// A name that is safe to show and to store a file under: without folders, controls and marks that reverse the text.
pub fn file_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe: String = display_name::shown(&shortened(name))?
        .chars()
        .filter(|c| !"<>:\"|?*".contains(*c))
        .collect();
    let safe = safe.trim_matches(['.', ' ']);
    Some(safe.to_owned()).filter(|name| !name.is_empty())
}

/// A shorter name with the same end, which tells what kind of file it is.
fn shortened(name: &str) -> String {
    let (stem, end) = match name.rfind('.') {
        Some(at) if name.len() - at <= MAX_EXTENSION => name.split_at(at),
        _ => (name, ""),
    };
    let room = MAX_NAME - end.chars().count();
    stem.chars().take(room).chain(end.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_and_deceives_nobody() {
        for (name, safe) in [
            ("faktura.pdf", Some("faktura.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\temp\\a.pdf", Some("a.pdf")),
            ("invoice\u{202e}fdp.exe", Some("invoicefdp.exe")),
            ("a\r\nSet-Cookie: x.txt", Some("a Set-Cookie x.txt")),
            ("Příliš žluťoučký.pdf", Some("Příliš žluťoučký.pdf")),
            ("...", None),
            ("", None),
        ] {
            assert_eq!(file_name(name).as_deref(), safe, "{name:?}");
        }
        let long = file_name(&format!("{}.pdf", "a".repeat(500))).unwrap();
        assert_eq!(long.chars().count(), MAX_NAME);
        assert!(long.ends_with("a.pdf"));
    }
}
