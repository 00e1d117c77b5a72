"""What this machine can do at the very most, measured with programs of tests/bench."""

import subprocess

import processes

BATCH = 64


class HttpCeiling:
    """Our HTTP server, which reads, checks and answers an order without storing it."""

    def __init__(self, bench):
        self._program = processes.start([bench.program("http_ceiling")], stdout=subprocess.PIPE,
                                        text=True)
        self.url = self._program.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        processes.end(self._program)


def storage(bench, rows):
    """Orders a second that a bare SQLite loop stores, in synced commits of a batch that 64
    connections can make. `rows` is accepted or flow."""
    data = bench.databases.empty()
    try:
        measured = processes.pairs(processes.run(
            [bench.program("storage_ceiling"), data.database, rows, bench.seconds, BATCH]))
    finally:
        data.remove()
    return measured["orders"] * 1e6 / measured["duration_us"]


def sync_us(bench):
    """What a write of a page and its sync take, half of the time."""
    measured = processes.run([bench.program("sync_ceiling"), bench.work / "synced", bench.seconds / 2])
    return processes.pairs(measured)["p50_us"]
