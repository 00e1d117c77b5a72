#!/usr/bin/env python3
"""The documentation is right about its links, the files and mutations that it names, its decisions, its words."""
import os
import re
import tempfile
import unittest
from pathlib import Path

SOURCES = Path(os.environ["ORDERFLOW_SOURCES"])

CODE_BLOCK = re.compile(r"^ *(```|~~~).*?^ *\1", re.M | re.S)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FILE_NAME = re.compile(r"`((?:src|modules|migrations|config|tests|scripts|docs)/[\w./-]*)`")
COMMENT_OR_TEXT = {
    "//": re.compile(r'(?<![:"\w])//[/<]*([^\n]*)|"((?:[^"\\\n]|\\.)*)"'),
    "ts": re.compile(r'/\*(.*?)\*/|(?<![:"\w])//([^\n]*)|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', re.S),
    "tsx": re.compile(r'/\*(.*?)\*/|(?<![:"\w])//([^\n]*)|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`'
                      r"|(?<=[>}])([^<>{}=;]*)(?=[<{])", re.S),
    "#": re.compile(r'"""(.*?)"""|(?:^|(?<=\s))(?:#|--(?= ))([^\n]*)|"((?:[^"\\\n]|\\.)*)"', re.S),
}
COMMENT_MARKS = {".cpp": "//", ".hpp": "//", ".js": "//", ".json": "//", ".mjs": "ts", ".ts": "ts", ".tsx": "tsx"}
# Where comments and texts keep to the glossary too. A folder is added when it is clean.
CLEAN_AREAS = (
    "config", "modules/console", "scripts", "src")
DECISION = re.compile(
    r"# (\d{4})\. [^\n]+\n\n- Date: \d{4}-\d\d-\d\d\n- Status: (Accepted|Superseded by \[\d{4}\]\([^)]+\))\n\n"
    r"## Context\n.+\n## Options\n.+\n## Decision\n.+\n## Consequences\n.+", re.S)


def pages_of(root):
    return [page for page in (root / "README.md", *sorted(root.glob("docs/**/*.md"))) if page.exists()]


def prose_of(page):
    return CODE_BLOCK.sub("", page.read_text())


