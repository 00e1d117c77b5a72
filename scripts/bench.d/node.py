"""A node of the executable that is measured, on a data folder of the measurement's."""

import http.client
import json
import os
import re
import subprocess
import tempfile
import time

import processes

START_LIMIT_SECONDS = 120
DRAIN_LIMIT_SECONDS = 1800
# Buyers place more than the fraud rules allow by default, and logging is not what is measured.
SETTINGS = {
    "ORDERFLOW_LOG_LEVEL": "warn",
    "ORDERFLOW_BILLING_FRAUD_MAX_ORDERS": "10000",
    "ORDERFLOW_NOTIFICATIONS_CHANNEL": "none",
}
FIRST_ORDER = {"userId": "first", "items": [{"productId": "one", "quantity": 1, "price": 1}]}


class Node:
    """Serves from construction to `stop`. Use it in a `with` statement.

    `data` is a databases.Data. `modules` is empty for all of them.
    `under` is put before the command, such as a profiler's.
    """

    def __init__(self, bench, data, modules="", settings=None, under=()):
        self.key = data.key
        self.began = time.monotonic()
        self._errors = tempfile.TemporaryFile("w+", dir=bench.work)
        command = [*under, bench.executable, "serve", "--config", bench.root / "config/orderflow.json",
                   "--host", "127.0.0.1", "--port", "0", "--data", data.path]
        if modules:
            command += ["--modules", modules]
        self._program = processes.start(
            command, stdout=subprocess.PIPE, stderr=self._errors, text=True,
            env={**os.environ, **SETTINGS, **(settings or {})})
        self.url = self._wait_until_it_listens()
        self.port = int(self.url.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _wait_until_it_listens(self):
        for line in self._program.stdout:
            if line.startswith("listening on "):
                return line.split()[2]
        self._program.wait(START_LIMIT_SECONDS)
        raise processes.ProgramFailed("the node did not start:\n" + self._last_errors())

    def _last_errors(self):
        self._errors.seek(0)
        return "".join(self._errors.readlines()[-20:])

    def stop(self):
        if not self._program:
            return
        was_running = self._program.poll() is None
        status = processes.end(self._program)
        self._program = None
        errors = self._last_errors()
        self._errors.close()
        if not was_running or status != 0:
            raise processes.ProgramFailed(f"the node ended with {status}:\n{errors}")

    def ask(self, method, path, body=None):
        """Status and document of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def place_first_order(self):
        status, document = self.ask("POST", "/v1/orders", FIRST_ORDER)
        if status != 201:
            raise processes.ProgramFailed(f"the first order was refused: {document}")

    def wait_until_all_are_final(self):
        """Seconds that it took until no order was PENDING any more."""
        began = time.monotonic()
        while self.ask("GET", "/v1/orders?status=PENDING&limit=1")[1]["orders"]:
            if time.monotonic() - began > DRAIN_LIMIT_SECONDS:
                raise processes.ProgramFailed("orders are still pending after half an hour")
            time.sleep(0.02)
        return time.monotonic() - began

    def memory_kb(self, field):
        """VmRSS is in use now, VmHWM was the most."""
        with open(f"/proc/{self._program.pid}/status") as status:
            return int(re.search(rf"^{field}:\s*(\d+) kB", status.read(), re.MULTILINE)[1])

    def processor_us(self):
        """Processor time used so far, by all threads."""
        with open(f"/proc/{self._program.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1e6 / os.sysconf("SC_CLK_TCK")
