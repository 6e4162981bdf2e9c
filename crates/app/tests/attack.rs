//! What a publisher might try so that a bundle is found intact in which something does not follow from the facts.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use tallyproof_core::journal::sha256_hex;
use tallyproof_evidence::checkpoint::{Checkpoint, Role, SignedCheckpoint, VerifierKey};
use tallyproof_evidence::layout;
use tallyproof_evidence::ssh::{KeyPair, NAMESPACE, NAMESPACE_KEY, Signer, sign};
use tallyproof_evidence::statement::{Change, SignedStatement, Statement};
use tallyproof_evidence::verify::{Request, verify};

use crate::bundle::{PUBLISHED, public};
use crate::support::run;
use crate::tamper::{
    Events, codes, copy, looked_at, noticed, publisher, request, reseal, resign_head, rewrite_journal,
    stranger,
};

/// Changes a copy, renews hashes and signatures as the publisher can; gives what is wrong.
fn spoiled(change: impl FnOnce(&Path)) -> BTreeSet<String> {
    let copy = copy();
    change(&copy.root);
    reseal(&copy.root, &mut publisher());
    codes(&copy.root)
}

/// The same, with a journal rewritten and its head signed again.
fn rewritten(change: impl Fn(&mut Events)) -> BTreeSet<String> {
    spoiled(|root| {
        rewrite_journal(root, change);
        resign_head(root, &mut publisher());
    })
}

fn alter(root: &Path, file: &str, change: impl FnOnce(String) -> String) {
    let path = root.join(file);
    let before = std::fs::read_to_string(&path).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "{file}: nothing changed");
    std::fs::write(path, after).unwrap();
}

#[track_caller]
fn has(codes: &BTreeSet<String>, code: &str, what: &str) {
    assert!(codes.contains(code), "{what}: no {code} in {codes:?}");
}

/// A page with other figures, under a name like that of a file that is looked at.
/// What is done to a text.
type Trick = fn(&str) -> String;

#[test]
fn a_file_that_nothing_looks_at_is_told() {
    for name in [
        "data/journal.jsonl.html",
        "data/checkpoint-results.csv",
        "data/checkpoints.jsonl.csv",
        "data/proofs.jsonl.csv",
        "data/images.csv.html",
        "data/report.html",
        "data/report-en.html.html",
        "data/results/results.json",
        "data/exports/results.html",
        "data/election/results.csv",
        "data/sources/results.csv",
        "data/calibration.json.csv",
    ] {
        let copy = copy();
        let path = copy.root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "another winner").unwrap();
        reseal(&copy.root, &mut publisher());
        let found = looked_at(&copy.root).unwrap();
        assert!(found.not_recomputed.iter().any(|told| told == name), "{name}: {:?}", found.not_recomputed);
    }
    for (name, code) in [
        ("data/keys/results.csv", "signatures/bad-statement"),
        ("data/images/results.png", "images/image-not-listed"),
        ("data/images/deep/results.png", "images/image-not-listed"),
    ] {
        let codes = spoiled(|root| {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "another winner").unwrap();
        });
        has(&codes, code, name);
    }
}

/// Beside the payload there is nothing but the bag's own files, listed or not.
#[test]
fn nothing_stands_beside_the_payload() {
    let copy = copy();
    std::fs::write(copy.root.join("RESULTS.html"), "another winner").unwrap();
    reseal(&copy.root, &mut publisher());
    has(&noticed(&copy.root, "unlisted"), "files/unlisted", "unlisted");
    alter(&copy.root, "tagmanifest-sha256.txt", |tags| {
        format!("{}  RESULTS.html\n{tags}", sha256_hex(b"another winner"))
    });
    let tags = std::fs::read(copy.root.join("tagmanifest-sha256.txt")).unwrap();
    let signature = sign(&mut publisher(), NAMESPACE, &tags).unwrap();
    std::fs::write(copy.root.join("tagmanifest-sha256.txt.sig"), signature).unwrap();
    has(&noticed(&copy.root, "listed"), "files/bad-manifest", "listed");
}

