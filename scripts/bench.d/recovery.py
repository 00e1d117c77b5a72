"""A start with events that wait: how soon the first order is accepted, and how fast the others come to
their end, against the closed loop of the same node afterwards. Measured once."""

import statistics
import time

import processes
import whole_flow
from node import Node

NAME = "recovery"
FIRST_ANSWER_LIMIT_SECONDS = 60


def _first_accepted_s(node):
    """Seconds from the start of the process to its first 201."""
    while True:
        status, document = node.ask("POST", "/v1/orders", {
            "userId": "first", "items": [{"productId": "one", "quantity": 1, "price": 1}]})
        passed = time.monotonic() - node.began
        if status == 201:
            return passed
        if status != 503 or passed > FIRST_ANSWER_LIMIT_SECONDS:
            raise processes.ProgramFailed(f"no order was accepted after a start: {document}")


def measure(bench, _number):
    turn = {"pending": bench.pending}
    data = bench.databases.filled(0, bench.pending)
    bench.say(f"Starting with {bench.pending:,} pending events")
    try:
        with Node(bench, data) as node:
            turn["first_accepted_ms"] = _first_accepted_s(node) * 1e3
            node.wait_until_all_are_final()
            turn["drained_per_s"] = bench.pending / (time.monotonic() - node.began)
            most = max(bench.connections)
            turn["closed_loop_per_s"] = statistics.median(
                whole_flow.closed_loop(bench, node, most).rate for _ in range(3))
            turn["load_kb"] = node.memory_kb("VmHWM")
    finally:
        data.remove()
    turn["ratio_to_closed_loop"] = turn["drained_per_s"] / turn["closed_loop_per_s"]
    return turn
