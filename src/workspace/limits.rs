//! Bounds on what is read. Each has its own message; none of them ends a run without one.

/// How much is read at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of one file that is read as a source or as data.
    pub file_bytes: u64,
    /// Bytes of one workspace document that is measured. OpenClaw itself takes a document above 2 MiB as
    /// missing; measuring further keeps the message exact.
    pub document_bytes: u64,
    /// Files that a search through the tree looks at.
    pub files: usize,
    /// Bytes that a search through the tree reads.
    pub total_bytes: u64,
    /// Bytes of files that mention OpenClaw and are therefore kept.
    pub kept_bytes: u64,
    /// Directories inside each other.
    pub depth: usize,
    /// Entries of one directory that is listed.
    pub directory_entries: usize,
    /// Symbolic links that are followed for one path, as many as Linux follows.
    pub links: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MEBIBYTE: u64 = 1024 * 1024;
        Limits {
            file_bytes: 8 * MEBIBYTE,
            document_bytes: 64 * MEBIBYTE,
            files: 200_000,
            total_bytes: 4096 * MEBIBYTE,
            kept_bytes: 64 * MEBIBYTE,
            depth: 128,
            directory_entries: 100_000,
            links: 40,
        }
    }
}

/// A size for people: `8 MiB`, `512 bytes`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            let tenths = bytes * 10 / unit;
            return match tenths % 10 {
                0 => format!("{} {name}", tenths / 10),
                rest => format!("{}.{rest} {name}", tenths / 10),
            };
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_for_people() {
        assert_eq!(super::size(12), "12 bytes");
        assert_eq!(super::size(8 << 20), "8 MiB");
        assert_eq!(super::size((1 << 20) + (1 << 19)), "1.5 MiB");
    }
}
