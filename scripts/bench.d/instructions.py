"""Instructions that the node executes for an order, by callgrind: the one figure that repeats on a
machine that others use. From each run those of a run without orders are taken off. Measured once."""

import contextlib
import re
import shutil
import sqlite3

import load
import processes
from node import Node

NAME = "instructions"


def _executed(bench, modules, is_loaded):
    """Instructions of a node from start to stop, and the orders that it has taken."""
    profile = bench.work / "callgrind.out"
    under = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}"]
    data = bench.databases.empty()
    try:
        with Node(bench, data, modules, under=under) as node:
            node.place_first_order()
            if is_loaded:
                load.place_orders(bench, node.url, 64, node.key)
            if not modules:
                node.wait_until_all_are_final()
        with contextlib.closing(sqlite3.connect(data.database)) as database:
            orders = database.execute("SELECT count(*) FROM orders_order").fetchone()[0]
    finally:
        data.remove()
    found = re.search(r"^(?:summary|totals): (\d+)", profile.read_text(), re.MULTILINE)
    return int(found[1]), orders


def _for_an_order(bench, modules):
    bench.say("Counting the instructions of " + (f"--modules {modules}" if modules else "the flow"))
    idle, first = _executed(bench, modules, False)
    loaded, orders = _executed(bench, modules, True)
    return (loaded - idle) / (orders - first)


def measure(bench, _number):
    if not shutil.which("valgrind"):
        raise processes.ProgramFailed("--instructions needs valgrind")
    return {"of_an_accepted_order": _for_an_order(bench, "orders"),
            "of_a_finished_order": _for_an_order(bench, "")}
