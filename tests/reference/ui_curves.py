#!/usr/bin/env python3
"""Write tests/data/ui/curves.txt: the curves that the screen tests draw, from real runs' reference files.

    python3 tests/reference/ui_curves.py ../shared/runs > tests/data/ui/curves.txt

One array a line: RUN NAME N v1 ... vN, five significant digits ("nan": missing). Only the picture is
tested with them, so neither versions nor tolerances matter. Needs the standard library only.
"""
import json
import pathlib
import sys


def put(run, name, values):
    print(run, name, len(values), *("nan" if v is None or v != v else f"{v:.5g}" for v in values))


def losses(run, run_dir):
    state = json.loads((run_dir / "checkpoint-400" / "trainer_state.json").read_text())
    rows = {h["step"]: h for h in state["log_history"] if "loss" in h}
    probes, names = {}, None
    for line in (run_dir / "probe_losses.jsonl").read_text().splitlines():
        row = json.loads(line)
        if "probes" in row:
            names = row["probes"]
        else:
            probes[row["step"]] = sorted(row["losses"])
    steps = range(0, 401, 2)
    put(run, "loss.steps", list(steps))
    put(run, "loss.train", [rows.get(s, {}).get("loss") for s in steps])
    put(run, "loss.learning_rate", [rows.get(s, {}).get("learning_rate") for s in steps])
    put(run, "loss.eval", [sum(probes[s][10:40]) / 30 if s % 50 == 0 else None for s in steps])
    put(run, "loss.probe_mean", [sum(probes[s]) / len(probes[s]) for s in steps])
    put(run, "loss.probe_q10", [probes[s][len(probes[s]) // 10] for s in steps])
    put(run, "loss.probe_q90", [probes[s][len(probes[s]) * 9 // 10] for s in steps])


def main():
    runs = pathlib.Path(sys.argv[1])
    for run in ("medical", "sports", "finance"):
        ref = json.loads((runs / run / "reference.json").read_text())
        put(run, "steps", ref["checkpoint_steps"])
        put(run, "A.norm", ref["norm_A"])
        put(run, "B.norm", ref["norm_B"])
        put(run, "dW.norm", ref["dW"]["norm"])
        for matrix, pca, cosine in (
            ("A", ref["pca_A_all_checkpoints"], ref["local_cosine"]["A"]["by_step"]),
            ("B", ref["pca_B_all_checkpoints"], ref["local_cosine"]["B"]["by_step"]),
            ("dW", ref["dW"]["pca_all_checkpoints"], ref["dW"]["local_cosine_by_step"]),
        ):
            flip = -1 if pca["pc1"][0] > 0 else 1
            put(run, f"{matrix}.pc1", [flip * v for v in pca["pc1"]])
            flip = -1 if pca["pc2"][0] > 0 else 1
            put(run, f"{matrix}.pc2", [flip * v for v in pca["pc2"]])
            put(run, f"{matrix}.explained", pca["explained_variance_ratio"])
            for k in ("5", "10", "15"):
                put(run, f"{matrix}.cos{k}.steps", cosine[k]["steps"])
                put(run, f"{matrix}.cos{k}", cosine[k]["cos"])
        for name, key in (("raw", "rdm2"), ("detrended", "rdm2_detrended")):
            rows = range(0, len(ref[key]["steps"]), 3)
            put(run, f"{name}.steps", [ref[key]["steps"][i] for i in rows])
            for series in ("shc", "pr", "trC"):
                put(run, f"{name}.{series}", [ref[key][series][i] for i in rows])
        losses(run, runs / run)


main()
