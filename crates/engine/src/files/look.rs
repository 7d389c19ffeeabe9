//! Looks at a complete file before it goes into the store: what it is, and what WhatsApp takes it as. What an operator
//! sends is made fit: a recording of the browser becomes a voice message, a picture loses its metadata and its odd
//! colours.

use media::{
    Inspected, inspect,
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

/// The ending of what was made of a file.
pub(crate) const FITTED: &str = "fitted";

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    /// The bytes that go into the store: the file, or what was made of it.
    pub(crate) path: PathBuf,
    pub(crate) mime_type: String,
    /// What WhatsApp takes it as, the best first. Any file of at most 100 MB is a document.
    pub(crate) kind: Kind,
    /// A JPEG that threads show instead of the whole picture.
    pub(crate) small: Option<Vec<u8>>,
}

/// Looks at a file that came in.
pub(crate) async fn received(path: PathBuf) -> io::Result<Look> {
    in_turn(move || look(Inspection::of(path)?)).await
}

/// Makes a file fit to be sent, beside it, and looks at the outcome.
pub(crate) async fn sendable(path: PathBuf) -> io::Result<Look> {
    in_turn(move || {
        let as_it_is = Inspection::of(path)?;
        look(match fitted(&as_it_is)? {
            Some(fitted) => Inspection::of(fitted)?,
            None => as_it_is,
        })
    })
    .await
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    let _turn = ONE_AT_A_TIME.acquire().await.map_err(io::Error::other)?;
    spawn_blocking(work).await.map_err(io::Error::other)?
}

/// A file, inspected once.
struct Inspection {
    path: PathBuf,
    size: u64,
    inspected: Inspected,
}

impl Inspection {
    fn of(path: PathBuf) -> io::Result<Self> {
        let size = fs::metadata(&path)?.len();
        let inspected = inspect(&mut open(&path)?, size)?;
        Ok(Self {
            path,
            size,
            inspected,
        })
    }

    /// What WhatsApp takes it as.
    fn kind(&self) -> Option<Kind> {
        kinds_of(&self.inspected, self.size).kinds.first().copied()
    }
}

fn look(file: Inspection) -> io::Result<Look> {
    // A picture that cannot be decoded is shown as a line with its name.
    let is_picture = matches!(file.inspected.details, media::Details::Picture(_));
    let small = match is_picture {
        true => picture::thumbnail(open(&file.path)?, SMALL).ok(),
        false => None,
    };
    Ok(Look {
        kind: file.kind().unwrap_or(Kind::Document),
        mime_type: file.inspected.mime,
        path: file.path,
        small,
    })
}

/// What was made of a file to make it fit; `None`: it goes as it is.
fn fitted(file: &Inspection) -> io::Result<Option<PathBuf>> {
    let path = file.path.with_extension(FITTED);
    let out = || File::create(&path).map(BufWriter::new);
    let done = match file.inspected.mime.as_str() {
        "audio/webm" => voice::to_ogg(open(&file.path)?, out()?).is_ok(),
        _ if file.kind() == Some(Kind::Sticker) => false,
        _ if picture::needs(&file.inspected) => picture::sendable(open(&file.path)?, out()?).is_ok(),
        _ => false,
    };
    Ok(done.then_some(path))
}

fn open(path: &Path) -> io::Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path)?))
}
