//! The copy of a pack that says of itself that it is made up.

use serde::Deserialize;
use tallyproof_core::pack::Pack;
use toml::Spanned;

use crate::pipeline::packs::{LoadedPack, PACK_FILE};
use crate::trouble::{Outcome, PackTrouble};

#[derive(Deserialize)]
struct File {
    election: Election,
}

#[derive(Deserialize)]
struct Election {
    synthetic: Option<Spanned<bool>>,
}

/// The pack with `synthetic = true`, everything else and every comment as it was.
pub(super) fn marked(loaded: &LoadedPack) -> Outcome<LoadedPack> {
    let mut trial = loaded.clone();
    if loaded.pack.synthetic {
        return Ok(trial);
    }
    let toml = loaded.files.get(PACK_FILE).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let text = toml.strip_prefix('\u{feff}').unwrap_or(&toml);
    let whole = candidates(text).into_iter().find_map(|text| {
        Pack::parse(&loaded.pack.id, &text).ok().filter(|pack| pack.synthetic).zip(Some(text))
    });
    let (pack, text) = whole.ok_or_else(|| PackTrouble::NotMarked { pack: loaded.pack.id.clone() })?;
    trial.pack = pack;
    trial.files.insert(PACK_FILE.to_owned(), text.into_bytes());
    Ok(trial)
}

/// The ways a pack may be written, each with the mark set; the one that parses is the right one.
fn candidates(text: &str) -> Vec<String> {
    if let Ok(File { election: Election { synthetic: Some(flag) } }) = toml::from_str(text) {
        let mut text = text.to_owned();
        text.replace_range(flag.span(), "true");
        return vec![text];
    }
    let under_header = |line: &str| match line.trim() {
        header if header.split('#').next().is_some_and(|h| h.trim() == "[election]") => {
            format!("{line}\nsynthetic = true")
        }
        _ => line.to_owned(),
    };
    let lines: Vec<String> = text.lines().map(under_header).collect();
    vec![lines.join("\n") + "\n", format!("election.synthetic = true\n{text}")]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn marked_text(toml: &str) -> String {
        let pack = Pack::parse("p", toml).unwrap();
        let files = BTreeMap::from([(PACK_FILE.to_owned(), toml.as_bytes().to_vec())]);
        let trial = marked(&LoadedPack { pack, register: None, files }).unwrap();
        assert!(trial.pack.synthetic);
        String::from_utf8(trial.files[PACK_FILE].clone()).unwrap()
    }

    const REST: &str = r##"
[tables]
pattern = "#"
count = 3
[[selections]]
id = "A"
name = "Ana"
color = "#112233"
[[selections]]
id = "B"
name = "Blas"
color = "#112233"
"##;

    #[test]
    fn the_mark_is_set_wherever_a_pack_may_say_it() {
        let words = "{ en = \"x\", es = \"x\" }";
        let keys =
            format!("title = {words}\ncontest = {words}\ndate = \"2031-01-01\"\nrule = \"plurality\"\n");
        let plain = format!("# mine\nschema_version = 1\n[election] # ours\n{keys}{REST}");
        assert!(marked_text(&plain).contains("[election] # ours\nsynthetic = true\ntitle"));
        let denied = plain.replace("rule =", "synthetic = false # real\nrule =");
        assert!(marked_text(&denied).contains("synthetic = true # real"));
        let dotted: String = keys.lines().map(|key| format!("election.{key}\n")).collect();
        let dotted = format!("schema_version = 1\n{dotted}{REST}");
        assert!(marked_text(&dotted).starts_with("election.synthetic = true\n"));
    }
}
