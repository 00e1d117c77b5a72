#!/usr/bin/env python3
"""The first order of the front page, placed as it is printed there, and the demo beside it."""
import json
import os
import re
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ORDERFLOW = os.environ["ORDERFLOW"]
README = (Path(os.environ["ORDERFLOW_SOURCES"]) / "README.md").read_text()
PRINTED_ADDRESS = "http://127.0.0.1:8080"
NO_SETTINGS = {name: value for name, value in os.environ.items() if not name.startswith("ORDERFLOW")}


def block_after(title, language):
    return re.search(rf"^## {title}$.*?^```{language}\n(.*?)^```$", README, re.M | re.S)[1]


class FirstOrderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.node = subprocess.Popen([ORDERFLOW, "serve", "--port", "0"], cwd=self.folder, env=NO_SETTINGS,
                                     text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(self.node.stdout.close)
        self.addCleanup(self.node.wait)
        self.addCleanup(self.node.terminate)
        listening = next(line for line in self.node.stdout if line.startswith("listening on "))
        self.address = listening.split()[2]

    def run_in_shell(self, command):
        done = subprocess.run(["bash", "-c", command.replace(PRINTED_ADDRESS, self.address)], text=True,
                              cwd=self.folder, capture_output=True, timeout=60,
                              env={**NO_SETTINGS, "ORDERFLOW_URL": self.address})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def wait_for_files(self, folder, count):
        deadline = time.monotonic() + 30
        while len(list((self.folder / folder).iterdir())) < count:
            self.assertLess(time.monotonic(), deadline, f"{count} files in {folder}")
            time.sleep(0.02)

    def test_the_order_is_answered_as_printed(self):
        order = json.loads(self.run_in_shell(block_after("A first order", "sh")))
        printed = json.loads(block_after("A first order", "json"))
        self.assertEqual(order.keys(), printed.keys())
        for member in ("status", "totalAmount", "currency", "items", "userId", "email", "reasons"):
            self.assertEqual(order[member], printed[member])
        self.wait_for_files("data/mail/new", 2)

    def test_the_demo_runs_beside_the_node(self):
        serve, demo = block_after("Start", "sh").splitlines()
        self.assertEqual(serve, "scripts/run")
        self.assertEqual(demo.split()[0], "build/release/orderflow")
        self.assertIn("PROCESSED", self.run_in_shell(f"{ORDERFLOW} {demo.split(' ', 1)[1]} --count 5"))


if __name__ == "__main__":
    unittest.main()
