"""Keras training and predicting, as its users would: the baseline of our networks.

Usage: keras_baseline.py train | predict | predict_each | call | losses | fit    (the job is JSON on standard input)

A job names the network: {"layers": our list of layers, "side": pixels, "learningRate": number,
"weightDecay": number or nothing}.

train    trains on one batch of random photos, and prints how many photos took how long, and the
         peak memory of this process: {..., "batch": photos, "warmUp": steps, "steps": steps}
predict  the same for the probabilities of such batches, all of them in one call of predict();
         predict_each calls it for each batch, and call calls the compiled model itself, which Keras
         advises where photos come one by one
losses   starts networks from given weights, and prints of each the losses of its batches, each before its
         step: [{..., "weights": path, "names": [layer], "photos": path, "groups": [[group]]}], the files
         raw float32: the weights of the named layers (kernel, bias, or gamma, beta, mean, variance), the
         photos as batches
fit      trains as a study does, to its early stop, and tells what the best epoch predicts for the test:
         {..., "squares": path, "parts": {part: {"indices": [index], "groups": [group]}},
         "classWeights": [5 numbers], "batch": photos, "epochs": most, "patience": epochs, "seed": number};
         writes a line an epoch to standard error
"""

import json
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from peak_memory import peak_memory


def weighted(layer, axis):
    """What layers with weights share; `axis` holds the weights that lead to one filter or unit."""
    limit = layer["maxNorm"]
    return {
        "activation": layer["activation"],
        "use_bias": layer["bias"],
        "kernel_regularizer": keras.regularizers.L2(layer["l2"]) if layer["l2"] else None,
        "kernel_constraint": keras.constraints.MaxNorm(limit, axis) if limit else None,
    }


def convolution(layer):
    stride = layer.get("stride", 1)
    size = {"kernel_size": layer["kernel"], "padding": layer["padding"], "strides": stride}
    return layers.Conv2D(layer["filters"], **size, **weighted(layer, [0, 1, 2]))


def dropout(layer):
    return {"maps": layers.SpatialDropout2D, "values": layers.Dropout}[layer["of"]](layer["rate"])


# how each kind of layer is made from its row
BUILDERS = {
    "convolution": convolution,
    "dense": lambda layer: layers.Dense(layer["units"], **weighted(layer, [0])),
    "dropout": dropout,
    "batch normalisation": lambda layer: layers.BatchNormalization(momentum=layer.get("momentum", 0.99)),
    "ReLU": lambda _: layers.ReLU(),
    "max pooling": lambda _: layers.MaxPooling2D(),
    "flatten": lambda _: layers.Flatten(),
    "global average": lambda _: layers.GlobalAveragePooling2D(),
    "group sums": lambda layer: GroupSums(name=layer["name"]),
}

# the first year of each age group, and the first beyond the last
GROUPS = [0, 7, 21, 38, 60, 101]


class GroupSums(layers.Layer):
    """Shares of the years 0 to 100, summed up by age group."""

    def call(self, years):
        spans = zip(GROUPS, GROUPS[1:])
        return keras.ops.stack([keras.ops.sum(years[:, a:b], axis=1) for a, b in spans], axis=1)


def connect(rows, values):
    """Leads values through layers; through both paths of a residual one, to its sum."""
    for row in rows:
        if row["kind"] == "residual":
            paths = [connect(row[path], values) for path in ("main", "shortcut")]
            values = layers.Add(name=row["name"])(paths)
        elif row["kind"] == "gate":
            values = layers.Multiply(name=row["name"])([values, connect(row["factors"], values)])
        else:
            layer = BUILDERS[row["kind"]](row)
            layer.name = row["name"]
            values = layer(values)
    return values


def build(job):
    photos = keras.Input((job["side"], job["side"], 3))
    model = keras.Model(photos, connect(job["layers"], photos))
    optimizer = optimizer_of(job)
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
    return model


def optimizer_of(job):
    """Adam; with a weight decay, that of kernels alone."""
    decay = job.get("weightDecay") or None
    if decay is None:
        return keras.optimizers.Adam(job["learningRate"])
    optimizer = keras.optimizers.AdamW(job["learningRate"], weight_decay=decay, epsilon=1e-7)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def random_batch(job):
    random = np.random.default_rng(7)
    photos = random.random((job["batch"], job["side"], job["side"], 3), np.float32)
    return photos, random.integers(0, 5, job["batch"], np.int32)


