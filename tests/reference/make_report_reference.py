#!/usr/bin/env python3
"""Expected values of `phasetop --once --json --full -m all -k 5,10,15` for runs of sample_runs, from the tensors themselves.

    make_report_reference.py > report_reference.json      (in tests/reference; NumPy, SciPy, scikit-learn, safetensors)

Everything is computed the long way: dW = s·B·A is formed, every increment is a difference of whole float64 vectors, every
cosine a dot product, every covariance numpy.cov. Nothing is shared with the program. Of large arrays a few rows are kept.
"""
import glob
import json
import os
import re
import sys

import numpy as np
import scipy
import scipy.stats
import sklearn
from safetensors import __version__ as safetensors_version, safe_open
from sklearn.decomposition import PCA

HERE = os.path.dirname(os.path.abspath(__file__))
RUNS = os.path.join(HERE, "..", "..", "sample_runs")
W = 20
SCAN_K = [1, 2, 3, 7, 20, 38]  # rows of the k-scan that are kept, in spacings
MAP_ROWS = 5


def checkpoints(run):
    found = []
    for path in glob.glob(os.path.join(RUNS, run, "*", "*.safetensors")):
        step = re.search(r"(\d+)$", os.path.dirname(path))
        if step:
            found.append((int(step[1]), path))
    return sorted(found)


def read_run(run):
    """steps, {matrix: {module: n × d array}} of a run; dW formed."""
    steps, rows = [], {}
    for step, path in checkpoints(run):
        steps.append(step)
        with safe_open(path, framework="np") as file:
            tensors = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}
        if os.path.basename(path).startswith("adapter"):
            config = json.load(open(os.path.join(os.path.dirname(path), "adapter_config.json")))
            for name in sorted(tensors):
                if ".lora_A." not in name:
                    continue
                a, b = tensors[name], tensors[name.replace("lora_A", "lora_B")]
                r = a.shape[0]
                s = config["lora_alpha"] / (np.sqrt(r) if config.get("use_rslora") else r)
                module = re.sub(r"^base_model\.model\.", "", name.split(".lora_A")[0])
                for matrix, value in (("A", a), ("B", b), ("dW", s * (b @ a))):
                    rows.setdefault(matrix, {}).setdefault(module, []).append(value.ravel())
        else:
            for name in sorted(tensors):
                rows.setdefault("W", {}).setdefault(name, []).append(tensors[name].ravel())
    return np.array(steps), {m: {name: np.array(v) for name, v in of.items()} for m, of in rows.items()}


def spacing_of(steps):
    values, counts = np.unique(np.diff(steps), return_counts=True)
    return int(max(values[counts == counts.max()]))


def cosine_at(steps, vectors, k):
    """{step: cos} at every step with t − k and t + k; nan where a displacement is 0."""
    place = {int(s): i for i, s in enumerate(steps)}
    curve = {}
    for s in map(int, steps):
        if s - k in place and s + k in place:
            before = vectors[place[s]] - vectors[place[s - k]]
            after = vectors[place[s + k]] - vectors[place[s]]
            lengths = np.linalg.norm(before) * np.linalg.norm(after)
            curve[s] = float(before @ after / lengths) if lengths > 0 else float("nan")
    return curve


def usual_band(values):
    """Quartiles and median of the valid values before each point, from 8 on."""
    out = []
    for i in range(len(values)):
        past = [v for v in values[:i] if not np.isnan(v)]
        out.append(np.quantile(past, [0.25, 0.5, 0.75]) if len(past) >= 8 else [np.nan] * 3)
    return np.array(out).reshape(-1, 3)


def storage_floor(steps, vectors, k, energy):
    place = {int(s): i for i, s in enumerate(steps)}
    qs, debiased = [], []
    for s in cosine_at(steps, vectors, k):
        t, low, high = place[s], place[s - k], place[s + k]
        before, after = vectors[t] - vectors[low], vectors[high] - vectors[t]
        n_before, n_after = energy[low] + energy[t], energy[t] + energy[high]
        q = min(np.linalg.norm(before) / np.sqrt(n_before), np.linalg.norm(after) / np.sqrt(n_after))
        qs.append(q)
        aa, bb = before @ before - n_before, after @ after - n_after
        debiased.append((before @ after + energy[t]) / np.sqrt(aa * bb) if q >= 2 and aa > 0 and bb > 0 else np.nan)
    return qs, np.clip(debiased, -1, 1)


