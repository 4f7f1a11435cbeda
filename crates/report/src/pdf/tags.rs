//! What stands on the pages, as a tree: what assistive technology reads.

use std::num::NonZeroU16;

use krilla::tagging::{
    Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};

/// What a part of a document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Section,
    Title,
    Heading(String),
    Paragraph,
    Table,
    Caption,
    Row,
    Header,
    Cell,
    /// A picture, with what to say for it.
    Figure(String),
    List,
    Item,
    Label,
    Body,
}

/// The number of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part(usize);

#[derive(Debug)]
enum Child {
    Part(usize),
    Mark(Identifier),
}

/// The parts of a document.
#[derive(Debug, Default)]
pub(super) struct Tags {
    parts: Vec<(Role, Vec<Child>)>,
    roots: Vec<usize>,
}

impl Tags {
    /// A new part, last within `parent`.
    pub(super) fn add(&mut self, parent: Option<Part>, role: Role) -> Part {
        let index = self.parts.len();
        self.parts.push((role, Vec::new()));
        match parent.and_then(|parent| self.parts.get_mut(parent.0)) {
            Some((_, children)) => children.push(Child::Part(index)),
            None => self.roots.push(index),
        }
        Part(index)
    }

    /// Says that what was marked is content of a part.
    pub(super) fn mark(&mut self, part: Part, mark: Identifier) {
        if let Some((_, children)) = self.parts.get_mut(part.0) {
            children.push(Child::Mark(mark));
        }
    }

    /// The tree as the library takes it.
    pub(super) fn tree(&self, language: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        for root in &self.roots {
            if let Some(group) = self.group(*root) {
                tree.push(group);
            }
        }
        tree
    }

    fn group(&self, index: usize) -> Option<TagGroup> {
        let (role, children) = self.parts.get(index)?;
        let nodes = children.iter().filter_map(|child| match child {
            Child::Part(part) => self.group(*part).map(Node::Group),
            Child::Mark(mark) => Some(Node::Leaf(*mark)),
        });
        Some(TagGroup::with_children(kind(role), nodes.collect()))
    }
}

fn kind(role: &Role) -> TagKind {
    match role {
        Role::Section => Tag::Section.into(),
        Role::Title => Tag::Title.into(),
        Role::Heading(text) => Tag::Hn(NonZeroU16::MIN, Some(text.clone())).into(),
        Role::Paragraph => Tag::P.into(),
        Role::Table => Tag::Table.into(),
        Role::Caption => Tag::Caption.into(),
        Role::Row => Tag::TR.into(),
        Role::Header => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
        Role::Figure(alt) => Tag::Figure(Some(alt.clone())).into(),
        Role::List => Tag::L(ListNumbering::None).into(),
        Role::Item => Tag::LI.into(),
        Role::Label => Tag::Lbl.into(),
        Role::Body => Tag::LBody.into(),
    }
}
