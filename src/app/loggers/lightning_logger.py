"""Probe losses for phasetop, from PyTorch Lightning.

    from phasetop_logger import PhasetopProbeCallback

    def loss_fn(module, batch):  # losses of the probes of one batch, one each: not their mean
        inputs, targets = batch
        return torch.nn.functional.cross_entropy(module(inputs), targets, reduction="none")

    trainer = Trainer(callbacks=[PhasetopProbeCallback(names, probe_batches, loss_fn, every=10)])

Before training and after every `every` optimizer steps, all probes are evaluated and one line is added to
probe_losses.jsonl in the trainer's log directory, where CSVLogger's metrics.csv lies; `phasetop` with that
directory shows SHC, PR and tr C of them. (Weights in .ckpt are pickles, which phasetop does not open: save
them as safetensors for the other panes.) names: one for each probe; groups by prefix:
"medical/held-out/03". probe_batches: a list of batches, the same order at every step; together they give as
many losses as there are names. `phasetop --logger probes` says which probes to take.

Training is left as it is: no gradients; training mode is restored module by module, the random states of
torch (CPU, and the GPUs that hold the module), NumPy and Python too. Precision is the trainer's own. A
resumed run that is given the same `path` goes on in the same file; phasetop reads repeated steps as a
resume. Every process evaluates every probe, process 0 writes: DDP's processes stay in step. Not for
strategies that leave a process with parts of the parameters (FSDP, ZeRO-3).

Made by `phasetop --logger lightning`. Python 3.9 or newer, Lightning 2.0 or newer.
"""

import contextlib
import json
import os
import random
import warnings

import numpy
import torch

try:
    from lightning.pytorch import Callback
except ImportError:
    from pytorch_lightning import Callback


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
    python_state, numpy_state = random.getstate(), numpy.random.get_state()
    try:
        with torch.random.fork_rng(devices=gpus), torch.no_grad():
            model.eval()
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        random.setstate(python_state)
        numpy.random.set_state(numpy_state)
        torch.clear_autocast_cache()  # it may hold casts of weights that were made without gradients


class PhasetopProbeCallback(Callback):
    """loss_fn(module, batch) -> tensor of the batch's losses, one a probe. path: default
    LOG_DIR/probe_losses.jsonl."""

    def __init__(self, names, batches, loss_fn, every=10, path=None, unit="nats/token"):
        if every < 1:
            raise ValueError("every counts from 1")
        self.names, self.batches, self.loss_fn = list(names), list(batches), loss_fn
        self.every, self.path, self.unit = every, path, unit
        self.last_step = None

    def on_train_start(self, trainer, pl_module):
        directory = trainer.log_dir or trainer.default_root_dir  # log_dir asks all processes
        self.path = self.path or os.path.join(directory, "probe_losses.jsonl")
        self._write(trainer, {"probes": self.names, "unit": self.unit})
        self._log(trainer, pl_module)

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        # several batches may go into one optimizer step
        if trainer.global_step != self.last_step and trainer.global_step % self.every == 0:
            self._log(trainer, pl_module)

    def _log(self, trainer, module):
        self.last_step = trainer.global_step
        losses = []
        with undisturbed(module), trainer.precision_plugin.forward_context():
            for batch in self.batches:
                batch = module.transfer_batch_to_device(batch, module.device, 0)
                losses += self.loss_fn(module, batch).flatten().tolist()
        if len(losses) != len(self.names):
            raise ValueError(f"{len(losses)} losses for {len(self.names)} probes: reduction must be 'none'")
        self._write(trainer, {"step": trainer.global_step, "losses": losses})

    def _write(self, trainer, row):
        if trainer.is_global_zero:
            append_line(self.path, row)
