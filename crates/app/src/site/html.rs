//! Finished HTML: figures that carry their place in `results.json`, and sentences around them.

use std::fmt;

use askama::filters::HtmlSafe;
use tallyproof_analysis::results;
use tallyproof_core::tidy::plain;

use crate::words::Words;

/// HTML that needs no further escaping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

impl Html {
    /// Somebody's text, made harmless.
    pub(crate) fn text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len());
        push_escaped(&mut html, &plain(text));
        Self(html)
    }

    /// Our own text of several lines, made harmless line by line.
    pub(crate) fn text_block(text: &str) -> Self {
        let lines: Vec<String> = text.lines().map(|line| Self::text(line).0).collect();
        Self(lines.join("\n"))
    }

    /// Text as a piece of code.
    pub(crate) fn code(text: &str) -> Self {
        Self(format!("<code>{}</code>", Self::text(text)))
    }

    /// Several pieces in a row.
    pub(crate) fn join(parts: &[Html], between: &str) -> Self {
        let parts: Vec<&str> = parts.iter().map(|part| part.0.as_str()).collect();
        Self(parts.join(&Self::text(between).0))
    }
}

impl Html {
    /// Markup that this program drew; texts in it are escaped already.
    pub(crate) fn drawn(markup: String) -> Self {
        Self(markup)
    }

    /// Whether nothing stands here.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Writes text, figures and sentences in one language.
pub(crate) struct Pen<'w> {
    words: &'w Words,
}

// Where a slot of a sentence stands until its HTML is put in. Slots' contents never pass through the
// message, so nothing in them can imitate these.
const SLOT: char = '\u{e000}';
const SLOT_END: char = '\u{e001}';

impl<'w> Pen<'w> {
    pub(crate) fn new(words: &'w Words) -> Self {
        Self { words }
    }

