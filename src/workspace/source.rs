//! Source files and places in them.
//!
//! Every file that is read once gets a [`FileId`]; everything else speaks of places as [`Span`]s: byte
//! offsets into the original bytes of the file, so that a carriage return or a wide character never shifts
//! anything. Lines and columns are computed at the border, by [`SourceFile::position`].

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// Names one file that was read in this run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

impl FileId {
    /// Text of our own that is no file: nothing may point into it.
    pub const INTERNAL: FileId = FileId(u32::MAX);
}

/// A range of bytes in one file: `start` inclusive, `end` exclusive, both on character boundaries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` to `end` (exclusive) of `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Span { file, start, end }
    }

    /// Number of bytes.
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span covers no byte.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both; `self` where they lie in different files.
    pub fn cover(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span::new(
            self.file,
            self.start.min(other.start),
            self.end.max(other.end),
        )
    }
}

/// A line and a column, both from 1; the column counts UTF-8 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// Offset in bytes from the start of the file, from 0.
    pub offset: u32,
}

/// One file's text with an index of its lines.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the root of the source tree, with `/`; an absolute path for a file outside of it.
    pub path: String,
    /// The original text, untouched. A file that is not UTF-8 is stored with replacement characters and is
    /// never evaluated.
    pub text: Arc<str>,
    /// Made when a place is told.
    line_starts: OnceCell<Vec<u32>>,
}

impl SourceFile {
    /// A file with that text.
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        SourceFile {
            path: path.into(),
            text: text.into(),
            line_starts: OnceCell::new(),
        }
    }

    /// The offsets at which lines begin; there is one at least.
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let mut line_starts = vec![0];
            for (offset, byte) in self.text.bytes().enumerate() {
                if byte == b'\n' {
                    line_starts.push(offset as u32 + 1);
                }
            }
            line_starts
        })
    }

    /// Line and column of a byte offset; an offset past the end is taken as the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(self.text.len() as u32);
        let line_starts = self.line_starts();
        let line = line_starts.partition_point(|start| *start <= offset) - 1;
        Position {
            line: line as u32 + 1,
            column: offset - line_starts[line] + 1,
            offset,
        }
    }

    /// Number of lines; an empty file has one.
    pub fn line_count(&self) -> u32 {
        self.line_starts().len() as u32
    }

    /// Byte range of a line (from 1) without its line break, or `None` past the last.
    pub fn line_range(&self, line: u32) -> Option<std::ops::Range<usize>> {
        let index = line.checked_sub(1)? as usize;
        let start = *self.line_starts().get(index)? as usize;
        let end = self
            .line_starts()
            .get(index + 1)
            .map_or(self.text.len(), |next| *next as usize);
        let line = &self.text[start..end];
        Some(start..start + line.trim_end_matches(['\n', '\r']).len())
    }

    /// The text that a span covers; empty where the span does not fit the file.
    pub fn slice(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }
}

/// All files of a run, in the order in which they were read. Adding a file does not move the others, so
/// the store can be shared while it grows.
#[derive(Debug, Default)]
pub struct Sources {
    files: RefCell<Vec<Rc<SourceFile>>>,
}

impl Sources {
    /// An empty store.
    pub fn new() -> Self {
        Sources::default()
    }

    /// Adds a file and names it. The caller sees to it that one file is added once.
    pub fn add(&self, file: SourceFile) -> FileId {
        let mut files = self.files.borrow_mut();
        files.push(Rc::new(file));
        FileId(files.len() as u32 - 1)
    }

    /// The file of that name.
    ///
    /// # Panics
    /// When the id comes from another store.
    pub fn get(&self, id: FileId) -> Rc<SourceFile> {
        Rc::clone(&self.files.borrow()[id.0 as usize])
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.borrow().len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> String {
        self.get(span.file).slice(span).to_string()
    }
}
