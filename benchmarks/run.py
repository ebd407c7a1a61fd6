"""Measure the course beside its peers, in one run: `make bench`.

    python benchmarks/run.py [import] [quadratic] [lab] [fashion] [lessons]

Without names, all of them: about 25 minutes on two cores. Only the ratios within one
run mean anything; the machine's own speed goes into all of them alike.
"""

import argparse
import sys
from pathlib import Path
from statistics import mean, median

import fashion_quality
import lab_speed
import lessons
import quadratic_speed

ROOT = Path(__file__).resolve().parents[1]
OURS = "this course"


def print_import() -> None:
    print("## import gan_helpers\n")
    print(f"{lessons.measure_import():.3f} s, median of five new interpreters\n")


def print_quadratic() -> None:
    print("## Quadratic GAN, batch 256, one D and one G step an iteration\n")
    print("| way | iterations/s | this course is |\n| --- | ---: | ---: |")
    speeds = quadratic_speed.measure()
    ours = next(speed for name, speed in speeds.items() if name.startswith(OURS))
    for name, speed in speeds.items():
        print(f"| {name} | {speed:,.0f} | {ours / speed:.1f} × as fast |")
    print(f"\nThe text's 100,001 iterations: {100_001 / ours:.0f} s\n")


def print_lab() -> None:
    seen = lab_speed.measure_view()
    effects = seen["effects"]
    growth = lab_speed.measure_growth()
    rows = [
        ("while playing, frames/s", f"{seen['frames']:.0f}", "at least 20"),
        ("together with iterations/s", f"{seen['iterations']:,.0f}", "at least 1,000"),
        (
            f"a slider's key to its effect, ms, median of {len(effects)}",
            f"{median(effects):.0f}",
            "at most 150",
        ),
        ("the slowest of them, ms", f"{max(effects):.0f}", ""),
        (
            "from running the cell to the first frame, s",
            f"{seen['first frame']:.1f}",
            "at most 5",
        ),
        (
            "from the first Play to a trained frame, s",
            f"{seen['first trained frame']:.1f}",
            "",
        ),
        (
            f"kernel's growth over {lab_speed.N_FRAMES:,} frames, MB",
            f"{growth:.0f}",
            "less than 50",
        ),
    ]
    print("## The live lab, points, default settings\n")
    print("| what | measured | aim |\n| --- | ---: | ---: |")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()


def print_fashion() -> None:
    seconds = fashion_quality.SECONDS
    print(f"## Fashion-MNIST, {seconds:.0f} s of training each\n")
    source, results = fashion_quality.measure()
    print(
        f"\n{source}. Fréchet distance over our classifier's features, 10,000 pictures:"
    )
    print("lower is better.\n")
    print(
        "| recipe | steps | distance by seed | mean | rarest class | this course has |"
    )
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    means = {
        name: mean(one["distance"] for one in runs) for name, runs in results.items()
    }
    ours = next(value for name, value in means.items() if name.startswith(OURS))
    for name, runs in results.items():
        distances = ", ".join(f"{one['distance']:.1f}" for one in runs)
        steps = f"{mean(one['steps'] for one in runs):,.0f}"
        rarest = 100 * min(one["rarest_share"] for one in runs)
        print(
            f"| {name} | {steps} | {distances} | {means[name]:.1f} | {rarest:.1f} % "
            f"| {ours / means[name]:.2f} × its distance |"
        )
    print()


def print_lessons() -> None:
    print("## Lessons, fast budget\n")
    print("| notebook | seconds | peak MB |\n| --- | ---: | ---: |")
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        seconds, megabytes = lessons.measure_lesson(notebook, "fast")
        print(f"| {notebook.stem} | {seconds:.0f} | {megabytes:,.0f} |")
    print()


PARTS = {
    "import": print_import,
    "quadratic": print_quadratic,
    "lab": print_lab,
    "fashion": print_fashion,
    "lessons": print_lessons,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    chosen = parser.parse_args().parts
    unknown = set(chosen) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {list(PARTS)}")
    for name, part in PARTS.items():
        if not chosen or name in chosen:
            part()
    return 0


if __name__ == "__main__":
    sys.exit(main())
