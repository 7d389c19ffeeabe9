//! The table of emoji: a file of the site for each language, read when the panel is opened for the first time.
//!
//! Its lines have an emoji, its name, and the words under which it is found, without accents, separated by tabs; a line
//! with `#` begins a group. Names and words are those of Unicode's CLDR (`public/emoji-LICENSE.txt`).

/// The groups, in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub emoji: Vec<Emoji>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji {
    pub sign: String,
    pub name: String,
    words: String,
}

/// Lines that cannot be read are left out.
pub fn read(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('#') {
            groups.push(Group {
                name: name.to_owned(),
                emoji: Vec::new(),
            });
        } else if let (Some(group), Some(emoji)) = (groups.last_mut(), emoji(line)) {
            group.emoji.push(emoji);
        }
    }
    groups
}

fn emoji(line: &str) -> Option<Emoji> {
    let mut parts = line.split('\t').map(str::to_owned);
    Some(Emoji {
        sign: parts.next()?,
        name: parts.next()?,
        words: parts.next()?,
    })
}

/// Those with words that begin with each word of a search, at most so many. The search has no accents and capitals.
pub fn search(groups: &[Group], folded: &str, most: usize) -> Vec<Emoji> {
    let sought: Vec<_> = folded.split_whitespace().collect();
    let fits = |emoji: &&Emoji| {
        let mut sought = sought.iter();
        sought.all(|start| emoji.words.split(' ').any(|word| word.starts_with(start)))
    };
    let all = groups.iter().flat_map(|group| &group.emoji);
    all.filter(fits).take(most).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_both_languages_have_the_same_emoji() {
        let [cs, en] = [
            include_str!("../../../../../public/emoji-cs.txt"),
            include_str!("../../../../../public/emoji-en.txt"),
        ]
        .map(read);
        let signs = |groups: &[Group]| -> Vec<(String, Vec<String>)> {
            let signs = |group: &Group| group.emoji.iter().map(|emoji| emoji.sign.clone()).collect();
            groups
                .iter()
                .map(|group| (group.name.clone(), signs(group)))
                .collect()
        };
        assert_eq!(signs(&cs), signs(&en));
        let names: Vec<_> = cs.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, super::super::GROUPS.map(|(name, _)| name));
        assert!(cs.iter().all(|group| group.emoji.len() > 50));
        let found = |text: &str| {
            search(&cs, text, 100)
                .into_iter()
                .map(|emoji| emoji.sign)
                .collect::<Vec<_>>()
        };
        assert!(found("palec nahoru").contains(&"👍".to_owned()));
        assert_eq!(found("ceska vlajka"), found("vlajka ceska"));
        assert!(
            found("vlajka cesko").contains(&"🇨🇿".to_owned()),
            "{:?}",
            found("vlajka cesko")
        );
        assert!(found("nothing like this").is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let groups = read("😀\tno group\tx\n#a\nbroken\n😀\tgrin\tgrin\n\n#b\n");
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].emoji.len(), 1);
        assert_eq!(search(&groups, "", 9).len(), 1);
    }
}
