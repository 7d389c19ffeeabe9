//! Canned replies: texts and files that operators insert by typing `/` and a short name.

use crate::{
    file::UploadedFile,
    form::{Invalid, Problem, Problems, lines, optional},
    ids::{CannedReplyId, FileId, QueueId},
    message::content::MAX_TEXT,
};
use serde::{Deserialize, Serialize};

/// Characters of a short name.
const MAX_SHORTCUT: usize = 32;
/// Maximum number of canned replies: each composer reads all that may be used in it.
pub const MAX_CANNED_REPLIES: u64 = 1000;
/// Maximum number of files of one reply: each is a message of its own to the customer.
pub const MAX_FILES: usize = 5;

/// What a text may have in double braces, and what stands there for it when the text is inserted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    pub customer: String,
    pub operator: String,
    pub channel: String,
}

impl Variables {
    pub const NAMES: [&str; 3] = ["customer", "operator", "channel"];

    fn value(&self, name: &str) -> Option<&str> {
        match name {
            "customer" => Some(&self.customer),
            "operator" => Some(&self.operator),
            "channel" => Some(&self.channel),
            _ => None,
        }
    }

    /// The text with the values of its variables. Values are not searched for variables.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        for part in parts(text) {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Variable { name, spelled } => filled.push_str(self.value(name).unwrap_or(spelled)),
            }
        }
        filled
    }
}

enum Part<'a> {
    Text(&'a str),
    Variable { name: &'a str, spelled: &'a str },
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            break;
        };
        parts.push(Part::Text(before));
        let spelled = &rest[before.len()..rest.len() - behind.len()];
        parts.push(Part::Variable {
            name: name.trim(),
            spelled,
        });
        rest = behind;
    }
    parts.push(Part::Text(rest));
    parts
}

/// A canned reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CannedReply {
    pub id: CannedReplyId,
    /// What is typed after the slash.
    pub shortcut: String,
    /// Empty if it only has files.
    pub text: String,
    /// Only sessions of this queue may use it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub queue: Option<QueueId>,
    /// In the order in which they were uploaded.
    pub files: Vec<UploadedFile>,
}

impl CannedReply {
    /// Whether it is offered to somebody who has typed this after the slash.
    pub fn matches(&self, typed: &str) -> bool {
        let typed = typed.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&typed);
        self.is_named(&typed) || has(&self.text) || self.file_names().any(has)
    }

    pub fn file_names(&self) -> impl Iterator<Item = &str> {
        let names = self.files.iter().map(|file| &file.upload.file.filename);
        names.filter_map(Option::as_deref)
    }

    /// Whether its short name begins like this.
    pub fn is_named(&self, typed: &str) -> bool {
        self.shortcut.starts_with(&typed.to_lowercase())
    }
}

/// What is typed to create or change a canned reply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CannedReplyForm {
    pub shortcut: String,
    pub text: String,
    pub queue: Option<String>,
    /// The ids of its files: those that it has and keeps, and new uploads.
    pub files: Vec<String>,
}

/// A checked [`CannedReplyForm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCannedReply {
    pub shortcut: String,
    pub text: String,
    pub queue: Option<QueueId>,
    pub files: Vec<FileId>,
}

impl CannedReplyForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<NewCannedReply, Invalid> {
        let mut problems = Problems::default();
        let shortcut = problems.take("shortcut", shortcut(&self.shortcut));
        let files = problems.take("files", files(&self.files));
        let text = match lines(&self.text, MAX_TEXT) {
            Err(Problem::Required) if !self.files.is_empty() => Some(String::new()),
            Ok(text) if !variables_are_known(&text) => problems.take("text", Err(Problem::Unknown)),
            Ok(text) => Some(text),
            Err(Problem::TooLong) => {
                problems.add_too_long("text", MAX_TEXT);
                None
            }
            Err(problem) => problems.take("text", Err(problem)),
        };
        let queue = match self.queue.as_deref().and_then(optional) {
            None => Some(None),
            Some(id) => problems.take("queue", id.parse().map(Some).map_err(|_| Problem::Unknown)),
        };
        match (shortcut, text, queue, files) {
            (Some(shortcut), Some(text), Some(queue), Some(files)) => Ok(NewCannedReply {
                shortcut,
                text,
                queue,
                files,
            }),
            _ => Err(problems.refuse()),
        }
    }
}

/// Small letters, digits, `-` and `_`; a slash before them may be typed, too.
fn shortcut(text: &str) -> Result<String, Problem> {
    let text = optional(text).ok_or(Problem::Required)?;
    let text = text.strip_prefix('/').unwrap_or(text).to_lowercase();
    if text.is_empty() {
        return Err(Problem::Required);
    }
    if text.chars().count() > MAX_SHORTCUT {
        return Err(Problem::TooLong);
    }
    match text
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    {
        true => Ok(text),
        false => Err(Problem::NotAToken),
    }
}