def regular_grid(steps):
    h = spacing_of(steps)
    remainders, counts = np.unique(steps % h, return_counts=True)
    return np.flatnonzero(steps % h == min(remainders[counts == counts.max()]))


def sigma_ratios(steps, vectors):
    grid = regular_grid(steps)
    increments = np.diff(vectors[grid], axis=0)
    first, second = [], []
    for i in range(len(grid)):
        if i < 10:
            first.append(np.nan), second.append(np.nan)
            continue
        block = increments[i - 10:i]
        sigma = np.sqrt(np.maximum(np.linalg.eigvalsh(block @ block.T)[::-1], 0))
        first.append(sigma[0] / sigma[1] if sigma[1] > 0 else np.nan)
        second.append(sigma[1] / sigma[2] if sigma[2] > 0 else np.nan)
    return steps[grid], first, second


def turning_point(scores, frac=0.2):
    moves = np.diff(scores, axis=0)
    angles, sizes = {}, {}
    for i in range(1, len(scores) - 1):
        before, after = moves[max(0, i - 5):i].mean(axis=0), moves[i:i + 5].mean(axis=0)
        sizes[i] = min(np.linalg.norm(before), np.linalg.norm(after))
        if sizes[i] > 0:
            cosine = before @ after / (np.linalg.norm(before) * np.linalg.norm(after))
            angles[i] = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    if not angles:
        return None, float("nan")
    least = frac * max(sizes.values())
    best = max((i for i in angles if sizes[i] >= least), key=lambda i: (angles[i], -i))
    return best, float(angles[best])


