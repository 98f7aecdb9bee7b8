#!/usr/bin/env python3
"""Write tests/data/ui/scans.txt: k-scans, maps of checkpoints and screes that the screen tests draw, from real runs.

    python3 tests/reference/ui_scans.py ../shared/runs > tests/data/ui/scans.txt

One array a line: RUN NAME N v1 ... vN, four decimals ("nan": missing). Of the map every second checkpoint, rows
up to the diagonal. Only the picture is tested with them, so neither versions nor tolerances matter. Needs NumPy
and safetensors.
"""
import pathlib
import re
import sys

import numpy as np
from safetensors.numpy import load_file

KS = range(5, 61, 5)


def put(run, name, values):
    print(run, name, len(values), *(f"{v:.4f}".rstrip("0").rstrip(".") for v in values))


def vectors(run_dir, matrix):
    steps = sorted(int(re.sub(r"\D", "", p.name)) for p in run_dir.glob("checkpoint-*"))
    rows = []
    for step in steps:
        tensors = load_file(run_dir / f"checkpoint-{step}" / "adapter_model.safetensors")
        names = sorted(name for name in tensors if f"lora_{matrix}." in name)
        rows.append(np.concatenate([tensors[name].ravel().astype(float) for name in names]))
    return steps, np.array(rows)


def cosine(a, b):
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / lengths) if lengths > 0 else float("nan")


def main():
    runs = pathlib.Path(sys.argv[1])
    for run, matrix in (("medical", "B"), ("medical", "A"), ("sports", "B"), ("finance", "B")):
        steps, v = vectors(runs / run, matrix)
        at = {step: i for i, step in enumerate(steps)}
        scan = [cosine(v[at[t]] - v[at[t - k]], v[at[t + k]] - v[at[t]]) if t - k in at and t + k in at else float("nan")
                for k in KS for t in steps]
        put(run, f"{matrix}.scan.k", list(KS))
        put(run, f"{matrix}.scan.steps", steps)
        put(run, f"{matrix}.scan", scan)
        put(run, f"{matrix}.map.steps", steps[1::2])
        put(run, f"{matrix}.map", [cosine(v[i], v[j]) for i in range(1, len(v), 2) for j in range(1, i + 1, 2)])
        put(run, f"{matrix}.alignment", [cosine(row, v[-1]) for row in v])
        variances = np.linalg.svd(v - v.mean(0), compute_uv=False) ** 2
        put(run, f"{matrix}.scree", list(variances / variances.sum())[:10])


main()
