//! The commands that redo a draw with `sha256sum` and `awk`, and nothing of this program.

use std::fmt::Write;

use tallyproof_analysis::audit::draw::Way;
use tallyproof_analysis::results::AuditRecord;

use crate::words::Words;

/// A shell script: run beside `list.csv`, it prints draw, counter and table.
///
/// `awk` holds whole numbers up to 2⁵³ exactly, so h mod m is taken digit by digit. Of the void hashes
/// (h ≥ ⌊2²⁵⁶/m⌋ · m) every one starts with at least 24 times `f`; the script stops at such a hash rather than
/// decide, which happens once in 10²⁸ draws.
pub(super) fn script(record: &AuditRecord, words: &Words) -> String {
    let draws = record.draws();
    let last = draws.last().map_or(0, |d| d.counter);
    let way = record.terms.method.way();
    let (sheets, total) = (record.frozen.sheets.len() as u64, record.frozen.bounds().total);
    let m = if way == Way::Simple { sheets } else { total };
    let seed = record.seed.as_deref().unwrap_or_default();
    let list = record.frozen.sha256();
    let say = |key: &str| {
        let args = [("m", m.to_string()), ("sha256", list.clone()), ("last", last.to_string())];
        words.tell(key, &args)
    };
    let (pick, key) = match way {
        Way::Simple => (
            "  NR == FNR { table[NR - 1] = $1; next }
  { h = $1; rest()
    if (r in seen) next
    seen[r] = 1; print ++n, FNR, table[r] }",
            "audit-redo-simple",
        ),
        Way::Proportional => (
            "  NR == FNR { table[NR] = $1; sum[NR] = sum[NR - 1] + $2; next }
  { h = $1; rest()
    low = 1; high = length_of_list
    while (low < high) { half = int((low + high) / 2); if (sum[half] > r) high = half; else low = half + 1 }
    print ++n, FNR, table[low] }",
            "audit-redo-proportional",
        ),
    };
    let pick = pick.replace("length_of_list", &sheets.to_string());
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = write!(
        out,
        "#!/bin/sh
# {title}
# {check}
echo '{list}  list.csv' | sha256sum -c - >&2 || exit 1

# {hashes}
for i in $(seq 1 {last}); do
  printf '%s' \"{seed},$i\" | sha256sum
done | cut -c1-64 > hashes.txt

# {rule}
tail -n +2 list.csv | cut -d, -f1,2 | tr , ' ' > tables.txt
LC_ALL=C awk -v m={m} '
  function rest(   k) {{
    if (h ~ /^ffffffffffffffffffffffff/) {{ print \"void?\", FNR, h; exit 1 }}
    r = 0
    for (k = 1; k <= 64; k++) r = (r * 16 + index(\"0123456789abcdef\", substr(h, k, 1)) - 1) % m
  }}
{pick}
' tables.txt hashes.txt
",
        title = say("audit-redo-title"),
        check = say("audit-redo-list"),
        hashes = say("audit-redo-hashes"),
        rule = say(key),
    );
    out
}
