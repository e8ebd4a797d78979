#!/usr/bin/env bash
# How this frozen ledger was made, once: make.sh ONUS CHECKOUT FOLDER, with the binary and the checkout of commit 3058c0c.
#
# The clock of every command is set by libfaketime, so that the ledger's own time is 5 to 9 January 2026. Keys and
# salts are random: running it again makes another ledger of the same content, never the same bytes.
set -euo pipefail
onus=$1 checkout=$2 folder=$3
made=$(cd "$(dirname "$0")" && pwd)/made
lib=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1)
mkdir -p "$folder/files"
cd "$folder"
export TZ=UTC FAKETIME_DONT_FAKE_MONOTONIC=1 ONUS_KEY_PASSPHRASE=frozen
clock=$(date -u -d '2026-01-05 09:00:00' +%s)
at() { # every command five minutes after the one before
    clock=$((clock + 300))
    env FAKETIME="@$(date -u -d "@$clock" '+%Y-%m-%d %H:%M:%S')" LD_PRELOAD="$lib" "$@"
}
o() { at "$onus" "$@"; }
as() { local who=$1; shift; o --as "$who" "$@"; }

me=police:sussex
dpo=$me/data_protection_officer
token() { "$onus" token "$1"; }

# Ledger, profiles for every agency of the cases, keys
o init --origin frozen.onus.example/ledger --agency $me
for agency in police:met police:gmp police:mps police:norfolk ambulance:nwas mh_trust:RV5; do
    printf '\n[[allow]]\naccount = "%s"\nas = "%s"\n' "$(id -un)" "$agency" >>ledger.private/profiles.toml
done
for purpose in checkpoint manifest handover witness; do o key generate $purpose >files/$purpose-1.key; done

# Published and constructed cases, each run of lines by the agency that asserts it; every kind; a story of our own
for case in sussex-2023 manchester-north-2025 met-2023-go-live norfolk-2024 lambeth-2024-section136 lambeth-2024-dispute; do
    python3 - "$checkout/crates/onus/cases/$case.ndjson" <<'P' >runs.txt
import itertools, json, sys
lines = open(sys.argv[1]).read().splitlines()
by = lambda line: json.loads(line).get("asserted_by") or json.loads(line)["actor"]["agency"]
for n, (agency, run) in enumerate(itertools.groupby(lines, by)):
    open(f"run.{n}", "w").write("\n".join(run) + "\n")
    print(n, agency)
P
    while read -r n agency; do as "$agency" record "run.$n" >/dev/null; rm "run.$n"; done <runs.txt
done
rm runs.txt
as police:mps record "$checkout/docs/examples/evening.ndjson" >/dev/null
o record "$made/every-kind.ndjson" >/dev/null
o record --receipts signed "$made/story.ndjson" >files/receipts.ndjson

# Control totals
o checkpoint >files/first.checkpoint
printf 'system,from,to,kind,count,tallied_at\ncad,2025-11-03,2025-11-03,IncidentOpened,3,2025-11-04 06:00\n' >totals.csv
o tally totals.csv >/dev/null
rm totals.csv

# Partners' keys: one of RV5 that counts, one of RXX that was revoked
o handover key mh_trust:RV5 -o rv5.key >files/rv5.key
o handover key mh_trust:RXX --no-passphrase -o rxx.key >files/rxx.key
o key register "$(cat files/rv5.key)"
o key register "$(cat files/rxx.key)"
as $me/administrator key revoke handover --of "$(cat files/rxx.key)" --reason key_lost

# A handover that its receiver signed, and an answer that counts for nothing
offer=$("$onus" find --incident $me/2025-11-03/7 --kind HandoverOffered --format json | python3 -c 'import json,sys; print(json.load(sys.stdin)["entries"][0]["seq"])')
as $me/supervisor handover request "$offer" -o files/offer.json --why "handover at the place of safety"
o handover sign files/offer.json --key "$(cat files/checkpoint-1.key)" --key-file rv5.key --answer accepted-with-conditions \
    --conditions "one officer stays for an hour" --role nurse_in_charge --reference RV5-1 --at 2025-11-03T22:40 -o files/answer.json >/dev/null
o handover record files/answer.json >/dev/null
sed 's/RV5-1/RV5-2/' files/answer.json >files/answer-changed.json
o handover record files/answer-changed.json >/dev/null || [ $? -eq 1 ]

# Keys rotated and revoked
o key rotate checkpoint >files/checkpoint-2.key
o key rotate manifest >files/manifest-2.key
as $me/administrator key revoke handover --reason laptop_stolen
o key generate handover >files/handover-2.key
o seal rotate

