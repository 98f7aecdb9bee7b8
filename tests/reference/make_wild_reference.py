#!/usr/bin/env python3
"""Norms of other people's checkpoints, from their tensors.

    python3 tests/reference/make_wild_reference.py [WILD] > tests/reference/wild_reference.json
    WILD: the directory of their folders (default ../shared/wild)

Per file: modules, and the norms of A, B and dW = s·B·A over all of them, in NumPy float64, dW formed outright. Scalings
as the writing library has them: PEFT lora_alpha / r, MLX lora_parameters.scale (A and B transposed). The files themselves
are not part of this repository. Versions: Python 3.11, NumPy 2.4.6, safetensors 0.8.0; the test's tolerance is 1e-9.
"""
import glob
import json
import os
import sys

import numpy as np
from safetensors import safe_open

WILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join("..", "shared", "wild")
FILES = ["**/adapter_model.safetensors", "**/*adapters.safetensors"]


def tensors(path):
    with safe_open(path, "np") as file:
        return {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}


def pairs(values, config):
    if "lora_parameters" in config:
        s = config["lora_parameters"]["scale"]
        for name in values:
            if name.endswith(".lora_a"):
                yield s, values[name].T, values[name[:-1] + "b"].T
        return
    for name in values:
        if name.endswith(".lora_A.weight"):
            a = values[name]
            yield config["lora_alpha"] / a.shape[0], a, values[name.replace(".lora_A.", ".lora_B.")]


def look_at(path):
    with open(os.path.join(os.path.dirname(path), "adapter_config.json")) as file:
        config = json.load(file)
    values = tensors(path)
    squares, n = np.zeros(3), 0
    for s, a, b in pairs(values, config):
        squares += [np.sum(a * a), np.sum(b * b), np.sum((s * (b @ a)) ** 2)]
        n += 1
    return dict(zip(("norm_A", "norm_B", "norm_dW"), np.sqrt(squares).tolist())) | {
        "modules": n, "rest": len(values) - 2 * n}


def main():
    found = {}
    for path in sorted({p for g in FILES for p in glob.glob(os.path.join(WILD, "*", g), recursive=True)}):
        folder, below = os.path.relpath(path, WILD).split(os.sep, 1)
        try:
            found.setdefault(folder, {})[below] = look_at(path)
        except Exception as failure:  # cut files, pointers: the test names what is to be said of them
            print(f"{folder}/{below}: {failure}", file=sys.stderr)
    json.dump(found, sys.stdout, indent=1)
    print()


main()
