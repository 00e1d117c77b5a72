#!/usr/bin/env python3
"""What scripts/package is made of, on small inputs and on the executable that was just built."""
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

SOURCES = Path(os.environ["ORDERFLOW_SOURCES"])
BUILD = Path(os.environ["ORDERFLOW_BUILD"])
EXECUTABLE = os.environ["ORDERFLOW"]
PARTS = SOURCES / "scripts/package.d"
VERSION = re.search(r"project\(orderflow VERSION (\S+)", (SOURCES / "CMakeLists.txt").read_text())[1]


def run(*command, epoch="1764000000"):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          env={**os.environ, "SOURCE_DATE_EPOCH": epoch})


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def done(self, *command):
        result = run(*command)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout


class ImageTest(InFolder):
    def image(self, name):
        notices = self.folder / "notices"
        notices.write_text("notices")
        self.done(PARTS / "image", shutil.which("true"), "1.2.3", notices, self.folder / name)
        return self.folder / name

    def test_the_layout_is_whole_and_names_what_a_container_needs(self):
        with tarfile.open(self.image("image.tar")) as tar:
            def blob(descriptor):
                content = tar.extractfile("blobs/" + descriptor["digest"].replace(":", "/")).read()
                self.assertEqual(descriptor["digest"], "sha256:" + hashlib.sha256(content).hexdigest())
                self.assertEqual(descriptor["size"], len(content))
                return content

            index = json.load(tar.extractfile("index.json"))
            manifest = json.loads(blob(index["manifests"][0]))
            configuration = json.loads(blob(manifest["config"]))
            plain = [gzip.decompress(blob(layer)) for layer in manifest["layers"]]
            for docker in json.load(tar.extractfile("manifest.json")):
                for path in [docker["Config"], *docker["Layers"]]:
                    tar.getmember(path)
        self.assertEqual(configuration["rootfs"]["diff_ids"],
                         ["sha256:" + hashlib.sha256(layer).hexdigest() for layer in plain])
        config = configuration["config"]
        self.assertEqual(config["User"], "10001:10001")
        self.assertEqual(set(config["Volumes"]), {"/var/lib/orderflow", "/keys"})
        self.assertIn("--alive", config["Healthcheck"]["Test"])
        entries = {}
        for layer in plain:
            with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
                entries.update((entry.name, entry) for entry in tar.getmembers())
        self.assertEqual(entries["usr/bin/orderflow"].mode, 0o755)
        self.assertEqual((entries["var/lib/orderflow"].uid, entries["var/lib/orderflow"].mode), (10001, 0o700))
        self.assertEqual((entries["keys"].gid, entries["keys"].mode), (10001, 0o750))
        self.assertGreater(entries["etc/ssl/certs/ca-certificates.crt"].size, 100_000)
        # Each folder stands before what is in it.
        seen = set()
        for name in entries:
            above = os.path.dirname(name)
            self.assertTrue(not above or above in seen, name)
            seen.add(name)

    def test_the_same_inputs_make_the_same_bytes(self):
        self.assertEqual(self.image("one.tar").read_bytes(), self.image("two.tar").read_bytes())


class DebianFilesTest(InFolder):
    def test_the_changelog_is_read_by_dpkg(self):
        (self.folder / "orderflow.1").write_text(".TH orderflow 1\n")
        self.done(PARTS / "debian_files", self.folder, f"{VERSION}+deb12")
        changelog = self.folder / "changelog"
        changelog.write_bytes(gzip.decompress((self.folder / "changelog.gz").read_bytes()))
        if shutil.which("dpkg-parsechangelog") is None:
            self.skipTest("there is no dpkg-parsechangelog on this machine")
        result = run("dpkg-parsechangelog", "--file", changelog, "--all", "--format", "rfc822")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn(f"Version: {VERSION}+deb12\n", result.stdout)
        self.assertIn("Version: 0.1.0\n", result.stdout)

    def test_a_version_that_the_changelog_does_not_begin_with_is_refused(self):
        (self.folder / "orderflow.1").write_text("")
        result = run(PARTS / "debian_files", self.folder, "99.0.0")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("99.0.0", result.stderr)

    def test_the_maintainer_scripts_are_shell(self):
        for script in ("postinst", "prerm", "postrm"):
            self.done("sh", "-n", PARTS / "debian" / script)


class LinksTest(unittest.TestCase):
    def test_an_executable_that_needs_more_than_libc_is_named(self):
        result = run(PARTS / "check_links", EXECUTABLE)
        self.assertNotEqual(result.returncode, 0)
        self.assertRegex(result.stderr, "libssl|mimalloc")


class ContentsTest(InFolder):
    def test_what_is_inside_is_read_from_the_build(self):
        if shutil.which("dpkg-query") is None:
            self.skipTest("the packages are those of Debian")
        self.done(PARTS / "contents", BUILD, EXECUTABLE, self.folder, "contents", VERSION)
        document = json.loads((self.folder / "contents.spdx.json").read_text())
        self.assertEqual(document["spdxVersion"], "SPDX-2.3")
        names = {package["name"] for package in document["packages"]}
        self.assertLessEqual({"orderflow", "sqlite3", "openssl", "preact"}, names)
        self.assertNotIn("glibc", names)
        identifiers = [package["SPDXID"] for package in document["packages"]]
        self.assertEqual(len(identifiers), len(set(identifiers)))
        contained = {relation["relatedSpdxElement"] for relation in document["relationships"]}
        self.assertEqual(contained, set(identifiers))
        notices = (self.folder / "third-party-notices.txt").read_text()
        self.assertIn("Permission is hereby granted, free of charge", notices)

    def test_an_archive_that_was_made_here_is_told_by_the_package_it_stands_for(self):
        if shutil.which("dpkg-query") is None:
            self.skipTest("the packages are those of Debian")
        link_map = self.folder / "map"
        link_map.write_text("/somewhere/static-libraries/lib/libmimalloc.a(alloc.c.o)\n"
                            "                              main.o (malloc)\n")
        self.done(PARTS / "contents", "--map", link_map, BUILD, EXECUTABLE, self.folder, "contents", VERSION)
        document = json.loads((self.folder / "contents.spdx.json").read_text())
        self.assertIn("mimalloc", {package["name"] for package in document["packages"]})


if __name__ == "__main__":
    unittest.main()
