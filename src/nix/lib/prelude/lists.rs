//! `lib.lists`.

/// Name and source.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    ("singleton", "value: [ value ]"),
    (
        "foldr",
        "function: empty: list: let count = builtins.length list; go = index: if index == count then empty else function (builtins.elemAt list index) (go (index + 1)); in builtins.seq count (go 0)",
    ),
    ("fold", "lib.foldr"),
    (
        "foldl",
        "function: empty: list: let go = index: if index == -1 then empty else function (go (index - 1)) (builtins.elemAt list index); in builtins.seq (builtins.length list) (go (builtins.length list - 1))",
    ),
    (
        "imap0",
        "function: list: builtins.genList (index: function index (builtins.elemAt list index)) (builtins.length list)",
    ),
    (
        "imap1",
        "function: list: builtins.genList (index: function (index + 1) (builtins.elemAt list index)) (builtins.length list)",
    ),
    (
        "flatten",
        "value: if builtins.isList value then builtins.concatMap lib.flatten value else [ value ]",
    ),
    (
        "remove",
        "unwanted: builtins.filter (value: value != unwanted)",
    ),
    (
        "findSingle",
        "wanted: none: several: list: let found = builtins.filter wanted list; count = builtins.length found; in if count == 0 then none else if count > 1 then several else builtins.head found",
    ),
    (
        "findFirst",
        "wanted: default: list: let index = lib.lists.findFirstIndex wanted null list; in if index == null then default else builtins.elemAt list index",
    ),
    (
        "count",
        "wanted: builtins.foldl' (result: value: if wanted value then result + 1 else result) 0",
    ),
    (
        "optional",
        "condition: value: if condition then [ value ] else [ ]",
    ),
    (
        "optionals",
        "condition: values: if condition then values else [ ]",
    ),
    (
        "toList",
        "value: if builtins.isList value then value else [ value ]",
    ),
    (
        "range",
        "first: last: if first > last then [ ] else builtins.genList (index: first + index) (last - first + 1)",
    ),
    (
        "replicate",
        "count: value: builtins.genList (_: value) count",
    ),
    (
        "reverseList",
        "list: let count = builtins.length list; in builtins.genList (index: builtins.elemAt list (count - index - 1)) count",
    ),
    (
        "sortOn",
        "key: list: map (pair: pair.value) (builtins.sort (first: second: first.key < second.key) (map (value: { inherit value; key = key value; }) list))",
    ),
    (
        "naturalSort",
        "builtins.sort (first: second: builtins.compareVersions first second < 0)",
    ),
    ("take", "count: lib.sublist 0 count"),
    (
        "takeEnd",
        "count: list: lib.drop (lib.max 0 (builtins.length list - count)) list",
    ),
    (
        "drop",
        "count: list: lib.sublist count (builtins.length list) list",
    ),
    (
        "dropEnd",
        "count: list: lib.take (lib.max 0 (builtins.length list - count)) list",
    ),
    (
        "sublist",
        "start: count: list: let length = builtins.length list; in builtins.genList (index: builtins.elemAt list (index + start)) (if start >= length then 0 else if start + count > length then length - start else count)",
    ),
    (
        "last",
        "list: if list == [ ] then throw \"lists.last: list must not be empty!\" else builtins.elemAt list (builtins.length list - 1)",
    ),
    (
        "init",
        "list: if list == [ ] then throw \"lists.init: list must not be empty!\" else lib.take (builtins.length list - 1) list",
    ),
    (
        "crossLists",
        "function: lists: builtins.foldl' (functions: values: builtins.concatMap (inner: map inner values) functions) [ function ] lists",
    ),
    (
        "unique",
        "builtins.foldl' (known: value: if builtins.elem value known then known else known ++ [ value ]) [ ]",
    ),
    (
        "uniqueStrings",
        "list: builtins.attrNames (builtins.listToAttrs (map (name: { inherit name; value = null; }) list))",
    ),
    (
        "allUnique",
        "list: builtins.length (lib.unique list) == builtins.length list",
    ),
    (
        "intersectLists",
        "wanted: builtins.filter (value: builtins.elem value wanted)",
    ),
    (
        "subtractLists",
        "unwanted: builtins.filter (value: !(builtins.elem value unwanted))",
    ),
    (
        "mutuallyExclusive",
        "first: second: builtins.length first == 0 || !(builtins.any (value: builtins.elem value first) second)",
    ),
    (
        "zipListsWith",
        "function: first: second: builtins.genList (index: function (builtins.elemAt first index) (builtins.elemAt second index)) (lib.min (builtins.length first) (builtins.length second))",
    ),
    (
        "zipLists",
        "lib.zipListsWith (fst: snd: { inherit fst snd; })",
    ),
    (
        "groupBy'",
        "function: empty: key: list: builtins.mapAttrs (_: builtins.foldl' function empty) (builtins.groupBy key list)",
    ),
    (
        "compareLists",
        "compare: first: second: if first == [ ] then (if second == [ ] then 0 else -1) else if second == [ ] then 1 else let order = compare (builtins.head first) (builtins.head second); in if order == 0 then lib.compareLists compare (builtins.tail first) (builtins.tail second) else order",
    ),
    ("forEach", "list: function: map function list"),
    (
        "replaceElemAt",
        "list: position: element: if position < 0 || position >= builtins.length list then throw \"lib.lists.replaceElemAt: the index is out of range\" else lib.imap0 (index: value: if index == position then element else value) list",
    ),
    (
        "ifilter0",
        "keep: list: map (index: builtins.elemAt list index) (builtins.filter (index: keep index (builtins.elemAt list index)) (builtins.genList (index: index) (builtins.length list)))",
    ),
    ("imap", "lib.imap1"),
    (
        "listDfs",
        "stopOnCycles: before: list: let go = us: visited: rest: let below = builtins.filter (other: before other us) visited; parted = builtins.partition (other: before other us) rest; in if stopOnCycles && below != [ ] then { cycle = us; loops = below; inherit visited rest; } else if parted.right == [ ] then { minimal = us; inherit visited rest; } else go (builtins.head parted.right) ([ us ] ++ visited) (builtins.tail parted.right ++ parted.wrong); in go (builtins.head list) [ ] (builtins.tail list)",
    ),
    (
        "toposort",
        "before: list: let first = lib.listDfs true before list; others = lib.toposort before (first.visited ++ first.rest); in if builtins.length list < 2 then { result = list; } else if first ? cycle then { cycle = lib.reverseList ([ first.cycle ] ++ first.visited); inherit (first) loops; } else if others ? cycle then others else { result = [ first.minimal ] ++ others.result; }",
    ),
];
