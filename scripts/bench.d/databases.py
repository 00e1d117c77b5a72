"""Data folders to measure on: an empty one that a node has made, and copies filled with orders."""

import json
import os
import shutil

import node
import processes


class Data:
    """A data folder with an API key of it, and a file with identifiers of orders."""

    def __init__(self, path, key, identifiers=None):
        self.path = path
        self.key = key
        self.identifiers = identifiers

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def database(self):
        return self.path / "orderflow.db"


class Databases:
    """Makes data folders below the measurement's own; what was made once is copied afterwards."""

    def __init__(self, bench):
        self._bench = bench
        self._empty = None
        self._copies = 0

    def empty(self):
        """A copy of a folder with all tables and no order."""
        if not self._empty:
            path = self._bench.work / "empty"
            created = processes.run([self._bench.executable, "keys", "create", "--name", "bench",
                                     "--scope", "orders:read", "--scope", "orders:write", "--scope",
                                     "events:read", "--data", path, "--json"])
            self._empty = Data(path, json.loads(created)["key"])
            with node.Node(self._bench, self._empty):
                pass
        return self.copy(self._empty)

    def copy(self, data):
        self._copies += 1
        path = self._bench.work / f"data-{self._copies}"
        shutil.copytree(data.path, path)
        return Data(path, data.key, data.identifiers)

    def filled(self, finished, pending=0):
        """A folder with so many orders that are done, and so many that wait for everything.
        A smoke run has the doctor look whether it is what a node would leave."""
        self._bench.say(f"Filling a database with {finished + pending:,} orders")
        data = self.empty()
        data.identifiers = self._bench.work / f"orders-{finished}-{pending}"
        processes.run([self._bench.program("fill_orders"), data.database, finished, pending,
                       data.identifiers])
        os.sync()  # else what is measured next waits for the disk with it
        if self._bench.is_smoke:
            processes.run([self._bench.executable, "doctor", data.path])
        return data
