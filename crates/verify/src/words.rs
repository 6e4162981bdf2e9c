//! The words of verification, in both languages.

use clap::ValueEnum;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use tallyproof_core::tidy::plain;
use unic_langid::LanguageIdentifier;

/// The program's languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Lang {
    /// Both languages.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Es];

    /// Two-letter code.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Es => "es",
        }
    }

    /// The language of a two-letter code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The other language.
    pub fn other(self) -> Self {
        match self {
            Lang::En => Lang::Es,
            Lang::Es => Lang::En,
        }
    }

    /// The language of the user's locale; English where it is neither.
    pub fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
        if locale.is_some_and(|locale| locale.starts_with("es")) { Lang::Es } else { Lang::En }
    }

    fn source(self) -> &'static str {
        match self {
            Lang::En => include_str!("../locales/en.ftl"),
            Lang::Es => include_str!("../locales/es.ftl"),
        }
    }
}

/// The words of one language.
pub struct Words(FluentBundle<FluentResource>);

impl Words {
    /// Reads them.
    pub fn new(lang: Lang) -> Self {
        let id: LanguageIdentifier = lang.code().parse().expect("two-letter codes are language identifiers");
        let mut bundle = FluentBundle::new(vec![id]);
        bundle.set_use_isolating(false);
        // A file with a broken message still gives its others; a test refuses broken ones.
        let words = FluentResource::try_new(lang.source().to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(words);
        Self(bundle)
    }

    /// Whether there is a message with this key.
    pub fn has(&self, key: &str) -> bool {
        self.0.has_message(key)
    }

    /// A message; an unknown key gives itself, so that nothing is ever silent. Arguments are made harmless: they
    /// come from other people's bundles.
    pub fn tell(&self, key: &str, args: &[(&str, String)]) -> String {
        let Some(pattern) = self.0.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut given = FluentArgs::new();
        for (name, value) in args {
            match value.parse::<u32>() {
                // Counts choose between words.
                Ok(count) if *name == "n" => given.set(*name, count),
                _ => given.set(*name, plain(value).into_owned()),
            }
        }
        self.0.format_pattern(pattern, Some(&given), &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tallyproof_evidence::bag::BagFaultCode;
    use tallyproof_evidence::verify::{CODES, Step};

    #[test]
    fn every_code_has_words_in_both_languages() {
        let steps = Step::ALL
            .iter()
            .flat_map(|step| ["step", "doing", "name"].map(|word| format!("{word}-{}", step.code())));
        let bag = BagFaultCode::ALL.iter().map(|code| code.code());
        let wrong = CODES.iter().copied().chain(bag).map(|code| format!("wrong-{code}"));
        let untaken = ["untaken-calibration".to_owned()];
        let unable = ["cannot-look", "cannot-read", "no-key", "no-checkpoint", "no-witnesses"];
        let unable = unable.iter().flat_map(|code| [format!("err-{code}"), format!("rec-{code}")]);
        let calls = crate::help::CODES.iter().map(|code| format!("call-{code}"));
        let keys: Vec<String> = steps.chain(wrong).chain(untaken).chain(unable).chain(calls).collect();
        for lang in Lang::ALL {
            assert!(FluentResource::try_new(lang.source().to_owned()).is_ok(), "{lang:?}");
            let words = Words::new(lang);
            let missing: Vec<&String> = keys.iter().filter(|key| !words.has(key)).collect();
            assert!(missing.is_empty(), "{lang:?}: {missing:?}");
        }
    }
}
