#!/usr/bin/env python3
"""scripts/lint --advisories before registries of several kinds: each is an npm that answers as it would."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

LINT = os.environ["ORDERFLOW_LINT"]

KNOWN_HOLE = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "preact": {
            "name": "preact", "severity": "high", "range": "10.27.0 - 10.27.2",
            "via": [{"title": "JSON VNode Injection", "url": "https://advisories.example/1"}],
        },
    },
}


class AdvisoriesTest(unittest.TestCase):
    def lint(self, answer, code):
        """What is printed where npm answers so."""
        with tempfile.TemporaryDirectory() as folder:
            npm = Path(folder) / "npm"
            asked = Path(folder) / "asked"
            npm.write_text(f"#!/bin/sh\necho \"$PWD $*\" >'{asked}'\ncat <<'END'\n{answer}\nEND\nexit {code}\n")
            npm.chmod(0o755)
            done = subprocess.run([LINT, "--advisories"], capture_output=True, text=True,
                                  env={"PATH": f"{folder}:{os.environ['PATH']}"})
            self.assertIn("modules/console/web audit --omit=dev", asked.read_text())
            return done.returncode, done.stderr.splitlines()[1:]

    def test_a_known_hole_fails_and_is_named(self):
        code, printed = self.lint(json.dumps(KNOWN_HOLE), 1)
        self.assertEqual(code, 1)
        self.assertEqual(printed, ["preact 10.27.0 - 10.27.2, high: JSON VNode Injection https://advisories.example/1"])

    def test_where_none_is_known_nothing_is_printed(self):
        self.assertEqual(self.lint(json.dumps({"auditReportVersion": 2, "vulnerabilities": {}}), 0), (0, []))

    def test_a_registry_without_advisories_is_told_in_one_line_and_no_failure(self):
        refusal = json.dumps({"message": "405 Method Not Allowed - POST https://registry.example", "statusCode": 405})
        for answer in (refusal, "", "no JSON", json.dumps({"error": {"summary": "offline"}})):
            with self.subTest(answer=answer):
                code, printed = self.lint(answer, 1)
                self.assertEqual(code, 0)
                self.assertEqual(len(printed), 1)
                self.assertTrue(printed[0].startswith("No advisories: "))

    def test_what_ships_is_pinned_without_a_place_and_past_the_known_hole(self):
        lock = Path(LINT).parent.parent / "modules/console/web/package-lock.json"
        packages = json.loads(lock.read_text())["packages"]
        self.assertFalse([name for name, package in packages.items() if "resolved" in package])
        version = [int(part) for part in packages["node_modules/preact"]["version"].split(".")]
        self.assertGreaterEqual(version, [10, 28, 2])  # CVE-2026-22028


if __name__ == "__main__":
    unittest.main()
