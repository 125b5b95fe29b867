//! Texts that must have a form.

use super::{Beyond, FEBRUARY, SEPTEMBER};
use crate::openclaw::schema_check::scalar::{Url, is_url};
use crate::openclaw::tree::Value;
use crate::releases::Version;

/// A form, and how it is asked for.
struct Form {
    /// The places that must have it.
    places: &'static [&'static str],
    /// The first release that is known to ask for it.
    from: Version,
    /// The first release that is known not to ask for it any more.
    until: Option<Version>,
    /// Whether a text has it.
    fits: fn(&str) -> bool,
    /// Whether a number is fine too.
    numbers: bool,
    /// Whether a number must be more than 0.
    positive: bool,
    /// "must be ...".
    clause: &'static str,
}

static FORMS: &[Form] = &[
    Form {
        places: &[
            "session.maintenance.pruneAfter",
            "session.maintenance.resetArchiveRetention",
            "cron.sessionRetention",
        ],
        from: FEBRUARY,
        until: None,
        fits: is_duration,
        numbers: true,
        positive: false,
        clause: "must be a duration such as `30m`, `12h` or `7d`",
    },
    Form {
        places: &[
            "session.maintenance.maxDiskBytes",
            "session.maintenance.highWaterBytes",
            "cron.runLog.maxBytes",
            "agents.defaults.compaction.memoryFlush.forceFlushTranscriptBytes",
            "agents.defaults.compaction.maxActiveTranscriptBytes",
        ],
        from: FEBRUARY,
        until: None,
        fits: is_size,
        numbers: true,
        positive: false,
        clause: "must be a size such as `500kb` or `2mb`",
    },
    Form {
        places: &[
            "mcp.servers.*.url",
            "mcp.servers.*.oauth.redirectUrl",
            "cron.webhook",
            "proxy.proxyUrl",
        ],
        from: FEBRUARY,
        until: None,
        fits: |text| {
            Url::parse(text).is_some_and(|url| matches!(url.scheme.as_str(), "http" | "https"))
        },
        numbers: false,
        positive: false,
        clause: "must be a URL that begins with `http://` or `https://`",
    },
    Form {
        places: &["mcp.servers.*.oauth.clientMetadataUrl"],
        from: FEBRUARY,
        until: None,
        fits: |text| {
            Url::parse(text)
                .is_some_and(|url| url.scheme == "https" && !matches!(url.path.as_str(), "" | "/"))
        },
        numbers: false,
        positive: false,
        clause: "must be a URL that begins with `https://` and has a path",
    },
    Form {
        places: &["gateway.tls.certPath", "gateway.tls.keyPath"],
        from: FEBRUARY,
        until: None,
        fits: |text| !text.trim().is_empty(),
        numbers: false,
        positive: false,
        clause: "must not be blank",
    },
    Form {
        places: &[
            "hooks.mappings[].transform.module",
            "hooks.internal.handlers[].module",
        ],
        from: FEBRUARY,
        until: None,
        fits: is_relative_module,
        numbers: false,
        positive: false,
        clause: "must be a relative path without `..`",
    },
    Form {
        places: &["gateway.controlUi.chatMessageMaxWidth"],
        from: FEBRUARY,
        until: None,
        fits: is_css_width,
        numbers: false,
        positive: false,
        clause: "must be a width of CSS such as `960px`, `82%` or `min(1280px, 82%)`",
    },
    Form {
        places: &["secrets.providers.*.command"],
        from: FEBRUARY,
        until: None,
        fits: |text| is_safe_executable(text) && is_absolute(text),
        numbers: false,
        positive: false,
        clause: "must be the absolute path of a program, without characters of the shell",
    },
    Form {
        places: &["secrets.providers.*.trustedDirs[]"],
        from: FEBRUARY,
        until: None,
        fits: is_absolute,
        numbers: false,
        positive: false,
        clause: "must be an absolute path",
    },
    Form {
        places: &[
            "session.maintenance.preserveRecent",
            "session.maintenance.archiveDashboardAfter",
            "session.maintenance.pruneAfter",
            "session.maintenance.resetArchiveRetention",
        ],
        from: SEPTEMBER,
        until: None,
        fits: |text| duration(text, 86_400_000.0).is_some_and(|length| length > 0.0),
        numbers: true,
        positive: true,
        clause: "must be a duration such as `12h` or `30d`",
    },
    Form {
        places: &["worktreeRoot"],
        from: SEPTEMBER,
        until: None,
        fits: |text| {
            let text = text.trim();
            text.starts_with('/') || text == "~" || text.starts_with("~/")
        },
        numbers: false,
        positive: false,
        clause: "must be an absolute path, or begin with `~/`",
    },
    Form {
        places: &["models.catalogRefresh.url"],
        from: SEPTEMBER,
        until: None,
        fits: |text| {
            Url::parse(text).is_some_and(|url| {
                url.scheme == "https" || (url.scheme == "http" && url.is_loopback())
            })
        },
        numbers: false,
        positive: false,
        clause: "must be a URL that begins with `https://`, or with `http://` on this machine",
    },
    Form {
        places: &["gateway.publicOrigin"],
        from: SEPTEMBER,
        until: None,
        fits: |text| {
            is_origin(text)
                && Url::parse(text).is_some_and(|url| url.scheme == "https" || url.is_loopback())
        },
        numbers: false,
        positive: false,
        clause: "must be an `https://` origin without a path, or `http://` on this machine",
    },
    Form {
        places: &["mcp.apps.sandboxOrigin"],
        from: SEPTEMBER,
        until: None,
        fits: is_origin,
        numbers: false,
        positive: false,
        clause: "must be an `http://` or `https://` origin without a path",
    },
    Form {
        places: &["gateway.portals.ingress.domain"],
        from: SEPTEMBER,
        until: None,
        fits: is_domain,
        numbers: false,
        positive: false,
        clause: "must be a DNS domain, without a scheme or a path",
    },
    Form {
        places: &["desktop.host.passwordFile"],
        from: SEPTEMBER,
        until: None,
        fits: |text| text.trim().starts_with('/'),
        numbers: false,
        positive: false,
        clause: "must be an absolute path",
    },
    Form {
        places: &[
            "agents.defaults.decisionModel",
            "agents.entries.*.decisionModel",
        ],
        from: SEPTEMBER,
        until: None,
        fits: |text| text.trim().is_empty() || is_model_reference(text.trim()),
        numbers: false,
        positive: false,
        clause: "must be `provider/model`, or empty",
    },
    Form {
        places: &["cloudWorkers.profiles.*.suspendAfter"],
        from: SEPTEMBER,
        until: None,
        fits: |text| {
            text.ends_with(|last: char| last.is_ascii_alphabetic())
                && duration(text, 1.0).is_some_and(|milliseconds| milliseconds >= 60_000.0)
        },
        numbers: false,
        positive: false,
        clause: "must be a duration of at least a minute such as `45m`",
    },
    Form {
        places: &[
            "secrets.egressProxy.allowedHosts[]",
            "secrets.egressProxy.bypassHosts[]",
        ],
        from: SEPTEMBER,
        until: None,
        fits: is_host_name,
        numbers: false,
        positive: false,
        clause: "must be the name of a host, without a scheme, port, path or `*`",
    },
];