def anchors_of(page):
    """As GitHub makes them of titles."""
    titles = re.findall(r"^#+ (.+)$", prose_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(root):
    broken = []
    for page in pages_of(root):
        for target in LINK.findall(prose_of(page)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            if not file.exists():
                broken.append(f"{page.relative_to(root)}: there is no {target}")
            elif anchor and anchor not in anchors_of(file):
                broken.append(f"{page.relative_to(root)}: {name or page.name} has no title #{anchor}")
    return broken


def missing_files(root):
    """Decisions are left out, which describe their day, and so is the module that a page makes itself."""
    missing = []
    for page in pages_of(root):
        if page.parent.name == "decisions":
            continue
        for name in FILE_NAME.findall(prose_of(page)):
            if "/loyalty" not in name and not (root / name).exists():
                missing.append(f"{page.relative_to(root)}: there is no {name}")
    return missing


def wrong_decisions(root):
    folder = root / "docs/decisions"
    index = (folder / "README.md").read_text()
    wrong = []
    files = sorted(folder.glob("[0-9]*.md"))
    for number, file in enumerate(files, 1):
        form = DECISION.fullmatch(file.read_text())
        if not file.name.startswith(f"{number:04d}-"):
            wrong.append(f"{file.name}: number {number:04d} comes next")
        elif not form or form[1] != file.name[:4]:
            wrong.append(f"{file.name}: is not of the form of decisions")
        elif f"({file.name})" not in index:
            wrong.append(f"{file.name}: is not in the index")
    return wrong


def replaced_words(root):
    """Matches the words that the glossary replaces."""
    glossary = (root / "docs/glossary.md").read_text().partition("## Words that are not used")[2]
    words = [word for row in re.findall(r"^\| (.*?) \|", glossary, re.M) for word in re.findall(r"`([^`]+)`", row)]
    return re.compile(r"\b(" + "|".join(words).replace(" ", r"\s+") + r")\b", re.I)


def texts_of(source):
    """The comments of a source, and those of its strings that have a blank: names have none."""
    pieces = [next(filter(None, match.groups()), "")
              for match in COMMENT_OR_TEXT[COMMENT_MARKS.get(source.suffix, "#")].finditer(source.read_text())]
    return " ".join(re.sub(r"`[^`\n]*`|\$\{[^}]*\}", "", piece).strip() for piece in pieces if " " in piece)


def unused_words_of_sources(root, area):
    unused = replaced_words(root)
    return [f"{source.relative_to(root)}: {word}" for source in sorted((root / area).rglob("*")) if source.is_file()
            for word in unused.findall(texts_of(source))]


def unused_words(root):
    """Words that the glossary replaces. Left out are code, decisions, which describe their day, and the page that
    quotes the names of tests."""
    unused = replaced_words(root)
    found = []
    for page in pages_of(root):
        if page.name in ("glossary.md", "reliability.md") or page.parent.name == "decisions":
            continue
        text = re.sub(r"`[^`]*`", "", prose_of(page))
        found += [f"{page.relative_to(root)}: {word}" for word in unused.findall(text)]
    return found


def wrong_mutations(root):
    """The table of mutations names each patch, what it breaks and which tests notice."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (\w+)[^|]* \|$", (root / "docs/reliability.md").read_text(), re.M)
    listed = {name: (breaks, program) for name, breaks, program in rows}
    wrong = []
    for patch in sorted(root.glob("tests/mutations/*.patch")):
        text = patch.read_text()
        head = (re.search(r"^breaks: (.*)$", text, re.M)[1], re.search(r"^caught by: (\w+)", text, re.M)[1])
        if listed.get(patch.stem) != head:
            wrong.append(f"{patch.stem}: {head[0]} | {head[1]}")
    return wrong


class DocsTest(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        self.assertGreater(len(pages_of(SOURCES)), 20)
        self.assertEqual(broken_links(SOURCES), [])

    def test_every_file_that_is_named_is_there(self):
        self.assertEqual(missing_files(SOURCES), [])

    def test_decisions_have_one_form_and_are_in_the_index(self):
        self.assertEqual(wrong_decisions(SOURCES), [])

    def test_words_are_those_of_the_glossary(self):
        self.assertEqual(unused_words(SOURCES), [])

    def test_comments_and_texts_keep_to_them_too(self):
        for area in CLEAN_AREAS:
            with self.subTest(area=area):
                self.assertTrue((SOURCES / area).is_dir())
                self.assertEqual(unused_words_of_sources(SOURCES, area), [])

    def test_every_mutation_is_listed(self):
        self.assertEqual(wrong_mutations(SOURCES), [])

    def test_the_front_page_is_short_and_its_pictures_are_small(self):
        self.assertLessEqual(len((SOURCES / "README.md").read_text().splitlines()), 120)
        pictures = list((SOURCES / "docs/pictures").iterdir())
        self.assertEqual(len(pictures), 2)
        self.assertEqual([picture.name for picture in pictures if picture.stat().st_size >= 200_000], [])


class PlantedTest(unittest.TestCase):
    """What the tests above would find."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "docs/decisions").mkdir(parents=True)
        self.write("docs/a.md", "# One, and `two`\n\n```\n[a](none.md)\n# Not a title\n```\n")

    def write(self, name, text):
        (self.root / name).write_text(text)

    def test_links(self):
        self.write("README.md", "[a](docs/a.md#one-and-two) [b](docs/b.md) [c](docs/a.md#not-a-title) [d](#e)"
                                " [f](https://example.com/)\n")
        self.assertEqual(broken_links(self.root), ["README.md: there is no docs/b.md",
                                                   "README.md: docs/a.md has no title #not-a-title",
                                                   "README.md: README.md has no title #e"])

    def test_files(self):
        self.write("README.md", "`docs/a.md`, `docs`, `src/core/clock.hpp`, `src/<folder>`, `tests/`\n")
        self.assertEqual(missing_files(self.root), ["README.md: there is no src/core/clock.hpp",
                                                    "README.md: there is no tests/"])

    def test_words(self):
        self.write("docs/glossary.md", "| `lane` |\n\n## Words that are not used\n\n| not | but |\n|---|---|\n"
                                       "| say, `anew` (of a table) | again |\n| `for ever`, `hears` | x |\n")
        self.write("README.md", "Anew, `for ever` and\n```\nhears\n```\nFor ever says it a lane, renewed anew.\n")
        self.assertEqual(unused_words(self.root), ["README.md: Anew", "README.md: For ever", "README.md: anew"])

    def test_words_of_sources(self):
        (self.root / "src").mkdir()
        self.write("docs/glossary.md", "## Words that are not used\n\n| not | but |\n|---|---|\n"
                                       "| `goes on`, `told` | x |\n")
        self.write("src/a.cpp", '/// It goes\n/// on, `told`.\nvoid told();  // renamed Told\n'
                                'log("it was told \\"x\\"", ".told.", "https://told");\n')
        self.write("src/b.json", '{ "told": "It goes on." }\n')
        self.write("src/c", '#!/bin/sh\n# Told so.\ntold "it is told"  # goes on\n')
        self.write("src/d.py", '"""First line.\n\nTold below."""\ntold = 1\n')
        self.write("src/e.lua", "told = 1\n-- It is told.\n")
        self.write("src/f.tsx", "/** It is told. */\nconst told = `it goes on ${told.x + 1}`;\n<p>It goes\n on.</p>\n")
        self.assertEqual(unused_words_of_sources(self.root, "src"), [
            "src/a.cpp: goes on", "src/a.cpp: Told", "src/a.cpp: told", "src/b.json: goes on", "src/c: Told",
            "src/c: told", "src/c: goes on", "src/d.py: Told", "src/e.lua: told", "src/f.tsx: told", "src/f.tsx: goes on",
            "src/f.tsx: goes\n on"])

    def test_mutations(self):
        (self.root / "tests/mutations").mkdir(parents=True)
        for name in ("listed", "new", "reworded"):
            self.write(f"tests/mutations/{name}.patch",
                       f"breaks: P1: it is {name}\ncaught by: core_test --test-case=*a*\n")
        self.write("docs/reliability.md", "| `listed` | P1: it is listed | core_test: a case |\n"
                                          "| `reworded` | P1: it is other | core_test |\n")
        self.assertEqual(wrong_mutations(self.root), ["new: P1: it is new | core_test",
                                                      "reworded: P1: it is reworded | core_test"])

    def test_decisions(self):
        sound = ("# 0001. A title\n\n- Date: 2026-11-22\n- Status: Accepted\n\n## Context\n\na\n\n## Options\n\n- b\n\n"
                 "## Decision\n\nc\n\n## Consequences\n\nd\n")
        self.write("docs/decisions/0001-a.md", sound)
        self.write("docs/decisions/0002-b.md", sound.replace("0001", "0002").replace("## Options", "## Choices"))
        self.write("docs/decisions/0003-c.md", sound)
        self.write("docs/decisions/0004-d.md", sound.replace("0001", "0004").replace("Accepted", "Superseded"))
        self.write("docs/decisions/0006-e.md", sound.replace("0001", "0006"))
        self.write("docs/decisions/README.md", "")
        self.assertEqual(wrong_decisions(self.root), ["0001-a.md: is not in the index",
                                                      "0002-b.md: is not of the form of decisions",
                                                      "0003-c.md: is not of the form of decisions",
                                                      "0004-d.md: is not of the form of decisions",
                                                      "0006-e.md: number 0005 comes next"])


if __name__ == "__main__":
    unittest.main()