def repeated(batch, steps):
    """The same batch as many times. Autotuning, which has nothing to tune here, is off: its thread looks
    after 10, 30, 70, ... ms, twice as long each time, and the end of the data often waits for its next
    look, so that 6 s of work took 10.24 s."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.from_tensors(batch).repeat(steps).with_options(options)


def train(job):
    model = build(job)
    batch = random_batch(job)
    measure(job, lambda steps: model.fit(repeated(batch, steps), verbose=0))


def predict(job):
    model = build(job)
    photos, _ = random_batch(job)
    measure(job, lambda steps: model.predict(repeated(photos, steps), verbose=0))


def predict_each(job):
    model = build(job)
    photos, _ = random_batch(job)

    def work(steps):
        for _ in range(steps):
            model.predict(photos, verbose=0)

    measure(job, work)


def call(job):
    model = build(job)
    photos, _ = random_batch(job)
    compiled = tf.function(lambda photo: model(photo, training=False))

    def work(steps):
        for _ in range(steps):
            compiled(tf.constant(photos)).numpy()

    measure(job, work)


def measure(job, work):
    """Works for some steps to warm up, then against the clock, and prints the result."""
    work(job["warmUp"])
    start = time.perf_counter()
    work(job["steps"])
    seconds = time.perf_counter() - start
    items = job["batch"] * job["steps"]
    print(json.dumps({"items": items, "seconds": seconds, "memory": peak_memory()}))


def losses(jobs):
    print(json.dumps([losses_of(job) for job in jobs]))


def losses_of(job):
    keras.utils.clear_session()
    model = build(job)
    set_weights(model, np.fromfile(job["weights"], np.float32), job["names"])
    groups = np.array(job["groups"], np.int32)
    side = job["side"]
    photos = np.fromfile(job["photos"], np.float32).reshape(*groups.shape, side, side, 3)
    return [loss_of(model, *batch) for batch in zip(photos, groups)]


def loss_of(model, photos, groups):
    """The loss of a batch before its step, which is done too."""
    model.reset_metrics()  # else Keras gives the mean of all losses until now
    return float(model.train_on_batch(photos, groups, return_dict=True)["loss"])


def set_weights(model, values, names):
    """Gives the named layers their weights, one after another."""
    for layer in map(model.get_layer, names):
        shapes = [weight.shape for weight in layer.get_weights()]
        ends = np.cumsum([np.prod(shape) for shape in shapes], dtype=int)
        parts = np.split(values, ends)
        layer.set_weights([part.reshape(shape) for part, shape in zip(parts, shapes)])
        values = parts[-1]
    if len(values):
        raise ValueError(f"{len(values)} weights too many for the layers")


class Photos(keras.utils.PyDataset):
    """The photos of one part, a batch at a time, in another order each epoch where it is shuffled."""

    def __init__(self, job, part, shuffled=False):
        super().__init__()
        self.squares = np.load(job["squares"], mmap_mode="r")
        self.indices = np.array(job["parts"][part]["indices"])
        self.groups = np.array(job["parts"][part]["groups"], np.int32)
        self.batch = job["batch"]
        self.random = np.random.default_rng(job["seed"]) if shuffled else None
        self.order = np.arange(len(self.groups))
        self.on_epoch_end()

    def __len__(self):
        return -(-len(self.order) // self.batch)

    def __getitem__(self, index):
        drawn = self.order[index * self.batch : (index + 1) * self.batch]
        photos = self.squares[self.indices[drawn]].astype(np.float32) / 255
        return photos, self.groups[drawn]

    def on_epoch_end(self):
        if self.random:
            self.random.shuffle(self.order)


class BestEpoch(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the highest validation accuracy, and tells each epoch."""

    best, accuracy, weights = 0, -1, None

    def on_epoch_end(self, epoch, logs=None):
        told = ", ".join(f"{name} {value:.4f}" for name, value in logs.items())
        print(f"epoch {epoch + 1}: {told}", file=sys.stderr, flush=True)
        if logs["val_accuracy"] > self.accuracy:
            self.accuracy = logs["val_accuracy"]
            self.best, self.weights = epoch + 1, self.model.get_weights()


def fit(job):
    keras.utils.set_random_seed(job["seed"])
    model, best = build(job), BestEpoch()
    stop = keras.callbacks.EarlyStopping("val_loss", patience=job["patience"])
    history = model.fit(
        Photos(job, "train", shuffled=True),
        validation_data=Photos(job, "validation"),
        class_weight=dict(enumerate(job["classWeights"])),
        epochs=job["epochs"],
        callbacks=[best, stop],
        verbose=0,
    ).history
    model.set_weights(best.weights)
    probabilities = model.predict(Photos(job, "test"), verbose=0).tolist()
    told = {"validation": history["val_accuracy"], "best": best.best, "probabilities": probabilities}
    print(json.dumps(told))


if __name__ == "__main__":
    tasks = [train, predict, predict_each, call, losses, fit]
    {task.__name__: task for task in tasks}[sys.argv[1]](json.load(sys.stdin))
