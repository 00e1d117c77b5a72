"""Programs that are run beside the measurement. None outlives it, however it ends."""

import ctypes
import signal
import subprocess

PR_SET_PDEATHSIG = 1
END_LIMIT_SECONDS = 30

_libc = ctypes.CDLL(None, use_errno=True)
_running = set()


class ProgramFailed(Exception):
    """A program has ended otherwise than it should; the text names it and the reason."""


def _end_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(arguments, **options):
    """A running program; `options` are those of subprocess.Popen."""
    program = subprocess.Popen([str(a) for a in arguments], preexec_fn=_end_with_parent, **options)
    _running.add(program)
    return program


def end(program):
    """Asks the program to end, and makes it where it does not. Its exit status."""
    if program.poll() is None:
        program.terminate()
        try:
            program.wait(END_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
    _running.discard(program)
    for pipe in (program.stdin, program.stdout, program.stderr):
        if pipe:
            pipe.close()
    return program.returncode


def end_all():
    for program in list(_running):
        if program.poll() is None:
            program.kill()
        program.wait()
        _running.discard(program)


def show(arguments, **options):
    """Runs a program to its end and lets it print; its exit status."""
    program = start(arguments, **options)
    try:
        return program.wait()
    finally:
        end(program)


def run(arguments, **options):
    """Runs a program to its end; what it has printed."""
    program = start(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        printed, errors = program.communicate()
    finally:
        end(program)
    if program.returncode != 0:
        raise ProgramFailed(f"{arguments[0]} ended with {program.returncode}: "
                            f"{errors.strip() or printed.strip()}")
    return printed


def pairs(text):
    """The numbers in name=value pairs."""
    found = dict(word.split("=", 1) for word in text.split() if "=" in word)
    return {name: float(value) for name, value in found.items()}
