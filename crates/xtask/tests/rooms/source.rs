//! Reads a crate's module tree as the compiler would, without tests: its modules, their files, definitions and imports.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, mem,
    path::Path,
};
use syn::{
    Attribute, Expr, Item, ItemMod, ItemUse, Lit, Meta, Token, UseTree, Visibility, punctuated::Punctuated,
};

/// The text of each file, keyed by its path from the workspace's root.
pub type Files = BTreeMap<String, String>;

/// The Rust files in a folder and its subfolders.
pub fn files(workspace: &Path, folder: &str) -> Files {
    let mut found = Files::new();
    for entry in fs::read_dir(workspace.join(folder)).expect("the folder is there") {
        let name = entry.expect("the folder can be read").file_name();
        let path = format!("{folder}/{}", name.to_str().expect("a name in UTF-8"));
        let full = workspace.join(&path);
        if full.is_dir() {
            found.extend(files(workspace, &path));
        } else if path.ends_with(".rs") {
            let text = fs::read_to_string(full).expect("the file can be read");
            found.insert(path, text);
        }
    }
    found
}

/// The modules of one crate, its root first.
#[derive(Default)]
pub struct Source {
    pub modules: Vec<Module>,
    /// Files that only a test reaches.
    pub tests: BTreeSet<String>,
}

pub struct Module {
    pub file: String,
    pub parent: Option<usize>,
    /// A name stands for two modules if the platform selects one of them.
    pub children: Vec<(String, usize)>,
    pub defined: BTreeSet<String>,
    pub uses: Vec<Use>,
    pub items: Vec<Item>,
}

/// One name that a `use` imports.
#[derive(Debug, Clone)]
pub struct Use {
    pub path: Vec<String>,
    /// `None`: everything (`*`).
    pub name: Option<String>,
    pub public: bool,
}

impl Source {
    pub fn read(files: &Files, root: &str) -> Self {
        let mut source = Self::default();
        source.file(files, root, None, &folder_of(root));
        source
    }

    /// Every file of the crate, without tests.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules.iter().map(|module| module.file.as_str()).collect()
    }

    fn file(&mut self, files: &Files, path: &str, parent: Option<usize>, folder: &str) -> usize {
        let text = files.get(path).unwrap_or_else(|| panic!("there is no {path}"));
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        self.module(files, path, parent, folder, parsed.items)
    }

    /// `folder` is the folder with the files of this module's children.
    fn module(
        &mut self,
        files: &Files,
        file: &str,
        parent: Option<usize>,
        folder: &str,
        mut items: Vec<Item>,
    ) -> usize {
        let id = self.modules.len();
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            children: Vec::new(),
            defined: items.iter().filter_map(defined).collect(),
            uses: items
                .iter()
                .filter_map(|item| match item {
                    Item::Use(item) => Some(uses(item)),
                    _ => None,
                })
                .flatten()
                .collect(),
            items: Vec::new(),
        });
        for item in &mut items {
            if let Item::Mod(declared) = item {
                self.child(files, file, id, folder, declared);
            }
        }
        self.modules[id].items = items;
        id
    }

    fn child(&mut self, files: &Files, file: &str, parent: usize, folder: &str, declared: &mut ItemMod) {
        let name = declared.ident.to_string();
        let folder = format!("{folder}/{name}");
        let test = only_for_tests(&declared.attrs);
        let child = match &mut declared.content {
            Some(_) if test => return,
            Some((_, items)) => self.module(files, file, Some(parent), &folder, mem::take(items)),
            None => {
                let plain = format!("{folder}.rs");
                let (path, folder) = match path_attribute(&declared.attrs) {
                    Some(path) => (beside(file, &path), folder_of(&beside(file, &path))),
                    None if files.contains_key(&plain) => (plain, folder),
                    None => (format!("{folder}/mod.rs"), folder),
                };
                if test {
                    self.tests.extend(Self::of_tests(files, &path, &folder));
                    return;
                }
                self.file(files, &path, Some(parent), &folder)
            }
        };
        self.modules[parent].children.push((name, child));
    }

    fn of_tests(files: &Files, path: &str, folder: &str) -> BTreeSet<String> {
        let mut source = Self::default();
        source.file(files, path, None, folder);
        let reached = source.modules.into_iter().map(|module| module.file);
        reached.chain(source.tests).collect()
    }
}

/// Whether `#[cfg(test)]` or a similar attribute excludes this from the product.
pub fn only_for_tests(attributes: &[Attribute]) -> bool {
    fn holds(condition: &Meta) -> bool {
        let Meta::List(list) = condition else {
            return condition.path().is_ident("test");
        };
        let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        let Ok(parts) = parts else { return false };
        match list.path.get_ident().map(ToString::to_string).as_deref() {
            Some("cfg" | "all") => parts.iter().any(holds),
            Some("any") => !parts.is_empty() && parts.iter().all(holds),
            _ => false,
        }
    }
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") && holds(&attribute.meta))
}

/// The names that a `use` imports.
pub fn uses(item: &ItemUse) -> Vec<Use> {
    fn spread(tree: &UseTree, before: &[String], public: bool, all: &mut Vec<Use>) {
        let mut add = |last: Option<String>, name: Option<String>| {
            let last = last.filter(|last| last != "self");
            let path = before.iter().cloned().chain(last).collect();
            all.push(Use { path, name, public });
        };
        match tree {
            UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                spread(&path.tree, &before, public, all);
            }
            UseTree::Name(name) if name.ident == "self" => add(None, before.last().cloned()),
            UseTree::Name(name) => add(Some(name.ident.to_string()), Some(name.ident.to_string())),
            UseTree::Rename(name) => add(Some(name.ident.to_string()), Some(name.rename.to_string())),
            UseTree::Glob(_) => add(None, None),
            UseTree::Group(group) => {
                for tree in &group.items {
                    spread(tree, before, public, all);
                }
            }
        }
    }
    let mut all = Vec::new();
    // `use ::one` refers to another crate.
    if item.leading_colon.is_none() && !only_for_tests(&item.attrs) {
        let public = !matches!(item.vis, Visibility::Inherited);
        spread(&item.tree, &[], public, &mut all);
    }
    all
}

fn defined(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

fn folder_of(path: &str) -> String {
    path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned()
}

/// Resolves `path` relative to `file`.
fn beside(file: &str, path: &str) -> String {
    let folder = folder_of(file);
    let mut parts = folder.split('/').collect::<Vec<_>>();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
