//! Which file uses which names of which other file.

use crate::source::{Module, Source, Use, only_for_tests, uses};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::{
    Arm, Attribute, Block, Field, FieldValue, ImplItemConst, ImplItemFn, Item, ItemConst, ItemEnum, ItemFn,
    ItemImpl, ItemMacro, ItemMod, ItemStatic, ItemStruct, ItemTrait, ItemType, ItemUse, Local, Macro, Path,
    Stmt, StmtMacro, TraitItemFn, Variant,
    visit::{self, Visit},
};

/// From one file to another: the names that connect them.
pub type Arrows = BTreeMap<(String, String), BTreeSet<String>>;

pub fn arrows(source: &Source) -> Arrows {
    let mut arrows = Arrows::new();
    for (module, content) in source.modules.iter().enumerate() {
        let mut reader = Reader {
            source,
            module,
            blocks: Vec::new(),
            arrows: &mut arrows,
        };
        for item in &content.items {
            reader.visit_item(item);
        }
    }
    arrows
}

/// The target of a path. A path into another crate has no target.
#[derive(Debug, Clone)]
enum Target {
    Module(usize),
    Item { file: String, name: String },
}

impl Source {
    /// The targets of `name` in a module, as seen from `inside` the module or from outside.
    fn named(&self, module: usize, name: &str, inside: bool, seen: &mut Seen) -> Vec<Target> {
        if !seen.insert((module, name.to_owned())) {
            return Vec::new();
        }
        let Module {
            file,
            children,
            defined,
            uses,
            ..
        } = &self.modules[module];
        let mut targets = Vec::new();
        if defined.contains(name) {
            let (file, name) = (file.clone(), name.to_owned());
            targets.push(Target::Item { file, name });
        }
        let modules = children.iter().filter(|(child, _)| child == name);
        targets.extend(modules.map(|(_, id)| Target::Module(*id)));
        let open = || uses.iter().filter(|import| inside || import.public);
        for import in open().filter(|import| import.name.as_deref() == Some(name)) {
            targets.extend(self.resolved(module, &import.path, seen));
        }
        if targets.is_empty() {
            for import in open().filter(|import| import.name.is_none()) {
                for target in self.resolved(module, &import.path, seen) {
                    if let Target::Module(of) = target {
                        targets.extend(self.named(of, name, false, seen));
                    }
                }
            }
        }
        targets
    }

    fn resolved(&self, module: usize, path: &[String], seen: &mut Seen) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        let start = match first.as_str() {
            "crate" => vec![Target::Module(0)],
            "self" => vec![Target::Module(module)],
            "super" => self.parent(module),
            name => self.named(module, name, true, seen),
        };
        self.followed(module, start, rest, seen)
    }

    /// Follows `rest` from `start`: through modules as long as there are any, then to the items that the last one
    /// provides.
    fn followed(&self, from: usize, start: Vec<Target>, rest: &[String], seen: &mut Seen) -> Vec<Target> {
        let mut targets = start;
        for name in rest {
            let through = targets.iter().find_map(|target| match target {
                Target::Module(module) => Some(*module),
                Target::Item { .. } => None,
            });
            let Some(module) = through else { break };
            targets = match name.as_str() {
                "super" => self.parent(module),
                name => self.named(module, name, module == from, seen),
            };
            // If a macro or another crate provides the name, it counts as this module's own.
            if targets.is_empty() {
                let (file, name) = (self.modules[module].file.clone(), name.clone());
                targets = vec![Target::Item { file, name }];
            }
        }
        targets
    }

    fn parent(&self, module: usize) -> Vec<Target> {
        self.modules[module]
            .parent
            .map(Target::Module)
            .into_iter()
            .collect()
    }
}

/// The names being resolved: a name that leads back to itself has no target.
type Seen = BTreeSet<(usize, String)>;

/// Reads one module and collects its arrows.
struct Reader<'a> {
    source: &'a Source,
    module: usize,
    /// The imports of the blocks around the current position.
    blocks: Vec<Vec<Use>>,
    arrows: &'a mut Arrows,
}

