"""What RabbitMQ costs: events published and confirmed against a bare loop, and accepting orders with
and without the bridge."""

import subprocess
import sys

import load
import processes
from node import Node

NAME = "bridge"


def publish(bench):
    """Publishing against the bare loop: prints its own table."""
    if processes.show([bench.program("bridge_bench")], stdout=sys.stderr) != 0:
        raise processes.ProgramFailed("publishing could not be measured")


class Broker:
    """A RabbitMQ server of the measurement's own."""

    def __init__(self, bench):
        self._program = processes.start([bench.program("bridge_bench"), "--broker"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.uri = self._program.stdout.readline().strip()
        if not self.uri:
            raise processes.ProgramFailed("the broker did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # It ends the broker when its input ends.
        self._program.stdin.close()
        self._program.stdin = None
        self._program.wait(processes.END_LIMIT_SECONDS)
        processes.end(self._program)


def _load(bench, modules, settings, turn, suffix):
    data = bench.databases.empty()
    try:
        with Node(bench, data, modules, settings) as node:
            node.place_first_order()
            used_us = node.processor_us()
            load_ = load.place_orders(bench, node.url, 64, node.key)
            name = "accepted" if modules else "flow_accepted"
            turn[f"{name}_per_s_{suffix}"] = load_.rate
            turn[f"{name}_p99_us_{suffix}"] = load_.p99_us
            turn[f"{name}_processor_us_{suffix}"] = (node.processor_us() - used_us) / load_.done
            if not modules:
                drained_s = node.wait_until_all_are_final()
                turn[f"final_per_s_{suffix}"] = load_.done / (load_.seconds + drained_s)
    finally:
        data.remove()


def measure(bench, number):
    turn = {}
    ways = [("without", {}), ("with", {"RABBIT_MQ_URI": bench.broker.uri})]
    for modules in ("orders", ""):
        for suffix, settings in ways if number % 2 == 0 else reversed(ways):
            _load(bench, modules, settings, turn, suffix)
    turn["ratio_of_accepted"] = turn["accepted_per_s_with"] / turn["accepted_per_s_without"]
    turn["ratio_of_final"] = turn["final_per_s_with"] / turn["final_per_s_without"]
    return turn
