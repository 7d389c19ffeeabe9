//! The style sheets: `style/main.css` and all its imports, as one minified file.

use std::path::Path;

use anyhow::anyhow;
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};

/// Bundles `main` with its imports. An error names the file, the line and the column.
pub fn bundle(main: &Path) -> anyhow::Result<String> {
    let files = FileProvider::new();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(main)
        .map_err(|error| anyhow!("styles: {error}"))?;
    sheet
        .minify(MinifyOptions::default())
        .map_err(|error| anyhow!("styles: {error}"))?;
    let options = PrinterOptions {
        minify: true,
        ..PrinterOptions::default()
    };
    Ok(sheet
        .to_css(options)
        .map_err(|error| anyhow!("styles: {error}"))?
        .code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_become_one_small_sheet() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokens.css"), ":root { --gap: 1rem; }\n").unwrap();
        std::fs::write(
            folder.path().join("main.css"),
            "@import \"tokens.css\";\np { gap: var(--gap); }\n",
        )
        .unwrap();
        assert_eq!(
            bundle(&folder.path().join("main.css")).unwrap(),
            ":root{--gap:1rem}p{gap:var(--gap)}"
        );
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("main.css"), "@import \"missing.css\";\n").unwrap();
        let error = bundle(&folder.path().join("main.css")).unwrap_err().to_string();
        assert!(error.contains("main.css"), "{error}");
    }
}
