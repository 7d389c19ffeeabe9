//! Where the master key comes from: the settings, or a file in the data folder. While it is being changed there are two,
//! and the database says which of them seals the secrets.

use crate::{
    Error, Result,
    credentials::seal::MasterKey,
    data_folder::{self, Held},
    random,
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

const FILE: &str = "master.key";
/// The next key, from before the first secret is sealed with it until it gets the name of the old one.
const NEXT_FILE: &str = "master.key.new";
const SETTING: &str = "security.master_key";
const NEXT_SETTING: &str = "security.next_master_key";

#[derive(Debug)]
pub(crate) struct KeySource {
    folder: PathBuf,
    setting: Option<SecretString>,
    next_setting: Option<SecretString>,
}

impl KeySource {
    pub(crate) fn new(
        folder: &Path,
        setting: Option<SecretString>,
        next_setting: Option<SecretString>,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            setting,
            next_setting,
        }
    }

    /// What holds the key: the name of the setting, else the path of the file.
    pub(super) fn name(&self) -> String {
        match self.setting {
            Some(_) => SETTING.to_owned(),
            None => self.file().display().to_string(),
        }
    }

    /// The key of the settings, else of `master.key`; `None` when there is no such file.
    pub(super) fn key(&self) -> Result<Option<MasterKey>> {
        match &self.setting {
            Some(text) => MasterKey::parse(text.expose_secret(), SETTING).map(Some),
            None => read(&self.file()),
        }
    }

    /// The key with this fingerprint, also if a rotation was broken off before its file got its name: then it gets it
    /// now.
    pub(super) fn find(&self, fingerprint: &str) -> Result<Option<MasterKey>> {
        let is_it = |key: &MasterKey| key.of_itself() == fingerprint;
        if self.setting.is_some()
            && let Some(key) = self.key()?.filter(is_it)
        {
            return Ok(Some(key));
        }
        if let Some(key) = self.next_of_settings()?.filter(is_it) {
            tracing::warn!("{NEXT_SETTING} is the master key now: make it {SETTING}");
            return Ok(Some(key));
        }
        if self.setting.is_some() {
            return Ok(None);
        }
        // In this order: if the next key gets its name in between, it is found under that one.
        if let Some(key) = read(&self.next_file())?.filter(is_it) {
            let named = self.hold().and_then(|held| self.put_in_place(&key, &held));
            if let Err(error) = named {
                tracing::warn!("{NEXT_FILE} is the master key, and is not called {FILE} yet: {error}");
            }
            return Ok(Some(key));
        }
        Ok(self.key()?.filter(is_it))
    }

    /// Creates `master.key`, unless another process was first: what is in the file counts.
    pub(super) fn create(&self) -> Result<MasterKey> {
        create(&self.file())
    }

    /// The key to which a rotation changes: that of the settings, else that of the next file, which a rotation that was
    /// broken off may have left, and which is created otherwise.
    pub(super) fn next(&self, _held: &Held) -> Result<MasterKey> {
        match self.next_of_settings()? {
            Some(key) => Ok(key),
            None if self.setting.is_none() => create(&self.next_file()),
            None => Err(Error::Setup(format!(
                "the master key is in the settings ({SETTING}): put the new one into {NEXT_SETTING}, as `openssl rand \
                 -base64 32` prints one"
            ))),
        }
    }

    /// Gives the next file, if it holds this key, the name of the old one.
    pub(super) fn put_in_place(&self, key: &MasterKey, _held: &Held) -> Result<()> {
        let next = self.next_file();
        if read(&next)?.is_none_or(|found| found.of_itself() != key.of_itself()) {
            return Ok(());
        }
        fs::rename(&next, self.file())
            .and_then(|()| sync_folder(&self.folder))
            .map_err(|error| {
                Error::Setup(format!(
                    "{} cannot take the place of {FILE}: {error}",
                    next.display()
                ))
            })
    }

    /// Of several processes, one at a time changes the files.
    pub(super) fn hold(&self) -> Result<Held> {
        data_folder::hold_key(&self.file())
    }

    fn next_of_settings(&self) -> Result<Option<MasterKey>> {
        let text = self.next_setting.as_ref();
        text.map(|text| MasterKey::parse(text.expose_secret(), NEXT_SETTING))
            .transpose()
    }

    fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn next_file(&self) -> PathBuf {
        self.folder.join(NEXT_FILE)
    }
}

fn read(path: &Path) -> Result<Option<MasterKey>> {
    match fs::read_to_string(path) {
        Ok(text) => MasterKey::parse(&text, &path.display().to_string()).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Setup(format!(
            "the master key {} cannot be read: {error}",
            path.display()
        ))),
    }
}

fn create(path: &Path) -> Result<MasterKey> {
    let name = path.display();
    create_private(path, &MasterKey::new_text())
        .map_err(|error| Error::Setup(format!("the master key {name} cannot be created: {error}")))?;
    read(path)?.ok_or_else(|| Error::Setup(format!("the master key {name} is gone")))
}

