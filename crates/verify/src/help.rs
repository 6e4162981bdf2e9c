//! Help and complaints about a wrong call, in the user's language.
//!
//! English help stands in the code, as clap wants it. Spanish help is kept text by text beside the English it
//! translates (`locales/**/help.toml`), so that a text that changes is missed by a test and cannot go stale. Complaints
//! are messages like all others.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write as _;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Parser, ValueEnum};
use serde::Deserialize;

use crate::words::{Lang, Words};

/// Exit status for a wrong call.
const USAGE: i32 = 2;

/// What may be wrong with a call, and what else is said of one; each has words in both languages.
#[cfg(test)]
pub(crate) const CODES: [&str; 18] = [
    "unknown-argument",
    "unknown-verb",
    "not-a-value",
    "bad-value",
    "no-value",
    "too-many-values",
    "no-equals",
    "given-twice",
    "conflict",
    "missing-argument",
    "missing-verb",
    "not-text",
    "meant",
    "choices",
    "range",
    "number",
    "usage",
    "help",
];

/// How Spanish help is laid out: as clap's own, but for the word that it cannot say otherwise.
const TEMPLATE: &str = "{before-help}{about-with-newline}\nUso: {usage}\n\n{all-args}{after-help}";

#[derive(Deserialize)]
struct File {
    text: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    en: String,
    es: String,
}

/// Spanish texts by the English ones they translate.
pub struct Spanish(BTreeMap<String, String>);

impl Spanish {
    /// Reads `help.toml` files. Panics on one that is none: they are part of the program, and a test reads them.
    pub fn new(files: &[&str]) -> Self {
        let file = |text: &&str| toml::from_str::<File>(text).expect("a file of this program");
        let pairs = files.iter().flat_map(|text| file(text).text);
        Self(pairs.map(|pair| (pair.en, pair.es)).collect())
    }

    /// English texts that have a Spanish one.
    pub fn known(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A text in Spanish; as it is where nobody has translated it.
    fn told(&self, text: &str) -> String {
        self.0.get(text).cloned().unwrap_or_else(|| text.to_owned())
    }

    fn styled(&self, text: Option<&StyledStr>) -> Option<String> {
        text.map(|text| self.told(&text.to_string()))
    }

    /// The whole command with its help in Spanish.
    pub fn command(&self, mut command: Command) -> Command {
        // Names of nested verbs, options that all share, and what clap itself adds are in place then.
        command.build();
        self.translated(command)
    }

    fn translated(&self, command: Command) -> Command {
        let mut command = command
            .mut_args(|arg| self.arg(arg))
            .mut_subcommands(|verb| self.translated(verb))
            .subcommand_help_heading("Verbos")
            .subcommand_value_name("VERBO")
            .help_template(TEMPLATE);
        if let Some(text) = self.styled(command.get_about()) {
            command = command.about(text);
        }
        if let Some(text) = self.styled(command.get_long_about()) {
            command = command.long_about(text);
        }
        if let Some(text) = self.styled(command.get_after_help()) {
            command = command.after_help(text);
        }
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").replace("[OPTIONS]", "[OPCIONES]");
        command.override_usage(usage)
    }

    fn arg(&self, arg: Arg) -> Arg {
        let heading = if arg.is_positional() { "Argumentos" } else { "Opciones" };
        let takes_values = arg.get_action().takes_values();
        let names: Vec<String> =
            arg.get_value_names().unwrap_or_default().iter().map(|name| self.told(name)).collect();
        let help = self.styled(arg.get_help()).unwrap_or_default();
        let long = self.styled(arg.get_long_help()).unwrap_or_else(|| help.clone());
        let default: Vec<String> =
            arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let shows_default = takes_values && !default.is_empty() && !arg.is_hide_default_value_set();
        let default = if shows_default { format!(" [si no: {}]", default.join(" ")) } else { String::new() };
        let choices: Vec<(String, Option<String>)> = arg
            .get_possible_values()
            .iter()
            .filter(|choice| takes_values && !choice.is_hide_set() && !arg.is_hide_possible_values_set())
            .map(|choice| (choice.get_name().to_owned(), self.styled(choice.get_help())))
            .collect();
        let (mut short, mut list) = (String::new(), String::new());
        if !choices.is_empty() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| name.as_str()).collect();
            short = format!(" [valores: {}]", names.join(", "));
            list.push_str("\n\nValores posibles:");
            for (name, help) in &choices {
                let help = help.as_ref().map(|help| format!(": {help}")).unwrap_or_default();
                // Writing into a String cannot fail.
                let _ = write!(list, "\n- {name}{help}");
            }
        }
        let arg = arg
            .help_heading(heading)
            .help(format!("{help}{default}{short}"))
            .long_help(format!("{long}{default}{list}"))
            .hide_default_value(true)
            .hide_possible_values(true);
        if takes_values && !names.is_empty() { arg.value_names(names) } else { arg }
    }
}

