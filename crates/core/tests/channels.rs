//! Laws of the channels of one image: nothing that differs, and nothing that nobody read, is definitive.

use std::sync::Arc;

use proptest::prelude::*;
use tallyproof_core::facts::ImageReading;
use tallyproof_core::form::Figure;
use tallyproof_core::print::{Match, Print, Printed, SEEN, SURE_PER_MILLE};
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::sheet::{Channel, EvidenceClass, Field, SheetStatus};
use tallyproof_core::tabulate::tabulate;

use crate::support::{code, facts_with_codes, pack, pack_with, printed, source};

const PAYLOAD: &str = "01.02!12,3,50!4!0";

fn image(edits: &[(&str, &str)]) -> ImageReading {
    let pack = pack();
    printed(&pack, code(&pack, "one", "img", PAYLOAD), edits)
}

fn standing(images: Vec<ImageReading>) -> (SheetStatus, EvidenceClass, u64) {
    let facts = facts_with_codes(pack(), Vec::new(), images);
    let sheets = reconcile(&facts);
    (sheets[0].status, sheets[0].class, tabulate(&facts, &sheets).n_tables_seen())
}

#[test]
fn code_and_print_that_agree_are_definitive() {
    assert_eq!(standing(vec![image(&[])]), (SheetStatus::Definitive, EvidenceClass::CodeAndPrint, 1));
}

#[test]
fn one_figure_that_differs_is_a_conflict_with_both_values() {
    let needed = [("table-1", "02"), ("table-2", "03"), ("line-1", "13"), ("line-3", "5"), ("null", "0")];
    for (figure, digits) in needed.into_iter().chain([("selection-1", "51"), ("valid", "66")]) {
        let facts = facts_with_codes(pack(), Vec::new(), vec![image(&[(figure, digits)])]);
        let sheets = reconcile(&facts);
        let sheet = &sheets[0];
        assert_eq!(sheet.status, SheetStatus::InConflict, "{figure}");
        let [difference] = sheet.misprints.as_slice() else { panic!("{figure}: one difference") };
        assert_eq!(difference.misprint.figure.code(), figure);
        assert_eq!(difference.misprint.print.as_deref(), Some(digits));
        assert_ne!(*difference.misprint.code, *digits);
        assert!(difference.misprint.crop.is_some());
        assert!(!sheet.counts(&facts.pack));
    }
}

#[test]
fn what_nobody_read_leaves_the_code_alone_and_is_named() {
    for (figure, how) in [("line-2", "blank"), ("null", "unsure"), ("table-1", "not-found")] {
        let facts = facts_with_codes(pack(), Vec::new(), vec![image(&[(figure, how)])]);
        let sheets = reconcile(&facts);
        assert_eq!((sheets[0].status, sheets[0].class), (SheetStatus::Provisional, EvidenceClass::CodeOnly));
        let names: Vec<String> = sheets[0].unconfirmed.iter().map(|f| f.code()).collect();
        assert_eq!(names, [figure]);
    }
    // A total that cannot be read proves nothing and hinders nothing.
    assert_eq!(standing(vec![image(&[("valid", "unsure")])]).0, SheetStatus::Definitive);
}

#[test]
fn leading_zeros_are_the_same_number_but_not_the_same_table() {
    assert_eq!(standing(vec![image(&[("line-2", "4")])]).0, SheetStatus::InConflict);
    let mut padded = image(&[]);
    for figure in padded.print.iter_mut().flat_map(|p| &mut Arc::make_mut(p).figures) {
        if figure.figure == Figure::Field(Field::Line(1)) {
            figure.printed = Printed::Digits("003".into());
        }
    }
    assert_eq!(standing(vec![padded]).0, SheetStatus::Definitive);
}

/// A match speaks of the value that was asked for, not of one a later reading brings.
#[test]
fn a_match_with_another_value_confirms_nothing() {
    let pack = pack();
    let mut other = code(&pack, "one", "img", "01.02!12,3,51!4!0");
    other.print = image(&[]).print;
    for figure in other.print.iter_mut().flat_map(|p| &mut Arc::make_mut(p).figures) {
        figure.confidence = 0;
    }
    let (status, class, _) = standing(vec![other]);
    assert_eq!((status, class), (SheetStatus::Provisional, EvidenceClass::CodeOnly));
}