/// Files of the pack that no figure is derived from are read by people all the same.
#[test]
fn kept_files_are_those_that_the_journal_names() {
    let toml = format!("{}election.toml", layout::ELECTION);
    let codes = spoiled(|root| alter(root, &toml, |text| text + "\n"));
    has(&codes, "facts/changed", "the pack");
    // One that the pack has beside it.
    let words = |there: Option<&'static str>| {
        spoiled(|root| {
            let name = format!("{}notes.md", layout::ELECTION);
            there.into_iter().for_each(|text| std::fs::write(root.join(&name), text).unwrap());
            rewrite_journal(root, |events| {
                let (_, body, _) = events.iter_mut().find(|(kind, ..)| kind == "pack.adopted").unwrap();
                body["files"]["notes.md"] = json!(sha256_hex(b"words"));
            });
            resign_head(root, &mut publisher());
        })
    };
    assert_eq!(words(Some("words")), BTreeSet::new());
    has(&words(Some("other words")), "facts/changed", "words of the pack");
    has(&words(None), "facts/missing", "words of the pack");
    let sha256 = sha256_hex(b"another map");
    let adopt = |events: &mut Events, sha256: &str| {
        events.push(("boundaries.adopted".into(), json!({"sha256": sha256}), "00".repeat(32)));
    };
    has(&rewritten(|events| adopt(events, &sha256)), "facts/missing", "boundaries that are not there");
    let codes = rewritten(|events| adopt(events, "../../../etc/passwd"));
    has(&codes, "facts/missing", "boundaries elsewhere");
    let codes = spoiled(|root| {
        std::fs::write(root.join(format!("data/sources/{sha256}")), "yet another").unwrap();
        rewrite_journal(root, |events| adopt(events, &sha256));
        resign_head(root, &mut publisher());
    });
    has(&codes, "facts/changed", "boundaries under another's hash");
}

#[test]
fn a_table_is_not_published_beside_the_facts() {
    let publish = |body: Value| {
        rewritten(|events| events.push(("table.published".into(), body.clone(), "00".repeat(32))))
    };
    let withdrawn = json!({"table": "999999999.99", "withdrawn": true});
    assert!(publish(withdrawn.clone()).is_empty(), "a withdrawal by itself");
    let mut figures = withdrawn;
    figures["votes"] = json!({"EG": 100_000});
    figures["counted"] = json!(true);
    has(&publish(figures), "tables/table-differs", "a withdrawal with figures");
    for body in [
        json!({"table": "999999999.99"}),
        json!({"table": 7, "withdrawn": true}),
        json!({"table": ["x"], "votes": {"EG": -1}}),
        json!({"votes": {"EG": u64::MAX}}),
        json!({"table": "130101001.01", "withdrawn": true}),
        json!({"table": "130101001.01", "withdrawn": "true"}),
        json!([]),
        json!(null),
    ] {
        has(&publish(body.clone()), "tables/table-differs", &body.to_string());
    }
}

#[test]
fn every_table_has_its_proof_once() {
    let lines = |change: fn(Vec<&str>) -> Vec<&str>| {
        spoiled(|root| {
            alter(root, layout::PROOFS, |text| {
                change(text.lines().collect()).iter().map(|line| format!("{line}\n")).collect()
            });
        })
    };
    has(
        &lines(|mut l| {
            l[1] = l[0];
            l
        }),
        "proofs/bad-proof",
        "one table's in the place of another's",
    );
    has(
        &lines(|mut l| {
            l.swap(0, 1);
            l
        }),
        "proofs/bad-proof",
        "another order",
    );
    has(
        &lines(|mut l| {
            l.pop();
            l
        }),
        "proofs/proofs-missing",
        "one left out",
    );
    has(
        &lines(|mut l| {
            l.push(l[0]);
            l
        }),
        "proofs/unreadable",
        "one more",
    );
}

