//! What can be told of shell scripts without running them: their commands, what they export, the assignments that they print, and
//! the texts that they write as they stand (here-documents).

use super::tree::{Text, TextPart, Unknown};

/// A text that a script writes as it stands: `cat > FILE << 'END'` and what follows.
#[derive(Clone, Debug)]
pub(super) struct HereDocument {
    /// The command that gets it, with the file that it is written to.
    pub(super) command: Text,
    /// The text, with what the shell fills in as unknown parts.
    pub(super) body: Text,
}

/// A script in parts.
struct Script {
    /// The lines that are commands.
    commands: Vec<Text>,
    documents: Vec<HereDocument>,
}

/// The lines of a script that are commands.
pub(super) fn commands(text: &Text) -> Vec<Text> {
    read(text).commands
}

/// The texts that a script writes as they stand.
pub(super) fn here_documents(text: &Text) -> Vec<HereDocument> {
    read(text).documents
}

fn read(text: &Text) -> Script {
    let mut script = Script {
        commands: Vec::new(),
        documents: Vec::new(),
    };
    let mut lines = text.lines().into_iter();
    while let Some(line) = lines.next() {
        let head = line.known_here_document();
        script.commands.push(line);
        let Some(head) = head else {
            continue;
        };
        let mut body = Text::default();
        let mut is_closed = false;
        for line in lines.by_ref() {
            let line = match head.strips_tabs {
                true => {
                    let start = line.known_prefix();
                    line.without_start(start.len() - start.trim_start_matches('\t').len())
                }
                false => line,
            };
            if line.known().is_some_and(|line| line == head.end) {
                is_closed = true;
                break;
            }
            match head.is_literal {
                true => body.parts.extend(line.parts),
                false => expanded(&line, &mut body.parts),
            }
            body.parts.push(TextPart::Known {
                text: "\n".to_string(),
                span: None,
            });
        }
        let command = script.commands.last().cloned();
        if let Some(command) = command.filter(|_| is_closed) {
            script.documents.push(HereDocument { command, body });
        }
    }
    script
}

/// How a here-document begins.
struct Head {
    end: String,
    is_literal: bool,
    strips_tabs: bool,
}

impl Text {
    /// The here-document that begins after this line.
    fn known_here_document(&self) -> Option<Head> {
        let shown = self.display();
        // `<<<` hands over one word.
        let at = shown
            .match_indices("<<")
            .map(|(at, _)| at)
            .find(|at| !shown[*at..].starts_with("<<<") && !shown[..*at].ends_with('<'))?;
        if shown.trim_start().starts_with('#') {
            return None;
        }
        let rest = &shown[at + 2..];
        let strips_tabs = rest.starts_with('-');
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
        let quote = rest
            .chars()
            .next()
            .filter(|c| matches!(c, '\'' | '"' | '\\'));
        let word: String = rest
            .chars()
            .skip(usize::from(quote.is_some()))
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            .collect();
        // `$(( 1 << 2 ))` shifts a number.
        let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        is_word.then_some(Head {
            end: word,
            is_literal: quote.is_some(),
            strips_tabs,
        })
    }
}

/// Adds the parts of a line as the shell writes it: with what it fills in as unknown parts.
fn expanded(line: &Text, parts: &mut Vec<TextPart>) {
    /// Stands for a part that is not known.
    const GAP: char = '\0';
    let whole: String = line
        .parts
        .iter()
        .map(|part| match part {
            TextPart::Known { text, .. } => text.as_str(),
            TextPart::Unknown(_) => "\0",
        })
        .collect();
    let mut at = 0;
    let mut start = 0;
    while let Some(character) = whole[at..].chars().next() {
        let rest = &whole[at + character.len_utf8()..];
        if character == '\\' && rest.starts_with(['$', '`', '\\']) {
            keep(line, start..at, parts);
            start = at + 1;
            at += 2;
            continue;
        }
        let length = match character {
            '$' | '`' => expansion(&whole[at..]),
            GAP => Some(1),
            _ => None,
        };
        let Some(length) = length else {
            at += character.len_utf8();
            continue;
        };
        keep(line, start..at, parts);
        let before = parts.len();
        keep(line, at..at + length, parts);
        let of_nix = parts.drain(before..).collect::<Vec<_>>();
        parts.push(match of_nix.as_slice() {
            [part @ TextPart::Unknown(_)] => part.clone(),
            written => TextPart::Unknown(Unknown {
                subject: None,
                kind: None,
                reason: "the shell fills it in when the script runs".to_string(),
                span: written.iter().find_map(|part| match part {
                    TextPart::Known { span, .. } => *span,
                    TextPart::Unknown(_) => None,
                }),
            }),
        });
        at += length;
        start = at;
    }
    keep(line, start..whole.len(), parts);
}

