"""How long the project takes to compile: for a new user, for a developer, and for CI."""

import os
import pathlib
import re
import socket
import subprocess
import time

import processes
from goals import Goal

NAME = "compiling"
PAGE = pathlib.Path("docs/performance.md")
BEGIN, END = "<!-- compiling: begin -->", "<!-- compiling: end -->"
STEP_LIMIT_SECONDS = 3 * 3600

MODULE_SOURCE = "modules/users/statistics_store.cpp"
WIDE_HEADER = "src/events/delivery/subscription.hpp"


class Checkout:
    """A clone with a compiler cache of its own, empty at first."""

    def __init__(self, bench, name):
        self.folder = bench.work / name
        self.cache = bench.work / f"{name}-ccache"
        self.work = bench.work / f"{name}-node"
        self.work.mkdir()
        subprocess.check_call(["git", "clone", "--quiet", bench.root, self.folder])
        self.environment = dict(os.environ, CCACHE_DIR=str(self.cache))

    def seconds_until(self, arguments, pattern):
        """Until a line of the output matches; the program is ended then. The last of its lines are
        reported if it ends earlier."""
        began = time.monotonic()
        program = processes.start([self.folder / arguments[0], *arguments[1:]], cwd=self.work,
                                  env=self.environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        last = []
        for line in program.stdout:
            if re.search(pattern, line):
                return time.monotonic() - began, program
            last = (last + [line])[-20:]
        processes.end(program)
        raise processes.ProgramFailed(f"{arguments[0]} ended too early:\n" + "".join(last))

    def seconds_to_listening(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        seconds, program = self.seconds_until(["scripts/run", "--port", str(port)], r"^listening on ")
        processes.end(program)
        return seconds

    def seconds_of_compiling(self):
        """By ninja's log of the build: from its begin to the end of its last unit."""
        log = (self.folder / "build/release/.ninja_log").read_text().splitlines()[1:]
        return max(int(line.split("\t")[1]) for line in log) / 1e3

    def touch(self, path):
        """Changes a source, so that no cache knows it: a comment would not do, for the preprocessor
        removes it before the cache looks."""
        with open(self.folder / path, "a") as source:
            source.write(f"inline constexpr long long measured_at_{time.time_ns()} = 0;\n")

    def seconds_of(self, arguments, extra=None):
        began = time.monotonic()
        program = processes.start([self.folder / arguments[0], *arguments[1:]], cwd=self.folder,
                                  env=dict(self.environment, **(extra or {})),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        status = program.wait(STEP_LIMIT_SECONDS)
        processes.end(program)
        return time.monotonic() - began, status


def _of_a_user(bench):
    checkout = Checkout(bench, "user")
    bench.say("scripts/run, cold")
    cold = checkout.seconds_to_listening()
    compiled = checkout.seconds_of_compiling()
    bench.say("scripts/run after a change in a module")
    checkout.touch(MODULE_SOURCE)
    module = checkout.seconds_to_listening()
    bench.say("scripts/run after a change in a header that most sources read")
    checkout.touch(WIDE_HEADER)
    header = checkout.seconds_to_listening()
    return [Goal("scripts/run, cold, to the listening line", cold / 60, 4, False, "min"),
            Goal("of which compiling", compiled / 60, 3, False, "min"),
            Goal("a change in a module's .cpp to a running node", module, 15, False, "s"),
            Goal("a change in a widely used header to a running node", header, 90, False, "s")]


def _of_tests(bench):
    checkout = Checkout(bench, "tests")
    bench.say("scripts/test, cold")
    began = time.monotonic()
    first, program = checkout.seconds_until(["scripts/test"], r"^Test project ")
    bench.say(f"first test after {first:.0f} s")
    for _ in program.stdout:
        pass
    program.wait()
    whole = time.monotonic() - began
    processes.end(program)
    if program.returncode != 0:
        bench.say("scripts/test has failed: its times are of no use")
    return [Goal("scripts/test, cold, to its first test", first / 60, 9, False, "min"),
            Goal("scripts/test, cold, to its end", whole / 60, 15, False, "min")]


def _of_ci(bench):
    checkout = Checkout(bench, "ci")
    goals = []
    for words, bound in (("cold", 60), ("warm", 25)):
        bench.say(f".ci/run, {words}")
        seconds, status = checkout.seconds_of([".ci/run"])
        if status != 0:
            bench.say(f".ci/run, {words}, has failed: its time is of no use")
        goals.append(Goal(f".ci/run, {words}, packages installed", seconds / 60, bound, False, "min"))
    return goals


def measure(bench, with_ci):
    """The goals with their figures. Nothing else should run beside; minutes, with CI hours."""
    return _of_a_user(bench) + _of_tests(bench) + (_of_ci(bench) if with_ci else [])


def write(bench, goals):
    """Puts the figures into the page, in place of those of the last run."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    lines = [BEGIN, f"{day}, {bench.processors} processors, load average at the start"
             f" {bench.load_average:.1f}:", "", "| what | took | wanted |", "|---|---|---|"]
    lines += [f"| {goal.name} | {goal.figure:.1f} {goal.unit} | ≤ {goal.bound} {goal.unit} |"
              for goal in goals]
    page = bench.root / PAGE
    text = page.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    page.write_text(before + "\n".join(lines) + "\n" + END + after)