    pub(crate) fn lang(&self) -> &'static str {
        self.words.lang().code()
    }

    /// A message without figures.
    pub(crate) fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// The message of a kind: `say_of("report-status", "in-conflict")`.
    pub(crate) fn say_of(&self, kind: &str, code: &str) -> String {
        self.words.say(&format!("{kind}-{code}"))
    }

    /// The message of a kind, if there is one.
    pub(crate) fn try_say_of(&self, kind: &str, code: &str) -> Option<String> {
        let key = format!("{kind}-{code}");
        self.words.has(&key).then(|| self.words.say(&key))
    }

    /// Whether there is such a message.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.words.has(key)
    }

    /// A message of somebody else's file, with plain arguments.
    pub(crate) fn try_tell(&self, key: &str, args: &[(&str, String)]) -> Option<String> {
        self.words.has(key).then(|| self.words.tell(key, args))
    }

    /// A sentence with figures in it.
    pub(crate) fn tell(&self, key: &str, slots: &[(&str, Html)]) -> Html {
        let marks: Vec<(&str, String)> =
            slots.iter().enumerate().map(|(i, (name, _))| (*name, format!("{SLOT}{i}{SLOT_END}"))).collect();
        let mut html = String::new();
        let message = self.words.tell(key, &marks);
        let mut rest = message.as_str();
        while let Some((before, after)) = rest.split_once(SLOT) {
            push_escaped(&mut html, before);
            let (index, after) = after.split_once(SLOT_END).unwrap_or((after, ""));
            let slot = index.parse().ok().and_then(|i: usize| slots.get(i));
            html.push_str(slot.map_or("", |(_, content)| &content.0));
            rest = after;
        }
        push_escaped(&mut html, rest);
        Html(html)
    }

    /// A word of the pack.
    pub(crate) fn of(&self, words: &results::Words) -> String {
        plain(self.words.of(words)).into_owned()
    }

    /// A day, `YYYY-MM-DD`, in words; anything else as it stands.
    pub(crate) fn date(&self, day: &str) -> String {
        let parts: Vec<&str> = day.split('-').collect();
        let [year, month, date] = parts.as_slice() else { return plain(day).into_owned() };
        let Some(name) = self.try_say_of("report-month", month) else { return plain(day).into_owned() };
        let date = date.trim_start_matches('0');
        self.words
            .tell("report-date", &[("day", date.to_owned()), ("month", name), ("year", (*year).to_owned())])
    }

    /// A whole number of `results.json`.
    pub(crate) fn int(&self, key: &str, n: u64) -> Html {
        figure(key, &n.to_string(), &self.words.int(n))
    }

    /// A whole number that can be negative.
    pub(crate) fn signed(&self, key: &str, n: i64) -> Html {
        figure(key, &n.to_string(), &self.words.int(n))
    }

    /// A number with `digits` decimals.
    pub(crate) fn decimal(&self, key: &str, x: f64, digits: usize) -> Html {
        figure(key, &json(x), &self.words.decimal(x, digits))
    }

    /// A number with as many decimals as it has.
    pub(crate) fn exact(&self, key: &str, x: f64) -> Html {
        let text = json(x);
        let decimals = text.split_once('.').map_or("", |(_, decimals)| decimals);
        self.decimal(key, x, if decimals == "0" { 0 } else { decimals.len() })
    }

    /// A share as percent, two decimals.
    pub(crate) fn percent(&self, key: &str, share: f64) -> Html {
        figure(key, &json(share), &self.words.percent(share, 2))
    }

    /// A share as percent, with `digits` decimals.
    pub(crate) fn percent_of(&self, key: &str, share: f64, digits: usize) -> Html {
        figure(key, &json(share), &self.words.percent(share, digits))
    }

    /// A share as points, two decimals.
    pub(crate) fn points(&self, key: &str, share: f64) -> Html {
        figure(key, &json(share), &self.words.decimal(share * 100.0, 2))
    }

    /// A probability. None is ever shown as certain.
    pub(crate) fn probability(&self, key: &str, p: f64) -> Html {
        let mark = if p > 0.999 {
            "> "
        } else if p < 0.001 {
            "< "
        } else {
            ""
        };
        let shown = self.words.percent(p.clamp(0.001, 0.999), 1);
        figure(key, &json(p), &format!("{mark}{shown}"))
    }

    /// A p-value: three decimals, and powers of ten below a thousandth. None is ever shown as 0.
    pub(crate) fn p_value(&self, key: &str, p: f64) -> Html {
        figure(key, &json(p), &self.label_p(p))
    }

    /// A p-value in a label.
    pub(crate) fn label_p(&self, p: f64) -> String {
        if p >= 0.001 {
            return self.words.decimal(p, 3);
        }
        if p < 1e-99 {
            return format!("< 10{}", superscript(-99));
        }
        // `{:e}` gives one digit before the point, and the exponent of ten.
        let text = format!("{p:.1e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = self.words.decimal(digits.parse().unwrap_or(0.0), 1);
        format!("{digits} × 10{}", superscript(exponent.parse().unwrap_or(0)))
    }

    /// A whole number in a label.
    pub(crate) fn label_int(&self, n: i64) -> String {
        self.words.int(n)
    }

    /// A figure that stands in another file than `results.json`.
    pub(crate) fn elsewhere(&self, x: Option<f64>, percent: bool, digits: usize) -> Html {
        x.map_or_else(
            || self.none(),
            |x| {
                let shown =
                    if percent { self.words.percent(x, digits) } else { self.words.decimal(x, digits) };
                Html::text(&shown)
            },
        )
    }

    /// A number as the language writes it, for labels in pictures.
    pub(crate) fn label(&self, x: f64, digits: usize) -> String {
        self.words.decimal(x, digits)
    }

    /// A share as percent, for labels in pictures.
    pub(crate) fn label_percent(&self, share: f64, digits: usize) -> String {
        self.words.percent(share, digits)
    }

    /// A percentage published as text, with the digits its publisher gave.
    pub(crate) fn percent_text(&self, key: &str, text: &str) -> Html {
        let digits = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let shown = text.parse().map(|x: f64| self.words.percent(x / 100.0, digits));
        figure(key, text, &shown.unwrap_or_else(|_| text.to_owned()))
    }

    /// What stands where there is no figure.
    pub(crate) fn none(&self) -> Html {
        Html(format!(
            "<span class=\"none\"><span aria-hidden=\"true\">–</span><span class=\"unseen\">{}</span></span>",
            Html::text(&self.say("report-no-figure"))
        ))
    }
}