#[test]
fn joint_and_print_alone_wait_for_a_person() {
    let mut joint = image(&[]);
    joint.channel = Channel::Joint;
    assert_eq!(standing(vec![joint.clone()]), (SheetStatus::Provisional, EvidenceClass::Joint, 0));
    let pack = pack();
    let print = joint.print.clone().unwrap();
    assert_eq!(print.table(pack.form.as_ref().unwrap(), &pack), Some(joint.reading.table.clone()));
    let mut alone = joint;
    alone.channel = Channel::Print;
    alone.reading.values = print.values(&pack);
    assert_eq!(alone.reading.values.selection_sum(), Some(65));
    assert_eq!(standing(vec![alone]), (SheetStatus::NeedsEntry, EvidenceClass::PrintOnly, 0));
}

/// One altered image per table would otherwise erase an election.
#[test]
fn an_image_of_a_less_trusted_source_never_unseats_a_table() {
    let pack = pack();
    let sources = vec![source(&pack, "one", "table,A,B\n01.02,15,50\n")];
    let altered = [
        printed(&pack, code(&pack, "low", "a", "01.02!12,3,900!4!0"), &[]),
        printed(&pack, code(&pack, "low", "b", PAYLOAD), &[("line-3", "900")]),
    ];
    let facts = facts_with_codes(pack, sources, altered.into());
    let sheets = reconcile(&facts);
    assert_eq!((sheets[0].status, sheets[0].class), (SheetStatus::Provisional, EvidenceClass::SingleSource));
    assert!(
        sheets[0].differences.iter().all(|d| d.set_aside) && sheets[0].misprints.iter().all(|d| d.set_aside)
    );
    assert_eq!(sheets[0].values().selection_sum(), Some(65));
}

#[test]
fn an_image_that_agrees_confirms_a_transcription() {
    let pack = pack();
    let sources = vec![source(&pack, "one", "table,A,B\n01.02,15,50\n")];
    let images = vec![printed(&pack, code(&pack, "low", "a", PAYLOAD), &[])];
    let facts = facts_with_codes(pack, sources, images);
    let sheets = reconcile(&facts);
    assert_eq!((sheets[0].status, sheets[0].class), (SheetStatus::Definitive, EvidenceClass::CodeAndPrint));
    assert_eq!(sheets[0].leading().channel, Channel::Transcription, "trust decides who leads");
}

#[test]
fn images_that_differ_are_quarantined_however_sure_each_is() {
    let pack = pack();
    let other = printed(&pack, code(&pack, "one", "other", "01.02!12,3,51!4!0"), &[]);
    let (status, _, counted) = standing(vec![image(&[]), other]);
    assert_eq!((status, counted), (SheetStatus::Quarantined, 0));
}

#[test]
fn where_codes_count_confirmed_codes_count() {
    let pack = pack_with("[policy]\nadmits = [\"code-only\"]");
    let confirmed = [EvidenceClass::TwoPeople, EvidenceClass::CodeAndPrint, EvidenceClass::PersonAndMachine];
    assert_eq!(pack.policy.admits[..3], confirmed);
    assert_eq!(pack.policy.admits[3..], [EvidenceClass::CodeOnly]);
}

#[test]
fn printed_electors_are_learnt() {
    let facts = facts_with_codes(pack(), Vec::new(), vec![image(&[("electors", "310")])]);
    assert_eq!(reconcile(&facts)[0].electors, Some(310));
}

#[test]
fn the_journal_gives_back_what_was_read() {
    let print = image(&[("line-1", "13"), ("null", "blank"), ("valid", "unsure"), ("line-2", "not-found")]);
    let print = print.print.unwrap();
    assert_eq!(Print::from_json(&print.to_json()), *print);
}

/// One alteration of one channel of one image.
#[derive(Clone, Debug)]
enum Alteration {
    /// The code's figure with this index is another number.
    Code(usize, u32),
    /// The printed figure with this index reads otherwise.
    Print(usize, Printed, u16, Match),
}

fn alteration() -> impl Strategy<Value = Alteration> {
    let figure = 0usize..9;
    let printed = prop_oneof![
        "[0-9]{1,4}".prop_map(|digits| Printed::Digits(digits.into())),
        Just(Printed::Blank),
        Just(Printed::NotFound),
        "(unsure|glare|covered)".prop_map(|cause| Printed::Illegible(cause.into())),
    ];
    let found = prop_oneof![Just(Match::Other), Just(Match::Unsure)];
    prop_oneof![
        (0usize..4, 1u32..500).prop_map(|(i, by)| Alteration::Code(i, by)),
        (figure, printed, 0u16..=1000, found).prop_map(|(i, p, c, m)| Alteration::Print(i, p, c, m)),
    ]
}

