"""The whole of microgpt in plain Python, for microgpt_bench to run beside the C++: numbers that know their gradients, a
GPT of them, Adam.

    microgpt_bench.py < {"names": [[26, 4, ..., 26], ...], "weights": [[[...], ...], ...], "layers": 1, "heads": 4}

Says {"python": version}, then for every line "N" trains N steps from the start again and says {"losses": [...],
"seconds": [...]}: processor time, the garbage collector as it is.
"""
import json
import math
import sys
import time


class Value:
    __slots__ = ("data", "grad", "inputs", "slopes")

    def __init__(self, data, inputs=(), slopes=()):
        self.data, self.grad, self.inputs, self.slopes = data, 0.0, inputs, slopes

    def __add__(self, other):
        if isinstance(other, Value):
            return Value(self.data + other.data, (self, other), (1.0, 1.0))
        return Value(self.data + other, (self,), (1.0,))

    def __mul__(self, other):
        if isinstance(other, Value):
            return Value(self.data * other.data, (self, other), (other.data, self.data))
        return Value(self.data * other, (self,), (other,))

    def __pow__(self, k):
        return Value(self.data**k, (self,), (k * self.data ** (k - 1),))

    def exp(self):
        y = math.exp(self.data)
        return Value(y, (self,), (y,))

    def log(self):
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self):
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif v not in seen:
                seen.add(v)
                stack.append((v, True))
                stack.extend((i, False) for i in v.inputs)
        self.grad = 1.0
        for v in reversed(order):
            for i, slope in zip(v.inputs, v.slopes):
                i.grad += slope * v.grad


def linear(x, w):
    return [sum(a * b for a, b in zip(row, x)) for row in w]


def softmax(logits):
    most = max(v.data for v in logits)
    exps = [(v + -most).exp() for v in logits]
    inverse = sum(exps) ** -1
    return [e * inverse for e in exps]


def rmsnorm(x):
    scale = (sum(v * v for v in x) * (1 / len(x)) + 1e-5) ** -0.5
    return [v * scale for v in x]


class Gpt:
    def __init__(self, weights, layers, heads):
        matrices = [[[Value(w) for w in row] for row in matrix] for matrix in weights]
        self.parameters = [p for matrix in matrices for row in matrix for p in row]
        self.wte, self.wpe, self.head = matrices[:3]
        self.layers = [matrices[3 + 6 * i : 9 + 6 * i] for i in range(layers)]
        self.heads = heads

    def logits(self, token, position, keys, values):
        x = rmsnorm([a + b for a, b in zip(self.wte[token], self.wpe[position])])
        width = len(x) // self.heads
        for (wq, wk, wv, wo, up, down), ks, vs in zip(self.layers, keys, values):
            y = rmsnorm(x)
            q = linear(y, wq)
            ks.append(linear(y, wk))
            vs.append(linear(y, wv))
            mixed = []
            for h in range(0, len(x), width):
                scores = [sum(q[h + j] * k[h + j] for j in range(width)) * width**-0.5 for k in ks]
                shares = softmax(scores)
                mixed += [sum(s * v[h + j] for s, v in zip(shares, vs)) for j in range(width)]
            x = [a + b for a, b in zip(x, linear(mixed, wo))]
            hidden = [v.relu() for v in linear(rmsnorm(x), up)]
            x = [a + b for a, b in zip(x, linear(hidden, down))]
        return linear(x, self.head)

    def loss(self, ids):
        keys, values = ([[] for _ in self.layers] for _ in range(2))
        count = min(len(self.wpe), len(ids) - 1)
        losses = [softmax(self.logits(ids[t], t, keys, values))[ids[t + 1]].log() * -1 for t in range(count)]
        return sum(losses) * (1 / count)


def train(task, steps):
    model = Gpt(task["weights"], task["layers"], task["heads"])
    m, v = ([0.0] * len(model.parameters) for _ in range(2))
    losses, seconds = [], []
    for step in range(steps):
        start = time.process_time()
        loss = model.loss(task["names"][step])
        loss.backward()
        rate, m_share, v_share = 0.01 * (1 - step / 1000), 1 - 0.85 ** (step + 1), 1 - 0.99 ** (step + 1)
        for i, p in enumerate(model.parameters):
            m[i] = 0.85 * m[i] + (1 - 0.85) * p.grad
            v[i] = 0.99 * v[i] + (1 - 0.99) * p.grad * p.grad
            p.data -= rate * (m[i] / m_share) / ((v[i] / v_share) ** 0.5 + 1e-8)
            p.grad = 0.0
        seconds.append(time.process_time() - start)
        losses.append(loss.data)
    return {"losses": losses, "seconds": seconds}


def main():
    print(json.dumps({"python": sys.version.split()[0]}), flush=True)
    task = json.loads(sys.stdin.readline())
    print("{}", flush=True)
    for line in sys.stdin:
        print(json.dumps(train(task, int(line))), flush=True)


main()
