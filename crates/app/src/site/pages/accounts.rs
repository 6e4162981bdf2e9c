//! Who gives a sheet's figures, and where its images are.

use std::fmt::Write;

use tallyproof_core::reconcile::{Sheet, Witness};
use tallyproof_core::sheet::Channel;
use tallyproof_core::tidy::plain;

use super::address;
use super::cell::Column;
use super::tree::Tree;
use crate::site::html::Html;

/// Most accounts shown side by side; how many more there are is said.
const MOST_ACCOUNTS: usize = 4;

/// Witnesses, the one whose figures stand for the sheet first.
pub(super) fn witnesses<'f>(sheet: &Sheet<'f>) -> Vec<Witness<'f>> {
    let leading = sheet.leading();
    let others = sheet.witnesses.iter().filter(|w| !std::ptr::eq(w.reading, leading.reading)).copied();
    std::iter::once(leading).chain(others).collect()
}

pub(super) fn columns<'f>(sheet: &Sheet<'f>) -> Vec<Column<'f>> {
    witnesses(sheet).into_iter().take(MOST_ACCOUNTS).flat_map(Column::of).collect()
}

/// Who gives the figures: source, version and line, image.
pub(super) fn write(tree: &Tree, sheet: &Sheet, out: &mut String) {
    let all = witnesses(sheet);
    out.push_str("<ul class=by>");
    for witness in all.iter().take(MOST_ACCOUNTS) {
        out.push_str("<li>");
        out.push_str(&account(tree, witness, all.len() > 1));
        if let Some(image) = &witness.reading.image {
            out.push_str(&image_of(tree, image));
        }
    }
    if all.len() > MOST_ACCOUNTS {
        let n =
            Html::text(&tree.pen().label_int(i64::try_from(all.len() - MOST_ACCOUNTS).unwrap_or(i64::MAX)));
        let _ = write!(out, "<li>{}", tree.pen().tell("site-more-accounts", &[("n", n)]));
    }
    out.push_str("</ul>");
}

/// Who gives it; among several, by which channel, in the order of the columns.
fn account(tree: &Tree, witness: &Witness, named: bool) -> String {
    let source = Html::text(&tree.source_name(witness.source));
    if witness.channel == Channel::Transcription {
        let found = tree.site.facts.sources.iter().find(|source| source.id == witness.source);
        let version = Html::text(&plain(found.map_or("", |source| &source.newest().label)));
        let line = Html::text(&tree.pen().label_int(i64::from(witness.reading.line)));
        let slots = [("source", source), ("version", version), ("line", line)];
        return tree.pen().tell("site-account-of-transcription", &slots).to_string();
    }
    if named {
        let heading = tree.say(&format!("site-account-{}", Column::Account(*witness).heading()));
        format!("{heading}: {source}.")
    } else {
        format!("{source}.")
    }
}

/// The image: a link where it is at hand, its hash always; or the link that a source gives.
fn image_of(tree: &Tree, image: &str) -> String {
    if is_sha256(image) {
        let hash = format!(" <code>{image}</code>");
        let at_hand = tree.site.images.and_then(|images| images.get(image));
        return match at_hand.filter(|file| address::is_file_name(&file.name)) {
            Some(file) => {
                format!(" <a href=\"../../images/{}\">{}</a>{hash}", file.name, tree.say("site-image"))
            }
            None => format!(" {}{hash}", tree.say("site-image-hash")),
        };
    }
    match host_of(image) {
        Some(host) => {
            let says = tree.pen().tell("site-image-elsewhere", &[("host", Html::text(host))]);
            format!(" <a href=\"{}\">{says}</a>", Html::text(image))
        }
        None => String::new(),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Host of a link that can be followed: `http` or `https`, plain ASCII without spaces, quotes or user names.
pub(super) fn host_of(link: &str) -> Option<&str> {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"))?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]!$&()*+,;=%".contains(&b);
    let host = rest.split(['/', '?', '#']).next()?;
    let is_host = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b));
    (is_host && link.len() <= 400 && link.bytes().all(is_plain)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_links_are_followed() {
        assert_eq!(host_of("https://static.example.org/a_1.jpg"), Some("static.example.org"));
        assert_eq!(host_of("http://example.org:8080?x=1"), Some("example.org:8080"));
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://user@example.org/",
            "https://example.org/\" onclick=\"x",
            "https://example.org/a b",
            "https://exämple.org/",
            "//example.org/",
            "https://example.org@evil.example/",
        ] {
            assert_eq!(host_of(bad), None, "{bad}");
        }
    }
}
