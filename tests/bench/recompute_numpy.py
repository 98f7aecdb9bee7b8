#!/usr/bin/env python3
"""What one does without a dashboard: after every checkpoint a NumPy + scikit-learn script reads the whole run again.

    recompute_numpy.py DIR [REPEATS]

Norms, PCA(n_components=2) and local cosine (k = 5, 10, 15) of A and B, as the "Phase Transitions" course computes
them; SHC and PR over every window of W = 50 rows of probe losses. (phasetop, which it is compared with, does dW,
detrended spectra and change points besides.) Prints "name median min" lines in ms; start-up and imports are not
counted. Exits with 3 and a line that says so where the packages are missing.
"""
import glob
import json
import os
import re
import resource
import statistics
import sys
import time

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
try:
    import numpy as np
    import sklearn
    from safetensors import __version__ as safetensors_version
    from safetensors.numpy import load_file
    from sklearn.decomposition import PCA
except ImportError as error:
    print("skipped: this Python lacks %s" % error.name)
    sys.exit(3)

WINDOW = 50


def read_run(directory):
    found = sorted((int(re.search(r"checkpoint-(\d+)", path)[1]), path)
                   for path in glob.glob(os.path.join(directory, "checkpoint-*", "adapter_model.safetensors")))
    rows = {"A": [], "B": []}
    for _, path in found:
        tensors = load_file(path)
        for matrix in rows:
            rows[matrix].append(np.concatenate([tensors[name].ravel() for name in sorted(tensors)
                                                if "lora_%s." % matrix in name]))
    return [step for step, _ in found], {matrix: np.stack(vectors) for matrix, vectors in rows.items()}


def local_cosine(steps, vectors, hop):
    curve = []
    for i in range(hop, len(vectors) - hop):
        before, after = vectors[i] - vectors[i - hop], vectors[i + hop] - vectors[i]
        lengths = np.linalg.norm(before) * np.linalg.norm(after)
        curve.append((steps[i], float(before @ after / lengths) if lengths else 0.0))
    return curve


def spectra(path):
    with open(path) as lines:
        losses = np.array([row["losses"] for row in map(json.loads, lines) if "losses" in row])
    readings = []
    for end in range(WINDOW, len(losses) + 1):
        eigenvalues = np.linalg.eigvalsh(np.cov(losses[end - WINDOW:end], rowvar=False))
        readings.append((eigenvalues.var(), eigenvalues.sum() ** 2 / (eigenvalues ** 2).sum()))
    return readings


def update(directory):
    steps, matrices = read_run(directory)
    spacing = statistics.mode(b - a for a, b in zip(steps, steps[1:]))
    for vectors in matrices.values():
        [float(np.linalg.norm(vector)) for vector in vectors]
        PCA(n_components=2).fit_transform(vectors)
        for k in (5, 10, 15):
            min(local_cosine(steps, vectors, max(1, k // spacing)), key=lambda point: point[1])
    spectra(os.path.join(directory, "probe_losses.jsonl"))
    return len(steps)


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    directory, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
    walls, cpus = [], []
    update(directory)  # once to warm caches
    for _ in range(repeats):
        cpu, wall = cpu_seconds(), time.monotonic()
        update(directory)
        cpus.append(1e3 * (cpu_seconds() - cpu))
        walls.append(1e3 * (time.monotonic() - wall))
    for name, values in (("script_wall_ms", walls), ("script_cpu_ms", cpus)):
        print("%s %.6f %.6f" % (name, statistics.median(values), min(values)))
    print("versions Python %s, NumPy %s, scikit-learn %s, safetensors %s" % (
        sys.version.split()[0], np.__version__, sklearn.__version__, safetensors_version))


if __name__ == "__main__":
    main()
