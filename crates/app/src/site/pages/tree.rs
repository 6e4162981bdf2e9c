//! What the pages of one language share.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use tallyproof_analysis::results::{PublishedArea, Words as PackWords};
use tallyproof_core::pack::Pack;
use tallyproof_core::tidy::plain;

use super::SiteFacts;
use super::address;
use super::country::{Area, Country};
use super::files::Downloads;
use crate::site::html::{Html, Pen};
use crate::site::page::Material;

/// The pages of one language.
pub(super) struct Tree<'s> {
    pub(super) site: &'s SiteFacts<'s>,
    pub(super) country: &'s Country<'s>,
    pub(super) downloads: &'s Downloads,
    pub(super) material: Material<'s>,
    /// Published areas by level and code.
    published: BTreeMap<(&'s str, &'s str), &'s PublishedArea>,
    /// Messages without figures, as HTML: a page of tables says the same few a hundred times.
    said: RefCell<HashMap<String, Rc<str>>>,
}

impl<'s> Tree<'s> {
    pub(super) fn new(
        site: &'s SiteFacts<'s>,
        country: &'s Country<'s>,
        downloads: &'s Downloads,
        pen: &'s Pen<'s>,
    ) -> Self {
        let results = &site.analysis.results;
        let material = Material {
            pen,
            results,
            pack: &site.facts.pack,
            findings: &site.analysis.findings,
            results_sha256: &downloads.results_sha256,
            checkpoint: site.checkpoint,
            calibration: site.calibration,
        };
        let areas = results.tabulation.areas.iter();
        let published = areas.map(|area| ((area.level.as_str(), area.code.as_str()), area)).collect();
        Self { site, country, downloads, material, published, said: RefCell::default() }
    }

    pub(super) fn pack(&self) -> &'s Pack {
        &self.site.facts.pack
    }

    pub(super) fn pen(&self) -> &'s Pen<'s> {
        self.material.pen
    }

    /// A message without figures, as HTML.
    pub(super) fn say(&self, key: &str) -> Rc<str> {
        if let Some(said) = self.said.borrow().get(key) {
            return said.clone();
        }
        let said: Rc<str> = Html::text(&self.material.pen.say(key)).to_string().into();
        self.said.borrow_mut().insert(key.to_owned(), said.clone());
        said
    }

    /// The figures published of an area, where any are.
    pub(super) fn published(&self, level: Option<usize>, code: &str) -> Option<&'s PublishedArea> {
        let level = self.pack().levels.get(level?)?;
        self.published.get(&(level.id.as_str(), code)).copied()
    }

    /// Published name of an area, or its code.
    pub(super) fn area_name(&self, level: usize, code: &str) -> String {
        plain(self.site.facts.area_name(level, code).unwrap_or(code)).into_owned()
    }

    /// What an area of a level is called: "parish".
    pub(super) fn level_name(&self, level: usize) -> String {
        self.pack().levels.get(level).map(|l| self.pen().of(&PackWords::from(&l.name))).unwrap_or_default()
    }

    /// What several are called: "parishes".
    pub(super) fn level_plural(&self, level: usize) -> String {
        self.pack().levels.get(level).map(|l| self.pen().of(&PackWords::from(&l.plural))).unwrap_or_default()
    }

    /// A source's name, or its id.
    pub(super) fn source_name(&self, id: &str) -> String {
        let known = self.pack().known_source(id).map(|source| source.name.as_str());
        plain(known.unwrap_or(id)).into_owned()
    }

    /// Links to the areas that an area lies in, widest first, from the folder of area pages.
    pub(super) fn above(&self, level: usize, area: &Area) -> Vec<(String, String)> {
        let upper = self.country.levels[..level].iter();
        upper
            .filter_map(|above| {
                let index = above.level?;
                let code = area.code.get(..self.pack().levels.get(index)?.chars)?;
                let page = format!("{}.html", address::area(above.level, code, 0));
                Some((page, self.area_name(index, code)))
            })
            .collect()
    }
}
