"""Speed over the size of the database: reading, the whole flow and accepting. Each is measured at
all sizes in a row, with a node for each."""

import contextlib

import load
import whole_flow
from node import Node

NAME = "growth"
# What a turn adds to a smaller one would make it another: it is measured on a copy.
COPIED_MAX = 200_000
READING_CONNECTIONS = 16
# A large one is not in memory when it has just been filled, or another has been; that of a node
# which runs for longer is, as far as there is room for it.
WARM_SECONDS = 10

_filled = {}


def prepare(bench):
    for orders in bench.sizes:
        _filled[orders] = bench.databases.filled(orders)


@contextlib.contextmanager
def _nodes(bench, datas, modules=""):
    """The nodes by size."""
    with contextlib.ExitStack() as stack:
        yield {orders: stack.enter_context(Node(bench, data, modules))
               for orders, data in datas.items()}


def _warmed(orders, run):
    """What `run(seconds)` measures, on a large database after it has run for a while."""
    if orders > COPIED_MAX:
        run(WARM_SECONDS)
    return run(None)


def _read(bench, node, data, what, orders, turn):
    load_ = _warmed(orders, lambda seconds: load.read_orders(
        bench, node, READING_CONNECTIONS, data.identifiers, what, seconds))
    turn[f"{what}_reads_per_s_with_{orders}"] = load_.rate
    turn[f"{what}_read_p50_us_with_{orders}"] = load_.p50_us
    turn[f"{what}_read_p99_us_with_{orders}"] = load_.p99_us


def _read_and_flow(bench, datas, turn):
    with _nodes(bench, datas) as nodes:
        for node in nodes.values():
            node.place_first_order()
            node.wait_until_all_are_final()
        for what in ("order", "page"):
            for orders, node in nodes.items():
                _read(bench, node, datas[orders], what, orders, turn)
        for orders, node in nodes.items():
            load_ = _warmed(orders, lambda seconds, node=node: whole_flow.closed_loop(
                bench, node, max(bench.connections), seconds))
            turn[f"final_per_s_with_{orders}"] = load_.rate
        turn["load_kb"] = max(node.memory_kb("VmHWM") for node in nodes.values())


def _accept(bench, datas, turn):
    with _nodes(bench, datas, "orders") as nodes:
        for orders, node in nodes.items():
            load_ = _warmed(orders, lambda seconds, node=node: load.place_orders(
                bench, node.url, 64, node.key, seconds=seconds))
            turn[f"accepted_per_s_with_{orders}"] = load_.rate


def _put_away(bench, datas):
    for data in datas.values():
        if data not in _filled.values():
            data.remove()
    kept = {orders: data for orders, data in datas.items() if data in _filled.values()}
    with _nodes(bench, kept) as nodes:
        for node in nodes.values():
            node.wait_until_all_are_final()


def measure(bench, number):
    turn = {}
    sizes = bench.sizes if number % 2 == 0 else bench.sizes[::-1]
    datas = {orders: bench.databases.copy(_filled[orders]) if orders <= COPIED_MAX
             else _filled[orders] for orders in sizes}
    _read_and_flow(bench, datas, turn)
    _accept(bench, datas, turn)
    _put_away(bench, datas)
    for figure in ("accepted", "final", "order_reads", "page_reads"):
        fewest = turn[f"{figure}_per_s_with_{bench.sizes[0]}"]
        for orders in bench.sizes[1:]:
            turn[f"ratio_of_{figure}_with_{orders}"] = (
                turn[f"{figure}_per_s_with_{orders}"] / fewest)
    return turn
