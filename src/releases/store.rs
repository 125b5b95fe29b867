//! The packed data of all releases: JSON values of which each distinct one is stored once, read in place.
//!
//! Nothing is decoded up front: a [`Value`] is a position in the bytes. `releases/pack.rs` writes this form from
//! `releases/data/` and describes it; the two must agree.
//! The bytes are our own, so a position that does not fit (it cannot happen in a build that passed the tests) reads as `null`
//! instead of ending the program.

use std::cmp::Ordering;

/// Everything that `releases/pack.rs` packed.
static PACKED: &[u8] = include_bytes!("../../releases/packed.bin");

/// All strings behind one another.
static TEXT: &str = include_str!("../../releases/packed.txt");

/// First bytes of the packed data; the last digit is the version of the form.
const MAGIC: &[u8; 8] = b"OCREL\0\0\x02";

/// How many bytes the data of all releases adds to the program.
pub const fn size() -> usize {
    PACKED.len() + TEXT.len()
}

/// One JSON value in the packed data. Two of them are equal exactly when the values are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Value(u32);

/// What kind of value a [`Value`] is, with what belongs to it.
enum Kind {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(&'static str),
    Array { start: usize, length: usize },
    Object { start: usize, length: usize },
}

/// Bytes per element of an array: a position.
const ELEMENT: usize = 3;
/// Bytes per entry of an object: a string number and a position.
const ENTRY: usize = 5;

impl Value {
    /// A value that is not there.
    pub(crate) const NULL: Value = Value(u32::MAX);

    /// The object that holds everything.
    pub(crate) fn root() -> Value {
        if PACKED.get(..8) == Some(MAGIC.as_slice()) {
            Value(read_u32(8))
        } else {
            Value::NULL
        }
    }

    fn kind(self) -> Kind {
        let position = self.0 as usize;
        let Some(tag) = PACKED.get(position) else {
            return Kind::Null;
        };
        let start = position + 1;
        match tag {
            1 => Kind::Bool(false),
            2 => Kind::Bool(true),
            3 => Kind::Integer(read_u64(start) as i64),
            4 => Kind::Float(f64::from_bits(read_u64(start))),
            5 => Kind::Text(text(read_u16(start))),
            6 => Kind::Array {
                start: start + 2,
                length: read_u16(start),
            },
            7 => Kind::Object {
                start: start + 2,
                length: read_u16(start),
            },
            _ => Kind::Null,
        }
    }

    pub(crate) fn is_null(self) -> bool {
        matches!(self.kind(), Kind::Null)
    }

