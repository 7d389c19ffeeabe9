//! Looks at a complete file before it goes into the store: what it is, and what WhatsApp takes it as. What an operator
//! sends is made fit: a recording of the browser becomes a voice message, a picture loses its metadata and its odd
//! colours.

use media::{
    inspect,
    limits::{Kind, kinds_of},
    picture, voice,
};
use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter},
    path::{Path, PathBuf},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// A decoded picture takes up to 128 MB, so one is looked at at a time.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);
/// The longest side of a thumbnail, in pixels: twice the width of a bubble.
const SMALL: u32 = 640;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) mime_type: String,
    /// What WhatsApp takes it as, the best first. Any file of at most 100 MB is a document.
    pub(crate) kind: Kind,
    /// A JPEG that threads show instead of the whole picture.
    pub(crate) small: Option<Vec<u8>>,
}

/// Looks at a file that came in.
pub(crate) async fn received(path: PathBuf) -> io::Result<Look> {
    in_turn(move || look(&path)).await
}

/// Makes a file fit to be sent, in its place, and looks at the outcome.
pub(crate) async fn sendable(path: PathBuf) -> io::Result<Look> {
    in_turn(move || {
        make_fit(&path)?;
        look(&path)
    })
    .await
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    let _turn = ONE_AT_A_TIME.acquire().await.map_err(io::Error::other)?;
    spawn_blocking(work).await.map_err(io::Error::other)?
}

fn look(path: &Path) -> io::Result<Look> {
    let size = fs::metadata(path)?.len();
    let inspected = inspect(&mut open(path)?, size)?;
    let fit = kinds_of(&inspected, size);
    // A picture that cannot be decoded is shown as a line with its name.
    let is_picture = matches!(inspected.details, media::Details::Picture(_));
    let small = match is_picture {
        true => picture::thumbnail(open(path)?, SMALL).ok(),
        false => None,
    };
    Ok(Look {
        mime_type: inspected.mime,
        kind: fit.kinds.first().copied().unwrap_or(Kind::Document),
        small,
    })
}

fn make_fit(path: &Path) -> io::Result<()> {
    let size = fs::metadata(path)?.len();
    let inspected = inspect(&mut open(path)?, size)?;
    let fitted = path.with_extension("fitted");
    let done = match inspected.mime.as_str() {
        "audio/webm" => {
            let out = BufWriter::new(File::create(&fitted)?);
            voice::to_ogg(open(path)?, out).is_ok()
        }
        _ if kinds_of(&inspected, size).kinds.first() == Some(&Kind::Sticker) => false,
        _ if picture::needs(&inspected) => {
            let out = BufWriter::new(File::create(&fitted)?);
            picture::sendable(open(path)?, out).is_ok()
        }
        _ => false,
    };
    match done {
        true => fs::rename(&fitted, path),
        // It goes as a document, as it is.
        false => match fs::remove_file(&fitted) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
    }
}

fn open(path: &Path) -> io::Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path)?))
}