# Witnesses: this ledger's witness cosigns for a trust, the trust's for this ledger
"$onus" -l trust init --origin trust.example/ledger --agency mh_trust:RV5 2>/dev/null
o -l trust key generate checkpoint >files/trust-checkpoint.key
o -l trust key generate witness >files/trust-witness.key
o witness add "$(cat files/trust-checkpoint.key)"
o -l trust witness add "$(cat files/checkpoint-2.key)"
serve() { # serve LEDGER URL-FILE
    clock=$((clock + 300))
    FAKETIME="@$(date -u -d "@$clock" '+%Y-%m-%d %H:%M:%S')" LD_PRELOAD=$lib \
        "$onus" -l "$1" witness serve --listen 127.0.0.1:0 >/dev/null 2>"$2" &
    pids+=($!)
    until grep -q http "$2"; do sleep 0.1; done
}
pids=()
serve trust trust.url; serve ledger ledger.url
url() { grep -o 'http://[0-9.:]*' "$1" | head -1; }
o checkpoint --witness "$(url trust.url)" --witness-key "$(cat files/trust-witness.key)" >files/witnessed.checkpoint
o -l trust checkpoint --witness "$(url ledger.url)" --witness-key "$(cat files/witness-1.key)" >files/trust.checkpoint
o heartbeat >/dev/null
o heartbeat --witness "$(url trust.url)" --witness-key "$(cat files/trust-witness.key)" >/dev/null
kill "${pids[@]}"; wait || true

# Holds, restrictions, an erasure of an incident and one of a subject
hold() { as $me/supervisor hold "$1" "$me/2025-11-03/$2" --reference "$3" --authorised-by "$me/superintendent/ffeeddccbbaa99887766554433221100"; }
hold place 8 inquest-2025-88
hold place 9 complaint-12
hold release 9 complaint-12
restrict() { as $dpo restrict "$me/2025-11-03/$1" --purpose legal_claims --basis dpa-2018-s47-3 --authorised-by $dpo/00112233445566778899aabbccddeeff; }
restrict 10
restrict 12
entry=$("$onus" restrictions $me/2025-11-03/12 --format json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["entry"])')
as $dpo lift $me/2025-11-03/12 --restriction "$entry" --basis accuracy_settled --authorised-by $dpo/00112233445566778899aabbccddeeff
two=(--authorised-by $dpo/00112233445566778899aabbccddeeff --authorised-by $me/superintendent/ffeeddccbbaa99887766554433221100)

# Readings, exports, disclosures; one reading of what is erased afterwards
as $me/supervisor show $me/2025-11-03/11 --reveal --why "complaint 2025/31" >/dev/null
as $dpo erase --incident $me/2025-11-03/11 --basis uk-gdpr-17-1-d --why "request 31" "${two[@]}" --certificate files/erasure.json
as $dpo erase --subject "$(token frozen-subject-12)" --basis uk-gdpr-17-1-d --why "request 32" "${two[@]}" >/dev/null
as $dpo show $me/2025-11-03/10 --reveal --for legal_claims --why "claim 2025/4" >/dev/null
as $me/supervisor disclose $me/2025-11-03/8 --text rationale --to "HM Coroner" --ground coroner --why "inquest 2025/88" -o files/keys.json
as $me/supervisor export ndjson -o files/case --incident $me/2025-11-03/7 --disclose AttendanceDecided.rationale --recipient "HMICFRS" --ground inspection --why "inspection 2026"
as $me/supervisor evidence $me/2025-11-03/7 --disclose rationale --to "HM Coroner" --ground coroner --why "inquest 2025/88" -o files/case.html
as $dpo access find --incident $me/2025-11-03/11 --reasons --why "audit 2026/7" >/dev/null

# A clock fault: three days ahead, back again, corrected by two people; then an ordinary entry
clock=$((clock + 259200))
head -1 "$made/story.ndjson" | sed 's/000000000001"/0000000000f1"/; s#frozen/1"#frozen/241"#; s#/7"#/13"#' | o record >/dev/null
clock=$((clock - 259200))
head -1 "$made/story.ndjson" | sed 's/000000000001"/0000000000f2"/; s#frozen/1"#frozen/242"#; s#/7"#/13"#' | o record >/dev/null
as $me/administrator/00112233445566778899aabbccddeeff clock correct --second $me/supervisor/ffeeddccbbaa99887766554433221100 --why ntp_fault
head -1 "$made/story.ndjson" | sed 's/000000000001"/0000000000f3"/; s#frozen/1"#frozen/243"#; s#/7"#/13"#' | o record >/dev/null

# What was handed out last
o checkpoint >files/last.checkpoint
o prove "$offer" >files/offer.tlog-proof
o prove $me/2025-11-03/7 >files/incident.json
rm -rf trust trust.private trust.url ledger.url rv5.key rxx.key ledger/views ledger.private/views
find . -name lock -delete
"$onus" verify --format table
"$onus" access verify --format table
