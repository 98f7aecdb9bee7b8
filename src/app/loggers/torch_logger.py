"""Probe losses for phasetop, from a training loop of one's own in PyTorch.

    from phasetop_logger import ProbeLogger

    logger = ProbeLogger("runs/one/probe_losses.jsonl", names, unit="nats")  # a name for each probe, in order

    def loss_fn(model, batch):  # losses of the probes of one batch, one each: not their mean
        inputs, targets = batch
        return torch.nn.functional.cross_entropy(model(inputs), targets, reduction="none")

    for step in range(steps):
        if step % 10 == 0:
            logger.log(step, model, loss_fn, probe_batches)
        ...  # forward, backward, optimizer.step()

Call it between optimizer steps, outside `with torch.autocast` (autocast belongs into loss_fn, the same as
in training). probe_batches: a list of batches on the model's device, the same ones in the same order at
every step; together they give as many losses as there are names. `phasetop runs/one` shows SHC, PR and tr
C; `phasetop --logger probes` says what to take.

Training is left as it is: no gradients; training mode is restored module by module, the random states of
torch (CPU, and the GPUs that hold the model) and Python too. Distributed: call it in every process; process
0 writes.

log_gaussian() samples what 2RDM calls the loss covariance under Gaussian noise: every trainable parameter w
becomes w + sigma z, z ~ N(0, 1), m times, and all probes are evaluated each time. Weights are copied before
and copied back, so that they are the same bit for bit. The noise has a generator of its own, and comes out
the same at every step: a difference between steps is one of the network. It costs m evaluations and a copy
of the trainable parameters. In bf16 a weight of 1 has neighbours 0.004 away: take a sigma well above. Not
with FSDP or ZeRO-3, where a process holds parts of the parameters.

Made by `phasetop --logger torch`. Python 3.9 or newer, torch 2.0 or newer.
"""

import contextlib
import json
import os
import random
import warnings

import torch


def append_line(path, row):
    """Add one JSON line, NaN as the literal. What a killed run left half written stays a line of its own."""
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "a+b") as file:
            torn = file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n"
            file.write((b"\n" if torn else b"") + json.dumps(row).encode() + b"\n")
    except OSError as error:  # a full disk costs rows, not the training
        warnings.warn(f"phasetop: no row written to {path}: {error}", stacklevel=2)


@contextlib.contextmanager
def undisturbed(model):
    """Evaluation mode without gradients; afterwards modes and random states are what they were."""
    modes = [(module, module.training) for module in model.modules()]
    gpus = sorted({p.device.index for p in model.parameters() if p.device.type == "cuda"})
    python_state = random.getstate()
    try:
        with torch.random.fork_rng(devices=gpus), torch.no_grad():
            model.eval()
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        random.setstate(python_state)
        torch.clear_autocast_cache()  # it may hold casts of weights that were made without gradients


@contextlib.contextmanager
def weights_kept(model):
    """The trainable parameters, free to be changed; afterwards their bits are what they were."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    copies = [p.detach().clone() for p in parameters]
    try:
        yield parameters, copies
    finally:
        with torch.no_grad():
            for parameter, copy in zip(parameters, copies):
                parameter.copy_(copy)


class ProbeLogger:
    """names: one for each probe, in the order of the losses; groups by prefix: "medical/held-out/03". An
    existing file is added to (a resumed run): phasetop reads repeated steps as a resume."""

    def __init__(self, path, names, unit="nats/token"):
        self.path, self.n_names = os.fspath(path), len(names)
        shared = torch.distributed.is_available() and torch.distributed.is_initialized()
        self.writes = not shared or torch.distributed.get_rank() == 0
        self._write({"probes": list(names), "unit": unit})

    def log(self, step, model, loss_fn, batches):
        """Evaluate the probes and add a row. loss_fn(model, batch) -> tensor of the batch's losses."""
        with undisturbed(model):
            self._write({"step": step, "losses": self._losses(model, loss_fn, batches)})

    def log_gaussian(self, step, model, loss_fn, batches, sigma=1e-3, m=16, seed=0):
        """Evaluate them at m perturbed copies of the weights and add a row."""
        samples = []
        with undisturbed(model), weights_kept(model) as (parameters, copies):
            noise = {p.device: torch.Generator(device=p.device) for p in parameters}
            for generator in noise.values():
                generator.manual_seed(seed)
            for _ in range(m):
                for parameter, copy in zip(parameters, copies):
                    wide = torch.promote_types(copy.dtype, torch.float32)
                    z = torch.randn(copy.shape, generator=noise[copy.device], device=copy.device, dtype=wide)
                    parameter.copy_(copy.to(wide) + sigma * z)
                samples.append(self._losses(model, loss_fn, batches))
        self._write({"step": step, "sigma": sigma, "samples": samples})

    def _losses(self, model, loss_fn, batches):
        losses = torch.cat([loss_fn(model, batch).flatten() for batch in batches]).tolist()
        if len(losses) != self.n_names:
            raise ValueError(f"{len(losses)} losses for {self.n_names} probes: reduction must be 'none'")
        return losses

    def _write(self, row):
        if self.writes:
            append_line(self.path, row)
