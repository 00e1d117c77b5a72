"""The live stream: accepting with many readers of it, and without."""

import os
import subprocess

import load
import processes
from node import Node

NAME = "stream"


def _with_readers(bench, node, turn):
    readers = processes.start(
        [bench.program("stream_readers"), node.port, bench.readers], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "ORDERFLOW_API_KEY": node.key})
    try:
        if readers.stdout.readline().strip() != "reading":
            raise processes.ProgramFailed("the readers of the stream could not connect")
        turn["accepted_per_s_with"] = load.place_orders(bench, node.url, 64, node.key).rate
        counted = processes.pairs(readers.communicate()[0])
    finally:
        processes.end(readers)
    turn["events_of_a_reader"] = counted["events"]
    turn["megabytes_read"] = counted["bytes"] / 1e6
    turn["streams_ended_by_node"] = counted["ended"]


def _without(bench, node, turn):
    turn["accepted_per_s_without"] = load.place_orders(bench, node.url, 64, node.key).rate


def measure(bench, number):
    turn = {"readers": bench.readers}
    data = bench.databases.empty()
    try:
        with Node(bench, data, "orders") as node:
            steps = [_without, _with_readers]
            for step in steps if number % 2 == 0 else reversed(steps):
                step(bench, node, turn)
            turn["load_kb"] = node.memory_kb("VmHWM")
    finally:
        data.remove()
    turn["ratio"] = turn["accepted_per_s_with"] / turn["accepted_per_s_without"]
    return turn
