//! A summary in Markdown, for a job's page.

use super::finding::Severity;
use super::printable::{MOST_RELATED, Printable};
use super::{Options, documentation_url, sanitize, summary};

/// More rows than this are counted, not listed: job summaries are limited in size.
const LISTED: usize = 200;

pub(super) fn render(printable: &Printable<'_>, options: &Options) -> String {
    let mut text = String::from("## openclaw-check\n\n");
    text.push_str(&format!(
        "**{}** ({})\n",
        escape(&summary::verdict(printable, options)),
        escape(&summary::checked(printable))
    ));
    if !options.quiet {
        let releases = summary::releases(printable);
        if !releases.is_empty() {
            text.push('\n');
        }
        for release in releases {
            text.push_str(&format!("- {}\n", escape(&release)));
        }
        for assumption in summary::assumptions(printable) {
            text.push_str(&format!("- assumed: {}\n", escape(assumption)));
        }
    }
    if !printable.findings.is_empty() {
        text.push_str("\n| Severity | Place | Finding | Rule |\n| --- | --- | --- | --- |\n");
        for finding in printable.findings.iter().take(LISTED) {
            let mut message = escape(&finding.message);
            message.push_str("<br>");
            message.push_str(summary::consequence_sentence(finding.consequence));
            if let Some(help) = &finding.help {
                message.push_str("<br>");
                message.push_str(&help.lines().map(escape).collect::<Vec<_>>().join("<br>"));
            }
            for related in finding.related.iter().take(MOST_RELATED) {
                message.push_str(&format!(
                    "<br>{}: {}",
                    code(&summary::location(&related.place)),
                    escape(&related.message)
                ));
            }
            let place = finding.place.as_ref().map(summary::location);
            text.push_str(&format!(
                "| {} | {} | {message} | [{}]({}) |\n",
                summary::severity(finding.severity),
                place.as_deref().map(code).unwrap_or_default(),
                finding.rule,
                documentation_url(finding.rule)
            ));
        }
        let rest = printable.findings.len().saturating_sub(LISTED);
        if rest > 0 {
            text.push_str(&format!("\nand {rest} more\n"));
        }
    }
    let unresolved = if options.strict {
        Severity::Error
    } else {
        Severity::Note
    };
    if !printable.unresolved.is_empty()
        && unresolved >= options.min_severity
        && (options.strict || !options.quiet)
    {
        text.push_str(
            "\n### Could not be checked\n\n| Value | Reason | Place |\n| --- | --- | --- |\n",
        );
        for value in printable.unresolved.iter().take(LISTED) {
            let place = value.place.as_ref().map(summary::location);
            text.push_str(&format!(
                "| {} | {} | {} |\n",
                code(&value.path),
                escape(&value.reason),
                place.as_deref().map(code).unwrap_or_default()
            ));
        }
        let rest = printable.unresolved.len().saturating_sub(LISTED);
        if rest > 0 {
            text.push_str(&format!("\nand {rest} more\n"));
        }
    }
    if !printable.errors.is_empty() {
        text.push_str("\n### Could not be read\n\n");
        for failure in &printable.errors {
            text.push_str(&format!(
                "- {}: {}\n",
                code(&failure.path),
                escape(&failure.message)
            ));
        }
    }
    text
}

/// Text as text: nothing in it is Markdown, HTML, a mention or a link.
fn escape(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 8);
    for character in sanitize::defuse_commands(text).chars() {
        match character {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '@' => result.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~'
            | '$' => {
                result.push('\\');
                result.push(character);
            }
            // A link that nobody wrote as one: `http://` no longer reads as an address.
            ':' => result.push_str("&#58;"),
            other => result.push(other),
        }
    }
    result
}

/// Text in code style: HTML, because backquotes cannot be escaped inside backquotes.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(
            escape("<b> a|b `x` @user [l](http://e)"),
            "&lt;b&gt; a\\|b \\`x\\` &#64;user \\[l\\]\\(http&#58;//e\\)"
        );
    }
}
