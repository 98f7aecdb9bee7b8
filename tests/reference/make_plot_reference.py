#!/usr/bin/env python3
"""Writes tests/reference/plot_reference.json: smoothing and outliers of plots; NumPy alone.

    tests/reference/make_plot_reference.py

The moving average comes from its definition, the whole sum anew for each point, in extended precision; the quartiles
from numpy.quantile. Inputs are rounded to six significant digits first, so that the file holds them exactly.
"""
import json
import os

import numpy as np

WIDE = np.longdouble
SEED = 20261121


def rounded(values):
    return [None if not np.isfinite(v) else float(f"{v:.6g}") for v in values]


def ema(steps, values, half_life, logs):
    t = np.asarray(steps, WIDE)
    x = np.asarray([np.nan if v is None else v for v in values], WIDE)
    if logs:
        x = np.log(np.where(x > 0, x, np.nan))
    answer = []
    for i in range(len(x)):
        if not np.isfinite(x[i]):
            answer.append(None)
            continue
        there = np.isfinite(x[:i + 1])
        w = WIDE(2) ** (-(t[i] - t[:i + 1][there]) / WIDE(half_life))
        mean = (w * x[:i + 1][there]).sum() / w.sum()
        answer.append(float(np.exp(mean) if logs else mean))
    return answer


def fences(values, logs):
    x = np.asarray(values, float)
    if logs:
        x = x[x > 0]
    y = np.log(x) if logs else x
    q1, q3 = np.quantile(y, [0.25, 0.75])
    reach = 3 * (q3 - q1)
    kept = x[(y >= q1 - reach) & (y <= q3 + reach)] if reach > 0 and len(x) >= 8 else x
    return [float(kept.min()), float(kept.max()), int(len(kept))]


def main():
    rng = np.random.default_rng(SEED)
    smooth, outliers = [], []
    for n, half_life, logs, gap in [(40, 7, False, 1), (60, 30, False, 10), (50, 12.5, True, 5), (200, 2000, False, 1),
                                    (30, 0.5, False, 3)]:
        steps = np.cumsum(rng.integers(1, gap + 1, n)).tolist()
        values = np.exp(rng.normal(0, 1, n)) + np.linspace(3, 0, n)
        values[rng.integers(0, n, n // 10)] = np.nan
        values = rounded(values)
        smooth.append({"steps": steps, "values": values, "half_life": half_life, "logs": logs,
                       "ema": ema(steps, values, half_life, logs)})
    for n, logs in [(101, False), (64, True), (8, False), (7, False), (33, True)]:
        values = np.concatenate([rng.normal(1, 0.1, n - 3), [50, 8, -3]])
        if logs:
            values = np.exp(np.abs(values) * 2)
            values[5] = 0
        values = rounded(values)
        outliers.append({"values": values, "logs": logs, "kept": fences(values, logs)})
    equal = [2.0] * 9 + [7.0]
    outliers.append({"values": equal, "logs": False, "kept": fences(equal, False)})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "plot_reference.json")
    with open(path, "w") as out:
        json.dump({"made_by": "make_plot_reference.py", "numpy": np.__version__, "seed": SEED, "tolerance": 1e-12,
                   "smooth": smooth, "outliers": outliers}, out)
        out.write("\n")


main()
