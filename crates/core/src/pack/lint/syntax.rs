//! What the reader of TOML says of a file that it cannot read, as codes: its own sentences are in one language, and name
//! types of this program.

use crate::Args;

/// Why, what was found, and what is expected there, from a message of `toml` or `serde`.
///
/// `why` is `unknown-key`, `missing-key`, `unknown-word`, `wrong-type` or, where the file is no TOML, `toml`.
/// `kind` is the type wanted: `number`, `text`, `yes-no`, `list`, `part` or `other`.
pub(super) fn args(message: &str) -> Args {
    let message = message.trim().replace('\n', "; ");
    let (what, expected) = message.split_once(", expected ").unwrap_or((message.as_str(), ""));
    let quoted = what.split('`').nth(1).unwrap_or_default();
    let (why, found) = match what {
        _ if what.starts_with("unknown field ") => ("unknown-key", quoted),
        _ if what.starts_with("missing field ") => ("missing-key", quoted),
        _ if what.starts_with("unknown variant ") => ("unknown-word", quoted),
        _ if what.starts_with("invalid type: ") || what.starts_with("invalid value: ") => {
            ("wrong-type", what.split_once(": ").map_or("", |(_, found)| found))
        }
        _ => ("toml", message.as_str()),
    };
    let choices = expected.trim_start_matches("one of ").replace(" or ", ", ");
    let kind = match expected {
        _ if expected.starts_with(['u', 'i']) && expected[1..].bytes().all(|b| b.is_ascii_digit()) => {
            "number"
        }
        "usize" | "isize" => "number",
        "a string" | "a borrowed string" | "string" => "text",
        "a boolean" => "yes-no",
        "a sequence" => "list",
        "a map" => "part",
        _ if expected.starts_with("struct ") => "part",
        _ => "other",
    };
    vec![("why", why.into()), ("found", found.to_owned()), ("choices", choices), ("kind", kind.into())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_codes() {
        let codes = |message: &str| {
            let args = args(message);
            let value = |name: &str| args.iter().find(|(key, _)| *key == name).unwrap().1.clone();
            [value("why"), value("found"), value("choices"), value("kind")]
        };
        assert_eq!(
            codes("unknown field `colour`, expected one of `id`, `name`, `color`"),
            ["unknown-key", "colour", "`id`, `name`, `color`", "other"]
        );
        assert_eq!(codes("missing field `date`"), ["missing-key", "date", "", "other"]);
        assert_eq!(
            codes("unknown variant `typed`, expected `printed` or `handwritten`"),
            ["unknown-word", "typed", "`printed`, `handwritten`", "other"]
        );
        let found = |message| {
            let [why, found, _, kind] = codes(message);
            (why, found, kind)
        };
        let wrong = |found: &str, kind: &str| ("wrong-type".to_owned(), found.to_owned(), kind.to_owned());
        assert_eq!(found("invalid type: string \"60\", expected u64"), wrong("string \"60\"", "number"));
        assert_eq!(found("invalid value: integer `-60`, expected u64"), wrong("integer `-60`", "number"));
        assert_eq!(found("invalid type: map, expected a sequence"), wrong("map", "list"));
        assert_eq!(
            found("invalid type: integer `3`, expected struct LinesPart"),
            wrong("integer `3`", "part")
        );
        assert_eq!(codes("string values must be quoted, expected literal string")[0], "toml");
        assert_eq!(codes("")[0], "toml");
    }
}
