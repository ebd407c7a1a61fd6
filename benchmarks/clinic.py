"""How often the clinic's symptoms are right: every fault, its cure, and healthy runs.

    python benchmarks/clinic.py    # about nine minutes on two quiet cores

Trains every faulty and every cured recipe from 10 seeds and 20 healthy ones, writes
`data/clinic.csv`, one row a run, and prints the rates.
"""

import csv
import functools
import math

from gan_helpers import clinic, settings

# Not those on which the thresholds were set, which are below 40 or above 99.
SEEDS = range(40, 50)
HEALTHY_SEEDS = range(50, 52)
COLUMNS = ("case", "condition", "seed", "findings", "divergence", "modes")


def runs():
    """(case, condition, recipe, seed) of every run."""
    for name, case in clinic.CASES.items():
        for condition in ("faulty", "cured"):
            for seed in SEEDS:
                yield name, condition, getattr(case, condition), seed
    for name, recipe in clinic.HEALTHY.items():
        for seed in HEALTHY_SEEDS:
            yield name, "healthy", recipe, seed


@functools.cache  # two cases have the same cure
def examine(recipe, seed):
    """The findings' names, the divergence and the modes hit of one run."""
    history = clinic.train(recipe, seed=seed)
    divergence = clinic.measure(recipe, history)
    findings = "; ".join(finding.name for finding in clinic.diagnose(history))
    modes = None if math.isnan(divergence) else clinic.modes_of(recipe, history)
    return findings, f"{divergence:.3f}", modes


def report(rows) -> None:
    """Print how often each fault was named, and how often a sound run was."""
    for name, case in clinic.CASES.items():
        faulty, cured = (
            [r["findings"] for r in rows if (r["case"], r["condition"]) == (name, kind)]
            for kind in ("faulty", "cured")
        )
        named = sum(case.symptom in findings.split("; ") for findings in faulty)
        print(f"{name:26} named {named}/{len(faulty)}, cured silent ", end="")
        print(f"{cured.count('')}/{len(cured)}")
    healthy = [row["findings"] for row in rows if row["condition"] == "healthy"]
    print(f"false alarms: {len(healthy) - healthy.count('')}/{len(healthy)}")


def main() -> None:
    path = settings.bundled_dir() / "clinic.csv"
    unfinished = path.with_suffix(".unfinished")
    rows = []
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        for name, condition, recipe, seed in runs():
            values = (name, condition, seed, *examine(recipe, seed))
            rows.append(dict(zip(COLUMNS, values, strict=True)))
            table.writerow(rows[-1])
            file.flush()
    unfinished.replace(path)
    report(rows)


if __name__ == "__main__":
    main()
