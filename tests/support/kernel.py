"""Runs cells in a kernel, as a front end does, and interrupts them.

Usage: kernel.py KERNEL FOLDER

Reads lines of JSON from standard input: {"code": ..., "interrupt": SECONDS or null}. Answers each with a line:
{"error": TRACEBACK or null, "seconds": ..., "late": ..., "children": [...]}, where `late` is
how long after the interruption the cell ended, null if it had ended before, and `children` are the
processes that the kernel has started and that still run half a minute later: one that was killed takes a
moment to be gone, on a busy machine a longer one.
"""

import json
import queue
import subprocess
import sys
import time

from jupyter_client.manager import KernelManager


def children(pid, limit=30):
    start = time.monotonic()
    while True:
        listed = subprocess.run(["ps", "-o", "args=", "--ppid", str(pid)], capture_output=True, text=True)
        left = [line for line in listed.stdout.splitlines() if line]
        if not left or time.monotonic() - start > limit:
            return left
        time.sleep(0.05)


def run(manager, client, code, interrupt, limit=300):
    start = time.monotonic()
    request, error, sent = client.execute(code), None, None
    while time.monotonic() - start < limit:
        if interrupt is not None and sent is None and time.monotonic() - start > interrupt:
            manager.interrupt_kernel()
            sent = time.monotonic()
        try:
            message = client.get_iopub_msg(timeout=0.02)
        except queue.Empty:
            continue
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            error = "\n".join(content["traceback"])
        elif kind == "status" and content["execution_state"] == "idle":
            break
    else:
        error = f"the cell did not end within {limit} s"
    end = time.monotonic()
    late = None if sent is None else end - sent
    left = children(manager.provisioner.pid)
    return {"error": error, "seconds": end - start, "late": late, "children": left}


def main(kernel, folder):
    manager = KernelManager(kernel_name=kernel)
    manager.start_kernel(cwd=folder, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=300)
    try:
        for line in sys.stdin:
            cell = json.loads(line)
            print(json.dumps(run(manager, client, cell["code"], cell["interrupt"])), flush=True)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
