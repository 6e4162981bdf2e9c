"""Checks the tables and exports of an evidence bundle with stock tools. One line per check: ok, failed or skipped."""

import csv
import json
import os
import pathlib
import subprocess
import sys
from collections import defaultdict

HERE = pathlib.Path(__file__).resolve().parent
FAILED = []


class Skip(Exception):
    """Raised with the reason when a check cannot be made."""


def need(path):
    if not path.exists():
        raise Skip(f"no {path.name}")
    return path


def module(name):
    try:
        return __import__(name)
    except ImportError:
        raise Skip(f"{name} is not installed") from None


def check(name, job, *args):
    try:
        said = job(*args)
        print(f"ok       {name}: {said}", flush=True)
    except Skip as reason:
        print(f"skipped  {name}: {reason}", flush=True)
    except Exception as error:
        FAILED.append(name)
        print(f"failed   {name}: {type(error).__name__}: {error}", flush=True)


def must(is_so, what):
    if not is_so:
        raise AssertionError(what)


def rows(path):
    with open(need(path), newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def totals(data):
    """Votes by selection of the whole election: what every other file must add up to."""
    return {r["selection"]: int(r["votes"]) for r in rows(data / "results.csv") if r["level"] == "all"}


def sheet_sums(data):
    sums = defaultdict(int)
    for row in rows(data / "sheets.csv"):
        if row["counted"] == "1":
            for selection in totals_of(data):
                sums[selection] += int(row[selection])
    return dict(sums) or dict.fromkeys(totals_of(data), 0)


def totals_of(data, known={}):
    if data not in known:
        known[data] = totals(data)
    return known[data]


def manifests(bag):
    for name in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        need(bag / name)
        ran = subprocess.run(["sha256sum", "--quiet", "-c", name], cwd=bag, capture_output=True, text=True)
        must(ran.returncode == 0, ran.stdout + ran.stderr)
    return "sha256sum accepts both manifests"


def bag_is_whole(bag):
    need(bag / "bagit.txt")
    module("bagit").Bag(str(bag)).validate()
    return "bagit.py accepts it"


def package(data):
    frictionless = module("frictionless")
    need(data / "datapackage.json")
    os.chdir(data)
    report = frictionless.validate("datapackage.json")
    wrong = report.flatten(["title", "rowNumber", "fieldName", "type", "note"])
    must(report.valid, f"{len(wrong)} errors, the first {wrong[:3]}")
    return f"frictionless {frictionless.__version__} accepts {len(report.tasks)} tables"


def sums(data):
    want = totals_of(data)
    must(sheet_sums(data) == want, "sheets.csv")
    for level in {r["level"] for r in rows(data / "results.csv")} - {"all"}:
        found = defaultdict(int)
        for row in rows(data / "results.csv"):
            if row["level"] == level:
                found[row["selection"]] += int(row["votes"])
        must(dict(found) == want, f"results.csv, level {level}")
    path = data / "results.json"
    also = ""
    if path.exists():
        must(json.loads(path.read_text("utf-8"))["tabulation"]["votes"] == want, "results.json")
        also = " and results.json"
    return f"sheets, every level{also} add up to {sum(want.values())} votes"


def nist(data):
    jsonschema = module("jsonschema")
    report = json.loads(need(data / "exports/nist-cdf-err-v2.json").read_text("utf-8"))
    root = pathlib.Path(os.environ.get("TALLYPROOF_DATA", HERE / "../../../shared/data"))
    schema = root / "nist-sp-1500-100/NIST_V2_election_results_reporting.json"
    selections = report["Election"][0]["Contest"][0]["ContestSelection"]
    votes = [next((c["Count"] for c in s["VoteCounts"] if c["GpUnitId"] == "country"), 0) for s in selections]
    must(votes == list(totals_of(data).values()), "totals")
    if not schema.exists():
        raise Skip("the schema is not at hand (TALLYPROOF_DATA); totals agree")
    validator = jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8")))
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in take(validator, report)]
    must(not errors, errors)
    return f"SP 1500-100 v2 schema accepts {len(report['GpUnit'])} units; totals agree"


def take(validator, report, most=3):
    for _, error in zip(range(most), validator.iter_errors(report)):
        yield error


