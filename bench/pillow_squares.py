"""The squares as Pillow makes them: what ours are held against.

Usage: pillow_squares.py cut | squares | measure | pool      (the job is JSON on standard input)

cut      cuts parts out of photos, resizes them, and saves each without loss:
         [{"photo": path, "box": [left, top, right, bottom], "size": [width, height], "path": path}]
squares  writes the bytes of all squares to standard output:
         {"paths": [path], "side": pixels}
measure  makes squares and prints how long that took, and the most memory that this process held:
         {"paths": [path], "side": pixels, "warmUp": photos}
pool     the same in a process a core, which are started against the clock, too; all squares go into a file,
         which is removed again: {"paths": [path], "side": pixels, "file": path}
"""

import functools
import json
import multiprocessing
import os
import sys
import time

from peak_memory import peak_memory
from PIL import Image, ImageOps


def square(path, side):
    """Reads a photo upright in RGB, centres it in a black square and resizes that to `side` pixels."""
    with Image.open(path) as file:
        image = ImageOps.exif_transpose(file).convert("RGB")
    width, height = image.size
    longer = max(width, height)
    whole = Image.new("RGB", (longer, longer))
    whole.paste(image, ((longer - width) // 2, (longer - height) // 2))
    return whole.resize((side, side), Image.BICUBIC).tobytes()


def cut(cuts):
    for part in cuts:
        with Image.open(part["photo"]) as file:
            image = ImageOps.exif_transpose(file).convert("RGB").crop(part["box"])
        image.resize(part["size"], Image.BICUBIC).save(part["path"], compress_level=1)


def squares(job):
    for path in job["paths"]:
        sys.stdout.buffer.write(square(path, job["side"]))


def pool(job):
    start = time.perf_counter()
    make = functools.partial(square, side=job["side"])
    with multiprocessing.Pool() as processes, open(job["file"], "wb") as file:
        for made in processes.imap(make, job["paths"], chunksize=32):
            file.write(made)
    report(len(job["paths"]), time.perf_counter() - start)
    os.remove(job["file"])


def measure(job):
    for path in job["paths"][: job["warmUp"]]:
        square(path, job["side"])
    start = time.perf_counter()
    for path in job["paths"]:
        square(path, job["side"])
    report(len(job["paths"]), time.perf_counter() - start)


def report(items, seconds):
    print(json.dumps({"items": items, "seconds": seconds, "memory": peak_memory()}))


if __name__ == "__main__":
    {"cut": cut, "squares": squares, "measure": measure, "pool": pool}[sys.argv[1]](json.load(sys.stdin))
