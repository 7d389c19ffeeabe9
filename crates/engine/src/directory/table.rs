//! A table of extensions as spreadsheets write it: UTF-8 with or without a byte-order mark, commas or semicolons. Its first
//! line names the columns.

use csv::{Position, ReaderBuilder, StringRecord};
use domain::{
    directory::{COLUMNS, Extension, ExtensionForm, LoginAs, MAX_IMPORTED, imported_field},
    form::{FieldProblem, Problem, Problems},
};

/// Whoever has so many problems corrects them first.
pub(super) const MOST_PROBLEMS: usize = 100;
/// More cannot all be columns of ours.
const MOST_COLUMNS: usize = 20;

/// An extension, and the line on which it stands.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) extension: Extension,
}

impl Line {
    pub(super) fn login(&self) -> Option<&LoginAs> {
        self.extension.login.as_ref()
    }
}

/// The lines that can be read, and what is wrong with the others.
pub(super) fn read(text: &str) -> (Vec<Line>, Vec<FieldProblem>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut table = ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut problems = Problems::default();
    let mut lines = Vec::new();
    let mut columns = None;
    let mut looked_at = 0;
    for record in table.records() {
        if problems.count() >= MOST_PROBLEMS {
            break;
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = line_of(&text, error.position());
                problems.add(&imported_field(line, "name"), Problem::NotAToken);
                break;
            }
        };
        let number = line_of(&text, record.position());
        let Some(columns) = &columns else {
            columns = Some(columns_of(&record, number, &mut problems));
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if looked_at == MAX_IMPORTED {
            problems.add(&imported_field(number, "number"), Problem::Enough);
            break;
        }
        looked_at += 1;
        match extension(&record, columns) {
            Ok(extension) => lines.push(Line { number, extension }),
            Err(wrong) => {
                for (column, problem) in wrong {
                    problems.add(&imported_field(number, &column), problem);
                }
            }
        }
    }
    let mut problems = problems.refuse().fields;
    if lines.is_empty() && problems.is_empty() {
        let mut none = Problems::default();
        none.add("csv", Problem::Required);
        problems = none.refuse().fields;
    }
    (lines, problems)
}

/// A record is said to begin with the blank lines before it.
fn line_of(text: &str, at: Option<&Position>) -> u64 {
    let Some(at) = at else { return 1 };
    let begin = usize::try_from(at.byte()).unwrap_or_default();
    let rest = text.as_bytes().get(begin..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| **byte == b'\n').count();
    at.line() + blank as u64
}

/// What stands between the columns of the first line.
fn delimiter(text: &str) -> u8 {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    match count(';') > count(',') {
        true => b';',
        false => b',',
    }
}

fn columns_of(record: &StringRecord, line: u64, problems: &mut Problems) -> Vec<String> {
    let names = record.iter().take(MOST_COLUMNS);
    let mut columns: Vec<String> = names.map(|name| name.trim().to_lowercase()).collect();
    for (n, column) in columns.iter_mut().enumerate() {
        if !COLUMNS.contains(&column.as_str()) {
            // It may be no name at all, but the first extension's password.
            *column = format!("column {}", n + 1);
            problems.add(&imported_field(line, column), Problem::Unknown);
        }
    }
    for (n, column) in columns.iter().enumerate() {
        if !COLUMNS.contains(&column.as_str()) {
            continue;
        }
        if columns.iter().take(n).any(|before| before == column) {
            problems.add(&imported_field(line, column), Problem::Taken);
        }
    }
    for needed in COLUMNS.iter().take(2) {
        if !columns.iter().any(|column| column == needed) {
            problems.add(&imported_field(line, needed), Problem::Required);
        }
    }
    columns
}