def columnar_duckdb(data):
    duckdb = module("duckdb")
    path = need(data / "exports/results.parquet")
    want = totals_of(data)
    asked = ", ".join(f'sum("{s}")' for s in want)
    found = duckdb.sql(f"select {asked} from '{path}' where counted").fetchall()[0]
    must([int(n or 0) for n in found] == list(want.values()), found)
    types = {name: kind for name, kind, *_ in duckdb.sql(f"describe select * from '{path}'").fetchall()}
    must(all(types[s] == "BIGINT" for s in want) and types["counted"] == "BOOLEAN", types)
    other = data / "exports/sheets-wide.csv"
    text = f"read_csv('{other}', all_varchar=true, header=true)"
    n = duckdb.sql(f"select (select count(*) from {text}), (select count(*) from '{path}')").fetchall()[0]
    must(n[0] == n[1], n)
    return f"duckdb {duckdb.__version__} reads {n[1]} rows and sums them alike"


def columnar_pandas(data):
    pandas, _ = module("pandas"), module("pyarrow")
    table = pandas.read_parquet(need(data / "exports/results.parquet"), dtype_backend="pyarrow")
    counted = table[table["counted"]]
    for selection, votes in totals_of(data).items():
        must(int(counted[selection].sum()) == votes, selection)
    return f"pandas {pandas.__version__} reads {len(table)} rows and sums them alike"


def workbook(data):
    openpyxl = module("openpyxl")
    book = openpyxl.load_workbook(need(data / "exports/results.xlsx"), read_only=True)
    must(book.sheetnames == ["results", "areas", "sheets", "findings", "claims"], book.sheetnames)
    found = {}
    for row in book["results"].iter_rows(min_row=2, values_only=True):
        must(isinstance(row[4], int), f"{row[4]!r} is no number")
        found[row[3]] = row[4]
    must(found == totals_of(data), found)
    n_cells = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                n_cells += 1
                must(cell.data_type != "f", f"a formula in {sheet.title}")
    return f"openpyxl {openpyxl.__version__} reads {n_cells} cells, none a formula"


def boundaries(data):
    features = json.loads(need(data / "exports/results.geojson").read_text("utf-8"))["features"]
    found = dict.fromkeys(totals_of(data), 0)
    for feature in features:
        for selection, votes in feature["properties"].get("votes", {}).items():
            found[selection] += votes
    must(all(found[s] <= votes for s, votes in totals_of(data).items()), found)
    return f"{len(features)} areas hold {sum(found.values())} of {sum(totals_of(data).values())} votes"


def arlo(data):
    ballots = {r["Batch Name"]: int(r["Number of Ballots"]) for r in rows(data / "exports/arlo-manifest.csv")}
    named = set()
    sums = defaultdict(int)
    for row in rows(data / "exports/arlo-batch-totals.csv"):
        name = row.pop("Batch Name")
        named.add(name)
        votes = {choice: int(n) for choice, n in row.items()}
        must(sum(votes.values()) <= ballots[name], f"{name}: more votes than ballots")
        for choice, n in votes.items():
            sums[choice] += n
    must(named == set(ballots), "batches of one file only")
    must(list(sums.values()) in ([], list(totals_of(data).values())), dict(sums))
    return f"{len(named)} batches, as Arlo demands them"


def openelections(data):
    header = "county precinct office district party candidate votes".split()
    sums = defaultdict(int)
    for row in rows(data / "exports/openelections.csv"):
        must(list(row) == header, list(row))
        if row["candidate"]:
            sums[row["candidate"]] += int(row["votes"])
    must(sorted(sums.values()) in ([], sorted(totals_of(data).values())), dict(sums))
    return f"{sum(sums.values())} votes for {len(sums)} candidates"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check.py BUNDLE")
    bag = pathlib.Path(sys.argv[1]).resolve()
    data = bag / "data" if (bag / "data").is_dir() else bag
    check("manifests", manifests, bag)
    check("bag", bag_is_whole, bag)
    check("package", package, data)
    check("sums", sums, data)
    check("nist", nist, data)
    check("duckdb", columnar_duckdb, data)
    check("pandas", columnar_pandas, data)
    check("workbook", workbook, data)
    check("boundaries", boundaries, data)
    check("arlo", arlo, data)
    check("openelections", openelections, data)
    print(f"{len(FAILED)} failed" + (": " + ", ".join(FAILED) if FAILED else ""))
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
