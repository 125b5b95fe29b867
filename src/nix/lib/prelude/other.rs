//! Versions, paths, licences and other small things.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    ("fullDepEntry", "text: deps: { inherit text deps; }"),
    ("noDepEntry", "text: { inherit text; deps = [ ]; }"),
    ("packEntry", "deps: { inherit deps; text = \"\"; }"),
    ("stringAfter", "deps: text: { inherit text deps; }"),
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
