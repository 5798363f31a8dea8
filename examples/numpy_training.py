"""Small neural-network training in numpy, shared by the train.py scripts of the examples.

Layers keep what their backward pass needs; arrays are float32; images are [batch, channel, row, column]. Only what the
examples use is here: it is meant to be read, and to retrain the examples in minutes without a deep-learning framework.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Layer:
    """A layer without parameters; `weights` maps the parameter's name to its array, `gradients` likewise."""

    def __init__(self):
        self.weights = {}
        self.gradients = {}


class Linear(Layer):
    """y = x W^T + b with W of shape [outputs, inputs], as PyTorch stores it."""

    def __init__(self, rng, inputs, outputs):
        super().__init__()
        scale = np.sqrt(2.0 / inputs)
        self.weights["weight"] = (rng.standard_normal((outputs, inputs)) * scale).astype(np.float32)
        self.weights["bias"] = np.zeros(outputs, np.float32)

    def forward(self, x):
        self.x = x
        return x @ self.weights["weight"].T + self.weights["bias"]

    def backward(self, dy):
        self.gradients["weight"] = dy.T @ self.x
        self.gradients["bias"] = dy.sum(axis=0)
        return dy @ self.weights["weight"]


class Conv2d(Layer):
    """Stride-1 convolution with a square kernel and symmetric zero padding."""

    def __init__(self, rng, inputs, outputs, kernel, padding=0):
        super().__init__()
        self.kernel, self.padding = kernel, padding
        scale = np.sqrt(2.0 / (inputs * kernel * kernel))
        self.weights["weight"] = (rng.standard_normal((outputs, inputs, kernel, kernel)) * scale).astype(np.float32)
        self.weights["bias"] = np.zeros(outputs, np.float32)

    def forward(self, x):
        p, k = self.padding, self.kernel
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = sliding_window_view(padded, (k, k), axis=(2, 3))  # [n, c, h, w, k, k]
        n, c, h, w = windows.shape[:4]
        self.padded_shape, self.out_size = padded.shape, (h, w)
        self.columns = np.ascontiguousarray(windows.transpose(0, 2, 3, 1, 4, 5)).reshape(n * h * w, c * k * k)
        filters = self.weights["weight"].reshape(-1, c * k * k)
        y = self.columns @ filters.T + self.weights["bias"]
        return y.reshape(n, h, w, -1).transpose(0, 3, 1, 2)

    def backward(self, dy):
        n, c = self.padded_shape[:2]
        (h, w), p, k = self.out_size, self.padding, self.kernel
        flat = np.ascontiguousarray(dy.transpose(0, 2, 3, 1)).reshape(n * h * w, -1)
        self.gradients["weight"] = (flat.T @ self.columns).reshape(self.weights["weight"].shape)
        self.gradients["bias"] = flat.sum(axis=0)
        columns = (flat @ self.weights["weight"].reshape(flat.shape[1], -1)).reshape(n, h, w, c, k, k)
        dx = np.zeros(self.padded_shape, np.float32)
        for i in range(k):
            for j in range(k):
                dx[:, :, i : i + h, j : j + w] += columns[:, :, :, :, i, j].transpose(0, 3, 1, 2)
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


class MaxPool2d(Layer):
    """Maximum of each 2x2 block; on a tie the gradient is shared."""

    def forward(self, x):
        n, c, h, w = x.shape
        blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
        y = blocks.max(axis=(3, 5))
        self.mask = blocks == y[:, :, :, None, :, None]
        return y

    def backward(self, dy):
        share = dy / self.mask.sum(axis=(3, 5))
        dx = self.mask * share[:, :, :, None, :, None]
        n, c, h, _, w, _ = dx.shape
        return dx.reshape(n, c, 2 * h, 2 * w).astype(np.float32)


class Relu(Layer):
    def forward(self, x):
        self.positive = x > 0
        return x * self.positive

    def backward(self, dy):
        return dy * self.positive


class Flatten(Layer):
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy):
        return dy.reshape(self.shape)


def softmax_cross_entropy(logits, labels):
    """Gradient of the mean cross entropy for class labels."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1.0
    return (p / len(labels)).astype(np.float32)


def sigmoid_cross_entropy(logits, labels):
    """Gradient of the mean binary cross entropy for labels 0 and 1; logits are [batch, 1]."""
    p = 1.0 / (1.0 + np.exp(-logits))
    return ((p - labels[:, None]) / len(labels)).astype(np.float32)


class Network:
    """A chain of named layers, in the order in which they run."""

    def __init__(self, **layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers.values()):
            dy = layer.backward(dy)

    def predict(self, x, batch=500):
        return np.concatenate([self.forward(x[i : i + batch]) for i in range(0, len(x), batch)])

    def parameters(self):
        """Yields (layer name, parameter name, layer)."""
        for name, layer in self.layers.items():
            for key in layer.weights:
                yield name, key, layer


def train(network, gradient, x, labels, rng, epochs, batch, rate, weight_decay=0.0, augment=None):
    """AdamW with a cosine learning rate; `gradient` is the loss's, `augment` maps a batch of inputs to another."""
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    moments = {(n, k): [0.0, 0.0] for n, k, _ in network.parameters()}
    steps = epochs * (len(x) // batch)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - batch + 1, batch):
            rows = order[start : start + batch]
            inputs = augment(x[rows], rng) if augment else x[rows]
            network.backward(gradient(network.forward(inputs), labels[rows]))
            step += 1
            now = rate * 0.5 * (1.0 + np.cos(np.pi * step / steps))
            for name, key, layer in network.parameters():
                g, m = layer.gradients[key], moments[(name, key)]
                m[0] = beta1 * m[0] + (1 - beta1) * g
                m[1] = beta2 * m[1] + (1 - beta2) * g * g
                move = (m[0] / (1 - beta1**step)) / (np.sqrt(m[1] / (1 - beta2**step)) + epsilon)
                decay = weight_decay * layer.weights[key] if key == "weight" else 0.0
                layer.weights[key] -= (now * (move + decay)).astype(np.float32)
