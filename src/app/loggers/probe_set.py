"""Choosing probes for phasetop: what to evaluate again and again while a network trains, and what it costs.

SHC, PR and tr C tell how the losses of single samples vary *together*. They can only tell of what the
probes see:

- Fixed. The same samples, in the same order, from the first step to the last, over resumes too. Another set
  is another measurement: phasetop begins a new window there. So choose once, write them to a file, and keep
  the file with the run: fix_probes().
- 32 to 128. Fewer than 16 say little; a window of W rows (default 20) has W-1 independent directions at most.
- Of three kinds, in groups by the names' prefix, so that `phasetop --probes 'medical/target/*'` (key u) looks
  at one alone:
      medical/train/00     samples that are trained on: when does the network learn them?
      medical/held-out/00  the same kind, not trained on: does it generalise?
      medical/target/00    the behaviour one waits for, or fears: prompts with the answer that would show it.
                           What no probe sees is not seen: with training samples alone grokking shows nothing.
      general/00           something unrelated: what must not change
- Short, 32 to 128 tokens, and of much the same length: cheap, and their losses are noisy alike.
- Only the answer counts: the prompt's tokens get the label -100.
- Never trained on, but for the train group; nothing random inside (no augmentation, no answers sampled anew).
- Often enough that a window of W rows is shorter than what one looks for. A change that takes 200 steps and
  W = 20: every 5 to 10 steps.

    from phasetop_probes import fix_probes, cost
    groups = {"medical/train": [(prompt, answer), ...], "medical/held-out": [...], "medical/target": [...]}
    probes = fix_probes("probes.json", groups, tokenizer)  # made once, then read from the file
    print(cost(probes, every=10, tokens_per_step=8192))  # share of the training time
    trainer.add_callback(PhasetopProbeCallback(probes, every=10))  # phasetop --logger hf

Made by `phasetop --logger probes`. Python 3.9 or newer; nothing else but your tokenizer.
"""

import json
import os
import random


def fix_probes(path, groups, tokenizer, per_group=32, max_tokens=128, seed=0):
    """Name -> {"input_ids", "labels"}, as `phasetop --logger hf` takes it.

    groups: prefix -> texts, or pairs (prompt, answer), of which the answer alone counts. per_group of each
    are drawn, samples longer than max_tokens passed over. What is drawn is written to `path`; where that
    exists, it is read and the rest ignored: the set stays what it was, whatever becomes of the data."""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    probes = {}
    for prefix, items in groups.items():
        chosen = []
        for item in random.Random(seed).sample(list(items), len(items)):
            sample = tokenized(item, tokenizer)
            counts = any(label != -100 for label in sample["labels"][1:])  # nothing predicts the first
            if counts and len(sample["labels"]) <= max_tokens and len(chosen) < per_group:
                chosen.append(sample)
        if not chosen:
            raise ValueError(f"group {prefix}: no sample of 2 to {max_tokens} tokens")
        probes.update({f"{prefix}/{i:02d}": sample for i, sample in enumerate(chosen)})
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(probes, file)
    os.replace(path + ".new", path)
    return probes


def tokenized(item, tokenizer):
    """One text, or a pair whose first part does not count."""
    prompt, answer = item if isinstance(item, (tuple, list)) else ("", item)
    before = list(tokenizer(prompt)["input_ids"]) if prompt else []
    ids = list(tokenizer(answer, add_special_tokens=not prompt)["input_ids"])
    return {"input_ids": before + ids, "labels": [-100] * len(before) + ids}


def cost(probes, every, tokens_per_step, forward_share=1 / 3):
    """About which share of the training time the probes take. tokens_per_step: batch size x length x
    accumulation, over all processes. forward_share: of a forward pass in a training step; LoRA on a frozen
    network comes nearer to 1/2."""
    tokens = sum(len(probe["input_ids"]) for probe in probes.values())
    return forward_share * tokens / (every * tokens_per_step)
