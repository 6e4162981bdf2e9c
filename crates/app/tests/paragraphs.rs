//! The words change as evidence weakens: constructed cases, in both languages.

use std::fmt::Write;

use tallyproof::site::{Report, report_html};
use tallyproof::words::{Lang, Words};
use tallyproof_analysis::results::analyse;
use tallyproof_core::facts::{Facts, ImageReading, Source, Standing, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::sheet::{Channel, EvidenceClass};
use tallyproof_core::transcription::Transcription;

const PACK: &str = include_str!("../../../elections/venezuela-2024/election.toml");

/// Three tables in each of `parishes`, the second side's votes from `second`.
fn table(parishes: u32, second: impl Fn(u32) -> u32) -> String {
    let mut text = String::from(
        "EDO,MUN,PAR,CENTRO,MESA,RE,VOTOS_VALIDOS,VOTOS_NULOS,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA,URL\n",
    );
    for i in 0..parishes * 3 {
        let (code, mesa) = (10_101_001 + i / 3 * 1_000, i % 3 + 1);
        let (eg, nm) = (200 + i / 3 * 37 % 60, second(i));
        let _ = writeln!(text, "E,M,P,{code},{mesa},999,{},0,{eg},{nm},0,0,0,0,0,0,0,0,{i}.jpg", eg + nm);
    }
    text
}

/// Facts of 240 tables in all, a source for each table of numbers.
fn facts(tables: &[String]) -> Facts {
    let mut pack = Pack::parse("venezuela-2024", PACK).unwrap();
    (pack.n_tables, pack.claims) = (240, Vec::new());
    let source = |(i, text): (usize, &String)| {
        let transcription = Transcription::parse(text.as_bytes(), &pack.mappings[0], &pack).unwrap();
        let sha256 = String::new();
        let version = Version { label: "1".into(), supersedes: vec![], sha256, transcription };
        Source::new(format!("source-{i}"), vec![version]).unwrap()
    };
    let sources = tables.iter().enumerate().map(source).collect();
    Facts::new(pack, None, sources)
}

/// Codes of the wording, and the two paragraphs in a language, without markup.
fn paragraphs(facts: &Facts, lang: Lang) -> (String, String) {
    let analysis = analyse(facts);
    let report = Report {
        results: &analysis.results,
        findings: &analysis.findings,
        pack: &facts.pack,
        boundaries: None,
        calibration: None,
        results_sha256: "",
        checkpoint: None,
    };
    let html = report_html(&report, &Words::new(lang)).unwrap();
    let section = html.split("<h2 id=\"words\">").nth(1).unwrap().split("</section>").next().unwrap();
    let mut text = String::new();
    let mut inside = false;
    for c in section.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let wording = analysis.results.wording;
    (format!("{}/{}", wording.evidence, wording.lead), text)
}

#[test]
fn words_weaken_with_the_evidence() {
    let clear = |i: u32| 80 + i / 3 * 13 % 40;
    let narrow = |i: u32| 195 + i / 3 * 53 % 70;
    let other = |i: u32| if i.is_multiple_of(5) { 700 } else { clear(i) };
    let cases = [
        ("single-source/clear", vec![table(70, clear)], "González leads", "aventaja"),
        (
            "single-source/narrow",
            vec![table(70, narrow)],
            "does not settle who won",
            "no resuelve quién ganó",
        ),
        ("single-source/too-little", vec![table(20, clear)], "too little has been seen", "demasiado poco"),
        ("contradictory/clear", vec![table(78, clear), table(78, other)], "contradict", "se contradicen"),
        ("none/none", vec![table(0, clear)], "no tally sheet has been counted", "no se ha contado"),
    ];
    let mut seen = Vec::new();
    for (codes, tables, english, spanish) in cases {
        let facts = facts(&tables);
        for (lang, expected) in [(Lang::En, english), (Lang::Es, spanish)] {
            let (found, text) = paragraphs(&facts, lang);
            assert_eq!(found, codes);
            assert!(text.contains(expected), "{codes}: {text}");
            assert!(!text.contains("words-") && !text.contains("{ $"), "{codes}: {text}");
            let condition = if lang == Lang::En { "genuine" } else { "auténticas" };
            assert!(codes == "none/none" || text.contains(condition), "{codes}: {text}");
            // A probability or an interval never stands without what it takes for granted.
            if text.contains("99") || text.contains("95%") || text.contains("95 %") {
                assert!(text.contains("without regard to") || text.contains("sin relación con su voto"));
            }
            assert!(!text.contains("certain") && !text.contains("won by"), "{text}");
            seen.push(text);
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 10, "each case has its own words");
}

/// Two people, or code and print, are two accounts of a sheet; its pictures still come from one source.
#[test]
fn two_accounts_of_one_sources_pictures_are_not_two_sources() {
    let text = table(70, |i| 80 + i / 3 * 13 % 40);
    let mut of_images = facts(std::slice::from_ref(&text));
    let readings = of_images.sources.remove(0).newest().transcription.readings.clone();
    let image = |(i, mut reading): (usize, tallyproof_core::sheet::Reading)| {
        reading.image = Some(format!("{i:064x}").into());
        let standing = Standing::Settled { class: EvidenceClass::TwoPeople, definitive: true };
        let (source, channel) = ("observers".to_owned(), Channel::Entry);
        ImageReading { source, channel, standing, reading, print: None, unread: None }
    };
    let images = readings.into_iter().enumerate().map(image).collect();
    let of_images = of_images.with_images(images, Vec::new(), 0);
    for (lang, accounts, sources) in [
        (Lang::En, "more than one account of its sheet: two people typed the same.", "more than one source"),
        (
            Lang::Es,
            "más de una versión de su acta: dos personas transcribieron lo mismo.",
            "más de una fuente",
        ),
    ] {
        let (codes, said) = paragraphs(&of_images, lang);
        assert_eq!(codes, "several/clear");
        assert!(said.contains(accounts) && said.contains("observers") && !said.contains(sources), "{said}");
    }
}