/// Each file once.
fn files(ids: &[String]) -> Result<Vec<FileId>, Problem> {
    let ids = ids.iter().map(|id| id.parse().map_err(|_| Problem::Unknown));
    let mut files = ids.collect::<Result<Vec<FileId>, _>>()?;
    files.sort_unstable();
    files.dedup();
    match files.len() > MAX_FILES {
        true => Err(Problem::Enough),
        false => Ok(files),
    }
}

fn variables_are_known(text: &str) -> bool {
    parts(text).iter().all(|part| match part {
        Part::Text(_) => true,
        Part::Variable { name, .. } => Variables::NAMES.contains(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{FileState, FileView, UploadView};

    fn form(shortcut: &str, text: &str) -> CannedReplyForm {
        CannedReplyForm {
            shortcut: shortcut.to_owned(),
            text: text.to_owned(),
            ..CannedReplyForm::default()
        }
    }

    fn problems(form: &CannedReplyForm) -> Vec<(String, Problem)> {
        let fields = form.check().unwrap_err().fields;
        fields
            .into_iter()
            .map(|field| (field.field, field.problem))
            .collect()
    }

    #[test]
    fn a_short_name_is_one_word() {
        for (typed, stored) in [
            ("Otevřeno", "otevřeno"),
            (" /hours ", "hours"),
            ("a-1_b", "a-1_b"),
        ] {
            assert_eq!(form(typed, "x").check().unwrap().shortcut, stored);
        }
        for (typed, problem) in [
            ("", Problem::Required),
            ("/", Problem::Required),
            ("two words", Problem::NotAToken),
            ("a/b", Problem::NotAToken),
            (&"a".repeat(33), Problem::TooLong),
        ] {
            assert_eq!(
                problems(&form(typed, "x")),
                [("shortcut".to_owned(), problem)],
                "{typed}"
            );
        }
    }

    #[test]
    fn variables_are_filled_once() {
        let variables = Variables {
            customer: "{{operator}}".into(),
            operator: "Jana".into(),
            channel: "Support".into(),
        };
        let filled = variables.fill("Hello {{customer}}, {{ operator }} from {{channel}}. {{ {{x}} }} {{");
        assert_eq!(filled, "Hello {{operator}}, Jana from Support. {{ {{x}} }} {{");
    }

    #[test]
    fn a_text_has_only_known_variables() {
        assert!(form("a", "{{customer}} {{ channel }} {{ {x}").check().is_ok());
        for text in ["{{name}}", "{{}}", "{{customer}} {{1}}"] {
            assert_eq!(
                problems(&form("a", text)),
                [("text".to_owned(), Problem::Unknown)],
                "{text}"
            );
        }
        assert_eq!(
            problems(&form("a", " \n")),
            [("text".to_owned(), Problem::Required)]
        );
        assert_eq!(
            problems(&form("a", &"é".repeat(MAX_TEXT + 1))),
            [("text".to_owned(), Problem::TooLong)]
        );
        let mut elsewhere = form("a", "x");
        elsewhere.queue = Some("nowhere".into());
        assert_eq!(problems(&elsewhere), [("queue".to_owned(), Problem::Unknown)]);
    }

    #[test]
    fn a_reply_has_a_text_or_files() {
        let id = |n: usize| format!("00000000-0000-7000-8000-00000000000{n}");
        let with = |text: &str, files: Vec<String>| CannedReplyForm {
            files,
            ..form("a", text)
        };
        let twice = with(" ", vec![id(2), id(1), id(2)]).check().unwrap();
        let once = [id(1), id(2)].map(|id| id.parse().unwrap());
        assert_eq!((twice.text.as_str(), &twice.files[..]), ("", &once[..]));
        let most: Vec<_> = (0..MAX_FILES).map(id).collect();
        assert_eq!(with("x", most).check().unwrap().files.len(), MAX_FILES);
        for (files, problem) in [
            ((0..=MAX_FILES).map(id).collect(), Problem::Enough),
            (vec!["../a".to_owned()], Problem::Unknown),
        ] {
            assert_eq!(problems(&with("x", files)), [("files".to_owned(), problem)]);
        }
    }

    #[test]
    fn a_reply_is_offered_by_its_name_its_text_and_its_files() {
        let id = "00000000-0000-7000-8000-000000000001".parse().unwrap();
        let reply = CannedReply {
            id,
            shortcut: "hours".into(),
            text: "Máme Otevřeno od osmi".into(),
            queue: None,
            files: vec![UploadedFile {
                id: "00000000-0000-7000-8000-000000000002".parse().unwrap(),
                upload: UploadView {
                    file: FileView {
                        state: FileState::Here,
                        mime_type: None,
                        size: None,
                        filename: Some("Ceník.pdf".into()),
                        attempt: None,
                    },
                    kind: None,
                },
            }],
        };
        for typed in ["", "h", "HOUR", "otevř", "OD", "ceník"] {
            assert!(reply.matches(typed), "{typed}");
        }
        for typed in ["ours", "x"] {
            assert!(!reply.matches(typed), "{typed}");
        }
    }
}
