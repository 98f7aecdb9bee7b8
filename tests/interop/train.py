"""A real training, as people do it: transformers.Trainer, PEFT, TensorBoard, W&B offline, phasetop's logger.

usage: train.py RUN_DIR [options]     needs `phasetop --logger hf` as phasetop_logger.py on PYTHONPATH

The network is made here from random numbers; nothing is downloaded. What phasetop should find is written to
--truth, a JSON line each: {"kind": "checkpoint", "step", "time", "norm_A", "norm_B", "norm_dW"} after each
save, the last by PEFT's own get_delta_weight in double precision; {"kind": "log", ...} for each row that the
Trainer logs; {"kind": "end", "cpu_s"}.
"""

import argparse
import copy
import json
import resource
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer
from phasetop_logger import PhasetopProbeCallback
from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainerCallback, TrainingArguments, set_seed

VOCABULARY, LENGTH = 96, 48


def arguments(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("--truth")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--resume", help="checkpoint to go on from")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--save-steps", type=int, default=2, help="0: none")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--report", action="store_true", help="to TensorBoard and W&B")
    parser.add_argument("--probes", type=int, default=2, help="steps between evaluations; 0: no logger")
    parser.add_argument("--bf16", action="store_true")
    return parser.parse_args(words)


def network(width):
    set_seed(1)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2 * LENGTH,
    )
    lora = LoraConfig(r=4, lora_alpha=8, lora_dropout=0.1, target_modules=["q_proj", "v_proj", "down_proj"])
    return get_peft_model(LlamaForCausalLM(config), lora)


def samples(n, seed):
    """Token x is followed by 5x+1 and sometimes by something else: something that can be learned."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randint(VOCABULARY, (n, LENGTH), generator=generator)
    for i in range(1, LENGTH):
        keep = torch.rand(n, generator=generator) < 0.1
        rows[:, i] = torch.where(keep, rows[:, i], (5 * rows[:, i - 1] + 1) % VOCABULARY)
    return [{"input_ids": row, "labels": row.clone()} for row in rows]


def probe_set():
    """Of different lengths; the first tokens of each do not count."""
    probes = {}
    for i, sample in enumerate(samples(10, seed=7)):
        length = LENGTH - 3 * i
        labels = sample["labels"][:length].clone()
        labels[: 4 + i] = -100
        probes[f"{'odd' if i % 2 else 'even'}/{i:02d}"] = {
            "input_ids": sample["input_ids"][:length],
            "labels": labels,
        }
    return probes


class Truth(TrainerCallback):
    def __init__(self, path):
        self.path = path

    def write(self, kind, at=None, **row):
        with open(self.path, "a") as file:
            file.write(json.dumps({"kind": kind, "time": at or time.time(), **row}) + "\n")

    def on_train_begin(self, args, state, control, **kwargs):
        self.cpu_s = cpu_s()

    def on_save(self, args, state, control, model=None, **kwargs):
        saved_at = time.time()
        layers = [layer for layer in copy.deepcopy(model).double().modules() if isinstance(layer, LoraLayer)]
        squares = {"norm_A": 0.0, "norm_B": 0.0, "norm_dW": 0.0}
        for layer in layers:
            squares["norm_A"] += layer.lora_A["default"].weight.square().sum().item()
            squares["norm_B"] += layer.lora_B["default"].weight.square().sum().item()
            squares["norm_dW"] += layer.get_delta_weight("default").square().sum().item()
        norms = {name: value**0.5 for name, value in squares.items()}
        self.write("checkpoint", at=saved_at, step=state.global_step, **norms)

    def on_log(self, args, state, control, logs=None, **kwargs):
        self.write("log", step=state.global_step, **logs)

    def on_train_end(self, args, state, control, **kwargs):
        self.write("end", step=state.global_step, cpu_s=cpu_s() - self.cpu_s)


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def train(words):
    """Returns the network after training."""
    options = arguments(words)
    model = network(options.width)
    callbacks = [Truth(options.truth)] if options.truth else []
    if options.probes:
        callbacks.append(PhasetopProbeCallback(probe_set(), every=options.probes, batch_size=4))
    settings = TrainingArguments(
        output_dir=options.run,
        max_steps=options.steps,
        per_device_train_batch_size=16,
        learning_rate=options.rate,
        logging_steps=1,
        save_strategy="steps" if options.save_steps else "no",
        save_steps=options.save_steps or 500,
        save_total_limit=4,
        report_to=["tensorboard", "wandb"] if options.report else "none",
        bf16=options.bf16,
        use_cpu=True,
        seed=2,
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    trainer = Trainer(model=model, args=settings, train_dataset=samples(512, seed=3), callbacks=callbacks)
    trainer.train(resume_from_checkpoint=options.resume)
    return model


if __name__ == "__main__":
    train(sys.argv[1:])
    if torch.distributed.is_initialized():  # else its threads may outlive the interpreter, and abort
        torch.distributed.destroy_process_group()
