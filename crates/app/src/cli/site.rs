//! `tallyproof site`.

use std::path::PathBuf;
use std::process::ExitCode;

use tallyproof_analysis::results::analyse_with;

use super::output::{note, print};
use super::run::open_in_browser;
use super::{Context, Ended};
use crate::pipeline::bundle::current;
use crate::pipeline::site::{SiteRequest, write_site};
use crate::pipeline::{election, load};
use crate::store::Access;

/// Write the public site: static pages in English and Spanish that open from a folder or any web host.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 site
  tallyproof -C ve24 site --out public --attach ve24-bundle.zip --open
  tallyproof -C ve24 site --images masked/     with the images of a folder, named by SHA-256

A site written earlier is replaced. A folder that holds anything else is left alone.")]
pub(super) struct Site {
    /// Where to write it; DIR/site by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Publish the images of this folder: `<SHA-256 of the original>.jpg`, .png, .webp or .tif. They are copied as
    /// they are, with whatever they show of people; without this, hashes alone are published.
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,

    /// Also offer this file for download, such as the evidence bundle; can be given several times.
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,

    /// Open the site in a browser.
    #[arg(long)]
    open: bool,
}

impl Site {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Write)?;
        let (facts, audits) = load::everything(&store, loaded)?;
        let analysis = analyse_with(&facts, &audits);
        let out = self.out.clone().unwrap_or_else(|| context.folder.join("site"));
        let checkpoint = current(&store, &facts, &analysis)?.map(|head| head.sha256());
        let request = SiteRequest {
            out: &out,
            images: self.images.as_deref(),
            attach: &self.attach,
            checkpoint: checkpoint.as_deref(),
        };
        let written = write_site(&store, &facts, &analysis, &request)?;
        let words = &context.words;
        let megabytes = (written.n_bytes / 100_000) as f64 / 10.0;
        let args = [
            ("files", words.int(written.n_files)),
            ("megabytes", words.decimal(megabytes, 1)),
            ("path", out.display().to_string()),
        ];
        note(&words.tell("site-done", &args));
        let index = out.join("index.html");
        print(&format!("{}\n", index.display()));
        if self.open {
            open_in_browser(&index)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
