"""PyTorch training and predicting on the processor, as its users would: a baseline of our networks.

Usage: pytorch_baseline.py train | predict    (the job is JSON on standard input)

A job names the network and the work: {"layers": our list of layers, "side": pixels, "learningRate": number,
"weightDecay": number or nothing, "batch": photos, "warmUp": steps, "steps": steps, "bfloat16": whether autocast is on}.

Both work on one batch of random photos, channels last, first eagerly and then compiled, and print the faster of both:
how many photos took how long, and the peak memory of this process.
"""

import json
import sys
import time

import torch
from peak_memory import peak_memory
from torch import nn
from torch.nn import functional

# the first year of each age group, and the first beyond the last
GROUPS = [0, 7, 21, 38, 60, 101]


# the softmax at the end is the loss's
ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}


class Residual(nn.Module):
    def __init__(self, main, shortcut):
        super().__init__()
        self.main, self.shortcut = main, shortcut

    def forward(self, values):
        return self.main(values) + self.shortcut(values)


class Gate(nn.Module):
    def __init__(self, factors):
        super().__init__()
        self.factors = factors

    def forward(self, values):
        return values * self.factors(values)[:, :, None, None]


class GroupScores(nn.Module):
    """Logits of the years to those of the age groups, which are sums of years."""

    def forward(self, years):
        shares = years.float().softmax(1)
        sums = [shares[:, a:b].sum(1) for a, b in zip(GROUPS, GROUPS[1:])]
        return (torch.stack(sums, 1) + 1e-7).log()


class Global(nn.Module):
    def forward(self, values):
        return values.mean((2, 3))


class Builder:
    """Makes modules of our layers; it knows the shape of the values on their way."""

    def __init__(self, side):
        self.shape = (3, side, side)

    def build(self, rows):
        return nn.Sequential(*(module for row in rows for module in self.module(row)))

    def module(self, row):
        return getattr(self, row["kind"].replace(" ", "_").lower())(row)

    def convolution(self, row):
        kernel, stride, filters = row["kernel"], row.get("stride", 1), row["filters"]
        channels, height, width = self.shape
        pad = kernel // 2 if row["padding"] == "same" else 0
        size = lambda length: (length + 2 * pad - kernel) // stride + 1
        self.shape = (filters, size(height), size(width))
        yield nn.Conv2d(channels, filters, kernel, stride, pad, bias=row["bias"])
        if row["activation"] == "relu":
            yield nn.ReLU()

    def dense(self, row):
        yield nn.Linear(self.shape[0], row["units"])
        self.shape = (row["units"],)
        if row["activation"] in ACTIVATIONS:
            yield ACTIVATIONS[row["activation"]]()

    def residual(self, row):
        before = self.shape
        shortcut = self.build(row["shortcut"])
        self.shape = before
        yield Residual(self.build(row["main"]), shortcut)

    def gate(self, row):
        before = self.shape
        factors = self.build(row["factors"])
        self.shape = before
        yield Gate(factors)

    def batch_normalisation(self, row):
        yield nn.BatchNorm2d(self.shape[0], eps=1e-3, momentum=1 - row.get("momentum", 0.99))

    def relu(self, row):
        yield nn.ReLU()

    def max_pooling(self, row):
        channels, height, width = self.shape
        self.shape = (channels, height // 2, width // 2)
        yield nn.MaxPool2d(2)

    def dropout(self, row):
        yield {"maps": nn.Dropout2d, "values": nn.Dropout}[row["of"]](row["rate"])

    def flatten(self, row):
        channels, height, width = self.shape
        self.shape = (channels * height * width,)
        yield nn.Flatten()

    def global_average(self, row):
        self.shape = self.shape[:1]
        yield Global()

    def group_sums(self, row):
        yield GroupScores()


def build(job):
    torch.manual_seed(7)
    return Builder(job["side"]).build(job["layers"]).to(memory_format=torch.channels_last)


def random_batch(job):
    photos = torch.rand(job["batch"], 3, job["side"], job["side"]).to(memory_format=torch.channels_last)
    return photos, torch.randint(0, 5, (job["batch"],))


def autocast(job):
    return torch.autocast("cpu", torch.bfloat16, enabled=job["bfloat16"])


def train(job, model):
    photos, groups = random_batch(job)
    optimizer = torch.optim.AdamW(
        model.parameters(), job["learningRate"], weight_decay=job.get("weightDecay") or 0, fused=True
    )

    def step():
        optimizer.zero_grad()
        with autocast(job):
            loss = functional.cross_entropy(model(photos).float(), groups)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def predict(job, model):
    photos, _ = random_batch(job)
    model.eval()

    def step():
        with torch.inference_mode(), autocast(job):
            return model(photos).float().softmax(1).numpy()

    return step


def seconds_of(job, step):
    """Works for some steps to warm up, then against the clock."""
    for _ in range(job["warmUp"]):
        step()
    start = time.perf_counter()
    for _ in range(job["steps"]):
        step()
    return time.perf_counter() - start


def main(work, job):
    eager = seconds_of(job, work(job, build(job)))
    compiled = seconds_of(job, work(job, torch.compile(build(job))))
    print(f"eager {eager:.2f} s, compiled {compiled:.2f} s", file=sys.stderr)
    items, seconds = job["batch"] * job["steps"], min(eager, compiled)
    print(json.dumps({"items": items, "seconds": seconds, "memory": peak_memory()}))


if __name__ == "__main__":
    main({"train": train, "predict": predict}[sys.argv[1]], json.load(sys.stdin))
