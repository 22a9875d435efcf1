"""Executes one notebook in a real Jupyter and writes it with its outputs, whole or not at all.

Usage: execute_notebook.py NOTEBOOK OUT FOLDER [TAG]

The kernel runs in FOLDER. The notebook keeps what the kernel tells of its language, as JupyterLab does,
so that opening it there changes nothing. Cells with the tag TAG are left out and lose their outputs. Prints what it is at in lines that
begin with a record separator. Ends with code 1 at the first cell that fails, after printing its source and its message; after
Ctrl+C with code 130, as soon as the cell at work has tidied up.
"""

import signal
import sys

INTERRUPTED = 130  # what shells report for a program that Ctrl+C has ended


def end_on_interrupt():
    signal.signal(signal.SIGINT, lambda *_: sys.exit(INTERRUPTED))


end_on_interrupt()  # also while the packages below load

# jsonschema loads it if it is there, which takes a second; it only checks addresses, which notebooks have none of
sys.modules["rfc3987_syntax"] = None

import asyncio
import os
import tempfile

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError


class Interrupted(Exception):
    """The execution was interrupted between two cells."""


class ShowingClient(NotebookClient):
    """Tells what it is at: the cell at work, and its own progress bar.

    Confirms outputs by an empty file each, as lib/base/display.ts asks for.
    """

    interrupted = False
    starts = 3

    async def async_start_new_kernel(self, **kwargs):
        """Starts the kernel; Ctrl+C leaves the notebook until its first cell has begun."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.leave, asyncio.current_task())
        await super().async_start_new_kernel(**kwargs)
        self.settings = kwargs

    async def async_start_new_kernel_client(self):
        """Waits for the kernel. It dies where another program takes a port that was free a moment before: it is started anew."""
        try:
            return await super().async_start_new_kernel_client()
        except RuntimeError:
            self.starts -= 1
            if self.starts == 0 or self.interrupted:
                raise
        self.create_kernel_manager()
        await self.async_start_new_kernel(**self.settings)
        return await self.async_start_new_kernel_client()

    def leave(self, execution):
        self.interrupted, self.shutdown_kernel = True, "immediate"
        execution.cancel()

    def show(self, cell_index, progress=""):
        print(f"\x1e{self.title}: cell {cell_index + 1} of {len(self.nb.cells)}  {progress}", flush=True)

    def start_cell(self, cell_index):
        if self.interrupted:
            raise Interrupted
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self.interrupt)
        self.show(cell_index)

    def interrupt(self):
        """Interrupts the cell at work; ends the kernel where the cell goes on all the same."""
        self.interrupted, self.shutdown_kernel = True, "immediate"
        asyncio.ensure_future(self.km.interrupt_kernel())
        loop = asyncio.get_running_loop()
        loop.call_later(1, lambda: asyncio.ensure_future(self.km.shutdown_kernel(now=True)))

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] in ("display_data", "update_display_data"):
            text = msg["content"]["data"].get("text/plain", "")
            self.show(cell_index, text if "░" in text else "")
        output = super().process_message(msg, cell, cell_index)
        receipt = (msg["content"].get("transient") or {}).get("receipt")
        if receipt:
            open(os.path.join(self.receipts, receipt), "w").close()
        return output


def clear(notebook):
    """Removes the outputs and timings of an earlier run."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def report_failure(name, notebook, error):
    failed = [k for k, cell in enumerate(notebook.cells)
              if any(output.output_type == "error" for output in cell.get("outputs", []))]
    at = failed[-1] if failed else None
    if at is None:
        print(f"{name} failed:\n{error}")
        return
    cell = notebook.cells[at]
    message = [output for output in cell.outputs if output.output_type == "error"][-1]
    print(f"{name}: cell {at + 1} of {len(notebook.cells)} failed:\n")
    print("\n".join("    " + line for line in cell.source.splitlines()))
    print(f"\n{message.ename}: {message.evalue}")


def write(notebook, target):
    """Writes a notebook whole or not at all; returns the code to end with."""
    part = f"{target}.part-{os.getpid()}"
    try:
        nbformat.write(notebook, part)
        os.replace(part, target)
        return 0
    except OSError as error:
        print(f"Cannot write {target}: {error.strerror}. Make room for it, or allow it, then run the same command again.")
        return 1
    finally:
        if os.path.exists(part):
            os.remove(part)


def told(target, receipts):
    """What the notebook's code cannot know by itself: its path, and where outputs are confirmed."""
    return {"HUMAN_AGE_NOTEBOOK": os.path.abspath(target), "HUMAN_AGE_RECEIPTS": receipts}


def execute(source, target, folder, tag):
    notebook = nbformat.read(source, as_version=4)
    clear(notebook)
    name = os.path.splitext(os.path.basename(source))[0]
    client = ShowingClient(
        notebook,
        timeout=None,
        startup_timeout=600,  # on a machine with much to do
        kernel_name="deno",
        record_timing=False,
        resources={"metadata": {"path": os.path.abspath(folder)}},
        on_cell_start=lambda cell, cell_index: client.start_cell(cell_index),
        skip_cells_with_tag=tag,
    )
    client.title = name
    with tempfile.TemporaryFile("w+") as log, tempfile.TemporaryDirectory() as receipts:
        client.receipts = receipts
        try:
            client.execute(stderr=log, env={**os.environ, **told(target, receipts)})
        except BaseException as error:
            if client.interrupted:
                return INTERRUPTED  # whatever it was that the interrupt broke off
            if isinstance(error, DeadKernelError):
                log.seek(0)
                print(f"{name}: the kernel died. Its last words:\n{log.read()[-2000:]}")
                return 1
            if not isinstance(error, CellExecutionError):
                raise
            report_failure(name, notebook, error)
            return 1
    end_on_interrupt()  # asyncio has put Python's own handler in its place
    return write(notebook, target)


if __name__ == "__main__":
    sys.exit(execute(*sys.argv[1:4], sys.argv[4] if len(sys.argv) > 4 else ""))
