{ self }:
let
  inherit (builtins)
    attrNames
    baseNameOf
    concatMap
    elem
    elemAt
    filter
    hasContext
    isString
    length
    match
    readDir
    replaceStrings
    sort
    split
    stringLength
    substring
    ;
  path = ./modules/first.nix;
  text = toString path;
  root = toString ./.;
  modules = toString ./modules;
  endsIn =
    suffix: text:
    let
      rest = stringLength text - stringLength suffix;
    in
    rest >= 0 && substring rest (stringLength suffix) text == suffix;
  startsWith = prefix: text: substring 0 (stringLength prefix) text == prefix;
  without = prefix: text: substring (stringLength prefix) (-1) text;
  parts = filter isString (split "/" text);
  all =
    folder:
    concatMap (
      name: if (readDir folder).${name} == "directory" then all (folder + "/${name}") else [ (folder + "/${name}") ]
    ) (attrNames (readDir folder));
in
{
  ends = [ (endsIn ".nix" text) (endsIn ".md" text) ];
  starts = [ (startsWith modules text) (startsWith "/home" text) (startsWith "/" text) ];
  below = [ (without root text) (without (root + "/") text) ];
  base = [ (baseNameOf text) (baseNameOf modules) ];
  folder = [ (dirOf text == modules) (without root (dirOf text)) ];
  equal = [ (text == toString ./modules/first.nix) (modules + "/first.nix" == text) (text == modules) (text != modules) (text == "/home/first.nix") ];
  inLists = [ (elem text [ modules text ]) (elem modules [ text root ]) ([ text ] == [ (root + "/modules/first.nix") ]) ];
  sets = { a = text; } == { a = "${self}/modules/first.nix"; };
  ordered = map baseNameOf (sort (a: b: a < b) [ (toString ./c) text (toString ./b) ]);
  last = elemAt parts (length parts - 1);
  matched = [ (match ".*/([^/]+)\\.nix" text) (match ".*\\.md" text) (match "${root}/(.*)" text) ];
  replaced = [ (replaceStrings [ root ] [ "" ] text) (replaceStrings [ "/" "." ] [ "-" "_" ] (without root text)) ];
  filtered = map baseNameOf (filter (file: endsIn ".nix" (toString file)) (all ./modules));
  excluded = map baseNameOf (filter (file: !(elem (toString file) (map toString [ ./modules/notes.md ]))) (all ./modules));
  context = [ (hasContext text) (hasContext "${self}") ];
  read = [ (import text).first (attrNames (readDir modules)) (builtins.pathExists (modules + "/none.nix")) ];
  ofSelf = [ ("${self}" == root) ("${self}/modules" == modules) (without "${self}" text) (self.outPath == root) ];
  lengths = [ (stringLength text - stringLength root) (stringLength "${modules}x" - stringLength modules) ];
}