impl Reader<'_> {
    fn targets(&self, path: &[String]) -> Vec<Target> {
        let imports = self.blocks.iter().rev().flatten();
        let mut imports =
            imports.filter(|import| import.name.as_ref() == path.first() && import.path != path);
        let mut seen = Seen::new();
        match imports.next() {
            Some(import) => {
                let start = self.source.resolved(self.module, &import.path, &mut seen);
                self.source.followed(self.module, start, &path[1..], &mut seen)
            }
            None => self.source.resolved(self.module, path, &mut seen),
        }
    }

    fn path(&mut self, path: &[String]) {
        // A single name belongs to this file, or its `use` has already added the arrow.
        if path.len() < 2 {
            return;
        }
        for target in self.targets(path) {
            // A module's name alone adds no arrow; the item taken from the module does.
            if let Target::Item { file, name } = target {
                self.arrow(file, name);
            }
        }
    }

    fn import(&mut self, import: &Use) {
        for target in self.targets(&import.path) {
            match target {
                Target::Item { file, name } => self.arrow(file, name),
                Target::Module(module) => {
                    let file = self.source.modules[module].file.clone();
                    match &import.name {
                        None => self.arrow(file, "*".to_owned()),
                        Some(name) if import.public => self.arrow(file, name.clone()),
                        Some(_) => {}
                    }
                }
            }
        }
    }

    fn arrow(&mut self, to: String, name: String) {
        let from = &self.source.modules[self.module].file;
        if *from != to {
            self.arrows.entry((from.clone(), to)).or_default().insert(name);
        }
    }

    /// A macro's tokens are not parsed: each `one::two` in them is read as a path.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Vec::new();
        let mut colons = 0;
        let mut attribute = false;
        for token in tokens {
            if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':') {
                colons += 1;
                continue;
            }
            if colons != 2 {
                self.path(&path);
                path.clear();
            } else if path.is_empty() {
                // `::one::two` begins with another crate, even if the name exists here.
                path.push(String::new());
            }
            colons = 0;
            let after_hash = attribute;
            attribute = false;
            match token {
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Group(group) if after_hash && group.delimiter() == Delimiter::Bracket => {}
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Punct(punct) => attribute = punct.as_char() == '#',
                TokenTree::Literal(_) => {}
            }
        }
        self.path(&path);
    }
}

/// Visits nodes that have attributes, except those that only tests compile.
macro_rules! visit_product {
    ($($visit:ident: $node:ty,)*) => {$(
        fn $visit(&mut self, node: &'ast $node) {
            if !only_for_tests(&node.attrs) {
                visit::$visit(self, node);
            }
        }
    )*};
}

impl<'ast> Visit<'ast> for Reader<'_> {
    visit_product! {
        visit_arm: Arm,
        visit_field: Field,
        visit_field_value: FieldValue,
        visit_impl_item_const: ImplItemConst,
        visit_impl_item_fn: ImplItemFn,
        visit_item_const: ItemConst,
        visit_item_enum: ItemEnum,
        visit_item_fn: ItemFn,
        visit_item_impl: ItemImpl,
        visit_item_macro: ItemMacro,
        visit_item_static: ItemStatic,
        visit_item_struct: ItemStruct,
        visit_item_trait: ItemTrait,
        visit_item_type: ItemType,
        visit_local: Local,
        visit_stmt_macro: StmtMacro,
        visit_trait_item_fn: TraitItemFn,
        visit_variant: Variant,
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let imports = block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Item(Item::Use(item)) => Some(uses(item)),
            _ => None,
        });
        self.blocks.push(imports.flatten().collect());
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        for import in uses(item) {
            self.import(&import);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            let names = path.segments.iter().map(|segment| segment.ident.to_string());
            self.path(&names.collect::<Vec<_>>());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.visit_path(&called.path);
        self.tokens(called.tokens.clone());
    }

    /// Each module has its own reader.
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}
