"""Speed over the size of the database: reading, the whole flow and accepting."""

import load
import whole_flow
from node import Node

NAME = "growth"
# What a turn adds to a smaller one would make it another: it is measured on a copy.
COPIED_MAX = 200_000

_filled = {}


def _filled_data(bench, orders):
    if orders not in _filled:
        _filled[orders] = bench.databases.filled(orders)
    return _filled[orders]


def _read_and_flow(bench, data, orders, turn):
    with Node(bench, data) as node:
        node.place_first_order()
        for what in ("order", "page"):
            load_ = load.read_orders(bench, node, 16, data.identifiers, what)
            turn[f"{what}_reads_per_s_with_{orders}"] = load_.rate
            turn[f"{what}_read_p50_us_with_{orders}"] = load_.p50_us
            turn[f"{what}_read_p99_us_with_{orders}"] = load_.p99_us
        load_ = whole_flow.closed_loop(bench, node, max(bench.connections))
        turn[f"final_per_s_with_{orders}"] = load_.rate
        turn[f"load_kb_with_{orders}"] = node.memory_kb("VmHWM")


def _accept(bench, data, orders, turn):
    with Node(bench, data, "orders") as node:
        load_ = load.place_orders(bench, node.url, 64, node.key)
        turn[f"accepted_per_s_with_{orders}"] = load_.rate


def _measure_size(bench, orders, turn):
    filled = _filled_data(bench, orders)
    is_copied = orders <= COPIED_MAX
    data = bench.databases.copy(filled) if is_copied else filled
    try:
        _read_and_flow(bench, data, orders, turn)
        _accept(bench, data, orders, turn)
        if not is_copied:
            with Node(bench, data) as node:
                node.wait_until_all_are_final()
    finally:
        if is_copied:
            data.remove()


def measure(bench, number):
    turn = {}
    for orders in bench.sizes if number % 2 == 0 else reversed(bench.sizes):
        _measure_size(bench, orders, turn)
    for figure in ("accepted", "final", "order_reads", "page_reads"):
        smallest = turn[f"{figure}_per_s_with_{bench.sizes[0]}"]
        for orders in bench.sizes[1:]:
            turn[f"ratio_of_{figure}_with_{orders}"] = (
                turn[f"{figure}_per_s_with_{orders}"] / smallest)
    turn["load_kb"] = max(turn[f"load_kb_with_{orders}"] for orders in bench.sizes)
    return turn
