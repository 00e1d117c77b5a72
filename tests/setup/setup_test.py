#!/usr/bin/env python3
"""scripts/setup on systems that it may meet. Each is a folder of programs: those of this machine, less
some, and package managers that only print what they are asked."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SETUP = os.environ["ORDERFLOW_SETUP"]
PACKAGE_MANAGERS = {"apt-get", "apt-cache", "dnf", "pacman", "brew"}


class System:
    """A system that has everything but `without`; `managers` are scripts by the name of a program."""

    def __init__(self, folder, without=(), managers=None):
        self._programs = Path(folder)
        hidden = set(without) | PACKAGE_MANAGERS
        for place in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"):
            for program in Path(place).glob("*"):
                target = self._programs / program.name
                if program.name not in hidden and not target.exists():
                    target.symlink_to(program)
        for name, script in (managers or {}).items():
            path = self._programs / name
            path.write_text("#!/bin/bash\n" + script)
            path.chmod(0o755)

    def setup(self, *arguments, compiler="c++"):
        # The script adds the folders of root's programs; no package manager stands there.
        done = subprocess.run([shutil.which("bash"), SETUP, *arguments], capture_output=True, text=True,
                              env={"PATH": str(self._programs), "CXX": compiler})
        return done.returncode, done.stdout + done.stderr


class SetupTest(unittest.TestCase):
    def system(self, *arguments, **named):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return System(folder.name, *arguments, **named)

    def test_where_nothing_is_missing_it_says_nothing_whatever_the_system(self):
        self.assertEqual(self.system().setup("--run-only"), (0, ""))

    def test_fedora_is_told_its_line(self):
        code, printed = self.system({"ninja", "ccache"}, {"dnf": "exit 1"}).setup("--run-only")
        self.assertEqual(code, 1)
        self.assertIn("not tried", printed)
        self.assertIn("\n  sudo dnf install ccache ninja-build\n", printed)

    def test_arch_is_told_its_line(self):
        code, printed = self.system({"cmake"}, {"pacman": "exit 1"}).setup("--run-only")
        self.assertEqual(code, 1)
        self.assertIn("\n  sudo pacman -S --needed cmake\n", printed)

    def test_macos_is_told_its_line(self):
        code, printed = self.system({"ninja"}, {"brew": "exit 1"}).setup("--run-only")
        self.assertEqual(code, 1)
        self.assertIn("\n  brew install ninja\n", printed)

    def test_another_system_is_told_what_it_lacks(self):
        code, printed = self.system({"ninja"}).setup("--run-only")
        self.assertEqual(code, 1)
        self.assertIn("\n  ninja\n", printed)
        self.assertIn("ninja-build", printed)

    def test_without_a_compiler_every_header_counts_as_missing(self):
        code, printed = self.system(managers={"dnf": "exit 1"}).setup("--run-only", compiler="/nowhere/c++")
        self.assertEqual(code, 1)
        for package in ("boost-devel", "sqlite-devel", "openssl-devel", "libcurl-devel"):
            self.assertIn(package, printed)

    def test_the_first_package_that_apt_has_is_taken(self):
        installed = Path(tempfile.mkdtemp()) / "asked"
        self.addCleanup(shutil.rmtree, installed.parent)
        managers = {
            "apt-get": f'[[ " $* " != *" install "* ]] || echo "$*" >{installed}\n',
            "apt-cache": 'case $2 in libboost-url1.81-dev) ;; *) echo "  Candidate: 1.0" ;; esac\n',
            # Nothing of this machine is written to.
            "sudo": 'case $1 in env) shift 2; "$@" ;; tee) cat >/dev/null ;; esac\n',
            "id": "echo 1000\n"}
        system = self.system({"id", "sudo"}, managers)
        code, printed = system.setup("--run-only", compiler="/nowhere/c++")
        self.assertEqual(code, 0, printed)
        self.assertIn("libboost-url1.83-dev", printed)
        asked = installed.read_text().split()
        self.assertIn("libboost-url1.83-dev", asked)
        self.assertNotIn("libboost-url1.88-dev", asked)
        self.assertIn("libsqlite3-dev", asked)

    def test_what_apt_does_not_have_is_named(self):
        managers = {"apt-get": "exit 0\n", "id": "echo 1000\n", "sudo": "exit 0\n",
                    "apt-cache": '[[ $2 == libboost* ]] || echo "  Candidate: 1.0"\n'}
        code, printed = self.system({"id", "sudo"}, managers).setup("--run-only", compiler="/nowhere/c++")
        self.assertEqual(code, 1)
        self.assertIn("libboost-url1.81-dev or libboost-url1.83-dev", printed)

    def test_a_flag_that_is_not_known_is_refused(self):
        self.assertEqual(self.system().setup("--fast")[0], 2)


if __name__ == "__main__":
    unittest.main()