/// Every text of a command's help that can be said in another language, each once.
pub fn texts(command: &Command) -> std::collections::BTreeSet<String> {
    let mut built = command.clone();
    built.build();
    let mut texts = std::collections::BTreeSet::new();
    collect(&built, &mut texts);
    texts
}

fn collect(command: &Command, texts: &mut std::collections::BTreeSet<String>) {
    if command.is_hide_set() {
        return;
    }
    let own = [command.get_about(), command.get_long_about(), command.get_after_help()];
    texts.extend(own.into_iter().flatten().map(ToString::to_string));
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        texts.extend([arg.get_help(), arg.get_long_help()].into_iter().flatten().map(ToString::to_string));
        if arg.get_action().takes_values() {
            texts.extend(arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string));
            texts.extend(
                arg.get_possible_values().iter().filter_map(|v| v.get_help().map(ToString::to_string)),
            );
        }
    }
    command.get_subcommands().for_each(|verb| collect(verb, texts));
}

/// The arguments of the process. Help and version are printed, and a wrong call is refused, in the language that was
/// asked for, else the locale's; the process ends then. `spanish` are the program's `help.toml` files.
pub fn parse<T: Parser>(spanish: &[&str]) -> T {
    let args: Vec<OsString> = std::env::args_os().collect();
    let lang = asked(&args).unwrap_or_else(Lang::of_environment);
    let command = match lang {
        Lang::En => T::command(),
        Lang::Es => Spanish::new(spanish).command(T::command()),
    };
    let hidden = command.get_subcommands().filter(|verb| verb.is_hide_set());
    let hidden: Vec<String> = hidden.map(|verb| verb.get_name().to_owned()).collect();
    let parsed =
        command.try_get_matches_from(&args).and_then(|mut matches| T::from_arg_matches_mut(&mut matches));
    parsed.unwrap_or_else(|error| {
        if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            error.exit();
        }
        let lines = complain(&Words::new(lang), &error, &args, &hidden).join("\n");
        // Where nobody reads what is said, the status says it.
        let _ = writeln!(std::io::stderr(), "{lines}");
        std::process::exit(USAGE);
    })
}

/// The language of `--lang`, wherever it stands: what is wrong with a call is said before the call is understood.
fn asked(args: &[OsString]) -> Option<Lang> {
    let text = |arg: &OsString| arg.to_str().map(str::to_owned);
    let mut args = args.iter().skip(1).map_while(|arg| (arg != "--").then(|| text(arg).unwrap_or_default()));
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix("--lang") {
            Some("") => args.next(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        if let Some(lang) = value.and_then(|value| Lang::from_str(&value, false).ok()) {
            return Some(lang);
        }
    }
    None
}

/// What is wrong with a call, what to do, and how the verb is called: a line each. Verbs that are hidden were not meant.
fn complain(words: &Words, error: &clap::Error, args: &[OsString], hidden: &[String]) -> Vec<String> {
    let list = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        Some(ContextValue::Number(n)) => vec![n.to_string()],
        _ => Vec::new(),
    };
    let text = |kind| list(kind).join(", ");
    // Of what is no text, clap does not say which it is.
    let no_text =
        args.iter().find(|arg| arg.to_str().is_none()).map(|arg| arg.to_string_lossy().into_owned());
    let args = [
        ("text", no_text.unwrap_or_default()),
        ("argument", text(ContextKind::InvalidArg)),
        ("value", text(ContextKind::InvalidValue)),
        ("verb", text(ContextKind::InvalidSubcommand)),
        ("other", text(ContextKind::PriorArg)),
        (
            "why",
            std::error::Error::source(error).map(|why| reason(words, &why.to_string())).unwrap_or_default(),
        ),
    ];
    let given = !text(ContextKind::InvalidValue).is_empty();
    let code = match error.kind() {
        ErrorKind::UnknownArgument => "unknown-argument",
        ErrorKind::InvalidSubcommand => "unknown-verb",
        ErrorKind::InvalidValue if given => "not-a-value",
        ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => "no-value",
        ErrorKind::ValueValidation => "bad-value",
        ErrorKind::TooManyValues => "too-many-values",
        ErrorKind::NoEquals => "no-equals",
        ErrorKind::ArgumentConflict if text(ContextKind::PriorArg).is_empty() => "given-twice",
        ErrorKind::ArgumentConflict => "conflict",
        ErrorKind::MissingRequiredArgument => "missing-argument",
        ErrorKind::MissingSubcommand => "missing-verb",
        ErrorKind::InvalidUtf8 => "not-text",
        _ => return vec![error.to_string()],
    };
    let mut lines =
        vec![format!("{}: {}", words.tell("error", &[]), words.tell(&format!("call-{code}"), &args))];
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let meant: Vec<String> = meant.into_iter().flat_map(list).filter(|name| !hidden.contains(name)).collect();
    if !meant.is_empty() {
        lines.push(format!("  {}", words.tell("call-meant", &[("meant", meant.join(", "))])));
    }
    let values = [ContextKind::ValidValue, ContextKind::ValidSubcommand].map(text).concat();
    if !values.is_empty() {
        lines.push(format!("  {}", words.tell("call-choices", &[("choices", values)])));
    }
    let usage = text(ContextKind::Usage);
    let usage = usage.trim_start_matches("Usage: ");
    if !usage.is_empty() {
        lines.push(format!("  {}", words.tell("call-usage", &[("usage", usage.to_owned())])));
    }
    lines.push(format!("  {}", words.tell("call-help", &[])));
    lines
}