/// What people see in a report is the figure that its key names.
#[test]
fn a_figure_shown_is_the_figure() {
    let report = |change: &dyn Fn(&str) -> String| {
        spoiled(|root| alter(root, "data/report-en.html", |html| change(&html)))
    };
    let first = |html: &str| {
        let start = html.find("<data data-key=\"tabulation.").unwrap();
        let end = start + html[start..].find("</data>").unwrap();
        html[start..end].to_owned()
    };
    let swap = |change: &dyn Fn(&str) -> String| {
        report(&|html| html.replacen(&first(html), &change(&first(html)), 1))
    };
    let shown =
        |text: &'static str| move |element: &str| format!("{}>{text}", element.split_once('>').unwrap().0);
    for text in ["99,999", "", "<b>1</b>", "1<!-- -->0", "0", "1e9", "&#57;"] {
        has(&swap(&shown(text)), "report/figure-differs", text);
    }
    let tricks: [(&str, Trick); 7] = [
        ("single quotes", |e| e.replace('"', "'")),
        ("capitals", |e| e.replacen("<data", "<DaTa", 1)),
        ("another attribute", |e| e.replacen("<data", "<data title='>'", 1)),
        ("an attribute in an attribute", |e| e.replacen("<data", "<data title='x data-key=\"a\"' ", 1)),
        ("another order", |e| e.replacen(" data-key", " value=\"9\" data-key", 1)),
        ("no value", |e| e.replacen(" value=", " valve=", 1)),
        ("a line between", |e| e.replacen("<data ", "<data\n", 1)),
    ];
    for (what, trick) in tricks {
        has(&swap(&trick), "report/figure-differs", what);
    }
    has(&report(&|html| html.replace("<data ", "<span ")), "report/no-figures", "no marks");
    let codes = spoiled(|root| {
        std::fs::copy(root.join("data/report-en.html"), root.join("data/report-es.html")).map(drop).unwrap();
    });
    has(&codes, "report/figure-differs", "points for commas");
}

#[test]
fn a_line_of_the_journal_has_one_form() {
    let forms: [(&str, Trick); 11] = [
        ("a member twice", |l| l.replacen("{\"body\":", "{\"body\":{},\"body\":", 1)),
        ("a member more", |l| l.replacen(",\"v\":1}", ",\"v\":1,\"x\":1}", 1)),
        ("another version", |l| l.replacen(",\"v\":1}", ",\"v\":2}", 1)),
        ("a float", |l| l.replacen(",\"v\":1}", ",\"v\":1.0}", 1)),
        ("white space", |l| l.replacen(',', ", ", 1)),
        ("a carriage return", |l| l.replacen('\n', "\r\n", 1)),
        ("a mark of order", |l| format!("\u{feff}{l}")),
        ("an empty line", |l| format!("\n{l}")),
        ("an escape", |l| l.replacen("kind", "\\u006bind", 1)),
        ("deep", |l| {
            l.replacen(
                "{\"body\":",
                &format!("{{\"body\":{}{},\"x\":", "[".repeat(9_999), "]".repeat(9_999)),
                1,
            )
        }),
        ("no end", |l| l.trim_end().to_owned()),
    ];
    for (what, form) in forms {
        let codes = spoiled(|root| {
            alter(root, layout::JOURNAL, |text| form(&text));
            resign_head(root, &mut publisher());
        });
        has(&codes, "journal/journal-chain", what);
    }
}