/// Adds a range of a text in which each part that is not known is one byte.
fn keep(line: &Text, range: std::ops::Range<usize>, parts: &mut Vec<TextPart>) {
    let mut before = 0;
    for part in &line.parts {
        let length = match part {
            TextPart::Known { text, .. } => text.len(),
            TextPart::Unknown(_) => 1,
        };
        let inside = range.start.max(before)..range.end.min(before + length);
        if inside.start < inside.end {
            parts.push(part.piece(inside.start - before..inside.end - before));
        }
        before += length;
    }
}

/// How many bytes a dollar or a backtick at the beginning of a text has the shell fill in; `None` where it stands for itself.
fn expansion(text: &str) -> Option<usize> {
    let rest = &text[1..];
    if text.starts_with('`') {
        return rest.find('`').map(|end| end + 2);
    }
    if let Some(name) = rest.strip_prefix('{') {
        return name.find('}').map(|end| end + 3);
    }
    if let Some(command) = rest.strip_prefix('(') {
        let mut depth = 1;
        for (at, character) in command.char_indices() {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(at + 3);
            }
        }
        return Some(text.len());
    }
    let length = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    (length > 0).then_some(length + 1)
}

/// What a command exports.
#[derive(Default, Debug)]
pub(super) struct Exports {
    pub(super) names: Vec<String>,
    /// Whether it may export what the text does not name.
    pub(super) is_open: bool,
}

/// What a line of commands exports: `export NAME=…`, `env NAME=… program`, `NAME=… exec program`.
pub(super) fn exports(line: &str) -> Exports {
    let mut found = Exports::default();
    let line = line.trim();
    if line.starts_with('#') {
        return found;
    }
    let mut words = line.split_whitespace().peekable();
    // Where a command begins.
    let mut is_first = true;
    // Where words with an equals sign are variables of a process.
    let mut assigns = false;
    // Where the first word without one is a command: behind `env`, not behind `export`.
    let mut needs_value = false;
    while let Some(written) = words.next() {
        let word = written.trim_start_matches(['(', '{', '"', '\'', '@', '-', '+', '!']);
        let is_command = is_first;
        is_first = written.ends_with([';', '{', '('])
            || matches!(
                word,
                "&&" | "||" | "then" | "do" | "else" | "if" | "exec" | "|"
            )
            || written == "-c";
        let program = word.rsplit('/').next().unwrap_or(word);
        match program {
            "export" if is_command => {
                assigns = true;
                needs_value = false;
                if words.peek().is_some_and(|next| {
                    next.trim_start_matches('"')
                        .starts_with(['$', '`', '…', '-'])
                }) {
                    found.is_open |= words.peek() != Some(&"-p");
                }
                continue;
            }
            "env" if is_command => {
                assigns = true;
                needs_value = true;
                continue;
            }
            "source" | "." | "eval" | "declare" | "typeset" if is_command => found.is_open = true,
            "set" if is_command => {
                found.is_open |= words
                    .peek()
                    .is_some_and(|next| *next == "-a" || *next == "-o")
                    && line.contains("-a") | line.contains("allexport");
            }
            _ => {}
        }
        let name = word
            .split('=')
            .next()
            .unwrap_or_default()
            .trim_end_matches(';');
        let has_value = word.len() > name.len() && word[name.len()..].starts_with('=');
        assigns &= has_value || !needs_value || written.starts_with('-');
        if is_variable_name(name) && (assigns || is_command && has_value && words.peek().is_some())
        {
            if assigns || line.contains("exec ") || line.contains("openclaw") {
                found.names.push(name.to_string());
            }
            is_first |= has_value;
        } else if is_first {
            assigns = false;
        }
        // What follows is another command.
        assigns &= !written.ends_with(';');
    }
    found
}

