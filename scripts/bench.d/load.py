"""Load by wrk, from this machine."""

import pathlib

import processes

FOLDER = pathlib.Path(__file__).parent
TIMEOUT_SECONDS = 60


class Load:
    """What a run of wrk has measured: rates a second, times in microseconds."""

    def __init__(self, printed):
        line = next(line for line in printed.splitlines() if line.startswith("measured "))
        measured = processes.pairs(line)
        self.done = int(measured["accepted"])
        self.refused = int(measured["refused"] + measured["broken"])
        self.seconds = measured["duration_us"] / 1e6
        self.rate = self.done / self.seconds
        self.p50_us = measured["p50_us"]
        self.p99_us = measured["p99_us"]


def _run(bench, url, connections, script, arguments, seconds):
    printed = processes.run(
        ["wrk", "-t1", "-c", connections, "-d", f"{seconds or bench.seconds}s", "--timeout",
         f"{TIMEOUT_SECONDS}s", "-s", FOLDER / script, url, "--", *arguments])
    load = Load(printed)
    bench.refused += load.refused
    return load


def place_orders(bench, url, connections, key="", wait=False, seconds=None):
    """Orders with a new idempotency key each. With `wait` each answer is held until the order is
    final. `seconds` instead of the run's."""
    bench.loads += 1
    run = f"{bench.seed}-{bench.loads}"
    return _run(bench, url, connections, "place_orders.lua",
                [bench.seed, run, TIMEOUT_SECONDS if wait else 0, key], seconds)


def read_orders(bench, node, connections, identifiers, what, seconds=None):
    """`what` is order: one, or page: twenty from a place in the list."""
    return _run(bench, node.url, connections, "read_orders.lua",
                [bench.seed, identifiers, what, node.key], seconds)
