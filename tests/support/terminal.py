"""Runs a program in a terminal of its own, and types when it is asked.

Usage: terminal.py SECONDS STEPS PROGRAM [ARGUMENT...]

STEPS is JSON: pairs of a text to wait for and the keys that answer it. Prints all that the program wrote.
Ends with the program's code; with code 3 where a text does not come in time or the program ends before,
and 4 where the program ends and leaves processes behind.
"""

import json
import os
import pty
import select
import signal
import sys
import time


def read(terminal):
    if not select.select([terminal], [], [], 0.1)[0]:
        return ""
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:  # nobody writes any more
        time.sleep(0.1)
        return ""


def has_others(group):
    try:
        os.killpg(group, 0)
        return True
    except ProcessLookupError:
        return False


def converse(program, terminal, steps, end):
    """The program's exit code, or None where it does not end in time."""
    said, rest = "", list(steps)
    while time.monotonic() < end:
        text = read(terminal)
        sys.stdout.write(text)
        said += text
        if rest and rest[0][0] in said:
            time.sleep(0.5)  # whoever must hear the keys listens by now
            os.write(terminal, rest.pop(0)[1].encode())
            said = ""
        done, status = os.waitpid(program, os.WNOHANG)
        if done:
            return 3 if rest else os.waitstatus_to_exitcode(status)
    return None


def main(seconds, steps, *command):
    program, terminal = pty.fork()
    if program == 0:
        os.execvp(command[0], command)
    code = converse(program, terminal, json.loads(steps), time.monotonic() + float(seconds))
    left = has_others(program)
    if left:
        os.killpg(program, signal.SIGKILL)
    return 3 if code is None else 4 if left else code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
