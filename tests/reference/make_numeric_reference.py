#!/usr/bin/env python3
"""Writes tests/reference/numeric.json: values of the trajectory engine from exact arithmetic, NumPy, SciPy and
scikit-learn, on small LoRA trajectories that a C test rebuilds from a formula. Run it from the repository root;
`make test` never needs it.

Vectors. All stored values are integers times 2^-20, so that nothing is rounded on either side. A 64-bit LCG
s <- 6364136223846793005 s + 1442695040888963407 gives r = s >> 33. Checkpoint 0: a value is
((r >> 11) - 2^19) * first, B is 0 unless `b_start`; plus `offset`. Each later checkpoint adds, to A and then
to B (or to W), element by element, ((r >> 17) - 2^13) * noise + (((7 e + turn) mod 11) - 5) * drift with
turn = 0 before n/2 and 3 after.

Grams of increments are exact (integers and fractions, rounded once); PCA is scikit-learn's; dips are SciPy's."""
import json
import math
from fractions import Fraction

import numpy as np
import scipy
import scipy.signal
import sklearn
from sklearn.decomposition import PCA

UNIT = 2.0**-20


class Generator:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self.state >> 33


def start(g, n, first, offset):
    return np.array([((g.next() >> 11) - 2**19) * first + offset for _ in range(n)], dtype=object)


def advance(g, values, noise, drift, turn):
    return np.array([x + ((g.next() >> 17) - 2**13) * noise + ((7 * e + turn) % 11 - 5) * drift
                     for e, x in enumerate(values)], dtype=object)