fn extension(record: &StringRecord, columns: &[String]) -> Result<Extension, Vec<(String, Problem)>> {
    if record.len() > columns.len() {
        let last = columns.last().cloned().unwrap_or_default();
        return Err(vec![(last, Problem::Enough)]);
    }
    let mut form = ExtensionForm::default();
    for (column, cell) in columns.iter().zip(record) {
        // What stands in the place of characters that were not UTF-8.
        if cell.contains('\u{fffd}') {
            return Err(vec![(column.clone(), Problem::NotAToken)]);
        }
        let field = match column.as_str() {
            "number" => &mut form.number,
            "name" => &mut form.name,
            "login" => &mut form.login,
            "password" => &mut form.password,
            "role" => &mut form.role,
            "capacity" => &mut form.capacity,
            _ => continue,
        };
        cell.clone_into(field);
    }
    let extension = form.check().map_err(|invalid| {
        let fields = invalid.fields.into_iter();
        fields
            .map(|wrong| (wrong.field, wrong.problem))
            .collect::<Vec<_>>()
    })?;
    match &extension.login {
        Some(LoginAs { password: None, .. }) => Err(vec![("password".to_owned(), Problem::Required)]),
        _ => Ok(extension),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<(String, Problem)> {
        let problems = read(text).1.into_iter();
        problems.map(|wrong| (wrong.field, wrong.problem)).collect()
    }

    #[test]
    fn spreadsheets_write_a_mark_semicolons_and_quotes() {
        for text in [
            "number,name\n201,\"Nováková, Jana\"\n",
            "\u{feff}Number; Name\r\n201;Nováková, Jana\r\n\r\n",
            "name;number;login\n\"Nováková, Jana\";201;\n;;\n",
        ] {
            let (lines, problems) = read(text);
            assert!(problems.is_empty(), "{problems:?} of {text}");
            let [line] = &lines[..] else {
                panic!("{lines:?} of {text}")
            };
            assert_eq!(line.number, 2);
            let Extension {
                number, name, login, ..
            } = &line.extension;
            assert_eq!((number.as_str(), name.as_str()), ("201", "Nováková, Jana"));
            assert_eq!(*login, None);
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line() {
        let text = "number,name,login,password\n2O1,Jana,,\n202,,eva,\n203,Ivo,ivo,correct horse battery,x\n204,J\u{fffd}n,,\n";
        assert_eq!(
            wrong(text),
            [
                ("csv.2.number".to_owned(), Problem::NotNumeric),
                ("csv.3.name".to_owned(), Problem::Required),
                ("csv.4.password".to_owned(), Problem::Enough),
                ("csv.5.name".to_owned(), Problem::NotAToken),
            ]
        );
        let without = wrong("number,login,password\n201,jana,\n");
        assert!(without.contains(&("csv.1.name".to_owned(), Problem::Required)));
        assert_eq!(
            wrong("number,name,colour\n"),
            [("csv.1.column 3".to_owned(), Problem::Unknown)]
        );
        assert_eq!(
            wrong("number,name,login\n201,Jana,jana\n"),
            [("csv.2.password".to_owned(), Problem::Required)]
        );
        assert_eq!(
            wrong("\n\r\nnumber,name\r\n\r\n\r\nx,Jana\r\n"),
            [("csv.6.number".to_owned(), Problem::NotNumeric)]
        );
        assert_eq!(wrong("number,name\n"), [("csv".to_owned(), Problem::Required)]);
    }

    #[test]
    fn a_thousand_lines_are_enough() {
        let table = |lines: usize| {
            let lines = (1..=lines).map(|n| format!("{n},Somebody\n"));
            format!("number,name\n{}", lines.collect::<String>())
        };
        assert_eq!(read(&table(MAX_IMPORTED)).0.len(), MAX_IMPORTED);
        assert_eq!(
            wrong(&table(MAX_IMPORTED + 1)),
            [("csv.1002.number".to_owned(), Problem::Enough)]
        );
    }

    #[test]
    fn a_hundred_problems_are_enough() {
        let wrong_lines = format!("number,name\n{}", "x,Somebody\n".repeat(5_000));
        assert_eq!(wrong(&wrong_lines).len(), MOST_PROBLEMS);
        let wide = format!("{}\n{}", "number,".repeat(100_000), "1,".repeat(100_000));
        assert!(wrong(&wide).len() <= MOST_PROBLEMS);
    }
}
