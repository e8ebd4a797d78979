#!/usr/bin/env bash
# Every fuzz target for so many seconds (30 unless stated), with the compiler that builds the rest: coverage is asked for
# by flags that the stable one takes. Corpora and finds go to target/fuzz-run. The first find ends it.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-30}
out=$PWD/../../target/fuzz-run
host=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
coverage="$coverage -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
export RUSTFLAGS="-Cpasses=sancov-module $coverage -Cdebug-assertions=on --cfg fuzzing"
cargo build --release --locked --target "$host" --target-dir "$out/build"
for target in targets/*.rs; do
    name=$(basename "$target" .rs)
    mkdir -p "$out/$name"
    printf '%s: ' "$name"
    "$out/build/$host/release/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$out/$name." "$out/$name" 2>"$out/$name.log" || { tail -20 "$out/$name.log"; exit 1; }
    grep -o 'Done .*' "$out/$name.log" | tail -1
done