impl Beyond<'_> {
    pub(super) fn forms(&mut self) {
        let version = self.release.version();
        for form in FORMS {
            if version < form.from || form.until.is_some_and(|until| version >= until) {
                continue;
            }
            for place in form.places {
                for (path, node) in self.each(place) {
                    if let Some((text, unless)) = self.text(node)
                        && !(form.fits)(&text)
                    {
                        self.malformed(path, node, form.clause, unless);
                    } else if form.numbers
                        && matches!(node.value, Value::Integer(_) | Value::Float(_))
                        && node
                            .as_number()
                            .is_some_and(|number| number < 0.0 || (form.positive && number == 0.0))
                    {
                        self.malformed(path, node, form.clause, Vec::new());
                    }
                }
            }
        }
        self.executables();
        self.heartbeats();
    }

    fn executables(&mut self) {
        // 2026.4.29 takes anything there, 2026.5.2 does not.
        if self.release.version() < Version::new(2026, 5, 2) {
            return;
        }
        // Only the program itself; its arguments may be anything.
        for place in [
            "audio.transcription.command",
            "tools.media.*.transcription.command",
        ] {
            for (path, node) in self.each(place) {
                let Some(list) = node.as_list() else {
                    continue;
                };
                let Some(first) = list.items.first() else {
                    if list.open.is_none() {
                        self.malformed(
                            path.index(0),
                            node,
                            "must be there: the program to run",
                            Vec::new(),
                        );
                    }
                    continue;
                };
                if let Some((text, unless)) = self.text(first)
                    && !is_safe_executable(&text)
                {
                    self.malformed(
                        path.index(0),
                        first,
                        "must be the name or path of a program, without characters of the shell",
                        unless,
                    );
                }
            }
        }
    }

    fn heartbeats(&mut self) {
        for base in ["agents.defaults", "agents.list[]", "agents.entries.*"] {
            for (path, heartbeat) in self.each(&format!("{base}.heartbeat")) {
                let every = heartbeat.get("every").and_then(|every| self.text(every));
                if let (Some((text, unless)), Some(node)) = (&every, heartbeat.get("every"))
                    && !text.is_empty()
                    && !is_duration(text)
                {
                    self.malformed(
                        path.key("every"),
                        node,
                        "must be a duration such as `30m` or `2h`",
                        unless.clone(),
                    );
                }
                // The first releases look at the hours only where the interval is set.
                let asked = every.is_some_and(|(text, _)| !text.is_empty());
                if !asked && !self.is_september() {
                    continue;
                }
                let Some(hours) = heartbeat.get("activeHours") else {
                    continue;
                };
                for (key, last) in [("start", false), ("end", true)] {
                    let Some(node) = hours.get(key) else {
                        continue;
                    };
                    if let Some((text, unless)) = self.text(node)
                        && !text.is_empty()
                        && !is_time(&text, last)
                    {
                        let clause = if last {
                            "must be a time such as `22:30`, at most `24:00`"
                        } else {
                            "must be a time such as `08:00`"
                        };
                        self.malformed(path.key("activeHours").key(key), node, clause, unless);
                    }
                }
            }
        }
    }
}

