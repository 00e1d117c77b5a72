#!/usr/bin/env python3
"""scripts/lint --prose on pages with one line too long, in each of the forms that count and that do not."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

LINT = os.environ["ORDERFLOW_LINT"]

WIDE = "word " * 22 + "w"  # 111 characters
FITS = "word " * 22
LINK = "https://example.com/" + "a" * 100


class ProseTest(unittest.TestCase):
    def lint(self, text):
        """The exit code, and the lines of the page that are found."""
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.md"
            page.write_text(text, encoding="utf-8")
            done = subprocess.run([LINT, "--prose", page], capture_output=True, text=True)
            found = [line.removeprefix(f"{page}:") for line in done.stderr.splitlines()[1:]]
            return done.returncode, found

    def test_a_line_that_is_too_long_fails_and_is_named(self):
        self.assertEqual(self.lint(f"# Title\n\n{WIDE}\n"), (1, ["3: 111 characters, 110 at most"]))

    def test_so_does_one_in_a_list_a_quotation_and_a_title(self):
        for begin in ("- ", "1. ", "> ", "## "):
            with self.subTest(begin=begin):
                code, found = self.lint(begin + WIDE + "\n")
                self.assertEqual((code, len(found)), (1, 1))

    def test_characters_count_and_not_their_bytes(self):
        self.assertEqual(self.lint(FITS.replace("w", "ü") + "\n"), (0, []))
        self.assertEqual(self.lint(WIDE.replace("w", "ü") + "\n"), (1, ["1: 111 characters, 110 at most"]))

    def test_tables_code_and_links_may_be_longer(self):
        for text in (f"| a | {WIDE} |", f"```sh\n{WIDE}\n```", f"  ```\n  {WIDE}\n  ```", LINK, f"- <{LINK}>"):
            with self.subTest(text=text):
                self.assertEqual(self.lint(text + "\n"), (0, []))

    def test_what_stands_behind_a_block_of_code_counts_again(self):
        self.assertEqual(self.lint(f"```\n{WIDE}\n```\n{WIDE}\n"), (1, ["4: 111 characters, 110 at most"]))

    def test_the_pages_of_the_project_keep_it(self):
        done = subprocess.run([LINT, "--prose"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, "Checking the width of the prose\n"))


if __name__ == "__main__":
    unittest.main()
