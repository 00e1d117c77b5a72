"""Accepting orders: the node with the module of orders alone, against HTTP without storage, storage
without HTTP, and the bare sync."""

import ceilings
import load
from node import Node

NAME = "accepting"
MODULES = "orders"


def _ours(bench, node, connections, turn):
    used_us = node.processor_us()
    load_ = load.place_orders(bench, node.url, connections, node.key)
    turn[f"accepted_per_s_at_{connections}"] = load_.rate
    turn[f"p50_us_at_{connections}"] = load_.p50_us
    turn[f"p99_us_at_{connections}"] = load_.p99_us
    turn[f"processor_us_at_{connections}"] = (node.processor_us() - used_us) / load_.done


def _http(bench, server, node, connections, turn):
    load_ = load.place_orders(bench, server.url, connections, node.key)
    turn[f"http_per_s_at_{connections}"] = load_.rate
    turn[f"http_p50_us_at_{connections}"] = load_.p50_us


def _sync(bench, turn):
    turn["sync_us"] = ceilings.sync_us(bench)


def _storage(bench, turn):
    turn["storage_per_s"] = ceilings.storage(bench, "accepted")


def combined(http_per_s, storage_per_s, processors):
    """Orders a second where an order costs its HTTP and its storage and nothing else. The HTTP
    ceiling has kept all processors busy; the loop of the storage ceiling is one thread, so that with
    a second processor twice as much of it would fit into a second."""
    storage_per_s *= min(2, processors)
    return 1 / (1 / http_per_s + 1 / storage_per_s)


def _run_steps(bench, number, node, server, turn):
    """Each ceiling right before what it is the ceiling of, or right after."""
    steps = []
    for connections in bench.connections:
        if connections == 1:
            steps.append(lambda: _sync(bench, turn))
        if connections == 64:
            steps.append(lambda: _storage(bench, turn))
        if connections in (1, 64):
            steps.append(lambda c=connections: _http(bench, server, node, c, turn))
        steps.append(lambda c=connections: _ours(bench, node, c, turn))
    for step in steps if number % 2 == 0 else reversed(steps):
        step()


def measure(bench, number):
    turn = {}
    data = bench.databases.empty()
    try:
        with Node(bench, data, MODULES) as node, ceilings.HttpCeiling(bench) as server:
            node.place_first_order()
            turn["idle_kb"] = node.memory_kb("VmRSS")
            _run_steps(bench, number, node, server, turn)
            turn["load_kb"] = node.memory_kb("VmHWM")
    finally:
        data.remove()
    http_per_s, storage_per_s = turn["http_per_s_at_64"], turn["storage_per_s"]
    turn["combined_per_s"] = combined(http_per_s, storage_per_s, bench.processors)
    turn["serial_per_s"] = combined(http_per_s, storage_per_s, 1)
    turn["ratio_to_combined"] = turn["accepted_per_s_at_64"] / turn["combined_per_s"]
    turn["ratio_to_serial"] = turn["accepted_per_s_at_64"] / turn["serial_per_s"]
    turn["sync_and_http_per_s"] = 1e6 / (turn["sync_us"] + turn["http_p50_us_at_1"])
    turn["ratio_at_1"] = turn["accepted_per_s_at_1"] / turn["sync_and_http_per_s"]
    return turn
