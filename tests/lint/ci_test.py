#!/usr/bin/env python3
"""The machines of CI run every step of .ci/run, each once."""
import os
import re
import unittest
from pathlib import Path

SOURCES = Path(os.environ["ORDERFLOW_LINT"]).parent.parent


class CiTest(unittest.TestCase):
    def test_every_step_runs_on_one_machine(self):
        steps = re.search(r"^readonly all=\((.*)\)$", (SOURCES / ".ci/run").read_text(), re.M)[1].split()
        matrix = re.search(r"^ *steps: \[(.*)\]$", (SOURCES / ".github/workflows/ci.yml").read_text(), re.M)[1]
        machines = re.findall(r'"([^"]*)"', matrix)
        self.assertEqual(sorted(" ".join(machines).split()), sorted(steps))


if __name__ == "__main__":
    unittest.main()
