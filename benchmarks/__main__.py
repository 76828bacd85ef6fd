"""`python -m benchmarks`, or `make bench`: measure all parts, or some by name, and write results.md."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import host_facts, results
from benchmarks.part import Effort, MeasurementError, Part
from benchmarks.parts import PARTS

RESULTS = Path(__file__).with_name("results.md")


def main(arguments: Sequence[str] | None = None, parts: Sequence[Part] = PARTS) -> None:
    """Measure, and write a chapter for each part as soon as it is there."""
    names = [part.name for part in parts]
    chosen = _chosen(arguments, parts)
    effort = Effort(chosen.runs, min(chosen.runs, Effort().warm_up), chosen.batch)
    for part in parts:
        if part.name in chosen.parts:
            print(f"measuring {part.name}: {part.about} …", file=sys.stderr)
            sections = part.run(effort)
            text = results.chapter(sections, host_facts.facts())
            results.write_charts(chosen.output.parent / results.CHARTS, sections)
            results.write(chosen.output, {part.name: text}, order=names)
            print(f"{text}\n")
    print(f"written: {chosen.output}", file=sys.stderr)


def _chosen(arguments: Sequence[str] | None, parts: Sequence[Part]) -> argparse.Namespace:
    """Return what is to be done; what cannot be ends in a message."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure, and write the results.",
        epilog="\n".join(["parts:", *(f"  {part.name:15}{part.about}" for part in parts)]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="part", help="parts by their names (default: all of them)")
    parser.add_argument("--runs", type=int, default=Effort().runs, help="how often everything is measured")
    parser.add_argument("--batch", type=int, default=Effort().batch, help="how often in a run, if it is quick")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the file to write; charts go beside it")
    chosen = parser.parse_args(arguments)
    names = [part.name for part in parts]
    chosen.parts = [name for given in chosen.parts for name in given.split(",") if name] or names
    if unknown := [name for name in chosen.parts if name not in names]:
        parser.error(f"there is no part {unknown[0]}; there are: {', '.join(names)}")
    if min(chosen.runs, chosen.batch) < 1:
        parser.error("--runs and --batch: at least 1")
    return chosen


def run() -> None:
    """Measure; what stops that is told in a sentence."""
    try:
        main()
    except KeyboardInterrupt:
        print("\nstopped; parts that were done have their chapters, others are as they were", file=sys.stderr)
        sys.exit(130)
    except MeasurementError as error:
        sys.exit(f"stopped: {error}")


if __name__ == "__main__":
    run()
