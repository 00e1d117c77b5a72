#!/usr/bin/env python3
"""scripts/lint --commits in repositories whose last commit breaks one rule, or is allowed to."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

LINT = Path(os.environ["ORDERFLOW_LINT"])
WHO = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_COMMITTER_NAME": "Ada",
       "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
OLD = "Whatever was written before the first checked commit, however long it may have been"


class Repository:
    """A repository with a commit of before the recorded one, and the recorded one."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "scripts").mkdir(parents=True)
        shutil.copy(LINT, folder / "scripts/lint")
        self.git("init", "--quiet")
        self.commit(OLD, lines=100)
        self.first = self.commit("core: begin")
        self.record()

    def git(self, *arguments):
        done = subprocess.run(["git", *arguments], cwd=self.folder, env={**os.environ, **WHO}, check=True,
                              capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message, lines=1):
        """Adds so many lines; the hash."""
        with (self.folder / "text").open("a") as text:
            text.write("a line\n" * lines)
        self.git("add", "text")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def record(self, *lines):
        text = "# what is checked\n" + "\n".join([f"first {self.first}", *lines]) + "\n"
        (self.folder / "scripts/checked_commits").write_text(text)

    def lint(self):
        """The exit code, and what is printed."""
        done = subprocess.run([self.folder / "scripts/lint", "--commits"], capture_output=True, text=True,
                              env={**os.environ, **WHO})
        return done.returncode, done.stderr.splitlines()


class CommitsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.repository = Repository(self.root / "repository")

    def check(self, message, lines=1):
        """What is printed about a further commit with this message."""
        commit = self.repository.commit(message, lines)
        code, printed = self.repository.lint()
        self.assertEqual(printed[0], "Checking the messages of 2 commits")
        subject = message.split("\n")[0]
        return code, [line.removeprefix(f'{commit[:12]} "{subject}": ') for line in printed[1:]]

    def test_messages_as_they_should_be_pass(self):
        for message in ("core: add a clock", "core, http: add a clock", "add_a_module: renew it",
                        "core: " + "ü" * 66, "core: add a clock\n\nBefore there was none."):
            with self.subTest(message=message):
                self.repository.commit(message)
                self.assertEqual(self.repository.lint()[0], 0)

    def test_a_subject_begins_with_its_area(self):
        for subject in ("Add a clock", "core add a clock", "core:add a clock", "Core: add a clock", "core:", ": clock"):
            with self.subTest(subject=subject):
                self.assertEqual(self.check(subject), (1, ['the subject begins with no "area: "']))
                self.repository.git("reset", "--quiet", "--hard", "HEAD^")

    def test_a_subject_has_72_characters_at_most(self):
        self.assertEqual(self.check("core: " + "a" * 67), (1, ["the subject has 73 characters, 72 at most"]))

    def test_above_20_changed_lines_a_body_says_why(self):
        self.assertEqual(self.check("core: add a clock", lines=20), (0, []))
        self.repository.git("reset", "--quiet", "--hard", "HEAD^")
        self.assertEqual(self.check("core: add a clock", lines=21), (1, ["21 changed lines and no body"]))
        self.repository.git("reset", "--quiet", "--hard", "HEAD^")
        self.assertEqual(self.check("core: add a clock\n\nBefore there was none.", lines=21), (0, []))

    def test_who_signed_is_no_body(self):
        message = "core: add a clock\n\nSigned-off-by: Ada <ada@example.com>"
        self.assertEqual(self.check(message, lines=21), (1, ["21 changed lines and no body"]))

    def test_an_exception_passes_and_no_other(self):
        commit = self.repository.commit("Add a clock")
        self.repository.record(f"except {commit} it was published before anybody looked")
        self.assertEqual(self.repository.lint()[0], 0)
        self.repository.commit("Add another")
        self.assertEqual(self.repository.lint()[0], 1)

    def test_commits_of_a_branch_count_and_its_merge_does_not(self):
        git = self.repository.git
        git("switch", "--quiet", "--create", "side")
        self.repository.commit("core: begin a branch")
        git("switch", "--quiet", "-")
        git("merge", "--quiet", "--no-ff", "--message", "Merge branch 'side'", "side")
        self.assertEqual(self.repository.lint(), (0, ["Checking the messages of 2 commits"]))

    def test_a_history_without_the_recorded_commit_is_reported(self):
        self.repository.first = "0" * 40
        self.repository.record()
        self.assertEqual(self.repository.lint(),
                         (1, [f"scripts/checked_commits: this history has no commit {'0' * 40}"]))

    def shallow(self, depth):
        folder = self.root / "shallow"
        self.repository.git("clone", "--quiet", "--depth", str(depth), f"file://{self.repository.folder}", str(folder))
        shutil.copytree(self.repository.folder / "scripts", folder / "scripts")
        code, printed = subprocess_lint(folder)
        shutil.rmtree(folder)
        return code, printed

    def test_a_shallow_clone_checks_what_it_has_and_says_so(self):
        notice = "This clone is shallow: what came before is not checked"
        self.repository.commit("core: add a clock\n\nBefore there was none.", lines=30)
        wrong = self.repository.commit("Add another")
        self.repository.commit("core: add a third\n\nTwo were not enough.", lines=30)
        self.assertEqual(self.shallow(1), (0, ["Checking the messages of 1 commits", notice]))
        self.assertEqual(self.shallow(2), (1, ["Checking the messages of 2 commits", notice,
                                               f'{wrong[:12]} "Add another": the subject begins with no "area: "']))


def subprocess_lint(folder):
    done = subprocess.run([folder / "scripts/lint", "--commits"], capture_output=True, text=True)
    return done.returncode, done.stderr.splitlines()


if __name__ == "__main__":
    unittest.main()