/// Milliseconds of `90`, `1.5h` or `1h30m`; a number without unit counts `unit` milliseconds.
fn duration(text: &str, unit: f64) -> Option<f64> {
    let text = text.trim().to_lowercase();
    let mut rest = text.as_str();
    let mut sum = 0.0;
    let mut parts = 0;
    while !rest.is_empty() {
        let digits = rest
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        if number.starts_with('.') || number.ends_with('.') {
            return None;
        }
        let number: f64 = number.parse().ok()?;
        let length = after
            .find(|character: char| !character.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (name, after) = after.split_at(length);
        let factor = match name {
            "ms" => 1.0,
            "s" => 1_000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            "d" => 86_400_000.0,
            "" if parts == 0 && after.is_empty() => unit,
            _ => return None,
        };
        sum += number * factor;
        parts += 1;
        rest = after;
    }
    (parts > 0).then_some(sum)
}

fn is_duration(text: &str) -> bool {
    duration(text, 60_000.0).is_some()
}

fn is_size(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let digits = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let plain = !number.is_empty() && !number.starts_with('.') && !number.ends_with('.');
    plain
        && number.parse::<f64>().is_ok()
        && matches!(
            unit,
            "" | "b" | "k" | "kb" | "m" | "mb" | "g" | "gb" | "t" | "tb"
        )
}

fn is_time(text: &str, last: bool) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 5
        && bytes[2] == b':'
        && [0, 1, 3, 4]
            .iter()
            .all(|position| bytes[*position].is_ascii_digit());
    if !shape {
        return false;
    }
    let two = |position: usize| (bytes[position] - b'0') * 10 + bytes[position + 1] - b'0';
    match (two(0), two(3)) {
        (0..=23, 0..=59) => true,
        (24, 0) => last,
        _ => false,
    }
}

fn is_absolute(text: &str) -> bool {
    let bytes = text.as_bytes();
    let drive = bytes.len() > 2
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && matches!(bytes[2], b'/' | b'\\');
    text.starts_with('/') || drive || text.starts_with("\\\\")
}

fn is_safe_executable(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty()
        || text.contains([
            ';', '&', '|', '`', '$', '<', '>', '\r', '\n', '\0', '"', '\'',
        ])
    {
        return false;
    }
    if text.starts_with(['.', '~']) || text.contains(['/', '\\']) {
        return true;
    }
    !text.starts_with('-')
        && text.chars().all(|character| {
            character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '+' | '-')
        })
}

fn is_relative_module(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && !text.starts_with(['/', '~'])
        && !text.contains(':')
        && !text.split(['/', '\\']).any(|part| part == "..")
}

