#!/usr/bin/env python3
"""Writes tests/reference/loss_reference.json: 2RDM spectra, modes, baselines, changes of direction; NumPy and SciPy.

    tests/reference/make_loss_reference.py [RUNS]     RUNS: a directory of real runs (default ../shared/runs)

Spectra come from the n x n covariance itself, in extended precision (lambda1 from eigvalsh in double), modes from eigh
of the same; baselines from residuals in extended precision, tau from scipy.stats.kendalltau. Changes of
direction come from the full matrix of unit increments, window by window, with NumPy's medians. Without RUNS the
cases taken from real runs are left out. Seeds are fixed; inputs are rounded before anything is computed from them.
"""
import glob
import json
import os
import re
import sys

import numpy as np
import scipy
import scipy.stats

WIDE = np.longdouble
SEED = 20260111


# ---- 2RDM -----------------------------------------------------------------------------------------------------

def centred(rows, detrend):
    """Rows of a window without their mean, or without a constant and a line; in extended precision."""
    x = np.asarray(rows, WIDE) - WIDE(1) * np.asarray(rows[0], WIDE)
    x = x - x.mean(0)
    if detrend:
        t = np.arange(len(x), dtype=WIDE) - WIDE(len(x) - 1) / 2
        for _ in range(2):
            x = x - np.outer(t, (t @ x) / (t @ t))
            x = x - x.mean(0)
    return x


def reading(x, freedom):
    """SHC, PR, tr C, lambda1, PR0 of centred rows x; None where undefined."""
    m, n = x.shape
    if freedom < 1:
        return [None] * 5
    c = np.array([[(x[:, a] * x[:, b]).sum() for b in range(n)] for a in range(n)], WIDE) / (m - 1)
    trace = np.trace(c)
    shc = ((c - np.eye(n) * (trace / n)) ** 2).sum() / n
    if trace == 0:
        return [0.0, None, 0.0, 0.0, None]
    variances = np.diag(c)
    n_eff = variances.sum() ** 2 / (variances ** 2).sum()
    return [float(shc), float(trace ** 2 / (c ** 2).sum()), float(trace),
            float(np.linalg.eigvalsh(c.astype(float))[-1]), float(n_eff * freedom / (n_eff + freedom + 1))]


def spectra(rows, window):
    answer = {"raw": [], "detrended": []}
    for end in range(1, len(rows) + 1):
        inside = rows[max(0, end - window):end]
        answer["raw"].append(reading(centred(inside, False), len(inside) - 1))
        answer["detrended"].append(reading(centred(inside, True), len(inside) - 2) if len(inside) > 2 else [None] * 5)
    return answer


def window_case(name, rows, window):
    rows = [[float(value) for value in row] for row in rows]
    return {"name": name, "window": window, "rows": rows, **spectra(np.array(rows), window)}


def window_cases(runs):
    r = np.random.default_rng(SEED)
    yield window_case("white noise, more probes than rows", r.normal(size=(16, 9)).round(4), 6)
    yield window_case("white noise, fewer probes than rows", r.normal(size=(20, 3)).round(4), 12)
    yield window_case("one probe", r.normal(size=(9, 1)).round(4), 5)
    yield window_case("two rows at a time", r.normal(size=(6, 4)).round(4), 2)
    yield window_case("offset of 1e6", 1e6 + r.normal(size=(14, 5)).round(3), 7)
    falling = -np.outer(np.arange(18), r.uniform(1, 3, 6)) + 0.01 * r.normal(size=(18, 6))
    yield window_case("steep common fall", falling.round(5), 9)
    yield window_case("unequal variances", (r.normal(size=(14, 5)) * 10.0 ** np.arange(-2, 3)).round(5), 8)
    still = np.vstack([np.full((6, 4), 0.25), np.full((6, 4), 0.25) + r.normal(size=(6, 4)).round(3)])
    yield window_case("constant, then moving", still, 4)
    path = os.path.join(runs, "medical", "probe_losses.jsonl")
    if os.path.exists(path):
        lines = [json.loads(line) for line in open(path)]
        rows = [line["losses"] for line in lines if "losses" in line]
        yield window_case("medical, steps 85 to 119", rows[85:120], 20)


