"""Lecture 1 in plain Python, for micrograd_bench to run beside the C++: a scalar engine with a closure per
operation and a topological order per backward pass, an MLP, the margin loss on given points.

    micrograd_bench.py STEPS SEED GC < {"points": [[x, y], ...], "labels": [0, 1, ...]}

GC off collects the cycles that closures make between steps, off the clock, where Python by itself stops for them.
Prints {"losses": [...], "seconds": [...]}, an entry per step; seconds of processor time.
"""
import gc
import json
import random
import sys
import time


class Value:
    def __init__(self, data, inputs=()):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.pass_on = None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def pass_on():
            self.grad += out.grad
            other.grad += out.grad
        out.pass_on = pass_on
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def pass_on():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out.pass_on = pass_on
        return out

    def relu(self):
        out = Value(max(self.data, 0.0), (self,))

        def pass_on():
            if out.data > 0:
                self.grad += out.grad
        out.pass_on = pass_on
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if v not in seen:
                seen.add(v)
                for i in v.inputs:
                    visit(i)
                order.append(v)
        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            if v.pass_on:
                v.pass_on()


class Neuron:
    def __init__(self, inputs, squashes):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)
        self.squashes = squashes

    def __call__(self, x):
        total = sum((w * v for w, v in zip(self.w, x)), self.b)
        return total.relu() if self.squashes else total


class MLP:
    def __init__(self, sizes):
        last = len(sizes) - 2
        self.layers = [[Neuron(sizes[i], i != last) for _ in range(sizes[i + 1])] for i in range(last + 1)]
        self.parameters = [p for layer in self.layers for neuron in layer for p in neuron.w + [neuron.b]]

    def __call__(self, x):
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]


def main():
    sys.setrecursionlimit(100_000)
    steps = int(sys.argv[1])
    random.seed(int(sys.argv[2]))
    if sys.argv[3] == "off":
        gc.disable()
    data = json.load(sys.stdin)
    labels = [2 * label - 1 for label in data["labels"]]
    model = MLP([2, 16, 16, 1])
    losses, seconds = [], []
    for k in range(steps):
        start = time.process_time()
        scores = [model([Value(x), Value(y)]) for x, y in data["points"]]
        margins = [(1 + -label * score).relu() for label, score in zip(labels, scores)]
        loss = sum(margins) * (1 / len(margins)) + 1e-4 * sum(p * p for p in model.parameters)
        for p in model.parameters:
            p.grad = 0.0
        loss.backward()
        rate = 1 - 0.9 * k / 100
        for p in model.parameters:
            p.data -= rate * p.grad
        seconds.append(time.process_time() - start)
        losses.append(loss.data)
        del scores, margins, loss
        if not gc.isenabled():
            gc.collect()
    json.dump({"losses": losses, "seconds": seconds, "python": sys.version.split()[0]}, sys.stdout)


main()
