//! Temporary.
use crate::words::Words;
use tallyproof_analysis::results::Results;
use tallyproof_core::{pack::Pack, rules::Finding};
/// x
pub const MAX_BOUNDARIES_BYTES: u64 = 64 << 20;
/// x
pub struct Report<'a> {
    /// x
    pub results: &'a Results,
    /// x
    pub findings: &'a [Finding],
    /// x
    pub pack: &'a Pack,
    /// x
    pub boundaries: Option<&'a [u8]>,
    /// x
    pub results_sha256: &'a str,
}
/// x
pub fn report_html(_r: &Report, _w: &Words) -> Result<String, std::io::Error> {
    Ok(String::new())
}
/// x
pub fn check_boundaries(_b: &[u8], _p: &Pack) -> Result<(), std::io::Error> {
    Ok(())
}
