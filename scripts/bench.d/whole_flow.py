"""The whole flow: every order to its final status, in a closed loop and while orders are accepted as
fast as they come; against a bare SQLite loop that writes all rows of it."""

import ceilings
import load
from node import Node

NAME = "flow"


def closed_loop(bench, node, connections, seconds=None):
    """Each connection places its next order when the one before is final."""
    load_ = load.place_orders(bench, node.url, connections, node.key, wait=True, seconds=seconds)
    node.wait_until_all_are_final()
    return load_


def _accepting(bench, node, turn):
    """Orders are accepted without waiting for those before, and pile up."""
    used_us = node.processor_us()
    load_ = load.place_orders(bench, node.url, 64, node.key)
    drained_s = node.wait_until_all_are_final()
    turn["accepted_per_s"] = load_.rate
    turn["accepted_p50_us"] = load_.p50_us
    turn["accepted_p99_us"] = load_.p99_us
    turn["final_per_s_while_accepting"] = load_.done / (load_.seconds + drained_s)
    turn["processor_us"] = (node.processor_us() - used_us) / load_.done


def _ours(bench, node, connections, turn):
    load_ = closed_loop(bench, node, connections)
    turn[f"final_per_s_at_{connections}"] = load_.rate
    turn[f"final_p50_us_at_{connections}"] = load_.p50_us
    turn[f"final_p99_us_at_{connections}"] = load_.p99_us


def _sync(bench, turn):
    turn["sync_us"] = ceilings.sync_us(bench)


def _storage(bench, turn):
    turn["storage_per_s"] = ceilings.storage(bench, "flow")


def _run_steps(bench, number, node, turn):
    """Each ceiling right before what it is the ceiling of, or right after."""
    steps = [lambda: _sync(bench, turn)]
    steps += [lambda c=connections: _ours(bench, node, c, turn) for connections in bench.connections]
    steps.insert(-1, lambda: _storage(bench, turn))
    steps.append(lambda: _accepting(bench, node, turn))
    for step in steps if number % 2 == 0 else reversed(steps):
        step()


def measure(bench, number):
    turn = {}
    data = bench.databases.empty()
    try:
        with Node(bench, data) as node:
            node.place_first_order()
            node.wait_until_all_are_final()
            turn["idle_kb"] = node.memory_kb("VmRSS")
            _run_steps(bench, number, node, turn)
            turn["load_kb"] = node.memory_kb("VmHWM")
    finally:
        data.remove()
    most = max(bench.connections)
    turn["final_per_s"] = turn[f"final_per_s_at_{most}"]
    turn["ratio_to_storage"] = turn["final_per_s"] / turn["storage_per_s"]
    turn["idle_p50_us"] = turn["final_p50_us_at_1"]
    turn["idle_bound_us"] = 3 * turn["sync_us"] + 1000
    turn["ratio_of_idle_to_bound"] = turn["idle_p50_us"] / turn["idle_bound_us"]
    return turn
