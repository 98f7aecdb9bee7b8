"""Probe losses for phasetop, from a Hugging Face Trainer (also TRL's trainers, with or without PEFT).

    from phasetop_logger import PhasetopProbeCallback

    probes = {"medical/held-out/00": tokenizer("..."), "medical/held-out/01": tokenizer("...")}
    trainer.add_callback(PhasetopProbeCallback(probes, every=10))

Before training and after every `every` steps, all probes are evaluated and one line is added to
OUTPUT_DIR/probe_losses.jsonl; `phasetop OUTPUT_DIR` shows SHC, PR and tr C of them. A probe is what a
tokenizer gives for one text: "input_ids" and, optionally, "labels" of the same length (-100: this token
does not count; default: all count). Its loss is the mean of -log p (nats) over the tokens that count, each
given those before it. `phasetop --logger probes` says which probes to take.

Training is left as it is: weights come out bit for bit the same with and without. No gradients; training
mode is restored module by module, the random states of torch (CPU, and the GPUs that hold the model), NumPy
and Python too. bf16/fp16 autocast is the trainer's own. A resumed run goes on in the same file; phasetop
reads repeated steps as a resume.

On several processes every one evaluates every probe, and process 0 writes. So FSDP and ZeRO-3, whose
forward pass is a common act, do not wait for each other for ever, and DDP's processes stay in step; it
costs each as much as one process alone. (Tried: DDP and FSDP2.) Cost: a forward pass over the probes, about
a third of a training step with as many tokens.

Made by `phasetop --logger hf`. Python 3.9 or newer, transformers 4.30 or newer.
"""

import contextlib
import json
import os
import random
import warnings

import numpy
import torch
from transformers import TrainerCallback


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


class PhasetopProbeCallback(TrainerCallback):
    """probes: name -> {"input_ids", "labels" (optional)}, in the order of the losses; names may have groups:
    "a/b/03". every: steps between evaluations. batch_size: probes in one forward pass. path: default
    OUTPUT_DIR/probe_losses.jsonl."""

    def __init__(self, probes, every=10, batch_size=8, path=None):
        if not probes or every < 1 or batch_size < 1:
            raise ValueError("there must be a probe at least; every and batch_size count from 1")
        self.names, self.every, self.path = list(probes), every, path
        samples = [self._sample(name, probe) for name, probe in probes.items()]
        self.batches = [samples[i : i + batch_size] for i in range(0, len(samples), batch_size)]

    @staticmethod
    def _sample(name, probe):
        ids = torch.as_tensor(probe["input_ids"]).flatten()
        labels = torch.as_tensor(probe.get("labels", ids)).flatten()
        mask = torch.as_tensor(probe.get("attention_mask", torch.ones_like(ids))).flatten()
        if not len(ids) == len(labels) == len(mask):
            raise ValueError(f"probe {name}: {len(ids)} input_ids, {len(labels)} labels, mask of {len(mask)}")
        return ids[mask != 0], labels[mask != 0]

    def on_train_begin(self, args, state, control, model=None, **kwargs):
        self._write(args, state, {"probes": self.names, "unit": "nats/token"})
        self._log(args, state, model)

    def on_step_end(self, args, state, control, model=None, **kwargs):
        if state.global_step % self.every == 0:
            self._log(args, state, model)

    def _log(self, args, state, model):
        with undisturbed(model):
            losses = [loss for batch in self.batches for loss in self._losses(model, batch, args.device)]
        self._write(args, state, {"step": state.global_step, "losses": losses})

    def _write(self, args, state, row):
        if state.is_world_process_zero:
            append_line(self.path or os.path.join(args.output_dir, "probe_losses.jsonl"), row)

    @staticmethod
    def _losses(model, batch, device):
        """Of one batch, padded on the right: no token before the padding sees it."""
        pad = torch.nn.utils.rnn.pad_sequence
        ids = pad([ids for ids, _ in batch], batch_first=True).to(device)
        mask = pad([torch.ones_like(ids) for ids, _ in batch], batch_first=True).to(device)
        logits = model(input_ids=ids, attention_mask=mask).logits
        logits = logits[:, logits.shape[1] - ids.shape[1] :]  # prompt tuning puts its own tokens in front
        losses = []
        for row, (_, labels) in zip(logits, batch):
            labels = labels[1:].to(row.device)
            rows = row[: len(labels)][labels != -100].float()
            losses.append(torch.nn.functional.cross_entropy(rows, labels[labels != -100]))
        return torch.stack(losses).tolist()
