//! A text file that an operator names.

use std::{fs::File, io::Read as _, path::Path};

/// Bytes; whoever names a larger one has taken another file.
const MOST: u64 = 16 * 1024 * 1024;

pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(bytes.len() as u64 <= MOST, "it is larger than {MOST} bytes");
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_end_is_not_read_to_it() {
        let error = read(Path::new("/dev/zero")).unwrap_err();
        assert!(error.to_string().contains("larger"), "{error}");
    }
}
