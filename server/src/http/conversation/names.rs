//! Names of files in the ZIP: unique, of no folder but their own, and such that every system can store them.

use domain::file::{FileView, file_name};

/// Bytes of a name, without its number and what is added: systems allow 255.
const MAX_NAME: usize = 160;

/// The name of the nth file of a conversation. The number keeps equal names apart, and takes their meaning from names
/// that Windows reserves. A name whose end does not fit the content gets one that does.
pub fn entry(nth: usize, kind: &str, file: &FileView) -> String {
    let told = file.filename.as_deref().and_then(file_name);
    let name = told.unwrap_or_else(|| word(kind).to_owned());
    let mime_type = file.mime_type.as_deref().unwrap_or_default();
    let mime_type = mime_type.split(';').next().unwrap_or_default().trim();
    let fits = mime_guess::get_mime_extensions_str(mime_type).unwrap_or_default();
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    let has_one = end.is_some_and(|end| fits.is_empty() || fits.contains(&end.as_str()));
    let name = short(&name);
    match extension(mime_type, fits).filter(|_| !has_one) {
        Some(extension) => format!("{nth:04}-{name}.{extension}"),
        None => format!("{nth:04}-{name}"),
    }
}

/// Kinds come from whoever sends; a name has only letters of ours.
fn word(kind: &str) -> &'static str {
    match kind {
        "image" => "image",
        "video" => "video",
        "audio" | "voice" => "audio",
        "sticker" => "sticker",
        "document" => "document",
        _ => "file",
    }
}

/// The usual end of these types: the list of all begins with odd ones.
fn extension(mime_type: &str, fits: &[&'static str]) -> Option<&'static str> {
    match mime_type {
        "image/jpeg" => Some("jpg"),
        "audio/ogg" | "audio/opus" => Some("ogg"),
        "audio/mpeg" => Some("mp3"),
        "audio/mp4" => Some("m4a"),
        "video/mp4" => Some("mp4"),
        "text/plain" => Some("txt"),
        "" | "application/octet-stream" => None,
        _ => fits.first().copied(),
    }
}

/// The beginning of a long name, with its end.
fn short(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let (stem, end) = match name.rsplit_once('.') {
        Some((stem, end)) if end.len() <= 16 => (stem, format!(".{end}")),
        _ => (name, String::new()),
    };
    let mut room = (MAX_NAME - end.len()).min(stem.len());
    while !stem.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}{end}", stem[..room].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::file::FileState;

    fn named(name: Option<&str>, mime_type: &str) -> String {
        let file = FileView {
            state: FileState::Here,
            mime_type: Some(mime_type.to_owned()),
            size: None,
            filename: name.map(str::to_owned),
            attempt: None,
        };
        entry(7, "document", &file)
    }

    #[test]
    fn a_name_leads_nowhere_and_tells_what_the_file_is() {
        for (name, mime_type, safe) in [
            (Some("faktura.pdf"), "application/pdf", "0007-faktura.pdf"),
            (Some("../../etc/passwd"), "application/pdf", "0007-passwd.pdf"),
            (Some("C:\\Windows\\a.pdf"), "application/pdf", "0007-a.pdf"),
            (Some("CON"), "application/pdf", "0007-CON.pdf"),
            (Some("aux.txt"), "text/plain; charset=utf-8", "0007-aux.txt"),
            (Some("a.exe"), "application/pdf", "0007-a.exe.pdf"),
            (
                Some("invoice\u{202e}fdp.exe"),
                "application/octet-stream",
                "0007-invoicefdp.exe",
            ),
            (Some("a<b>:\"|?*.pdf"), "application/pdf", "0007-ab.pdf"),
            (Some(".."), "application/pdf", "0007-document.pdf"),
            (Some("Žlutý kůň.PDF"), "application/pdf", "0007-Žlutý kůň.PDF"),
            (None, "image/jpeg", "0007-document.jpg"),
            (None, "nothing/known", "0007-document"),
        ] {
            assert_eq!(named(name, mime_type), safe, "{name:?}");
        }
        let long = named(Some(&format!("{}.pdf", "ž".repeat(500))), "application/pdf");
        assert!(long.len() < 200 && long.ends_with("ž.pdf"), "{long}");
    }
}
