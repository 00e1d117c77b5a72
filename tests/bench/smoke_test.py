#!/usr/bin/env python3
"""Runs a moment of each part of scripts/bench and looks at what it prints: that every part is there,
that its figures are of work that was done, and that nothing was refused. How fast it was is not
asked.

    smoke_test.py ROOT EXECUTABLE
"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
# These may be 0 where all is well; all others are of work and time, and never are.
MAY_BE_ZERO = {"streams_ended_by_node"}
PARTS = {
    "accepting": ["sync_us", "http_per_s_at_64", "storage_per_s", "accepted_per_s_at_1",
                  "accepted_per_s_at_64", "p99_us_at_64", "processor_us_at_64", "idle_kb", "load_kb",
                  "combined_per_s", "ratio_to_combined", "ratio_at_1"],
    "flow": ["storage_per_s", "final_per_s_at_64", "final_p50_us_at_64", "final_p99_us_at_64",
             "idle_p50_us", "accepted_p99_us", "final_per_s_while_accepting", "processor_us",
             "ratio_to_storage"],
    "stream": ["accepted_per_s_with", "accepted_per_s_without", "events_of_a_reader",
               "megabytes_read", "ratio"],
    "growth": ["order_reads_per_s_with_300", "page_reads_per_s_with_1000", "final_per_s_with_1000",
               "accepted_per_s_with_1000", "ratio_of_accepted_with_1000"],
    "recovery": ["pending", "first_accepted_ms", "drained_per_s", "ratio_to_closed_loop"],
}
GOALS = 14
CHARTS = ("accepting.svg", "flow.svg", "growth.svg")


def require(is_so, text):
    if not is_so:
        sys.exit(f"smoke_test: {text}")


def check_part(name, figures, turns):
    require(len(turns) == 1, f"{name} was measured {len(turns)} times")
    for figure in PARTS[name]:
        require(figure in figures, f"{name} does not print {figure}")
    for figure, value in figures.items():
        require(value >= 0 if figure in MAY_BE_ZERO else value > 0,
                f"{name} prints {value} as {figure}")


def check(document):
    require(document["run"]["refused"] == 0, f"refused: {document['run']['refused']}")
    require(set(document["parts"]) == set(PARTS), f"the parts are {list(document['parts'])}")
    for name, part in document["parts"].items():
        check_part(name, part["medians"], part["turns"])
    stream = document["parts"]["stream"]["medians"]
    require(stream["streams_ended_by_node"] == 0, "the node has ended streams of its readers")
    require(len(document["goals"]) == GOALS, f"there are {len(document['goals'])} goals")


def main():
    root, executable = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="orderflow-bench-test-") as folder:
        figures, charts = pathlib.Path(folder, "figures.json"), pathlib.Path(folder, "charts")
        subprocess.run([pathlib.Path(root, "scripts", "bench"), "--smoke", "--executable", executable,
                        "--json", figures, "--svg", charts], check=True)
        check(json.loads(figures.read_text()))
        for chart in CHARTS:
            require("<path" in (charts / chart).read_text(), f"{chart} is empty")


if __name__ == "__main__":
    main()
