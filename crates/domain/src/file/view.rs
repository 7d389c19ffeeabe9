//! A file as the console and the API show it.

use super::FileState;
use crate::display_name;
use serde::{Deserialize, Serialize};

/// Maximum number of characters in a file's name.
const MAX_NAME: usize = 127;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    pub state: FileState,
    /// By content once the file is here, before that by the sender's word.
    pub mime_type: Option<String>,
    /// In bytes.
    pub size: Option<u64>,
    pub filename: Option<String>,
}

/// A name that is safe to show and to store a file under: without folders, controls and marks that reverse the text.
pub fn file_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = display_name::shown(name)?
        .chars()
        .filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c))
        .collect();
    let name = name.trim_matches(['.', ' ']);
    let Some((end, _)) = name.char_indices().nth(MAX_NAME) else {
        return Some(name.to_owned()).filter(|name| !name.is_empty());
    };
    // The end tells what kind of file it is.
    match name.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= 16 => {
            let room = MAX_NAME.saturating_sub(extension.chars().count() + 1);
            Some(format!(
                "{}.{extension}",
                stem.chars().take(room).collect::<String>()
            ))
        }
        _ => Some(name[..end].to_owned()),
    }
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
