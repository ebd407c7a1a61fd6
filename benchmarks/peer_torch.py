"""A GAN of the course in PyTorch: prints iterations a second. Run by peers.py.

The task names the layers of both networks (network_spec.py writes them down), how D
answers, and the batch. An iteration is one D step on real and generated samples, then
`g_updates` G steps. Data are random numbers, or fresh points of lesson 02: how long a
step takes does not depend on them.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

MAKERS = {
    "dense": nn.Linear,
    "leaky": nn.LeakyReLU,
    "relu": nn.ReLU,
    "selu": nn.SELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softmax": lambda: nn.Softmax(dim=1),
    "dropout": nn.Dropout,
    "flatten": nn.Flatten,
    "reshape": lambda *shape: nn.Unflatten(1, shape),
    "upsample": lambda times: nn.Upsample(scale_factor=times),
    "conv": lambda n, m, kernel, stride, pad: nn.Conv2d(n, m, kernel, stride, pad),
    "transposed": lambda n, m, kernel, stride: nn.ConvTranspose2d(
        n, m, kernel, stride, (kernel - 1) // 2, (kernel - stride) % 2
    ),
    "normalise": nn.BatchNorm2d,
    "normalise flat": nn.BatchNorm1d,
}


def make_network(spec):
    return nn.Sequential(*(MAKERS[name](*values) for name, *values in spec))


def make_loss(answers):
    """(answers of D, whether they should be real) to the mean cross-entropy."""

    def logits(found, real):
        wanted = torch.full_like(found, float(real))
        return functional.binary_cross_entropy_with_logits(found, wanted)

    def probability(found, real):
        wanted = torch.full_like(found, float(real))
        return functional.binary_cross_entropy(found, wanted)

    def columns(found, real):
        return -torch.log(found[:, int(real)].clamp_min(1e-7)).mean()

    return {"logits": logits, "probability": probability, "columns": columns}[answers]


def make_iteration(task, generator, discriminator):
    optimizer = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}[
        task["optimizer"]
    ]
    g_optimizer, d_optimizer = (
        optimizer(network.parameters(), lr=1e-4)
        for network in (generator, discriminator)
    )
    loss, batch = make_loss(task["answers"]), task["batch"]

    def sample():
        if task["shape"] != [2]:
            return torch.rand(batch, *task["shape"])
        x = 100 * (torch.rand(batch, 1) - 0.5)
        return torch.cat([x, 10 + x**2], dim=1)

    def iterate():
        real, noise = sample(), torch.randn(batch, task["latent"])
        with torch.no_grad():
            fake = generator(noise)
        found = discriminator(torch.cat([real, fake]))
        d_optimizer.zero_grad()
        (loss(found[:batch], True) + loss(found[batch:], False)).backward()
        d_optimizer.step()
        for parameter in discriminator.parameters():
            parameter.requires_grad_(False)  # nobody asks for these gradients
        for _ in range(task["g_updates"]):
            g_optimizer.zero_grad()
            loss(discriminator(generator(noise)), True).backward()
            g_optimizer.step()
        for parameter in discriminator.parameters():
            parameter.requires_grad_(True)

    return iterate


def main(task):
    networks = [make_network(task[name]) for name in ("generator", "discriminator")]
    iterate = make_iteration(task, *networks)
    iterate()
    start, done = time.perf_counter(), 0
    while done < 2 or time.perf_counter() - start < task["seconds"]:
        iterate()
        done += 1
    parameters = sum(p.numel() for network in networks for p in network.parameters())
    speed = done / (time.perf_counter() - start)
    print(json.dumps({"iterations": speed, "parameters": parameters}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
