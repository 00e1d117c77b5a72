"""Accepting orders: the node with the module of orders alone, against HTTP without storage, storage
without HTTP, and the bare sync."""

import ceilings
import load
from node import Node

NAME = "accepting"
MODULES = "orders"


def _ours(bench, data, turn):
    with Node(bench, data, MODULES) as node:
        node.place_first_order()
        turn["idle_kb"] = node.memory_kb("VmRSS")
        for connections in bench.connections:
            used_us = node.processor_us()
            load_ = load.place_orders(bench, node.url, connections, node.key)
            turn[f"accepted_per_s_at_{connections}"] = load_.rate
            turn[f"p50_us_at_{connections}"] = load_.p50_us
            turn[f"p99_us_at_{connections}"] = load_.p99_us
            turn[f"processor_us_at_{connections}"] = (node.processor_us() - used_us) / load_.done
        turn["load_kb"] = node.memory_kb("VmHWM")


def _ceilings(bench, key, turn):
    turn["sync_us"] = ceilings.sync_us(bench)
    turn["http_per_s"] = ceilings.http(bench, 64, key).rate
    turn["http_p50_us_at_1"] = ceilings.http(bench, 1, key).p50_us
    turn["storage_per_s"] = ceilings.storage(bench, "accepted")


def combined(http_per_s, storage_per_s, processors):
    """Orders a second where an order costs its HTTP and its storage and nothing else. The HTTP
    ceiling has kept all processors busy; the loop of the storage ceiling is one thread, so that with
    a second processor twice as much of it would fit into a second."""
    storage_per_s *= min(2, processors)
    return 1 / (1 / http_per_s + 1 / storage_per_s)


def measure(bench, number):
    turn = {}
    data = bench.databases.empty()
    try:
        steps = [lambda: _ceilings(bench, data.key, turn), lambda: _ours(bench, data, turn)]
        # In turns also who begins, for the machine is faster at one moment than at another.
        for step in steps if number % 2 == 0 else reversed(steps):
            step()
    finally:
        data.remove()
    turn["combined_per_s"] = combined(turn["http_per_s"], turn["storage_per_s"], bench.processors)
    turn["serial_per_s"] = combined(turn["http_per_s"], turn["storage_per_s"], 1)
    turn["ratio_to_combined"] = turn["accepted_per_s_at_64"] / turn["combined_per_s"]
    turn["ratio_to_serial"] = turn["accepted_per_s_at_64"] / turn["serial_per_s"]
    turn["sync_and_http_per_s"] = 1e6 / (turn["sync_us"] + turn["http_p50_us_at_1"])
    turn["ratio_at_1"] = turn["accepted_per_s_at_1"] / turn["sync_and_http_per_s"]
    return turn
