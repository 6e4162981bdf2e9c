#!/bin/sh
# Fuzzes every target for SECONDS each, one after the other: scripts/fuzz.sh [SECONDS] [TARGET ...]
# Needs cargo-fuzz (cargo install cargo-fuzz). libFuzzer's instrumentation is unstable in rustc: either a nightly
# toolchain, or RUSTC_BOOTSTRAP=1 with the stable one, which is what this script sets.
set -eu
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- payload pack rows texts form journal bundle weights document layout image \
    boundaries worksheet backup intake desk
cd "$(dirname "$0")/.."
seeded=
for target in "$@"; do
    # What a target does without is not built for it: the reader of pictures, the product.
    case "$target" in
    document | layout | image)
        features=
        # Rendered sheets, once; the other targets write their seeds themselves.
        [ -n "$seeded" ] || cargo run --quiet --release --manifest-path fuzz/Cargo.toml --example seeds
        seeded=yes
        ;;
    weights) features= ;;
    boundaries | worksheet | backup | intake | desk) features="--no-default-features --features app" ;;
    *) features=--no-default-features ;;
    esac
    mkdir -p "fuzz/corpus/$target" "fuzz/seeds/$target"
    # shellcheck disable=SC2086
    RUSTC_BOOTSTRAP=1 cargo fuzz run $features "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=512 -print_final_stats=1
done
