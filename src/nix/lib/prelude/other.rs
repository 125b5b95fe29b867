//! Versions, paths, licences and other small things.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    (
        "fakeHash",
        "\"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
    ),
    (
        "fakeSha256",
        "\"0000000000000000000000000000000000000000000000000000000000000000\"",
    ),
    (
        "fakeSha512",
        "\"00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\"",
    ),
    (
        "mkLuaInline",
        "expr: { _type = \"lua-inline\"; inherit expr; }",
    ),
];
