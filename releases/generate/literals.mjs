// Reads literals out of JavaScript source text, without running it.

/** The text is not (only) a literal. */
export class NotALiteral extends Error {}

/**
 * The literal that starts at `position` in `source`: objects, arrays, strings without interpolation, numbers, booleans, null,
 * `void 0` and `new Set([...])`, with comments in between. A name stands for itself as `{ $name }`, a spread as `{ $spread }`.
 * Returns the value and the position behind it.
 */
export function readLiteral(source, position = 0) {
  const reader = new Reader(source, position);
  const value = reader.value();
  return { value, end: reader.position };
}

/** Every literal that follows `marker` (a text or a regular expression with the flag g); what is no literal is left out. */
export function literalsAfter(source, marker) {
  const pattern = typeof marker === "string" ? new RegExp(marker.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "g") : marker;
  const found = [];
  for (const match of source.matchAll(pattern)) {
    try {
      found.push(readLiteral(source, match.index + match[0].length).value);
    } catch (error) {
      if (!(error instanceof NotALiteral)) throw error;
    }
  }
  return found;
}

class Reader {
  constructor(source, position) {
    this.source = source;
    this.position = position;
  }

  fail(why) {
    throw new NotALiteral(`${why} at ${this.position}: ${JSON.stringify(this.source.slice(this.position, this.position + 30))}`);
  }

  blanks() {
    const pattern = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    pattern.lastIndex = this.position;
    pattern.exec(this.source);
    this.position = pattern.lastIndex;
  }

  take(pattern) {
    this.blanks();
    const sticky = new RegExp(pattern.source, "y");
    sticky.lastIndex = this.position;
    const match = sticky.exec(this.source);
    if (match) this.position = sticky.lastIndex;
    return match;
  }

  value() {
    this.blanks();
    const first = this.source[this.position];
    if (first === "{") return this.object();
    if (first === "[") return this.array();
    if (first === '"' || first === "'" || first === "`") return this.string();
    let match;
    if ((match = this.take(/[-+]?(?:0x[0-9a-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/))) {
      return Number(match[0].replaceAll("_", ""));
    }
    if (this.take(/!0\b|true\b/)) return true;
    if (this.take(/!1\b|false\b/)) return false;
    if (this.take(/null\b/)) return null;
    if (this.take(/void 0|undefined\b/)) return undefined;
    if (this.take(/new Set\(/)) {
      const value = this.take(/\)/) ? [] : this.value();
      if (value.length > 0 && !this.take(/\)/)) this.fail("expected )");
      return value;
    }
    if (this.take(/Object\.freeze\(/)) {
      const value = this.value();
      if (!this.take(/\)/)) this.fail("expected )");
      return value;
    }
    if ((match = this.take(/[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*/))) {
      this.blanks();
      if (/[([`=]/.test(this.source[this.position] ?? "")) this.fail("an expression");
      return { $name: match[0] };
    }
    return this.fail("no literal");
  }

  array() {
    this.position += 1;
    const elements = [];
    for (;;) {
      if (this.take(/\]/)) return elements;
      if (this.take(/\.\.\./)) elements.push({ $spread: this.value() });
      else elements.push(this.value());
      if (!this.take(/,/) && this.source[this.position] !== "]") this.fail("expected , or ]");
    }
  }

  object() {
    this.position += 1;
    const object = {};
    for (;;) {
      if (this.take(/\}/)) return object;
      if (this.take(/\.\.\./)) {
        (object.$spread ??= []).push(this.value());
      } else {
        this.blanks();
        const first = this.source[this.position];
        const key = first === '"' || first === "'" ? this.string() : this.take(/[\w$]+/)?.[0];
        if (key === undefined) this.fail("expected a name");
        if (this.take(/:/)) object[key] = this.value();
        else object[key] = { $name: key };
      }
      if (!this.take(/,/) && this.source[this.position] !== "}") this.fail("expected , or }");
    }
  }

  string() {
    const quote = this.source[this.position];
    let index = this.position + 1;
    let text = "";
    for (;;) {
      const character = this.source[index];
      if (character === undefined) this.fail("an open string");
      if (character === quote) break;
      if (quote === "`" && character === "$" && this.source[index + 1] === "{") this.fail("interpolation");
      if (character === "\\") {
        const escape = this.source[index + 1];
        const simple = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", 0: "\0", "\n": "" };
        if (escape === "u" && this.source[index + 2] === "{") {
          const close = this.source.indexOf("}", index);
          text += String.fromCodePoint(parseInt(this.source.slice(index + 3, close), 16));
          index = close + 1;
        } else if (escape === "u" || escape === "x") {
          const digits = escape === "u" ? 4 : 2;
          text += String.fromCharCode(parseInt(this.source.slice(index + 2, index + 2 + digits), 16));
          index += 2 + digits;
        } else {
          text += simple[escape] ?? escape;
          index += 2;
        }
      } else {
        text += character;
        index += 1;
      }
    }
    this.position = index + 1;
    this.blanks();
    if (this.source[this.position] === "+") this.fail("an expression");
    return text;
  }
}
