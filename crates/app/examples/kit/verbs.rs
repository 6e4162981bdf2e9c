//! A page for every verb, from what clap knows of it.

use std::fmt::Write;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command};

use super::book::Page;

/// The programs' commands.
pub(crate) fn programs() -> [Command; 2] {
    [tallyproof::cli::command(), tallyproof_verify::command()]
}

/// A page for every verb, and one for the small program.
pub(crate) fn pages() -> Vec<Page> {
    let [program, verifier] = programs().map(|mut command| {
        // Names of nested verbs and options that all share are put in place.
        command.build();
        command
    });
    let mut pages: Vec<Page> = visible(&program).map(|verb| page(verb, verb.get_name())).collect();
    pages.push(page(&verifier, "tallyproof-verify"));
    pages
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|verb| !verb.is_hide_set() && verb.get_name() != "help")
}

fn page(command: &Command, name: &str) -> Page {
    let mut text = String::new();
    section(&mut text, command, 1);
    Page { name: name.to_owned(), path: format!("reference/commands/{name}.md"), text }
}

/// A verb, and its own verbs below it.
fn section(text: &mut String, command: &Command, level: usize) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let _ = writeln!(text, "{} {name}\n", "#".repeat(level));
    let about = command.get_long_about().or_else(|| command.get_about());
    let _ = writeln!(text, "{}\n", prose(about));
    let usage = command.clone().render_usage().to_string();
    let _ = writeln!(text, "```text\n{}\n```\n", usage.trim_start_matches("Usage: "));
    let asks = |arg: &&Arg| {
        matches!(
            arg.get_action(),
            ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
        )
    };
    let shown = |arg: &&Arg| !arg.is_hide_set() && !asks(arg);
    // What every verb takes stands once, in the overview.
    let own: Vec<&Arg> = command.get_arguments().filter(shown).filter(|arg| !arg.is_global_set()).collect();
    if !own.is_empty() {
        text.push_str("| | |\n|---|---|\n");
        for arg in own {
            let _ = writeln!(text, "| {} | {} |", call(arg), told(arg));
        }
        text.push('\n');
    }
    if let Some(after) = command.get_after_long_help().or_else(|| command.get_after_help()) {
        let _ = writeln!(text, "```text\n{}\n```\n", after.to_string().trim_end());
    }
    for verb in visible(command) {
        section(text, verb, level + 1);
    }
}

/// How an argument is given: `-C, --folder DIR`.
fn call(arg: &Arg) -> String {
    let names: Vec<String> =
        arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let value = if arg.get_action().takes_values() { names.join(" ") } else { String::new() };
    let mut flags: Vec<String> = arg.get_short().map(|short| format!("-{short}")).into_iter().collect();
    flags.extend(arg.get_long().map(|long| format!("--{long}")));
    let text = match (flags.is_empty(), value.is_empty()) {
        (true, _) => value,
        (false, true) => flags.join(", "),
        (false, false) => format!("{} {value}", flags.join(", ")),
    };
    format!("`{}`", text.replace('|', "\\|"))
}

/// What an argument does, with its choices and default.
fn told(arg: &Arg) -> String {
    let mut text = prose(arg.get_long_help().or_else(|| arg.get_help())).replace('\n', " ");
    let choices: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|choice| !choice.is_hide_set() && arg.get_action().takes_values())
        .map(|choice| match choice.get_help() {
            Some(help) => {
                format!("`{}` ({})", choice.get_name(), escape(help.to_string().trim_end_matches('.')))
            }
            None => format!("`{}`", choice.get_name()),
        })
        .collect();
    if !choices.is_empty() {
        let _ = write!(text, " One of {}.", choices.join(", "));
    }
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
    if !defaults.is_empty() && arg.get_action().takes_values() && !arg.is_hide_default_value_set() {
        let _ = write!(text, " Default: {}.", defaults.join(" "));
    }
    text.replace('|', "\\|")
}

/// A text whose last sentence ends with the point that clap takes away.
fn prose(text: Option<&StyledStr>) -> String {
    let text = escape(&text.map(ToString::to_string).unwrap_or_default());
    let is_open = text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '`' | '"'));
    if is_open { text + "." } else { text }
}

/// Help is plain text: what Markdown would read otherwise, outside backticks, is shown as it stands.
fn escape(text: &str) -> String {
    let pieces = text.split('`').enumerate().map(|(i, piece)| match i % 2 {
        0 => piece.replace('\\', "\\\\").replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_"),
        _ => piece.to_owned(),
    });
    pieces.collect::<Vec<_>>().join("`")
}
