//! What reviews make of images: people's readings in place of machines'.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::image::{FaultyImage, ImageFault, ImageReading, Standing};
use crate::pack::Pack;
use crate::print::Print;
use crate::sheet::{Channel, Reading};

use super::{DeskEvent, Machine, Review, Reviews, Seen, Settled, Stage, Typed, Unusable, replay};

/// Replays the desk's events over what machines read, and gives what then is known of every image.
pub fn reviewed(
    pack: &Pack,
    events: &[DeskEvent],
    images: Vec<ImageReading>,
    faulty: Vec<FaultyImage>,
) -> (Reviews, Vec<ImageReading>, Vec<FaultyImage>) {
    let image = |event: &DeskEvent| Reviews::image_of(&event.body()).map(str::to_owned);
    let touched: BTreeSet<String> = events.iter().filter_map(image).collect();
    let mut machines: BTreeMap<Box<str>, Machine> = BTreeMap::new();
    for image in images.iter().filter(|image| touched.contains(name(image))) {
        machines.insert(name(image).into(), Machine::of(pack, image));
    }
    for image in faulty.iter().filter(|image| touched.contains(image.image.as_str())) {
        machines.insert(image.image.as_str().into(), Machine::default());
    }
    let reviews = replay(pack, events, |image| machines.get(image));
    let stage = |image: &str| {
        let review = reviews.by_image.get(image)?;
        Some((review, review.stage(pack, machines.get(image)?)))
    };
    let (mut standing, mut none) = (Vec::new(), Vec::new());
    for image in images {
        let known = stage(name(&image));
        let ImageReading { source, print, unread, .. } = &image;
        match known {
            Some((review, Stage::Settled(settled))) => {
                let seen =
                    Looked { image: name(&image), source, print: print.as_ref(), unread: unread.clone() };
                match seen.entered(pack, &settled) {
                    Some(read) => standing.push(read),
                    None => none.push(seen.without_sheet(review)),
                }
            }
            Some((review, stage)) => {
                standing.push(ImageReading { standing: unsettled(review, &stage), ..image });
            }
            None => standing.push(image),
        }
    }
    for image in faulty {
        match stage(&image.image) {
            Some((review, Stage::Settled(settled))) => {
                let unread =
                    Some(image.fault.detail()).filter(|_| matches!(image.fault, ImageFault::Unread(_)));
                let seen = Looked { image: &image.image, source: &image.source, print: None, unread };
                match seen.entered(pack, &settled) {
                    Some(read) => standing.push(read),
                    None => none.push(seen.without_sheet(review)),
                }
            }
            _ => none.push(image),
        }
    }
    (reviews, standing, none)
}

fn name(image: &ImageReading) -> &str {
    image.reading.image.as_deref().unwrap_or_default()
}

/// Where an image stands whose review is open.
fn unsettled(review: &Review, stage: &Stage) -> Standing {
    match stage {
        Stage::Correction(_) | Stage::Decision(_) => Standing::Disputed,
        _ if review.n_reopened() > 0 => Standing::Reopened,
        _ => Standing::Unreviewed,
    }
}

/// An image that people have closed, and what else is known of it.
struct Looked<'i> {
    image: &'i str,
    source: &'i str,
    print: Option<&'i Arc<Print>>,
    unread: Option<String>,
}

impl Looked<'_> {
    /// What people read on it; `None` where they read no table: such a sheet speaks for none.
    fn entered(&self, pack: &Pack, settled: &Settled) -> Option<ImageReading> {
        let typed = settled.sheet.as_ref()?;
        let table = Typed::table_id(typed)?.clone();
        let reading =
            Reading { table, values: typed.sheet_values(pack), image: Some(self.image.into()), line: 0 };
        Some(ImageReading {
            source: self.source.to_owned(),
            channel: Channel::Entry,
            standing: Standing::Settled { class: settled.class, definitive: settled.definitive },
            reading,
            print: self.print.cloned(),
            unread: self.unread.clone(),
        })
    }

    /// Why it gives no reading: as people say.
    fn without_sheet(&self, review: &Review) -> FaultyImage {
        let decided = review.decisions().iter().rev().map(|decision| &decision.seen);
        let entered = review.entries().iter().map(|(_, seen)| seen);
        let unusable = decided.chain(entered).find_map(|seen| match seen {
            Seen::Unusable(unusable) => Some(*unusable),
            Seen::Sheet(_) => None,
        });
        let code = unusable.unwrap_or(Unusable::Unreadable).code().to_owned();
        FaultyImage {
            image: self.image.to_owned(),
            source: self.source.to_owned(),
            fault: ImageFault::NotUsable(code),
        }
    }
}
