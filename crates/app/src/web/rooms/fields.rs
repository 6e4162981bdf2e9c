//! What a form sent: texts by name, each looked at once and with a limit.

use axum::http::StatusCode;
use tallyproof_core::tidy::plain;

use super::super::refusal::Refusal;

/// Longest text of one field, characters; a worksheet that is pasted has its own limit.
const MOST_TEXT: usize = 2_000;

/// The fields of a form, in the order sent.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// A field's text, without the space around it; empty where it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name).map_or("", |(_, text)| text.trim());
        found.char_indices().nth(MOST_TEXT).map_or(found, |(end, _)| &found[..end])
    }

    /// A field's text to be shown again: made harmless.
    pub(super) fn shown(&self, name: &str) -> String {
        plain(self.text(name)).into_owned()
    }

    /// A field's text as it was sent, whatever its length.
    pub(super) fn long(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, text)| text)
    }

    /// Whether a box was ticked.
    pub(super) fn is_ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// A field's number; `None` where it was left empty.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| refused("rooms-no-number", &[("value", text)])),
        }
    }

    /// A reason: it will be published, so it must be there.
    pub(super) fn reason(&self) -> Result<String, Refusal> {
        match self.text("reason") {
            "" => Err(refused("rooms-reason-missing", &[])),
            text => Ok(text.to_owned()),
        }
    }
}

/// A form that cannot be taken, in words.
pub(super) fn refused(key: &str, args: &[(&'static str, &str)]) -> Refusal {
    let args = args.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
    Refusal::said(StatusCode::UNPROCESSABLE_ENTITY, key, args)
}

/// A share in percent, `5` or `0.5` or `0,5`, as parts per million; at most `most` of them.
pub(super) fn percent(text: &str, most: u32) -> Option<u32> {
    let text = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || decimals.len() > 4 || !digits(whole) || !digits(decimals) {
        return None;
    }
    let parts: u32 = format!("{whole}{decimals:0<4}").parse().ok()?;
    (parts <= most).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_become_parts_per_million() {
        let cases = [("5", Some(50_000)), ("0,5", Some(5_000)), ("0.0001 %", Some(1)), ("100", None)];
        for (text, expected) in cases {
            assert_eq!(percent(text, 500_000), expected, "{text}");
        }
        for wrong in ["", ".5", "-1", "1e1", "0.00001", "5 5", "٥"] {
            assert_eq!(percent(wrong, 500_000), None, "{wrong}");
        }
    }

    #[test]
    fn a_long_text_is_cut_where_a_character_ends() {
        let fields = Fields(vec![("reason".into(), "é".repeat(3_000)), ("n".into(), " 7 ".into())]);
        assert_eq!(fields.text("reason").chars().count(), MOST_TEXT);
        assert_eq!(fields.number("n").unwrap(), Some(7));
        assert_eq!(fields.number("m").unwrap(), None);
        assert!(Fields::default().reason().is_err());
    }
}
