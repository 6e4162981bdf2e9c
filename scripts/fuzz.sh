#!/bin/sh
# Fuzzes every target for SECONDS each, one after the other: scripts/fuzz.sh [SECONDS] [TARGET ...]
# Needs cargo-fuzz (cargo install cargo-fuzz). libFuzzer's instrumentation is unstable in rustc: either a nightly
# toolchain, or RUSTC_BOOTSTRAP=1 with the stable one, which is what this script sets.
set -eu
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- payload document layout image
cd "$(dirname "$0")/.."
cargo run --quiet --release --manifest-path fuzz/Cargo.toml --example seeds
for target in "$@"; do
    mkdir -p "fuzz/corpus/$target"
    RUSTC_BOOTSTRAP=1 cargo fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=512 -print_final_stats=1
done
