"""The rates that clinic_wide.py's table holds, with what is known of them.

An interval is Clopper and Pearson's, of 95 %, as if runs were independent; those of one
background are not, so that of the drawn backgrounds stands beside it: backgrounds with
all their seeds are drawn again, with replacement, `DRAWS` times. (Sources: Clopper and
Pearson, "The use of confidence or fiducial limits", 1934; Efron, "Bootstrap methods",
1979.)
"""

import numpy as np
from scipy.stats import binomtest

DRAWS = 10_000
HALVES = {"reported": "not tuned on", "tuning": "tuned on"}


def interval(hits: int, n: int) -> tuple[float, float]:
    """The exact 95 % interval of a rate."""
    found = binomtest(hits, n).proportion_ci(0.95, method="exact")
    return found.low, found.high


def over_kinds(rows, is_hit) -> tuple[float, float]:
    """The 95 % interval of a rate if backgrounds are drawn anew."""
    names = sorted({row["background"] for row in rows})
    runs = {
        name: [is_hit(r) for r in rows if r["background"] == name] for name in names
    }
    hits, sizes = (np.array([f(runs[name]) for name in names]) for f in (sum, len))
    drawn = np.random.default_rng(0).integers(len(names), size=(DRAWS, len(names)))
    rates = hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)


def rate(rows, is_hit) -> str:
    """The cells of a rate: hits of runs, per cent, and both intervals."""
    hits, n = sum(map(is_hit, rows)), len(rows)
    if not n:
        return "0/0 | | |"
    spans = [interval(hits, n), over_kinds(rows, is_hit)]
    cells = (f"{100 * low:.1f} to {100 * high:.1f}" for low, high in spans)
    return f"{hits}/{n} | {100 * hits / n:.1f} | {' | '.join(cells)}"


def has_alarm(row) -> bool:
    return bool(row["findings"])


def is_named(row) -> bool:
    return row["symptom"] in row["findings"].split("; ")


def is_wrong(row) -> bool:
    return has_alarm(row) and not is_named(row)


def report(rows) -> None:
    """Print the tables of RESULTS.md, first those of the half that is reported."""
    faults = sorted({row["fault"] for row in rows if row["symptom"]})
    for half, words in HALVES.items():
        of_half = [row for row in rows if row["half"] == half]
        meant = [row for row in of_half if row["as_meant"] == "yes"]
        ill = [row for row in meant if row["fault"] != "none"]
        sound = [row for row in meant if row["fault"] == "none"]
        print(f"\nThe half that was {words}, runs that are as meant:\n")
        print("| what | runs | % | exact 95 % | over backgrounds |")
        print("| --- | ---: | ---: | ---: | ---: |")
        print(f"| every fault: named | {rate(ill, is_named)} |")
        print(f"| every fault: only another disease | {rate(ill, is_wrong)} |")
        print(f"| healthy: false alarm | {rate(sound, has_alarm)} |")
        print("\n| fault | as meant | backgrounds | named | only another | silent |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        for fault in faults:
            runs = [row for row in of_half if row["fault"] == fault]
            some = [row for row in ill if row["fault"] == fault]
            named, wrong = sum(map(is_named, some)), sum(map(is_wrong, some))
            kinds = len({row["background"] for row in some})
            print(f"| {fault} | {len(some)}/{len(runs)} | {kinds} | {named} ", end="")
            print(f"| {wrong} | {len(some) - named - wrong} |")
        unmeant = [r for r in of_half if r["fault"] == "none" and r["as_meant"] == "no"]
        alarmed = sum(map(has_alarm, unmeant))
        kinds = len({row["background"] for row in sound})
        print(
            f"\nHealthy runs are of {kinds} backgrounds. Of {len(unmeant)} more ",
            end="",
        )
        print(f"that were to be healthy and are not, {alarmed} are alarmed.")
        for row in sound:
            if has_alarm(row):
                print(f"- {row['background']}, seed {row['seed']}: {row['findings']}")
