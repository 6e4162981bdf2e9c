//! Words: every sentence a person reads, from `locales/<language>/*.ftl`.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use rust_embed::RustEmbed;
use tallyproof_analysis::results;
use tallyproof_core::tidy::plain;
pub use tallyproof_verify::Lang;
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "locales/"]
#[include = "*.ftl"]
struct Locales;

/// Key of the sentence of a rule's finding: where blank votes are among its numbers, the sentence names them.
pub fn finding_key<V>(rule: &str, numbers: &[(&str, V)]) -> String {
    let blank = if numbers.iter().any(|(name, _)| *name == "blank") { "-blank" } else { "" };
    format!("finding-{rule}{blank}")
}

/// The words of one language.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Reads the embedded words.
    pub fn new(lang: Lang) -> Self {
        let id: LanguageIdentifier = lang.code().parse().expect("two-letter codes are language identifiers");
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks are right in mixed scripts but end up in terminals, CSV and search.
        bundle.set_use_isolating(false);
        for path in Locales::iter().filter(|path| path.starts_with(lang.code())) {
            let file = Locales::get(&path).map(|f| f.data.into_owned()).unwrap_or_default();
            let text = String::from_utf8_lossy(&file).into_owned();
            // A file with a broken message still gives its others; a test refuses broken ones.
            let resource = FluentResource::try_new(text).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(resource);
        }
        Self { lang, bundle }
    }

    /// The words of a language, read once for the whole run.
    pub fn shared(lang: Lang) -> &'static Self {
        static BOTH: LazyLock<[Words; 2]> = LazyLock::new(|| Lang::ALL.map(Words::new));
        match lang {
            Lang::En => &BOTH[0],
            Lang::Es => &BOTH[1],
        }
    }

    /// Which language this is.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// A message without arguments.
    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// A message with arguments; an unknown key gives itself, so that nothing is ever silent.
    ///
    /// Arguments are made harmless: they may come from file names and other people's tables.
    pub fn tell(&self, key: &str, args: &[(&str, String)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(*name, plain(value).into_owned());
        }
        self.bundle.format_pattern(pattern, Some(&fluent), &mut Vec::new()).into_owned()
    }

    /// Whether there is such a message.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// A word of the pack in this language.
    pub fn of<'w>(&self, words: &'w results::Words) -> &'w str {
        match self.lang {
            Lang::En => &words.en,
            Lang::Es => &words.es,
        }
    }

    /// A whole number with the language's separators.
    pub fn int(&self, n: impl Into<i128>) -> String {
        let n: i128 = n.into();
        let digits = n.unsigned_abs().to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if n < 0 {
            grouped.push('−');
        }
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                grouped.push(if self.lang == Lang::En { ',' } else { '.' });
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A number with `digits` decimals and the language's separators.
    pub fn decimal(&self, x: f64, digits: usize) -> String {
        let text = format!("{:.digits$}", x.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let whole = self.int(whole.parse::<i128>().unwrap_or(0));
        let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
        let sign = if x < 0.0 && !is_zero { "−" } else { "" };
        let point = if self.lang == Lang::En { "." } else { "," };
        if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{fraction}") }
    }

    /// A share of 0..=1 as percent with `digits` decimals.
    pub fn percent(&self, share: f64, digits: usize) -> String {
        let space = if self.lang == Lang::En { "" } else { "\u{a0}" };
        format!("{}{space}%", self.decimal(share * 100.0, digits))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let (en, es) = (Words::new(Lang::En), Words::new(Lang::Es));
        assert_eq!(en.int(7_303_480u64), "7,303,480");
        assert_eq!(es.int(-3_199_465i64), "−3.199.465");
        assert_eq!(en.decimal(-0.004, 2), "0.00");
        assert_eq!(es.decimal(1_836_633.71, 2), "1.836.633,71");
        assert_eq!(en.percent(0.670828, 2), "67.08%");
    }

    #[test]
    fn both_languages_have_the_same_whole_messages() {
        let mut keys: Vec<BTreeSet<String>> = Vec::new();
        for lang in Lang::ALL {
            let mut found = BTreeSet::new();
            for path in Locales::iter().filter(|p| p.starts_with(lang.code())) {
                let text = String::from_utf8(Locales::get(&path).unwrap().data.into_owned()).unwrap();
                let parsed = FluentResource::try_new(text.clone());
                assert!(parsed.is_ok(), "{path}: {:?}", parsed.err().map(|(_, errors)| errors));
                let names = text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_alphabetic()));
                for name in names.filter_map(|l| l.split_once('=')).map(|(name, _)| name.trim().to_owned()) {
                    assert!(found.insert(name.clone()), "{path}: {name} twice");
                }
            }
            keys.push(found);
        }
        assert_eq!(keys[0].symmetric_difference(&keys[1]).collect::<Vec<_>>(), Vec::<&String>::new());
    }

    /// No sentence of ours accuses (DESIGN, Words).
    #[test]
    fn no_message_accuses() {
        let stems = ["fraud", "forge", "fake", "stole", "rigged", "robad", "falsificad", "amañad"];
        for path in Locales::iter() {
            let file = Locales::get(&path).unwrap().data.into_owned();
            let text = String::from_utf8(file).unwrap().to_lowercase();
            for word in text.split(|c: char| !c.is_alphabetic()) {
                assert!(!stems.iter().any(|stem| word.starts_with(stem)), "{path}: {word}");
            }
        }
    }
}