def trajectory(case):
    """Lists of integer vectors, one list a factor."""
    g = Generator(case["seed"])
    n = len(case["steps"])
    sizes = [case["length"]] if case["kind"] == "full" else [case["rank"] * case["d_in"],
                                                            case["rank"] * case["d_out"]]
    now = [start(g, s, case["first"] if f == 0 or case["b_start"] else 0, case["offset"] if f == 0 else 0)
           for f, s in enumerate(sizes)]
    out = [[v] for v in now]
    for i in range(1, n):
        now = [advance(g, v, case["noise"], case["drift"], 0 if i < n // 2 else 3) for v in now]
        if i in case["repeat"]:  # a duplicate of the checkpoint before
            now = [o[-1] for o in out]
        for o, v in zip(out, now):
            o.append(v)
    return out


def to_float(fraction):
    return fraction.numerator / fraction.denominator  # rounded once, correctly


def increment_gram(vectors, unit):
    """Exact <d_i, d_j>, d_0 = v_0, as a packed lower triangle of fractions."""
    d = [vectors[0]] + [b - a for a, b in zip(vectors, vectors[1:])]
    return [[Fraction(int(d[i] @ d[j])) * unit for j in range(i + 1)] for i in range(len(d))]


def update_gram(updates, scalings, unit):
    """The same for s_i W_i with W_i of integers: d_i = s_i (W_i - W_{i-1}) + (s_i - s_{i-1}) W_{i-1}."""
    parts = []
    for i, w in enumerate(updates):
        s = Fraction(scalings[i])
        if i == 0:
            parts.append([(s, w)])
        else:
            parts.append([(s, w - updates[i - 1]), (s - Fraction(scalings[i - 1]), updates[i - 1])])
    return [[sum((f * h * int(x @ y) for f, x in parts[i] for h, y in parts[j] if f and h), Fraction(0)) * unit
             for j in range(i + 1)] for i in range(len(updates))]


def sign_rule(scores):
    first_counts = abs(scores[0]) >= 1e-9 * np.abs(scores).max()
    flip = scores[0] > 0 if first_counts else scores[np.abs(scores).argmax()] < 0
    return -scores if flip else scores


def turning_point(p, q, min_frac=0.2):
    xy = np.stack([p, q], axis=1)
    n = len(p)
    points = []
    for i in range(1, n - 1):
        lo, hi = max(0, i - 5), min(n - 1, i + 5)
        b, a = (xy[i] - xy[lo]) / (i - lo), (xy[hi] - xy[i]) / (hi - i)
        lb, la = np.linalg.norm(b), np.linalg.norm(a)
        angle = math.degrees(math.acos(max(-1.0, min(1.0, b @ a / (lb * la))))) if lb * la > 0 else -1.0
        points.append((min(lb, la), angle, i))
    largest = max(m for m, _, _ in points)
    angle, i = max(((a, -i) for m, a, i in points if m >= min_frac * largest))
    return -i, angle


def chord_turn(scores, steps):
    t = (np.array(steps, float) - steps[0]) / (steps[-1] - steps[0])
    return int(np.abs(scores - (scores[0] + t * (scores[-1] - scores[0])))[1:-1].argmax()) + 1


def pca(vectors, steps):
    x = np.array([[float(e) for e in v] for v in vectors]) if vectors[0].dtype == object else np.array(vectors)
    model = PCA(n_components=min(10, len(x) - 1, x.shape[1]), svd_solver="full").fit(x - x[0])
    scores = model.transform(x - x[0])
    p, q = sign_rule(scores[:, 0]), sign_rule(scores[:, 1])
    turn, angle = turning_point(p, q)
    return {"pc1": list(p), "pc2": list(q), "scree": list(model.explained_variance_ratio_),
            "turn": turn, "angle_deg": angle, "chord_turns": [chord_turn(p, steps), chord_turn(q, steps)]}


def spacing_of(steps):
    values, counts = np.unique(np.diff(steps), return_counts=True)
    return int(values[counts == counts.max()].max())


def snap(k, spacing):
    below = k // spacing * spacing
    return max(spacing, below + spacing if k - below > spacing - (k - below) else below)


def cosine(a, b):
    na, nb = np.linalg.norm(a), np.linalg.norm(b)
    return float(a @ b / (na * nb)) if na > 0 and nb > 0 else None


def prominent_dip(values, valid):
    best, runs, i = (None, 0.0), [], 0
    while i < len(values):
        j = i
        while j < len(values) and valid[j]:
            j += 1
        if j > i:
            runs.append((i, j))
        i = j + 1
    for i, j in runs:
        x = -np.array(values[i:j], float)
        peaks, _ = scipy.signal.find_peaks(x)
        for p, prominence in zip(peaks, scipy.signal.peak_prominences(x, peaks)[0]):
            if best[0] is None or prominence > best[1]:
                best = (i + int(p), float(prominence))
    return best


def curve(vectors, steps, k, by_index=False, tolerance=0, m=0.0, rho=0.0, dip_rho=0.2):
    spacing = spacing_of(steps)
    k_used = snap(k, spacing)
    tol = spacing // 2 if tolerance < 0 else tolerance
    n, points, pending = len(steps), [], (None, None)

    def find(target, low, high):
        near = [(abs(steps[j] - target), j) for j in range(low, high) if abs(steps[j] - target) <= tol]
        return min(near)[1] if near else None

    for i in range(n):
        if by_index:
            reach = k_used // spacing
            before, after = (i - reach if i >= reach else None), (i + reach if i + reach < n else None)
            due = steps[-1] + spacing * (i + reach - (n - 1))
        else:
            before, after = find(steps[i] - k_used, 0, i), find(steps[i] + k_used, i + 1, n)
            due = steps[i] + k_used
        if before is not None and after is not None:
            points.append((before, i, after))
        elif before is not None and pending[0] is None and (by_index or steps[-1] < steps[i] + k_used + tol):
            pending = (steps[i], due)
    values, gaps, valid_dip, plain, largest = [], [], [], [], 0.0
    for b, i, a in points:
        x = np.array([float(e) for e in vectors[i] - vectors[b]])
        y = np.array([float(e) for e in vectors[a] - vectors[i]])
        larger = max(np.linalg.norm(x), np.linalg.norm(y))
        largest = max(largest, larger)
        c = cosine(x, y)
        skipped = larger < m or larger < rho * largest
        dip_skipped = larger < m or larger < max(rho, dip_rho) * largest
        gap = 2 if by_index and skipped else 1 if c is None and not by_index else 2 if skipped else 0
        c = 0.0 if c is None else c
        plain.append(c)
        gaps.append(gap)
        values.append(c if gap == 0 else None)
        valid_dip.append(not dip_skipped and (by_index or gap != 1))
    there = [(v, i) for i, v in enumerate(values) if v is not None]
    dip, prominence = prominent_dip(plain, valid_dip)
    band = []
    for i in range(len(values)):
        past = [v for v in values[:i] if v is not None]
        band.append(list(np.quantile(past, [0.25, 0.5, 0.75])) if len(past) >= 8 else None)
    return {"k": k, "by_index": by_index, "tolerance": tolerance, "m": m, "rho": rho, "dip_rho": dip_rho,
            "spacing": spacing, "k_used": k_used, "steps": [steps[i] for _, i, _ in points], "values": values,
            "gaps": gaps, "minimum": min(there)[1] if there else -1, "dip": -1 if dip is None else dip,
            "prominence": prominence if dip is not None else None,
            "pending_from": pending[0], "decided_at": pending[1], "band": band}


def curves(vectors, steps):
    spacing = spacing_of(steps)
    lengths = [np.linalg.norm([float(e) for e in b - a]) for a, b in zip(vectors, vectors[1:])]
    m = float(np.median(lengths)) * 1.2
    return [curve(vectors, steps, spacing), curve(vectors, steps, 3 * spacing - 1),
            curve(vectors, steps, 2 * spacing, tolerance=-1), curve(vectors, steps, 2 * spacing, by_index=True),
            curve(vectors, steps, spacing, m=m), curve(vectors, steps, 2 * spacing, rho=0.9, dip_rho=0.9),
            curve(vectors, steps, spacing, by_index=True, m=m)]


def flat(rows):
    return [to_float(x) for row in rows for x in row]


def norms(rows_of_vectors, unit):
    return [math.sqrt(to_float(Fraction(int(v @ v)) * unit)) for v in rows_of_vectors]


def describe(case):
    factors = trajectory(case)
    steps, unit = case["steps"], Fraction(1, 2**40)
    out = dict(case)
    out["matrices"] = {}
    scaled = {}
    if case["kind"] == "full":
        grams = {"W": increment_gram(factors[0], unit)}
        scaled["W"] = [v * UNIT for v in factors[0]]
        plain_norms = {"W": norms(factors[0], unit)}
    else:
        r, scalings = case["rank"], case["scalings"]
        a = [v.reshape(r, case["d_in"]) for v in factors[0]]
        b = [v.reshape(case["d_out"], r) for v in factors[1]]
        updates = [(y @ x).reshape(-1) for x, y in zip(a, b)]
        grams = {"A": increment_gram(factors[0], unit), "B": increment_gram(factors[1], unit),
                 "dW": update_gram(updates, scalings, unit * unit)}
        scaled = {"A": [v * UNIT for v in factors[0]], "B": [v * UNIT for v in factors[1]],
                  "dW": [w * Fraction(s) * unit for w, s in zip(updates, scalings)]}
        plain_norms = {"A": norms(factors[0], unit), "B": norms(factors[1], unit),
                       "dW": [abs(s) * math.sqrt(to_float(Fraction(int(w @ w)) * unit * unit))
                              for w, s in zip(updates, scalings)]}
    for name, gram in grams.items():
        vectors = scaled[name]
        drift = [math.sqrt(to_float(sum((sum(row[1:i], Fraction(0)) * 2 + row[i]
                                         for i, row in list(enumerate(gram))[1:j + 1]), Fraction(0))))
                 for j in range(len(gram))]
        out["matrices"][name] = {"norms": plain_norms[name], "gram": flat(gram), "drift": drift,
                                 "pca": pca([v - vectors[0] for v in vectors], steps),
                                 "cosines": curves(vectors, steps) if case["curves"] else []}
    return out


def case(name, kind="lora", rank=1, d_in=0, d_out=0, length=0, seed=1, steps=None, scalings=None, first=1,
         offset=0, noise=1, drift=512, b_start=False, repeat=(), f64=False, curves=True):
    n = len(steps)
    scalings = list(scalings) if scalings is not None else [2.0] * n
    return {"name": name, "kind": kind, "rank": rank, "d_in": d_in, "d_out": d_out, "length": length,
            "seed": seed, "steps": list(steps), "scalings": scalings, "first": first, "offset": offset,
            "noise": noise, "drift": drift, "b_start": b_start, "repeat": list(repeat), "f64": f64,
            "curves": curves}


CASES = [
    case("rank 1, irregular steps", rank=1, d_in=37, d_out=21, seed=11,
         steps=[1, 2, 3, 5, 10, 15, 20, 25, 30, 34, 40, 45, 50, 55, 60, 70, 75, 80], scalings=[64.0] * 18),
    case("rank 4", rank=4, d_in=19, d_out=33, seed=12, steps=range(10, 150, 10), scalings=[0.5] * 14,
         curves=False),
    case("rank 8, rsLoRA", rank=8, d_in=24, d_out=17, seed=13, steps=range(5, 75, 5),
         scalings=[16 / math.sqrt(8)] * 14, curves=False),
    case("rank 32, rsLoRA", rank=32, d_in=40, d_out=36, seed=14, steps=range(1, 9),
         scalings=[32 / math.sqrt(32)] * 8, curves=False),
    case("scaling changes, rank 1", rank=1, d_in=30, d_out=20, seed=15, steps=range(2, 26, 2), b_start=True,
         scalings=[2.0] * 4 + [1.5] * 5 + [4.0] * 3, curves=False),
    case("scaling changes, rank 3", rank=3, d_in=22, d_out=18, seed=16, steps=range(2, 26, 2), b_start=True,
         scalings=[1.0] * 3 + [8.0 / 3.0] * 9, curves=False),
    case("duplicates, plain", kind="full", length=50, seed=17, steps=range(100, 2000, 100),
         repeat=(4, 9, 10, 11)),
    case("offset 2^30, double", kind="full", length=40, seed=18, steps=range(1, 13), offset=2**50, f64=True,
         curves=False),
    case("steps of 1e-6, rank 1", rank=1, d_in=60, d_out=50, seed=19, steps=range(1, 13), first=16,
         noise=0, drift=1, b_start=True, scalings=[1.0] * 12, curves=False),
    case("steps of 1e-6, rank 4", rank=4, d_in=60, d_out=50, seed=20, steps=range(1, 13), first=16,
         noise=0, drift=1, b_start=True, scalings=[1.0] * 12, curves=False),
]

# Curves with plateaus, ties and gaps for the dip alone; None is a gap.
DIPS = [[3, 2, 2, 2, 3, 1, 3], [1, 2, 1, 2, 1], [2, 1, 1, 2], [3, 2, 1], [1, 2, 3], [2, 1, 2, None, 2, 0, 3],
        [2, 1, None, 1, 2], [4, 1, 3, 0, 2, 1, 5], [1, 1, 1], [3, 1, 2, 1, 3], [5, 1, 1, 4, 0, 0, 0, 0, 2, 1, 9]]


def main():
    dips = []
    for values in DIPS:
        valid = [v is not None for v in values]
        at, prominence = prominent_dip([0 if v is None else v for v in values], valid)
        dips.append({"values": values, "at": -1 if at is None else at, "prominence": prominence})
    document = {"versions": {"numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__},
                "tolerances": {"gram": 2e-14, "norms": 1e-14, "scores": 1e-9, "scree": 1e-10, "cosine": 1e-9,
                               "about": "gram: of sqrt(D_ii D_jj); norms, scores: of the largest of the array"},
                "cases": [describe(c) for c in CASES], "dips": dips}
    with open("tests/reference/numeric.json", "w", encoding="utf-8") as out:
        json.dump(document, out, separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    main()