    pub(crate) fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn as_integer(self) -> Option<i64> {
        match self.kind() {
            Kind::Integer(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn as_number(self) -> Option<f64> {
        match self.kind() {
            Kind::Integer(value) => Some(value as f64),
            Kind::Float(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn as_text(self) -> Option<&'static str> {
        match self.kind() {
            Kind::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The value of `key`, [`Value::NULL`] if this is no object or has no such key.
    pub(crate) fn get(self, key: &str) -> Value {
        let Kind::Object { start, length } = self.kind() else {
            return Value::NULL;
        };
        position(start, length, key).map_or(Value::NULL, |index| {
            Value(read_u24(start + index * ENTRY + 2))
        })
    }

    /// The same with a key that was looked up before: for one that is asked of many objects.
    pub(crate) fn get_by(self, key: Key) -> Value {
        let Kind::Object { start, length } = self.kind() else {
            return Value::NULL;
        };
        let entries = PACKED
            .get(start..start + length * ENTRY)
            .unwrap_or_default();
        let (entries, _) = entries.as_chunks::<ENTRY>();
        let name = |entry: &[u8; ENTRY]| usize::from(u16::from_le_bytes([entry[0], entry[1]]));
        let found = match length {
            0..=8 => entries.iter().find(|entry| name(entry) == key.0),
            _ => search(length, |index| name(&entries[index]).cmp(&key.0))
                .map(|index| &entries[index]),
        };
        found.map_or(Value::NULL, |entry| {
            Value(u32::from_le_bytes([entry[2], entry[3], entry[4], 0]))
        })
    }

    /// The entry of `key`, its name as the data holds it.
    pub(crate) fn entry(self, key: &str) -> Option<(&'static str, Value)> {
        let Kind::Object { start, length } = self.kind() else {
            return None;
        };
        let index = position(start, length, key)?;
        let entry = start + index * ENTRY;
        Some((text(read_u16(entry)), Value(read_u24(entry + 2))))
    }

    pub(crate) fn text(self, key: Key) -> Option<&'static str> {
        self.get_by(key).as_text()
    }

    /// The number of the string that it is.
    pub(crate) fn as_key(self) -> Option<Key> {
        let position = self.0 as usize;
        (PACKED.get(position) == Some(&5)).then(|| Key(read_u16(position + 1)))
    }

    /// Whether it is this string.
    pub(crate) fn is_text(self, key: Key) -> bool {
        self.as_key() == Some(key)
    }

    pub(crate) fn flag(self, key: Key) -> bool {
        self.get_by(key).as_bool() == Some(true)
    }

    /// How many elements or entries it has; 0 for a scalar.
    pub(crate) fn len(self) -> usize {
        match self.kind() {
            Kind::Array { length, .. } | Kind::Object { length, .. } => length,
            _ => 0,
        }
    }

    /// The elements of an array in order; nothing for anything else.
    pub(crate) fn elements(
        self,
    ) -> impl DoubleEndedIterator<Item = Value> + ExactSizeIterator + Clone {
        let (start, length) = match self.kind() {
            Kind::Array { start, length } => (start, length),
            _ => (0, 0),
        };
        (0..length).map(move |index| Value(read_u24(start + index * ELEMENT)))
    }

    /// The strings of an array of strings.
    pub(crate) fn texts(self) -> impl DoubleEndedIterator<Item = &'static str> + Clone {
        self.elements().filter_map(Value::as_text)
    }

    /// The entries of an object in the order of the names' bytes; nothing for anything else.
    pub(crate) fn entries(
        self,
    ) -> impl DoubleEndedIterator<Item = (&'static str, Value)> + ExactSizeIterator + Clone {
        let (start, length) = match self.kind() {
            Kind::Object { start, length } => (start, length),
            _ => (0, 0),
        };
        (0..length).map(move |index| {
            let entry = start + index * ENTRY;
            (text(read_u16(entry)), Value(read_u24(entry + 2)))
        })
    }

    /// The same value for [`serde_json`].
    pub(crate) fn to_json(self) -> serde_json::Value {
        match self.kind() {
            Kind::Null => serde_json::Value::Null,
            Kind::Bool(value) => value.into(),
            Kind::Integer(value) => value.into(),
            Kind::Float(value) => value.into(),
            Kind::Text(value) => value.into(),
            Kind::Array { .. } => self.elements().map(Value::to_json).collect(),
            Kind::Object { .. } => serde_json::Value::Object(
                self.entries()
                    .map(|(name, value)| (name.to_owned(), value.to_json()))
                    .collect(),
            ),
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Value@{}", self.0)
    }
}

/// The number of a string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Key(usize);

/// The number of a name that is written in the code, looked up when that is compiled.
macro_rules! key {
    ($name:literal) => {
        const { $crate::releases::store::Key::of($name) }
    };
}
pub(super) use key;

impl Key {
    /// The number of a string that the data holds.
    pub(crate) fn new(name: &str) -> Option<Key> {
        search(STRINGS, |number| bytes(number).cmp(name.as_bytes())).map(Key)
    }

    /// The same for a constant; one that the data does not hold is the key of nothing.
    pub(crate) const fn of(name: &str) -> Key {
        let (mut low, mut high) = (0, STRINGS);
        while low < high {
            let middle = (low + high) / 2;
            let [start, end] = [
                constant_u32(TABLE + 4 * middle),
                constant_u32(TABLE + 4 * middle + 4),
            ];
            match constant_order(start, end, name.as_bytes()) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Key(middle),
            }
        }
        Key(usize::MAX)
    }
}

/// Where the string table begins.
const TABLE: usize = constant_u32(12);
/// How many strings there are.
const STRINGS: usize = (PACKED.len() - TABLE) / 4 - 1;

const fn constant_u32(position: usize) -> usize {
    let [a, b, c, d] = [
        PACKED[position],
        PACKED[position + 1],
        PACKED[position + 2],
        PACKED[position + 3],
    ];
    u32::from_le_bytes([a, b, c, d]) as usize
}

/// How the text between two positions stands to a name, by their bytes.
const fn constant_order(start: usize, end: usize, name: &[u8]) -> Ordering {
    let text = TEXT.as_bytes();
    let mut at = 0;
    while start + at < end && at < name.len() {
        if text[start + at] < name[at] {
            return Ordering::Less;
        }
        if text[start + at] > name[at] {
            return Ordering::Greater;
        }
        at += 1;
    }
    match (start + at < end, at < name.len()) {
        (false, true) => Ordering::Less,
        (true, false) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Which entry of the object whose entries begin at `start` has that name.
fn position(start: usize, length: usize, key: &str) -> Option<usize> {
    let name = |index: usize| bytes(read_u16(start + index * ENTRY));
    // Nearly all nodes of a schema are small, and their names have different lengths.
    match length {
        0..=6 => (0..length).find(|index| name(*index) == key.as_bytes()),
        _ => search(length, |index| name(index).cmp(key.as_bytes())),
    }
}

/// The index below `length` for which `compare` says that it is the one, all before it being less and all behind it greater.
fn search(length: usize, compare: impl Fn(usize) -> Ordering) -> Option<usize> {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = (low + high) / 2;
        match compare(middle) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Some(middle),
        }
    }
    None
}

/// Where the string with this number lies in the text. Strings are numbered in the order of their bytes.
fn range(number: usize) -> std::ops::Range<usize> {
    let place = TABLE + 4 * number;
    read_u32(place) as usize..read_u32(place + 4) as usize
}

/// The string with this number.
fn text(number: usize) -> &'static str {
    TEXT.get(range(number)).unwrap_or("")
}

/// Its bytes, to compare it.
fn bytes(number: usize) -> &'static [u8] {
    TEXT.as_bytes().get(range(number)).unwrap_or(b"")
}

fn read<const N: usize>(position: usize) -> [u8; N] {
    PACKED
        .get(position..)
        .and_then(|rest| rest.first_chunk::<N>())
        .copied()
        .unwrap_or([0; N])
}

fn read_u16(position: usize) -> usize {
    usize::from(u16::from_le_bytes(read(position)))
}

fn read_u24(position: usize) -> u32 {
    let [low, middle, high] = read(position);
    u32::from_le_bytes([low, middle, high, 0])
}

fn read_u32(position: usize) -> u32 {
    u32::from_le_bytes(read(position))
}

fn read_u64(position: usize) -> u64 {
    u64::from_le_bytes(read(position))
}
