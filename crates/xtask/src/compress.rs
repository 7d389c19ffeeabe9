//! Writes `.br` and `.gz` beside each file that gains from them, so that the server compresses nothing at run time.

use std::fs::File;
use std::io::Write;
use std::path::Path;

/// In bytes; a smaller answer fits one network packet anyway.
const WORTH_IT: u64 = 1024;

/// File types worth compressing; pictures and fonts are compressed already.
const SHRINKS: [&str; 9] = [
    "wasm",
    "js",
    "css",
    "svg",
    "txt",
    "html",
    "json",
    "webmanifest",
    "ico",
];

/// Compresses every text and wasm file below `folder` that has no compressed sibling yet.
/// `quality` is brotli's, 0 to 11.
pub fn folder(folder: &Path, quality: i32) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            self::folder(&path, quality)?;
        } else if shrinks(&path) && path.metadata()?.len() > WORTH_IT {
            file(&path, quality)?;
        }
    }
    Ok(())
}

fn shrinks(path: &Path) -> bool {
    path.extension()
        .and_then(|kind| kind.to_str())
        .is_some_and(|kind| SHRINKS.contains(&kind))
}

fn file(path: &Path, quality: i32) -> anyhow::Result<()> {
    let beside = |ending: &str| path.with_added_extension(ending);
    if beside("br").exists() {
        return Ok(());
    }
    let bytes = std::fs::read(path)?;

    let mut gzip = flate2::write::GzEncoder::new(File::create(beside("gz"))?, flate2::Compression::best());
    gzip.write_all(&bytes)?;
    gzip.finish()?;

    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(
        &mut bytes.as_slice(),
        &mut File::create(beside("br"))?,
        &parameters,
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_siblings_hold_the_same_bytes_and_small_or_packed_files_have_none() {
        let folder = tempfile::tempdir().unwrap();
        let text = "body { color: red }\n".repeat(200);
        for (name, bytes) in [
            ("a.css", text.as_str()),
            ("small.css", "a {}"),
            ("picture.png", &text),
        ] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        super::folder(folder.path(), 9).unwrap();

        let mut brotli = Vec::new();
        let packed = std::fs::read(folder.path().join("a.css.br")).unwrap();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut brotli).unwrap();
        assert_eq!(brotli, text.as_bytes());

        let mut gzip = String::new();
        let packed = File::open(folder.path().join("a.css.gz")).unwrap();
        flate2::read::GzDecoder::new(packed)
            .read_to_string(&mut gzip)
            .unwrap();
        assert_eq!(gzip, text);

        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
    }
}
