//! Help in Spanish: every text of every verb, and none that no verb says any more.

use std::collections::BTreeSet;

use tallyproof::cli::{SPANISH_HELP, command};
use tallyproof_verify::help::{Spanish, texts};

use crate::support::run;

#[test]
fn every_text_of_the_help_is_in_spanish() {
    let asked: BTreeSet<String> = [command(), tallyproof_verify::command()].iter().flat_map(texts).collect();
    let spanish = Spanish::new(&SPANISH_HELP);
    let known: BTreeSet<String> = spanish.known().map(str::to_owned).collect();
    let missing: Vec<String> = asked
        .difference(&known)
        .map(|text| format!("[[text]]\nen = '''\n{text}'''\nes = '''\n'''\n"))
        .collect();
    assert!(missing.is_empty(), "{} texts have no Spanish yet:\n\n{}", missing.len(), missing.join("\n"));
    let stale: Vec<&String> = known.difference(&asked).collect();
    assert!(stale.is_empty(), "no help says this any more: {stale:#?}");
}

/// The small program has what its own help needs.
#[test]
fn the_small_programs_help_is_in_spanish() {
    let spanish = Spanish::new(&[tallyproof_verify::SPANISH_HELP]);
    let known: BTreeSet<&str> = spanish.known().collect();
    let asked = texts(&tallyproof_verify::command());
    let missing: Vec<&String> = asked.iter().filter(|text| !known.contains(text.as_str())).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn help_and_wrong_calls_speak_the_language_that_is_asked_for() {
    let help = run(&["--lang", "es", "import", "--help"]).ends(0).out;
    for text in ["Uso: tallyproof import [OPCIONES]", "Opciones:", "--source <NOMBRE>", "Ejemplos:"] {
        assert!(help.contains(text), "{text}:\n{help}");
    }
    for english in ["Usage", "Options", "Examples", "Print help", "Possible values", "default:"] {
        assert!(!help.contains(english), "{english}:\n{help}");
    }
    let wrong = run(&["import", "--lang=es", "--sourse", "a"]).ends(2).err;
    assert!(
        wrong.contains("Aquí no existe --sourse.") && wrong.contains("¿Quiso decir --source?"),
        "{wrong}"
    );
    let wrong = run(&["--lang", "en", "red"]).ends(2).err;
    assert!(wrong.contains("Did you mean readings, read?"), "no hidden verb was meant: {wrong}");
    let wrong = run(&["--lang", "en", "rum"]).ends(2).err;
    assert!(wrong.contains("There is no verb rum.") && wrong.contains("Did you mean run?"), "{wrong}");
}