def gaussian_cases():
    r = np.random.default_rng(SEED + 1)
    for m, n, size in ((5, 8, 1.0), (12, 4, 1e-6), (2, 3, 1.0)):
        samples = (2 + size * r.normal(size=(m, n))).round(9)
        yield {"samples": samples.tolist(), "reading": reading(centred(samples, False), m - 1)}


def modes_case(name, rows, detrend):
    """Eigenpairs of more than 1e-4 of the trace: those that double precision leaves exact enough to compare."""
    rows = np.asarray(rows, float)
    x = centred(rows, detrend)
    c = np.array((x.T @ x) / (len(x) - 1), float)
    values, vectors = np.linalg.eigh(c)
    order = [k for k in np.argsort(values)[::-1][:5] if values[k] > 1e-4 * np.trace(c) > 0]
    vectors = [vectors[:, k] * np.sign(vectors[np.argmax(np.abs(vectors[:, k])), k]) for k in order]
    return {"name": name, "detrended": detrend, "rows": rows.tolist(), "lambda": [float(values[k]) for k in order],
            "share": [float(values[k] / np.trace(c)) for k in order], "weights": [v.tolist() for v in vectors]}


def modes_cases(runs):
    r = np.random.default_rng(SEED + 3)
    few = (r.normal(size=(12, 3)) * [3, 1, 0.4]).round(4)
    many = (r.normal(size=(6, 9)) * np.arange(1, 10) ** 1.5).round(4)
    falling = -np.outer(np.arange(8), r.uniform(1, 3, 5)) + (0.1 * r.normal(size=(8, 5)) * [5, 3, 2, 1, 1])
    for detrend in (False, True):
        yield modes_case("fewer probes than rows", few, detrend)
        yield modes_case("more probes than rows", many, detrend)
        yield modes_case("offset of 1e9", (1e9 + few).round(3), detrend)
        yield modes_case("common fall", falling.round(4), detrend)
        yield modes_case("three rows", many[:3], detrend)
        spiked = few.copy()
        spiked[5, 1] += 1000
        yield modes_case("spike of 1e3", spiked, detrend)
    yield modes_case("two rows", many[:2], False)
    yield modes_case("one probe", few[:, :1], False)
    yield modes_case("the same probe twice", few[:, [0, 0, 1]], False)
    path = os.path.join(runs, "medical", "probe_losses.jsonl")
    if os.path.exists(path):
        rows = [line["losses"] for line in map(json.loads, open(path)) if "losses" in line]
        yield modes_case("medical, steps 90 to 109", rows[90:110], True)


def baselines_case(name, steps, means):
    t, x = np.asarray(steps, WIDE), np.asarray(means, WIDE)
    t, rest = t - t.mean(), centred(x[:, None], True)[:, 0]
    return {"name": name, "steps": [int(s) for s in steps], "means": [float(m) for m in means],
            "slope": float((t @ (x - x.mean())) / (t @ t)), "variance": float(rest @ rest / (len(x) - 1)),
            "lag1": float(rest[:-1] @ rest[1:] / (rest @ rest))}


def baselines_cases():
    r = np.random.default_rng(SEED + 4)
    wave = np.cumsum(r.normal(size=20)).round(4)
    yield baselines_case("a walk", np.arange(20) * 10, wave)
    yield baselines_case("unequal steps", np.cumsum(r.integers(1, 30, 20)), wave)
    yield baselines_case("offset of 1e9", np.arange(20), (1e9 + wave).round(3))
    yield baselines_case("steps from 2^50 on", 2 ** 50 + np.arange(20) * 7, wave)
    yield baselines_case("steep line", np.arange(20), (wave - 1e6 * np.arange(20)).round(4))
    spiked = wave.copy()
    spiked[11] += 1000
    yield baselines_case("spike of 1e3", np.arange(20), spiked)
    yield baselines_case("three rows", [1, 2, 5], [2.0, 1.0, 1.5])