/// An id inside a key: whatever it is, the key stays one path. Bytes other than ASCII letters, digits and
/// `-_.:+` are percent-encoded.
pub(crate) fn key_id(id: &str) -> String {
    let mut key = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'-' | b'_' | b'.' | b':' | b'+' => key.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => key.push(char::from(byte)),
            _ => key.push_str(&format!("%{byte:02X}")),
        }
    }
    key
}

/// A published figure: `verify` finds each by its key in `results.json` and compares `value`.
///
/// A key is the path there: `tabulation.margin`; elements of arrays by what names them, in brackets:
/// `tabulation.areas[state:17].margin`; ids as [`key_id`] writes them.
fn figure(key: &str, value: &str, shown: &str) -> Html {
    let (key, value, shown) = (Html::text(key), Html::text(value), Html::text(shown));
    Html(format!("<data data-key=\"{key}\" value=\"{value}\">{shown}</data>"))
}

fn superscript(exponent: i32) -> String {
    let raised = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    };
    exponent.to_string().chars().map(raised).collect()
}

/// A number exactly as `results.json` writes it.
fn json(x: f64) -> String {
    serde_json::Value::from(x).to_string()
}

fn push_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn a_figure_carries_its_place_and_its_exact_value() {
        let (en, es) = (Words::new(Lang::En), Words::new(Lang::Es));
        let (en, es) = (Pen::new(&en), Pen::new(&es));
        assert_eq!(
            en.exact("bounds[mean-table].lead_left", 1_836_633.71).to_string(),
            "<data data-key=\"bounds[mean-table].lead_left\" value=\"1836633.71\">1,836,633.71</data>"
        );
        assert!(es.exact("x", -138_511.0).to_string().ends_with("value=\"-138511.0\">−138.511</data>"));
        assert!(es.percent_text("x", "51.95").to_string().contains("51,95"));
    }

    #[test]
    fn nothing_in_a_slot_or_key_breaks_out() {
        let words = Words::new(Lang::En);
        let pen = Pen::new(&words);
        let hostile = "\"><script>\u{e000}0\u{e001}\u{202e}";
        let told = pen.tell("report-date", &[("day", Html::text(hostile)), ("month", Html::text("'&"))]);
        assert!(told.to_string().starts_with("&quot;&gt;&lt;script&gt;\u{e000}0\u{e001}\u{fffd} &#39;&amp;"));
        assert!(!pen.int(&key_id("]\"<"), 1).to_string().contains("<\""));
        assert_eq!(key_id("a]b%\u{202e}-1"), "a%5Db%25%E2%80%AE-1");
    }

    #[test]
    fn p_values_keep_their_size_and_are_never_nothing() {
        let words = Words::new(Lang::Es);
        let pen = Pen::new(&words);
        assert_eq!(pen.label_p(0.0214), "0,021");
        assert_eq!(pen.label_p(7.4418e-9), "7,4 × 10⁻⁹");
        assert_eq!(pen.label_p(1.3178e-12), "1,3 × 10⁻¹²");
        assert_eq!(pen.label_p(0.0), "< 10⁻⁹⁹");
    }

    #[test]
    fn days_are_written_as_the_language_writes_them() {
        let (en, es) = (Words::new(Lang::En), Words::new(Lang::Es));
        assert_eq!(Pen::new(&en).date("2024-07-28"), "28 July 2024");
        assert_eq!(Pen::new(&es).date("2024-08-02"), "2 de agosto de 2024");
        assert_eq!(Pen::new(&es).date("soon"), "soon");
    }
}
