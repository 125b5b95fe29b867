//! A walk over the green tree that carries offsets along.
//!
//! rowan's `SyntaxNode` allocates a counted cell for every node that is looked at; lowering looks at each node
//! once, from the root down, so adding up text lengths is all that is needed.

use crate::nix::symbol::Symbol;
use rnix::{NixLanguage, SyntaxKind};
use rowan::{GreenNodeData, Language, NodeOrToken};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A node and where it begins in the file.
#[derive(Clone, Copy)]
pub(super) struct Node<'t> {
    green: &'t GreenNodeData,
    start: u32,
}

/// A token and where it begins in the file.
#[derive(Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) kind: SyntaxKind,
    pub(super) text: &'t str,
    pub(super) start: u32,
}

impl Token<'_> {
    pub(super) fn span(self) -> (u32, u32) {
        (self.start, self.start + self.text.len() as u32)
    }
}

/// A child of a node.
#[derive(Clone, Copy)]
pub(super) enum Element<'t> {
    Node(Node<'t>),
    Token(Token<'t>),
}

impl<'t> Node<'t> {
    /// The root of a tree.
    pub(super) fn root(green: &'t GreenNodeData) -> Self {
        Node { green, start: 0 }
    }

    pub(super) fn kind(self) -> SyntaxKind {
        NixLanguage::kind_from_raw(self.green.kind())
    }

    /// First and one past the last byte. The parser puts white space and comments between nodes, never at their ends.
    pub(super) fn span(self) -> (u32, u32) {
        (self.start, self.start + u32::from(self.green.text_len()))
    }

    /// All children, white space and comments included.
    pub(super) fn elements(self) -> impl Iterator<Item = Element<'t>> {
        let mut offset = self.start;
        self.green.children().map(move |child| {
            let start = offset;
            match child {
                NodeOrToken::Node(green) => {
                    offset += u32::from(green.text_len());
                    Element::Node(Node { green, start })
                }
                NodeOrToken::Token(token) => {
                    offset += u32::from(token.text_len());
                    Element::Token(Token {
                        kind: NixLanguage::kind_from_raw(token.kind()),
                        text: token.text(),
                        start,
                    })
                }
            }
        })
    }

    /// The children that are nodes.
    pub(super) fn nodes(self) -> impl Iterator<Item = Node<'t>> {
        self.elements().filter_map(|element| match element {
            Element::Node(node) => Some(node),
            Element::Token(_) => None,
        })
    }

    /// The children that are tokens other than white space and comments.
    pub(super) fn tokens(self) -> impl Iterator<Item = Token<'t>> {
        self.elements().filter_map(|element| match element {
            Element::Token(token) if !token.kind.is_trivia() => Some(token),
            _ => None,
        })
    }

    /// At least as many as the children that are nodes, when each has something after it.
    pub(super) fn capacity(self) -> usize {
        self.green.children().len() / 2
    }

    /// The first child that is a node.
    pub(super) fn first_node(self) -> Option<Node<'t>> {
        self.nodes().next()
    }

    /// The text of the only token of a leaf such as an identifier or a number.
    pub(super) fn leaf_text(self) -> &'t str {
        self.tokens().next().map_or("", |token| token.text)
    }

    /// The expression inside any parentheses around it; Nix forgets them when it parses.
    pub(super) fn without_parentheses(self) -> Node<'t> {
        let mut node = self;
        while node.kind() == SyntaxKind::NODE_PAREN {
            match node.first_node() {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }
}

/// The symbols of a tree's identifiers. The tree holds each text once, so its address is enough to find the symbol
/// again.
#[derive(Default)]
pub(super) struct Names(HashMap<usize, Symbol, BuildHasherDefault<AddressHasher>>);

impl Names {
    /// The symbol of an identifier.
    pub(super) fn symbol(&mut self, node: Node) -> Symbol {
        let text = node.leaf_text();
        *self
            .0
            .entry(text.as_ptr() as usize)
            .or_insert_with(|| Symbol::new(text))
    }
}

/// Spreads an address over the bits that a hash table looks at.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, value: usize) {
        self.0 = (self.0 ^ value as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