/// Why a value is refused; clap and Rust say it in English alone.
fn reason(words: &Words, english: &str) -> String {
    let range = english.split_once(" is not in ").and_then(|(_, range)| range.split_once("..="));
    if let Some((least, most)) = range {
        return words.tell("call-range", &[("least", least.to_owned()), ("most", most.to_owned())]);
    }
    let is_number = ["invalid digit found in string", "number too large to fit in target type"];
    if is_number.contains(&english) || english.starts_with("cannot parse integer") {
        return words.tell("call-number", &[]);
    }
    english.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Parser)]
    #[command(name = "trial", after_help = "Examples:\n  trial --masks 300")]
    struct Trial {
        /// Language.
        #[arg(long)]
        lang: Option<Lang>,
        /// How many.
        #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(200..=900))]
        masks: u32,
        /// Neither.
        #[arg(long, conflicts_with = "masks")]
        none: bool,
        /// What.
        file: String,
    }

    const SPANISH: &str =
        "[[text]]\nen = \"How many\"\nes = \"Cuántas\"\n[[text]]\nen = \"N\"\nes = \"CUÁNTAS\"\n";

    fn said(lang: Lang, args: &[&str]) -> Vec<String> {
        let command = match lang {
            Lang::En => Trial::command(),
            Lang::Es => Spanish::new(&[SPANISH]).command(Trial::command()),
        };
        let args = std::iter::once("trial").chain(args.iter().copied());
        let args: Vec<OsString> = args.map(OsString::from).collect();
        complain(&Words::new(lang), &command.try_get_matches_from(&args).unwrap_err(), &args, &[])
    }

    use clap::CommandFactory;

    #[test]
    fn what_is_wrong_with_a_call_is_said_in_both_languages() {
        let wrong: [(&[&str], &str, &str); 6] = [
            (&["a", "--mask", "3"], "There is no --mask here.", "Aquí no existe --mask."),
            (&[], "Missing: <FILE>.", "Falta: <FILE>."),
            (&["a", "--masks", "3"], "it goes from 200 to 900", "va de 200 a 900"),
            (&["a", "--masks", "x"], "it is no whole number", "no es un número entero"),
            (&["a", "--masks"], "needs a value", "necesita un valor"),
            (&["a", "--none", "--masks", "300"], "does not go together with", "no va junto con"),
        ];
        for (args, english, spanish) in wrong {
            for (lang, text) in [(Lang::En, english), (Lang::Es, spanish)] {
                let lines = said(lang, args);
                assert!(lines[0].starts_with("error: ") && lines[0].contains(text), "{args:?}: {lines:?}");
                assert!(lines.last().is_some_and(|line| line.contains("--help")), "{lines:?}");
            }
        }
        assert!(said(Lang::Es, &["a", "--mask", "3"])[1].contains("¿Quiso decir --masks?"));
        let values = said(Lang::Es, &["a", "--lang", "fr"]);
        assert!(values.iter().any(|line| line.contains("en, es")), "{values:?}");
        assert!(said(Lang::Es, &[]).iter().any(|line| line.contains("Uso: trial [OPCIONES] <FILE>")));
    }

    #[test]
    fn help_is_translated_with_its_defaults_and_choices() {
        let mut command = Spanish::new(&[SPANISH]).command(Trial::command());
        let help = command.render_long_help().to_string();
        for text in
            ["Uso: trial [OPCIONES] <FILE>", "--masks <CUÁNTAS>", "Cuántas [si no: 200]", "Valores posibles:"]
        {
            assert!(help.contains(text), "{text}:\n{help}");
        }
        for english in ["Usage:", "Options:", "Arguments:", "[default", "Possible values"] {
            assert!(!help.contains(english), "{english}:\n{help}");
        }
        assert!(texts(&Trial::command()).contains("How many"));
    }

    #[test]
    fn the_language_asked_for_is_seen_before_the_call_is_understood() {
        let of = |args: &[&str]| asked(&args.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["x", "--wrong", "--lang", "es"]), Some(Lang::Es));
        assert_eq!(of(&["x", "--lang=en", "y"]), Some(Lang::En));
        assert_eq!(of(&["x", "--lang", "fr"]), None);
        assert_eq!(of(&["x", "--", "--lang", "es"]), None);
        assert_eq!(of(&["--lang=es"]), None, "the program's own name is none");
    }
}