/// Image after one alteration; `true` when a figure that must agree was altered.
fn altered(alteration: &Alteration) -> (ImageReading, bool) {
    let pack = pack();
    match alteration {
        Alteration::Code(i, by) => {
            let mut figures = [12, 3, 50, 4];
            figures[*i] += by;
            let [a, b, c, null] = figures;
            let mut reading = code(&pack, "one", "img", &format!("01.02!{a},{b},{c}!{null}!0"));
            // The paper still says what it said.
            let paper = image(&[]).print.unwrap();
            let mut print = printed(&pack, reading.clone(), &[]).print.unwrap();
            for figure in &mut Arc::make_mut(&mut print).figures {
                let on_paper = paper.figure(figure.figure).unwrap();
                if on_paper.printed != figure.printed {
                    figure.printed = on_paper.printed.clone();
                    figure.compared = figure.compared.take().map(|(asked, _)| (asked, Match::Other));
                }
            }
            reading.print = Some(print);
            (reading, true)
        }
        Alteration::Print(i, printed, confidence, found) => {
            let mut reading = image(&[]);
            let mut needed = true;
            if let Some(print) = &mut reading.print {
                let i = i % print.figures.len();
                let figure = &mut Arc::make_mut(print).figures[i];
                needed = !matches!(
                    figure.figure,
                    Figure::Field(Field::Valid | Field::Ballots | Field::Selection(_))
                );
                figure.printed = printed.clone();
                figure.confidence = *confidence;
                figure.compared = figure.compared.take().map(|(asked, _)| (asked, *found));
            }
            (reading, needed)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    /// The law of the whole chain.
    #[test]
    fn a_figure_altered_in_one_channel_is_never_definitive(alteration in alteration()) {
        let (image, needed) = altered(&alteration);
        let (status, class, _) = standing(vec![image]);
        if needed {
            prop_assert_ne!(status, SheetStatus::Definitive, "{:?}", alteration);
            prop_assert_ne!(class, EvidenceClass::CodeAndPrint);
        }
    }

    /// Nor does a second, sound image of the table hide it.
    #[test]
    fn nor_beside_others(alterations in proptest::collection::vec(alteration(), 1..4), reverse: bool) {
        let (mut images, contradicted): (Vec<ImageReading>, Vec<bool>) = alterations
            .iter()
            .enumerate()
            .map(|(i, alteration)| {
                let (mut image, _) = altered(alteration);
                image.reading.image = Some(format!("img{i}").into());
                let facts = facts_with_codes(pack(), Vec::new(), vec![image.clone()]);
                (image, reconcile(&facts)[0].status == SheetStatus::InConflict)
            })
            .unzip();
        images.push(image(&[]));
        if reverse {
            images.reverse();
        }
        let (status, ..) = standing(images.clone());
        if contradicted.contains(&true) {
            prop_assert!(matches!(status, SheetStatus::InConflict | SheetStatus::Quarantined));
        }
        images.reverse();
        prop_assert_eq!(standing(images).0, status);
    }

    #[test]
    fn any_journal_is_survived(text in "[\\[\\]\",a-z0-9:-]{0,200}") {
        if let Ok(value) = serde_json::from_str(&text) {
            let print = Print::from_json(&value);
            prop_assert!(print.figures.iter().all(|f| f.confidence <= 1000));
        }
    }

    /// Blank and illegible are values; no confidence makes them agreement.
    #[test]
    fn what_is_not_read_never_agrees(cause in "[a-z]{1,8}", confidence in 0u16..=1000, found in 0usize..3) {
        prop_assume!(!SEEN.contains(&cause.as_str()), "digits seen but not told apart are the comparison's to decide");
        let found = [Match::Same, Match::Other, Match::Unsure][found];
        for printed in [Printed::Blank, Printed::NotFound, Printed::Illegible(cause.as_str().into())] {
            let mut reading = image(&[]);
            let figure = Arc::make_mut(reading.print.as_mut().unwrap()).figures.iter_mut().find(|f| f.figure == Figure::Field(Field::Null));
            let figure = figure.unwrap();
            figure.printed = printed;
            figure.confidence = confidence;
            figure.compared = Some(("4".into(), found));
            let (status, ..) = standing(vec![reading]);
            prop_assert_ne!(status, SheetStatus::Definitive);
        }
    }
}

#[test]
fn sureness_is_a_bound_of_its_own() {
    let mut low = image(&[]);
    for figure in low.print.iter_mut().flat_map(|p| &mut Arc::make_mut(p).figures) {
        figure.confidence = SURE_PER_MILLE - 1;
        figure.printed = Printed::Digits("7".into());
        figure.compared = figure.compared.take().map(|(asked, _)| (asked, Match::Unsure));
    }
    assert_eq!(standing(vec![low]).0, SheetStatus::Provisional, "unsure digits contradict nothing");
}
