#!/usr/bin/env python3
"""Expected values of the comparison of runs, from whole vectors: dW = s·B·A is formed, everything is float64.

    make_comparison_reference.py > comparison.json      (in tests/reference; NumPy, scikit-learn, safetensors)

"runs": sample runs beside each other, as `phasetop --once --json -m all` tells them. "made_up": small histories from a
generator that the test repeats (LCG, whole numbers times 2^-20, exact in float), with experts, unequal ranks, scalings
that change, unequal lengths: products of all increments between two runs, and the joint PCA of three.
"""
import json
import os
import sys

import numpy as np
import sklearn
from safetensors import __version__ as safetensors_version
from sklearn.decomposition import PCA

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from make_report_reference import read_run  # noqa: E402

RUNS = ["medical", "sports", "finance"]


def sign_rule(scores):
    for c in range(scores.shape[1]):
        column = scores[:, c]
        largest = np.abs(column).max()
        first = column[0]
        if abs(first) < 1e-9 * largest:
            if column[np.argmax(np.abs(column) >= (1 - 1e-9) * largest)] < 0:
                scores[:, c] = -column
        elif first > 0:
            scores[:, c] = -column
    return scores


def joint(vectors):
    """scikit-learn's PCA of the stacked v_i − v_0 of all runs."""
    stacked = np.vstack([v - v[0] for v in vectors])
    pca = PCA(n_components=2, svd_solver="full")
    scores = sign_rule(pca.fit_transform(stacked))
    parts, at = [], 0
    for v in vectors:
        parts.append({"pc1": scores[at:at + len(v), 0].tolist(), "pc2": scores[at:at + len(v), 1].tolist()})
        at += len(v)
    return {"explained_variance_ratio": pca.explained_variance_ratio_.tolist(), "runs": parts}


def cosine(a, b):
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / lengths) if lengths > 0 else None


def versus(steps, vectors, base_steps, base):
    common = [(int(s), i, int(np.where(base_steps == s)[0][0])) for i, s in enumerate(steps) if s in base_steps]
    return {
        "cosine_final": cosine(vectors[-1], base[-1]),
        "cosine_of_drift": cosine(vectors[-1] - vectors[0], base[-1] - base[0]),
        "steps": [s for s, _, _ in common],
        "cosine": [cosine(vectors[i], base[j]) for _, i, j in common],
        "drift_cosine": [cosine(vectors[i] - vectors[0], base[j] - base[0]) for _, i, j in common],
    }


def of_sample_runs():
    runs = {}
    for name in RUNS:
        steps, matrices = read_run(name)
        runs[name] = steps, {m: np.hstack([of[module] for module in sorted(of)]) for m, of in matrices.items()}
    base_steps, base = runs[RUNS[0]]
    out = []
    for matrix in ("A", "B", "dW"):
        out.append({
            "matrix": matrix,
            "versus": {name: versus(runs[name][0], runs[name][1][matrix], base_steps, base[matrix])
                       for name in RUNS[1:]},
            "joint": joint([runs[name][1][matrix] for name in RUNS]),
        })
    return {"names": RUNS, "matrices": out}


class Generator:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self.state >> 33


def history(case):
    """Whole vectors of each type, and the factors as they are stored."""
    g = Generator(case["seed"])
    lengths = [case["length"]] if case["kind"] == "full" else [
        case["experts"] * case["rank"] * case["d_in"], case["experts"] * case["rank"] * case["d_out"]]
    values, out = None, {}
    for i in range(case["n"]):
        if i == 0:
            values = [np.array([((g.next() >> 11) - 2**19) * 4 for _ in range(n)]) for n in lengths]
        else:
            values = [v + np.array([((g.next() >> 17) - 2**13) * 8 for _ in range(len(v))]) for v in values]
        scaled = [v * 2.0**-20 for v in values]
        if case["kind"] == "full":
            out.setdefault("W", []).append(scaled[0])
            continue
        r, e = case["rank"], case["experts"]
        a, b = scaled[0].reshape(e, r, case["d_in"]), scaled[1].reshape(e, case["d_out"], r)
        out.setdefault("A", []).append(a.ravel())
        out.setdefault("B", []).append(b.ravel())
        out.setdefault("dW", []).append(case["scalings"][i] * np.concatenate([(b[x] @ a[x]).ravel() for x in range(e)]))
    return {m: np.array(v) for m, v in out.items()}


def increments(vectors):
    return np.vstack([vectors[:1], np.diff(vectors, axis=0)])


def case(seed, n, rank=1, d_in=0, d_out=0, experts=1, kind="lora", length=0, scalings=None):
    return {"seed": seed, "n": n, "kind": kind, "rank": rank, "d_in": d_in, "d_out": d_out, "experts": experts,
            "length": length, "scalings": scalings or [0.5] * n}


FAMILIES = {
    "rank 1": [case(101, 9, d_in=40, d_out=33), case(102, 7, d_in=40, d_out=33), case(103, 12, d_in=40, d_out=33)],
    "rank 3, scalings change": [
        case(111, 6, rank=3, d_in=18, d_out=14, scalings=[0.5, 0.5, 0.75, 0.75, 0.25, 0.25]),
        case(112, 8, rank=3, d_in=18, d_out=14), case(113, 5, rank=3, d_in=18, d_out=14, scalings=[2, 1, 1, 1, 1])],
    "unequal ranks": [case(121, 6, rank=2, d_in=300, d_out=280), case(122, 7, rank=5, d_in=300, d_out=280),
                      case(123, 6, rank=1, d_in=300, d_out=280)],
    "experts": [case(131, 5, rank=2, d_in=9, d_out=11, experts=3), case(132, 6, rank=2, d_in=9, d_out=11, experts=3),
                case(133, 4, rank=2, d_in=9, d_out=11, experts=3)],
    "plain": [case(141, 20, kind="full", length=600), case(142, 16, kind="full", length=600),
              case(143, 24, kind="full", length=600)],
}


def made_up():
    out = []
    for name, cases in FAMILIES.items():
        histories = [history(c) for c in cases]
        equal = len({(c["rank"]) for c in cases}) == 1
        types = [m for m in histories[0] if equal or m == "dW"]
        cross = {m: [{"pair": [i, j], "products": (increments(histories[i][m]) @ increments(histories[j][m]).T).tolist()}
                     for i in range(3) for j in range(i + 1, 3)] for m in types}
        out.append({"name": name, "cases": cases, "cross": cross,
                    "joint": {m: joint([h[m] for h in histories]) for m in types}})
    return out


def main():
    json.dump({
        "made_with": {"numpy": np.__version__, "scikit-learn": sklearn.__version__, "safetensors": safetensors_version},
        "tolerances": {"products": 1e-12, "scores": 1e-9, "cosine": 1e-10},
        "runs": of_sample_runs(),
        "made_up": made_up(),
    }, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