fn is_variable_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

/// The names of the variables in the assignments that a script prints: `printf 'NAME=%s\n'`, `echo "NAME=…"`, and those in texts that
/// it writes as they stand.
pub(super) fn printed_names(text: &Text) -> Vec<String> {
    let script = read(text);
    let mut found = Vec::new();
    let mut add = |piece: &str| {
        let name = piece.split('=').next().unwrap_or_default();
        let is_constant = !name.contains(|c: char| c.is_ascii_lowercase());
        if piece.len() > name.len() && is_variable_name(name) && is_constant {
            found.push(name.to_string());
        }
    };
    for line in &script.commands {
        let shown = line.display();
        let printing = ["printf ", "echo "]
            .iter()
            .find_map(|command| shown.split_once(command));
        let Some((_, rest)) = printing else {
            continue;
        };
        for piece in rest.split("\\n") {
            for quoted in piece.split(['\'', '"', ' ']) {
                add(quoted);
            }
        }
    }
    for document in &script.documents {
        for line in document.body.lines() {
            add(&line.known_prefix());
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Text {
        Text::plain(text, None)
    }

    #[test]
    fn what_lines_export() {
        let names = |line: &str| exports(line).names.join(" ");
        assert_eq!(names("export A_KEY=\"$(cat /run/a)\""), "A_KEY");
        assert_eq!(names("export A B=1"), "A B");
        assert_eq!(names("if true; then export A=1; fi"), "A");
        assert_eq!(names("exec env A=1 B=2 openclaw gateway"), "A B");
        assert_eq!(names("A=1 exec openclaw gateway"), "A");
        assert_eq!(names("/bin/sh -c 'export A=1; exec openclaw'"), "A");
        assert_eq!(names("A=1"), "");
        assert_eq!(names("# export A=1"), "");
        assert_eq!(names("exec openclaw gateway --port=1"), "");
        for open in [
            "export $(cat /run/env)",
            "export \"$name=$value\"",
            "set -a",
            ". /run/env",
            "source /run/env",
            "eval \"$x\"",
        ] {
            assert!(exports(open).is_open, "{open}");
        }
        for closed in ["set -euo pipefail", "export A=1", "exec openclaw gateway"] {
            assert!(!exports(closed).is_open, "{closed}");
        }
    }

    #[test]
    fn what_is_printed() {
        let text = "printf 'A=%s\\nB_KEY=%s\\n' \"$a\" \"$b\" > f\necho \"C=$(cat x)\" >> f\ncat > f <<EOF\nD=1\nexport E=2\nEOF\necho done: a=b\n";
        assert_eq!(printed_names(&script(text)), ["A", "B_KEY", "C", "D"]);
    }

    #[test]
    fn here_documents_in_a_script() {
        let text = "set -e\ncat > /var/x.json << 'END'\n{\"a\": \"$B\"}\nEND\ncat <<-END >> \"$y\"\n\t{\"a\": \"$B\", \"c\": \"\\$D ${E} $(f (g)) h\"}\n\tEND\ncat <<OPEN\nx\n";
        let found = here_documents(&script(text));
        let shown: Vec<(String, String)> = found
            .iter()
            .map(|one| (one.command.display(), one.body.display()))
            .collect();
        assert_eq!(
            shown,
            [
                (
                    "cat > /var/x.json << 'END'".to_string(),
                    "{\"a\": \"$B\"}\n".to_string()
                ),
                (
                    "cat <<-END >> \"$y\"".to_string(),
                    "{\"a\": \"…\", \"c\": \"$D … … h\"}\n".to_string()
                ),
            ]
        );
        assert!(here_documents(&script("x=$((1 << 2))\ncat <<< word\n")).is_empty());
    }
}