def kendall_cases():
    r = np.random.default_rng(SEED + 5)
    for name, y in (("two", [1, 2]), ("falling", np.arange(9)[::-1]), ("random", r.normal(size=60).round(6)),
                    ("many ties", r.integers(0, 4, 60)), ("all equal", [3, 3, 3]), ("one", [1]), ("none", []),
                    ("random, odd", r.normal(size=37).round(6)), ("two values", [1, 1, 1, 2, 1])):
        y = np.asarray(y, float)
        tau = scipy.stats.kendalltau(np.arange(len(y)), y).statistic if len(y) > 1 else np.nan
        yield {"name": name, "y": y.tolist(), "tau": None if np.isnan(tau) else float(tau)}


# ---- changes of direction -------------------------------------------------------------------------------------

def usual_spacing(steps):
    values, counts = np.unique(np.diff(steps), return_counts=True)
    return int(values[counts == counts.max()].max())


def off_diagonal_mean(block):
    return (block.sum() - np.trace(block)) / (len(block) * (len(block) - 1))


def grid_increments(steps, gram):
    """Gram of the nonzero increments of the regular grid, and the checkpoint at the right end of each."""
    spacing = usual_spacing(steps)
    remainders, counts = np.unique(np.asarray(steps) % spacing, return_counts=True)
    grid = np.flatnonzero(np.asarray(steps) % spacing == remainders[np.argmax(counts)])
    spans = list(zip(grid[:-1] + 1, grid[1:] + 1))
    d = np.array([[gram[a:b, c:e].sum() for c, e in spans] for a, b in spans])
    kept = np.flatnonzero(np.diag(d) > 0)
    return d[np.ix_(kept, kept)], grid[kept + 1], grid, spacing


def direction(steps, gram):
    d, ends, grid, spacing = grid_increments(steps, gram)
    n = len(d)
    unit = d / np.sqrt(np.outer(np.diag(d), np.diag(d)))
    t, split, ratio = np.full(n + 1, np.nan), np.zeros(n + 1, int), np.full(n + 1, np.nan)
    for k in range(8, n + 1):
        low = max(0, k - 16)
        for p in range(low + 4, k - 3):
            l, r = p - low, k - p
            value = l * r / (l + r) * (off_diagonal_mean(unit[low:p, low:p]) + off_diagonal_mean(unit[p:k, p:k])
                                       - 2 * unit[low:p, p:k].mean())
            if np.isnan(t[k]) or value > t[k]:
                t[k], split[k] = value, p
    phi = {}
    for p in range(8, n - 7):
        before, after, across = d[p - 8:p, p - 8:p], d[p:p + 8, p:p + 8], d[p - 8:p, p:p + 8]
        left, right = off_diagonal_mean(before), off_diagonal_mean(after)
        if left > 0 and right > 0 and 64 * left / before.sum() > 0.5 and 64 * right / after.sum() > 0.5:
            phi[p] = float(np.degrees(np.arccos(np.clip(across.mean() / np.sqrt(left * right), -1, 1))))
    changes, first_split = [], None
    for k in range(24, n + 1):
        ratio[k] = t[k] / (np.median(t[8:k - 4]) + 0.3)
        if ratio[k] > 1.6 and (first_split is None or split[k] - first_split > 6):
            first_split = split[k]
            rows = [j for j in range(k, min(n, k + 16) + 1) if abs(split[j] - split[k]) <= 6]
            best = max(rows, key=lambda j: t[j])
            near = [phi[p] for p in range(split[best] - 4, split[best] + 5) if p in phi]
            changes.append({"at": int(ends[split[best] - 1]), "first_at": int(ends[split[k] - 1]),
                            "known_at": int(ends[k - 1]), "statistic": float(t[k]),
                            "refined_statistic": float(t[best]), "ratio": float(ratio[k]),
                            "phi_deg": max(near) if near else None})
    at_grid = {int(ends[p - 1]): value for p, value in phi.items()}
    return {"spacing": spacing, "grid": [int(g) for g in grid], "n_increments": n,
            "phi_deg": [at_grid.get(int(g)) for g in grid],
            "t": [None if np.isnan(x) else float(x) for x in t[1:]],
            "ratio": [None if np.isnan(x) else float(x) for x in ratio[1:]],
            "usual_phi_deg": float(np.median(list(phi.values()))) if phi else None, "changes": changes}