/// Creates a file that only its owner may read. The file is complete before it gets its name, and on disk with it.
fn create_private(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension(format!("unfinished-{}", random::token()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // Linking fails when the name is taken, so only one of two processes that start at once wins.
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(path.parent().unwrap_or(Path::new("."))),
    }
}

/// A name reaches the disk with its folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn folder() -> (TempDir, KeySource) {
        let folder = TempDir::new().unwrap();
        let source = KeySource::new(folder.path(), None, None);
        (folder, source)
    }

    fn names(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_key_file_is_private_and_is_read_again() {
        let (folder, source) = folder();
        assert!(source.key().unwrap().is_none());
        let first = source.create().unwrap();
        let again = source.key().unwrap().unwrap();
        assert_eq!(first.of_itself(), again.of_itself());
        assert_eq!(
            source.create().unwrap().id(),
            first.id(),
            "it is never overwritten"
        );
        let held = source.hold().unwrap();
        source.next(&held).unwrap();
        #[cfg(unix)]
        for file in [FILE, NEXT_FILE] {
            let about = fs::metadata(folder.path().join(file)).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions());
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        let expected = [FILE, "master.key.lock", NEXT_FILE];
        assert_eq!(names(&folder), expected, "nothing unfinished is left");
    }

    #[test]
    fn until_it_is_in_place_both_keys_are_found() {
        let (folder, source) = folder();
        let old = source.create().unwrap();
        let held = source.hold().unwrap();
        let next = source.next(&held).unwrap();
        assert_ne!(next.of_itself(), old.of_itself());
        let again = source.next(&held).unwrap();
        assert_eq!(again.of_itself(), next.of_itself(), "what was broken off goes on");
        for key in [&old, &next] {
            let found = source.find(&key.of_itself()).unwrap().unwrap();
            assert_eq!(found.of_itself(), key.of_itself());
        }
        let untouched = source.key().unwrap().unwrap();
        assert_eq!(untouched.of_itself(), old.of_itself(), "another process is at it");
        assert!(source.find("another").unwrap().is_none());

        source.put_in_place(&old, &held).unwrap();
        assert!(
            folder.path().join(NEXT_FILE).exists(),
            "it is not that key's file"
        );
        source.put_in_place(&next, &held).unwrap();
        assert_eq!(source.key().unwrap().unwrap().of_itself(), next.of_itself());
        assert!(source.find(&old.of_itself()).unwrap().is_none());
        source.put_in_place(&next, &held).unwrap();
        assert_eq!(names(&folder), [FILE, "master.key.lock"]);
    }

    #[test]
    fn what_a_dead_process_left_gets_its_name() {
        let (folder, source) = folder();
        source.create().unwrap();
        let next = source.next(&source.hold().unwrap()).unwrap();
        source.find(&next.of_itself()).unwrap().unwrap();
        assert_eq!(source.key().unwrap().unwrap().of_itself(), next.of_itself());
        assert_eq!(names(&folder), [FILE, "master.key.lock"]);
    }

    #[test]
    fn the_settings_hold_both_keys() {
        let (old, next) = (MasterKey::new_text(), MasterKey::new_text());
        let fingerprint = |text: &str| MasterKey::parse(text, "a test").unwrap().of_itself();
        let (folder, of_files) = folder();
        let file = of_files.create().unwrap();
        let source = |setting: Option<&String>, next: Option<&String>| {
            let secret = |text: Option<&String>| text.map(|text| SecretString::from(text.clone()));
            KeySource::new(folder.path(), secret(setting), secret(next))
        };
        let both = source(Some(&old), Some(&next));
        for text in [&old, &next] {
            assert!(both.find(&fingerprint(text)).unwrap().is_some());
        }
        assert!(both.find(&file.of_itself()).unwrap().is_none(), "settings win");
        let held = both.hold().unwrap();
        assert_eq!(both.next(&held).unwrap().of_itself(), fingerprint(&next));
        let refused = source(Some(&old), None).next(&held).unwrap_err().to_string();
        assert!(refused.contains("security.next_master_key"), "{refused}");

        let into_settings = source(None, Some(&next));
        assert!(into_settings.find(&file.of_itself()).unwrap().is_some());
        assert!(into_settings.find(&fingerprint(&next)).unwrap().is_some());
        assert_eq!(into_settings.next(&held).unwrap().of_itself(), fingerprint(&next));
        assert!(!folder.path().join(NEXT_FILE).exists(), "no file is needed");
    }

    #[test]
    fn a_wrong_key_is_named() {
        let short = || Some(SecretString::from("c2hvcnQ=".to_owned()));
        let of = |setting, next| KeySource::new(Path::new("/nowhere"), setting, next);
        let error = of(short(), None).key().unwrap_err().to_string();
        assert!(error.contains("security.master_key"), "{error}");
        let error = of(None, short()).find("").unwrap_err().to_string();
        assert!(error.contains("security.next_master_key"), "{error}");
    }
}