#[test]
fn manifests_have_one_form() {
    let forms: [(&str, Trick); 8] = [
        ("carriage returns", |m| m.replace('\n', "\r\n")),
        ("a binary mark", |m| m.replacen("  data/", " *data/", 1)),
        ("capital digits", |m| format!("{}{}", m[..64].to_uppercase(), &m[64..])),
        ("a line twice", |m| format!("{}\n{m}", m.lines().next().unwrap())),
        ("a space at the end", |m| m.replacen('\n', " \n", 1)),
        ("a path in another form", |m| m.replacen("  data/", "  ./data/", 1)),
        ("a comment", |m| format!("# all is well\n{m}")),
        ("no last end", |m| m.trim_end().to_owned()),
    ];
    for (what, form) in forms {
        let copy = copy();
        alter(&copy.root, "manifest-sha256.txt", |text| form(&text));
        has(&noticed(&copy.root, what), "files/bad-manifest", what);
    }
}

#[test]
fn heads_are_the_logs() {
    let text = std::fs::read_to_string(PUBLISHED.bundle.join(layout::CHECKPOINT)).unwrap();
    let good = SignedCheckpoint::parse(&text).unwrap().checkpoint;
    let head = |head: Checkpoint| {
        let signed = SignedCheckpoint::sign(head, &mut publisher()).unwrap();
        spoiled(|root| std::fs::write(root.join(layout::CHECKPOINT), signed.to_text()).unwrap())
    };
    for (what, other) in [
        ("nothing", Checkpoint::new(good.origin(), 0, tallyproof_evidence::tree::empty_root())),
        ("one less", Checkpoint::new(good.origin(), good.size - 1, good.root)),
        ("endless", Checkpoint::new(good.origin(), u64::MAX, good.root)),
        ("another content", Checkpoint::new(good.origin(), good.size, [7; 32])),
    ] {
        has(&head(other.unwrap()), "checkpoint/other-root", what);
    }
    let other = Checkpoint::new("tallyproof.journal/other", good.size, good.root).unwrap();
    has(&head(other), "checkpoint/other-origin", "another log");
    // An earlier head that never was, is not the log's, or is the present one.
    let line = |size: u64, root: [u8; 32], origin: &str| {
        let head = Checkpoint::new(origin, size, root).unwrap();
        let signed = SignedCheckpoint::sign(head, &mut publisher()).unwrap();
        tallyproof_evidence::verify::EarlierHead { signed, consistency: Vec::new() }.line()
    };
    for (what, line, code) in [
        ("invented", line(2, [7; 32], good.origin()), "history/history-rewritten"),
        ("of another log", line(2, [7; 32], "elsewhere"), "history/history-rewritten"),
        ("the present one", line(good.size, good.root, good.origin()), "history/bad-order"),
        ("later", line(good.size + 1, good.root, good.origin()), "history/bad-order"),
        ("no line", b"{}".to_vec(), "history/bad-line"),
    ] {
        let codes = spoiled(|root| {
            std::fs::write(root.join(layout::CHECKPOINTS), [&line[..], b"\n"].concat()).unwrap();
        });
        has(&codes, code, what);
    }
    // Whoever knows a head that was never this log's.
    for since in [
        Checkpoint::new(good.origin(), good.size, [7; 32]),
        Checkpoint::new(good.origin(), 0, [7; 32]),
        Checkpoint::new(good.origin(), u64::MAX, good.root),
        Checkpoint::new("x", good.size, good.root),
    ] {
        let request = Request { since: Some(since.unwrap()), ..request(true) };
        assert!(!verify(&PUBLISHED.bundle, &request, &mut |_| {}).unwrap().is_sound());
    }
}