def cosine_map(vectors):
    lengths = np.linalg.norm(vectors, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip(vectors @ vectors.T / np.outer(lengths, lengths), -1, 1)


def numbers(values):
    return [None if value is None or np.isnan(value) else float(value) for value in values]


def of_matrix(steps, modules, stored):
    vectors = np.concatenate([modules[name] for name in sorted(modules)], axis=1)
    h = spacing_of(steps)
    out = {"cosine": []}
    for k in (5, 10, 15) if h <= 5 else (h, 2 * h, 3 * h):
        curve = cosine_at(steps, vectors, k)
        element = {"k": k, "steps": list(curve), "values": numbers(curve.values())}
        band = usual_band(list(curve.values()))
        element.update(usual_q25=numbers(band[:, 0]), usual_median=numbers(band[:, 1]), usual_q75=numbers(band[:, 2]))
        if stored is not None:
            energy = (np.spacing(np.abs(vectors.astype(stored))).astype(np.float64) ** 2).sum(axis=1) / 12
            q, debiased = storage_floor(steps, vectors, k, energy)
            element.update(floor_q=numbers(q), debiased=numbers(debiased))
        out["cosine"].append(element)
    out["k_scan"] = []
    for multiple in SCAN_K:
        curve = cosine_at(steps, vectors, multiple * h)
        out["k_scan"].append({"k": multiple * h, "values": numbers(curve.get(int(s), np.nan) for s in steps)})
    cosines = cosine_map(vectors)
    rows = [len(steps) * i // MAP_ROWS for i in range(MAP_ROWS)]
    out["checkpoint_cosine"] = [{"row": r, "values": numbers(cosines[r])} for r in rows]
    out["final_alignment"] = numbers(cosines[-1])
    raw, increments = vectors @ vectors.T, np.diff(vectors, axis=0)
    out["grams"] = [{"row": r, "gram": numbers(raw[r]),
                     "increment_gram": numbers([np.nan] + list(increments[r - 1] @ increments.T))} for r in rows[1:]]
    grid, first, second = sigma_ratios(steps, vectors)
    out["sigma"] = {"steps": [int(s) for s in grid], "s1_s2": numbers(first), "s2_s3": numbers(second)}
    whole = np.linalg.norm(vectors[-1] - vectors[0]) ** 2
    largest_k = 15 if h <= 5 else 3 * h
    out["modules"] = []
    for name in sorted(modules):
        own = modules[name]
        turn, angle = turning_point(PCA(n_components=2, svd_solver="full").fit_transform(own))
        curve = {s: c for s, c in cosine_at(steps, own, largest_k).items() if not np.isnan(c)}
        lowest = min(curve, key=lambda s: (curve[s], s)) if curve else None
        out["modules"].append({
            "module": name, "turning_step": None if turn is None else int(steps[turn]), "turning_angle_deg": angle,
            "min_cosine": curve.get(lowest), "min_cosine_step": lowest,
            "share_of_drift": float(np.linalg.norm(own[-1] - own[0]) ** 2 / whole)})
    return out


def detrend(rows):
    t = np.arange(len(rows)) - (len(rows) - 1) / 2
    centred = rows - rows.mean(axis=0)
    return centred - np.outer(t, t @ centred / (t @ t)) if len(rows) > 1 else centred


def of_losses(run):
    names, steps, rows = None, [], []
    for line in open(os.path.join(RUNS, run, "probe_losses.jsonl")):
        row = json.loads(line)
        if "losses" in row:
            steps.append(row["step"]), rows.append(row["losses"])
        else:
            names = row.get("probes")
    rows, steps = np.array(rows), np.array(steps)
    out = {"modes": [], "baselines": {"steps": steps.tolist()}}
    for detrended in (False, True):
        window = detrend(rows[-W:]) if detrended else rows[-W:] - rows[-W:].mean(axis=0)
        values, vectors = np.linalg.eigh(window.T @ window / (W - 1))
        modes = []
        for c in range(1, 4):
            weights = vectors[:, -c] * np.sign(vectors[np.argmax(np.abs(vectors[:, -c])), -c])
            modes.append({"eigenvalue": float(values[-c]), "share": float(values[-c] / values.sum()),
                          "weights": numbers(weights)})
        out["modes"].append({"detrended": detrended, "modes": modes})
    mean = rows.mean(axis=1)
    shc = []
    lines = {"slope": [], "variance": [], "lag1": [], "kendall_tau_log_shc": []}
    for i in range(len(rows)):
        low = max(0, i + 1 - W)
        window, at = mean[low:i + 1], steps[low:i + 1]
        w = len(window)
        lines["slope"].append(np.polyfit(at, window, 1)[0] if w >= 2 else np.nan)
        rest = detrend(window[:, None])[:, 0] if w >= 3 else None
        lines["variance"].append(rest @ rest / (w - 1) if w >= 3 else np.nan)
        lines["lag1"].append(rest[:-1] @ rest[1:] / (rest @ rest) if w >= 3 else np.nan)
        shc.append(np.linalg.eigvalsh(np.cov(rows[low:i + 1], rowvar=False)).var() if w >= 2 else np.nan)
        past = [(j, np.log(s)) for j, s in list(enumerate(shc))[max(0, i + 1 - 3 * W):] if s > 0]
        lines["kendall_tau_log_shc"].append(
            scipy.stats.kendalltau([p[0] for p in past], [p[1] for p in past]).statistic if len(past) >= 2 else np.nan)
    out["baselines"]["mean_loss"] = numbers(mean)
    out["baselines"].update({name: numbers(values) for name, values in lines.items()})
    out["probes"] = names
    if names and "/" in names[0]:
        prefix = names[0].rsplit("/", 1)[0]
        chosen = [i for i, name in enumerate(names) if name.startswith(prefix + "/")]
        readings = [np.linalg.eigvalsh(np.cov(rows[max(0, i + 1 - W):i + 1][:, chosen], rowvar=False))
                    for i in range(1, len(rows))]
        out["subset"] = {"glob": prefix + "/*", "shc": [None] + [float(v.var()) for v in readings],
                         "trace": [None] + [float(v.sum()) for v in readings]}
    return out


def main():
    document = {"versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
                             "sklearn": sklearn.__version__, "safetensors": safetensors_version},
                "tolerance": 1e-8, "W": W, "runs": []}
    for run in ("medical", "medical_r4", "grokking"):
        steps, matrices = read_run(run)
        document["runs"].append({
            "run": run, "steps": steps.tolist(),
            "matrices": {matrix: of_matrix(steps, modules, None if matrix == "dW" else np.float32)
                         for matrix, modules in matrices.items()},
            "losses": of_losses(run)})

    def rounded(value):
        if isinstance(value, float):
            return float("%.12g" % value)
        if isinstance(value, dict):
            return {key: rounded(item) for key, item in value.items()}
        return [rounded(item) for item in value] if isinstance(value, list) else value

    json.dump(rounded(document), sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
