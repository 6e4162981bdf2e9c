//! Two dozen kills at random moments: the small version of `examples/kills`, which does a thousand.

use std::path::Path;

use crate::kills::{Driver, Verb};
use crate::support::{PROGRAM, Temp};

#[test]
fn power_cuts_lose_and_double_nothing() {
    let temp = Temp::new();
    let mut driver = Driver::new(&temp.join("room"), Path::new(PROGRAM), 7);
    for (verb, n) in Verb::shares(24) {
        driver.until(verb, n);
        assert!(n > 0 && driver.log.count(verb) >= n, "{verb:?}");
    }
    driver.log.print();
    assert_eq!(driver.log.amiss(), 0, "see above");
}