#[test]
fn statements_lead_nowhere_by_themselves() {
    let text = std::fs::read_to_string(PUBLISHED.bundle.join(layout::CHECKPOINT)).unwrap();
    let good = SignedCheckpoint::parse(&text).unwrap().checkpoint;
    let other = Checkpoint::new("elsewhere", 1, [7; 32]).unwrap();
    let statement = |change, old: &KeyPair, new: &KeyPair, head: &Checkpoint, signers: &mut [KeyPair]| {
        let statement = Statement::new(change, old.public_key(), new.public_key(), head);
        let mut signed = SignedStatement::unsigned(statement);
        signers.iter_mut().for_each(|signer| signed.sign(signer).unwrap());
        signed.to_text().unwrap()
    };
    let (ours, theirs) = (publisher(), stranger());
    // A stranger's bundle, with statements that would make his key the publisher's.
    for (what, texts) in [
        ("unsigned", vec![statement(Change::Rotated, &ours, &theirs, &good, &mut [])]),
        ("by the new key alone", vec![statement(Change::Rotated, &ours, &theirs, &good, &mut [stranger()])]),
        (
            "lost, and nobody confirms",
            vec![statement(Change::Lost, &ours, &theirs, &good, &mut [stranger()])],
        ),
        (
            "of another log",
            vec![statement(Change::Rotated, &ours, &theirs, &other, &mut [publisher(), stranger()])],
        ),
        (
            "in a circle",
            vec![
                statement(Change::Rotated, &ours, &theirs, &good, &mut [publisher(), stranger()]),
                statement(Change::Rotated, &theirs, &ours, &good, &mut [publisher(), stranger()]),
            ],
        ),
    ] {
        let copy = copy();
        std::fs::create_dir_all(copy.root.join("data/keys")).unwrap();
        for (n, text) in texts.iter().enumerate() {
            std::fs::write(copy.root.join(format!("data/keys/{n}.statement")), text).unwrap();
        }
        resign_head(&copy.root, &mut stranger());
        reseal(&copy.root, &mut stranger());
        has(&noticed(&copy.root, what), "signatures/signer-not-pinned", what);
    }
    // Signed for another purpose.
    let line = statement(Change::Rotated, &ours, &theirs, &good, &mut []);
    let signatures =
        [publisher(), stranger()].map(|mut key| sign(&mut key, NAMESPACE, line.as_bytes()).unwrap());
    assert_ne!(NAMESPACE, NAMESPACE_KEY);
    let codes = spoiled(|root| {
        std::fs::create_dir_all(root.join("data/keys")).unwrap();
        std::fs::write(root.join("data/keys/1.statement"), line + &signatures.concat()).unwrap();
    });
    has(&codes, "signatures/bad-statement", "another purpose");
    // Hundreds cost no minutes.
    let lost: Vec<String> = (0..300u16)
        .map(|n| {
            let new = KeyPair::from_seed(&[n.to_be_bytes(); 16].concat().try_into().unwrap(), "");
            statement(Change::Lost, &ours, &new, &good, &mut [new.clone()])
        })
        .collect();
    let codes = spoiled(|root| {
        std::fs::create_dir_all(root.join("data/keys")).unwrap();
        for (n, text) in lost.iter().enumerate() {
            std::fs::write(root.join(format!("data/keys/{n}.statement")), text).unwrap();
        }
    });
    has(&codes, "signatures/bad-statement", "hundreds");
}

/// A file of signers says for what it believes each; a witness's word is no log's.
#[test]
fn a_signer_is_believed_for_what_the_file_says() {
    let published = &*PUBLISHED;
    let line = std::fs::read_to_string(public(&published.key)).unwrap();
    let key = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    for (namespaces, code) in [
        ("namespaces=\"tallyproof\" ", 0),
        ("", 0),
        ("namespaces=\"git,tallyproof\" ", 0),
        ("namespaces=\"git\" ", 2),
        ("namespaces=\"tallyproof-key\" ", 2),
    ] {
        let file =
            published.temp.write(format!("signers-{code}"), format!("press.example.org {namespaces}{key}\n"));
        let args = ["verify", published.bundle.to_str().unwrap(), "--signer", file.to_str().unwrap()];
        run(&args).ends(code);
    }
    let text = std::fs::read_to_string(published.bundle.join(layout::CHECKPOINT)).unwrap();
    let good = SignedCheckpoint::parse(&text).unwrap();
    let key = publisher().public_key();
    assert!(good.check(&VerifierKey::new(good.checkpoint.origin(), Role::Witness, key).unwrap()).is_err());
}
