"""Reads the files of `onus export` back with tools that this project did not write.

    read_back.py FOLDER-WITH-EXPORTS [FHIR-SCHEMA.json.zst]

The folder holds one export of the same ledger for each format, named csv, ndjson, sqlite, parquet and fhir. Each must
hold as many events as its manifest says, the same events as the others, and be read without a complaint. Prints one
line a format; the first disagreement ends it with exit code 1.
"""

import json
import pathlib
import sqlite3
import subprocess
import sys

import duckdb
import pandas
import zstandard


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def agree(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found} where {expected} was expected")


def csv(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    by_kind = {}
    for resource in package["resources"]:
        path = folder / resource["path"]
        frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
        fields = [field["name"] for field in resource["schema"]["fields"]]
        agree(f"{path.name}: columns", list(frame.columns), fields)
        rows = duckdb.sql(f"select count(*) from read_csv('{path}', header=true, all_varchar=true)").fetchall()[0][0]
        agree(f"{path.name}: rows by DuckDB and pandas", rows, len(frame))
        by_kind[path.stem] = sorted(int(seq) for seq in frame["seq"])
    return by_kind


def places(folder):
    """The entry of each event in the ledger, by the event's id, as the tables of csv have it."""
    of = {}
    for path in folder.glob("*.csv"):
        frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
        of.update(zip(frame["event_id"], map(int, frame["seq"])))
    return of


def ndjson(folder):
    """A draft says which entry it was first only where its source has no name of its own for it: its id says the rest."""
    of = places(folder.parent / "csv")
    by_kind = {}
    for path in map(folder.joinpath, ("events.ndjson", "ledger.ndjson")):
        for line in path.read_text().splitlines() if path.exists() else []:
            draft = json.loads(line)
            seq = of[draft["event_id"]]
            agree(f"{path.name}: the entry that {draft['event_id']} was first", draft["source"].get("seq", seq), seq)
            by_kind.setdefault(draft["event"], []).append(seq)
    return by_kind


def sqlite(folder):
    path = folder / "events.sqlite"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    agree("integrity", database.execute("pragma integrity_check").fetchall(), [("ok",)])
    by_kind = {}
    for name, kind, strict in database.execute("select name, type, strict from pragma_table_list where schema='main'"):
        if kind == "table" and not name.startswith("sqlite_"):
            agree(f"{name} is STRICT", strict, 1)
            columns = [column for _, column, *_ in database.execute(f'pragma table_info("{name}")')]
            if "event_id" not in columns or "seq" not in columns:
                continue  # what is derived from the events: lanes and flags
            by_kind[name] = [seq for (seq,) in database.execute(f'select seq from "{name}" order by seq')]
    for (view,) in database.execute("select name from sqlite_master where type='view'").fetchall():
        database.execute(f'select * from "{view}"').fetchall()
    inspected = subprocess.run(
        [sys.executable, "-m", "datasette", "inspect", str(path)], check=True, capture_output=True, text=True
    )
    tables = json.loads(inspected.stdout)["events"]["tables"]
    agree("rows by datasette", sum(tables[name]["count"] for name in by_kind), sum(map(len, by_kind.values())))
    return by_kind


def parquet(folder):
    by_kind = {}
    for kind in sorted(child for child in folder.iterdir() if child.is_dir()):
        months = f"{kind}/*/*.parquet"
        query = f"select seq, month, occurred_at from read_parquet('{months}', hive_partitioning=true) order by seq"
        rows = duckdb.sql(query).fetchall()
        frame = pandas.read_parquet(kind)
        agree(f"{kind.name}: rows by pandas and DuckDB", len(frame), len(rows))
        if str(frame["occurred_at"].dt.tz) != "UTC":
            sys.exit(f"{kind.name}: occurred_at is not an instant")
        by_kind[kind.name] = [seq for seq, _, _ in rows]
    return by_kind


def fhir(folder, schema):
    from fhir.resources.R4B.auditevent import AuditEvent
    from fhir.resources.R4B.bundle import Bundle
    from fhir.resources.R4B.provenance import Provenance
    from fhir.resources.R4B.task import Task

    text = (folder / "bundle.json").read_text()
    bundle = json.loads(text)
    if schema is not None:
        import jsonschema

        rules = json.loads(zstandard.ZstdDecompressor().stream_reader(open(schema, "rb")).read())
        jsonschema.Draft6Validator(rules).validate(bundle)
    Bundle.model_validate_json(text)
    models = {"AuditEvent": AuditEvent, "Provenance": Provenance, "Task": Task}
    urls = {entry["fullUrl"] for entry in bundle["entry"]}
    agree("one fullUrl each", len(urls), len(bundle["entry"]))
    by_kind = {}
    for entry in bundle["entry"]:
        resource = entry["resource"]
        models[resource["resourceType"]].model_validate(resource)
        if resource["resourceType"] == "AuditEvent":
            by_kind.setdefault(resource["subtype"][0]["code"], []).append(int(resource["id"][1:]))
        for part in resource.get("partOf", []) + resource.get("target", []):
            if part["reference"] not in urls:
                sys.exit(f"{entry['fullUrl']} refers to what is not in the Bundle")
    return by_kind


def main():
    folder = pathlib.Path(sys.argv[1])
    schema = sys.argv[2] if len(sys.argv) > 2 else None
    readers = {
        "csv": csv,
        "ndjson": ndjson,
        "sqlite": sqlite,
        "parquet": parquet,
        "fhir": lambda at: fhir(at, schema),
    }
    first = None
    for name, read in readers.items():
        by_kind = read(folder / name)
        stated = manifest(folder / name)["counts"]["entries"]
        agree(f"{name}: events", sum(map(len, by_kind.values())), stated)
        if first is None:
            first = by_kind
        agree(f"{name}: the events of csv", by_kind, first)
        print(f"{name}: {stated} events, read back")


if __name__ == "__main__":
    main()