fn is_css_width(text: &str) -> bool {
    let text = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    const UNITS: &[&str] = &["px", "rem", "em", "ch", "vw", "vh", "vmin", "vmax"];
    const FUNCTIONS: &[&str] = &["calc", "clamp", "fit-content", "max", "min"];
    const KEYWORDS: &[&str] = &["none", "min-content", "max-content"];
    if text.is_empty() || text.len() > 96 {
        return false;
    }
    if KEYWORDS.contains(&text.as_str()) {
        return true;
    }
    let digits = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    if number.parse::<f64>().is_ok()
        && !number.ends_with('.')
        && (unit == "%" || UNITS.contains(&unit))
    {
        return true;
    }
    let allowed = text.chars().all(|character| {
        character.is_ascii_alphanumeric()
            || matches!(
                character,
                '.' | '%' | '+' | '-' | '*' | '/' | '(' | ')' | ',' | ' '
            )
    });
    let mut depth = 0_i32;
    let balanced = text.chars().all(|character| {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth >= 0
    }) && depth == 0;
    let names_known = text
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '-')
        .map(|word| word.trim_start_matches(|character: char| !character.is_ascii_alphabetic()))
        .filter(|word| !word.is_empty())
        .all(|word| UNITS.contains(&word) || FUNCTIONS.contains(&word) || KEYWORDS.contains(&word));
    let call = FUNCTIONS.iter().any(|function| {
        text.strip_prefix(function)
            .is_some_and(|rest| rest.starts_with('(') && rest.ends_with(')') && rest.len() > 2)
    });
    allowed && balanced && names_known && call
}

fn is_origin(text: &str) -> bool {
    Url::parse(text).is_some_and(|url| {
        matches!(url.scheme.as_str(), "http" | "https")
            && matches!(url.path.as_str(), "" | "/")
            && !url.has_query
            && !url.has_user
    }) && is_url(text)
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '-')
}

fn is_domain(text: &str) -> bool {
    let address =
        text.split('.').count() == 4 && text.split('.').all(|part| part.parse::<u8>().is_ok());
    text.len() <= 220 && text.contains('.') && !address && text.split('.').all(is_label)
}

fn is_host_name(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && !text.contains([':', '/', '*', ' ', '@', '?', '#', '\\'])
        && text.trim_end_matches('.').split('.').all(is_label)
}

/// Whether a text is `provider/model`.
pub(super) fn is_model_reference(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(provider, model)| !provider.trim().is_empty() && !model.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_sizes_and_times_are_read_as_openclaw_reads_them() {
        for text in ["30m", "1.5h", "90", "1h30m", " 7D ", "250ms"] {
            assert!(is_duration(text), "{text}");
        }
        for text in ["", "m", "1x", "1h30", "30 m", "-1m", "1.h"] {
            assert!(!is_duration(text), "{text}");
        }
        for text in ["2mb", "500", "1.5 gb".replace(' ', "").as_str(), "10KB"] {
            assert!(is_size(text), "{text}");
        }
        for text in ["", "mb", "2xb", "-1"] {
            assert!(!is_size(text), "{text}");
        }
        assert!(is_time("24:00", true) && !is_time("24:00", false) && is_time("08:30", false));
        assert!(!is_time("8:30", false) && !is_time("24:30", true) && !is_time("12:60", true));
    }

    #[test]
    fn programs_paths_and_widths() {
        for text in ["ffmpeg", "/usr/bin/x y", "./a", "C:\\x"] {
            assert!(is_safe_executable(text), "{text}");
        }
        for text in ["", "a b", "-x", "/bin/sh;ls", "$SHELL", "a\"b"] {
            assert!(!is_safe_executable(text), "{text}");
        }
        for text in [
            "960px",
            "82%",
            "min(1280px, 82%)",
            "calc(100% - 2rem)",
            "none",
        ] {
            assert!(is_css_width(text), "{text}");
        }
        for text in ["", "960", "wide", "url(x)", "min(1px", "expression(1)"] {
            assert!(!is_css_width(text), "{text}");
        }
        assert!(is_relative_module("hooks/a.js") && !is_relative_module("../a.js"));
        assert!(
            is_domain("portal.example.org") && !is_domain("localhost") && !is_domain("10.0.0.1")
        );
    }
}