def banded(gram, width):
    """Rows of the lower triangle near the diagonal, seven digits each; and the matrix that this makes."""
    n = len(gram)
    rows = [[float("%.6e" % gram[i, j]) for j in range(max(0, i - width + 1), i + 1)] for i in range(n)]
    full = np.zeros((n, n))
    for i, row in enumerate(rows):
        for j, value in zip(range(i - len(row) + 1, i + 1), row):
            full[i, j] = full[j, i] = value
    return rows, full


def direction_case(name, steps, vectors, width):
    increments = np.diff(np.vstack([np.zeros((1, vectors.shape[1])), vectors]), axis=0)
    rows, gram = banded(increments @ increments.T, width)
    return {"name": name, "steps": [int(s) for s in steps], "band": rows, **direction(steps, gram)}


def turning(r, n, angles, noise):
    """A trajectory in 12 dimensions whose increments point along one axis, then another."""
    x = np.zeros((n, 12))
    x[:, 0], x[:, 1] = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    return np.cumsum(x + noise * r.normal(size=x.shape), axis=0).round(4)


def read_run(path, matrix="B"):
    from safetensors.numpy import load_file
    found = []
    for folder in glob.glob(os.path.join(path, "*", "")):
        match = re.search(r"/(?:checkpoint-|step_)(\d+)/$", folder)
        files = glob.glob(os.path.join(folder, "*model.safetensors"))
        if match and files:
            tensors = load_file(files[0])
            names = [name for name in sorted(tensors) if "lora_" not in name or "lora_%s." % matrix in name]
            found.append((int(match[1]), np.concatenate([tensors[name].ravel().astype(float) for name in names])))
    found.sort(key=lambda pair: pair[0])
    return [step for step, _ in found], np.array([vector for _, vector in found])


def direction_cases(runs):
    r = np.random.default_rng(SEED + 2)
    steps = np.arange(1, 61) * 10
    yield direction_case("one turn of 70 degrees", steps, turning(r, 60, np.where(np.arange(60) < 36, 0, 70), 0.15), 16)
    yield direction_case("two turns", np.arange(90) * 4, turning(r, 90, np.select(
        [np.arange(90) < 34, np.arange(90) < 62], [0, 80], 160), 0.12), 16)
    yield direction_case("smooth curve", steps, turning(r, 60, np.linspace(0, 150, 60), 0.1), 16)
    early = np.unique(np.concatenate([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], np.arange(15, 260, 5)]))
    bent = turning(r, len(early), np.where(early < 160, 0, 60), 0.2)
    bent[20], bent[31] = bent[19], bent[30]
    yield direction_case("irregular start, frozen twice", early, bent, 26)
    yield direction_case("too short", steps[:20], turning(r, 20, np.where(np.arange(20) < 10, 0, 90), 0.1), 16)
    for run, width in (("medical", 26), ("sports", 16), ("deep_linear", 16), ("smooth_control", 16)):
        if os.path.isdir(os.path.join(runs, run)):
            yield direction_case(run, *read_run(os.path.join(runs, run)), width)


def shortened(value):
    """Numbers with 13 digits: the tolerance is wider."""
    if isinstance(value, float):
        return float("%.13g" % value)
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    return [shortened(item) for item in value] if isinstance(value, list) else value


def main():
    runs = sys.argv[1] if len(sys.argv) > 1 else os.path.join("..", "shared", "runs")
    document = {
        "about": {"numpy": np.__version__, "scipy": scipy.__version__, "seed": SEED,
                  "tolerance": "1e-10 of each value; see the tests"},
        "windows": list(window_cases(runs)), "gaussian": list(gaussian_cases()), "modes": list(modes_cases(runs)),
        "baselines": list(baselines_cases()), "kendall": list(kendall_cases()),
        "directions": list(direction_cases(runs))}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "loss_reference.json"), "w") as file:
        json.dump(shortened(document), file, separators=(",", ":"))
        file.write("\n")
    for case in document["directions"]:
        print(case["name"], [(case["steps"][c["at"]], case["steps"][c["known_at"]], round(c["ratio"], 2)) for c in case["changes"]])


if __name__ == "__main__":
    main()
