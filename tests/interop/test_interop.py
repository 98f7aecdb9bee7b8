"""phasetop beside real trainings of transformers and PEFT (train.py), and its loggers (check_loggers.py).

usage: test_interop.py WORK_DIR     `make interop` calls it. Ends with "N passed, N failed, N skipped".
"""

import importlib.metadata
import json
import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time

from watchers import PROGRAM, Screen, Stream, report, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
LOGGERS = {
    "hf": "phasetop_logger",
    "torch": "torch_probes",
    "lightning": "lightning_probes",
    "probes": "phasetop_probes",
}
STEPS, SAVE_STEPS, KEPT = 80, 4, 4
LATEST_S = 5.0  # a checkpoint should be on the screen after so long at most: the machine may be busy
CPU_SHARE = 0.01
counts = {"passed": 0, "failed": 0, "skipped": 0}


def check(what, is_so, detail=""):
    counts["passed" if is_so else "failed"] += 1
    print(f"{'ok  ' if is_so else 'FAIL'} {what}{': ' + str(detail) if detail != '' else ''}", flush=True)


def skip(what, why):
    counts["skipped"] += 1
    print(f"SKIP {what}: {why}", flush=True)


def environment(run):
    return dict(
        os.environ,
        PYTHONPATH=os.getcwd(),
        HF_HUB_OFFLINE="1",
        WANDB_MODE="offline",
        WANDB_DIR=run,
        WANDB_SILENT="true",
        TENSORBOARD_LOGGING_DIR=os.path.join(run, "runs"),
        TOKENIZERS_PARALLELISM="false",
    )


def start_training(run, *options):
    log = open(run + ".log", "a")  # noqa: SIM115 - it is the child's
    command = [sys.executable, os.path.join(HERE, "train.py"), run, "--truth", run + ".truth", *options]
    return subprocess.Popen(command, env=environment(run), stdout=log, stderr=log, stdin=subprocess.DEVNULL)


def truth_of(run):
    try:
        with open(run + ".truth") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except FileNotFoundError:
        return []


def checkpoints_of(rows):
    """Step -> what was saved last at it."""
    return {row["step"]: row for row in rows if row["kind"] == "checkpoint"}


def apart(found, expected):
    """The largest relative difference; infinite where one is missing."""
    if len(found) != len(expected) or any(x is None for x in found):
        return math.inf
    return max((abs(x - y) / (abs(y) or 1) for x, y in zip(found, expected)), default=0.0)


def norm_difference(run, truth):
    """Of A, B and s*B*A over all steps of the report, against those of PEFT."""
    norms, worst = run["norms"], 0.0
    for matrix in ("A", "B", "dW"):
        expected = [truth[step]["norm_" + matrix] if step in truth else math.nan for step in norms["steps"]]
        worst = max(worst, apart(norms[matrix], expected))
    return worst if norms["steps"] else math.inf


def check_norms(what, run, truth):
    difference = norm_difference(run, truth)
    check(f"{what}: norms of A, B and dW are PEFT's", difference < 1e-6, f"{difference:.1e} apart at most")


def check_log(run, truth):
    """Rows of trainer_state.json, as the Trainer said them."""
    rows = {row["step"]: row for row in truth if row["kind"] == "log" and "loss" in row}
    loss = run["loss"]
    for column, key in (("train", "loss"), ("learning_rate", "learning_rate"), ("grad_norm", "grad_norm")):
        found = {step: value for step, value in zip(loss["steps"], loss[column]) if value is not None}
        same = (
            list(found) == list(rows)
            and apart(list(found.values()), [row[key] for row in rows.values()]) < 1e-6
        )
        check(f"log: {key} of every step", same, f"{len(found)} of {len(rows)} rows")


def check_writer(directory, truth, name):
    """The same losses in the files of another writer, as a run of their own: beside trainer_state.json they are not
    shown twice."""
    loss = report(directory)["loss"]
    expected = {row["step"]: row["loss"] for row in truth if row["kind"] == "log" and "loss" in row}
    found = {step: value for step, value in zip(loss["steps"], loss["train"]) if value is not None}
    same = list(found) == list(expected) and apart(list(found.values()), list(expected.values())) < 1e-6
    check(f"log: losses from {name}", same, f"{len(found)} of {len(expected)} rows")


def probe_rows(directory):
    with open(os.path.join(directory, "probe_losses.jsonl")) as file:
        rows = [json.loads(line) for line in file]
    return {row["step"]: row["losses"] for row in rows if "step" in row}


def check_probes(what, run, directory):
    rows = probe_rows(directory)
    loss = run["loss"]
    found = {step: value for step, value in zip(loss["steps"], loss["probe_mean"]) if value is not None}
    same = (
        list(found) == list(rows)
        and apart(list(found.values()), list(map(statistics.fmean, rows.values()))) < 1e-12
    )
    check(f"{what}: mean loss of the probes at every step", same, f"{len(found)} of {len(rows)} rows")
    spectrum = [
        s for s in run["spectrum"] if s["source"] == "window" and not s["detrended"] and s["subset"] is None
    ]
    check(
        f"{what}: SHC, PR and tr C of them",
        bool(spectrum) and spectrum[0]["probes"] == 10 and spectrum[0]["shc"][-1] is not None,
    )


def check_latency(what, arrivals, saved):
    """arrivals: step -> time or None; saved: step -> time."""
    missed = [step for step in saved if arrivals.get(step) is None]
    late = [arrivals[step] - saved[step] for step in saved if step not in missed]
    figures = f"median {statistics.median(late):.2f} s, at most {max(late):.2f} s" if late else "none"
    check(
        f"{what} names every checkpoint in time",
        not missed and max(late) < LATEST_S,
        f"{figures}; missed {missed}",
    )


def check_training(run, stream, screen):
    """A whole training, from an empty directory on."""
    idle_s = screen.cpu_s()
    options = ["--report", "--steps", str(STEPS), "--save-steps", str(SAVE_STEPS), "--width", "320"]
    code = start_training(run, *options).wait(600)
    check("the training ends well", code == 0, f"see {run}.log")
    steps = list(range(SAVE_STEPS, STEPS + 1, SAVE_STEPS))
    wait_until(lambda: stream.newest() and stream.newest()["checkpoints"]["last"] == STEPS, 10)
    wait_until(lambda: STEPS in screen.seen_steps, 10)
    cpu_s = screen.cpu_s()
    rows = truth_of(run)
    truth, live, cold = checkpoints_of(rows), stream.newest(), report(run)
    saved = {step: truth[step]["time"] for step in steps}
    check_latency("the stream", {step: stream.first_with(step, 0) for step in steps}, saved)
    check_latency("the screen", screen.seen_steps, saved)
    check(
        "the live process keeps what rotation deletes",
        live["checkpoints"]["steps"] == steps,
        f"{len(steps)} checkpoints",
    )
    check("and marks it", live["checkpoints"]["deleted"] == steps[:-KEPT], f"{len(steps) - KEPT} deleted")
    check("a cold report has what is on disk", cold["checkpoints"]["steps"] == steps[-KEPT:])
    check_norms("live", live, truth)
    check_norms("cold", cold, truth)
    check_log(live, rows)
    check_writer(os.path.join(run, "runs"), rows, "TensorBoard")
    check_writer(os.path.join(run, "wandb"), rows, "W&B")
    check("log: none is shown twice", not [s for s in live["loss"]["series"] if s["name"].endswith("/loss")])
    check_probes("probes", live, run)
    check("the screen says that the run is finished", "finished" in screen.text().splitlines()[0])
    trained_s = next(row["cpu_s"] for row in rows if row["kind"] == "end")
    share = cpu_s / trained_s
    figures = (
        f"{100 * share:.2f} %: {cpu_s:.2f} s ({idle_s:.2f} s before it began), the trainer {trained_s:.1f} s"
    )
    check(
        f"the screen's CPU time is below {100 * CPU_SHARE:.0f} % of the trainer's", share < CPU_SHARE, figures
    )


def check_resume(run, stream, screen):
    """The training goes on from an earlier checkpoint, and writes over later ones."""
    begun = time.time()
    start = STEPS - (KEPT - 2) * SAVE_STEPS
    end = STEPS + 2 * SAVE_STEPS
    checkpoint = os.path.join(run, f"checkpoint-{start}")
    options = ["--steps", str(end), "--resume", checkpoint, "--save-steps", str(SAVE_STEPS), "--width", "320"]
    code = start_training(run, *options).wait(600)
    check("the resumed training ends well", code == 0, f"see {run}.log")
    wait_until(lambda: stream.newest()["checkpoints"]["last"] == end, 10)
    shown = wait_until(lambda: end in screen.seen_steps, 10)
    check("the screen follows the resumed training", shown)
    truth, live, cold = checkpoints_of(truth_of(run)), stream.newest(), report(run)
    segments = [(s["first_step"], s["last_step"], s["why"]) for s in live["segments"]]
    check("the resume is a segment of its own", len(segments) == 2 and segments[1][2] == "resume", segments)
    check_latency("the stream", {end: stream.first_with(end, begun)}, {end: truth[end]["time"]})
    check_norms("resumed, live", live, truth)
    check_norms("resumed, cold", cold, truth)
    check_probes("resumed", live, run)


def check_kill(run):
    """SIGKILL in the middle: the run is called stale, and all that was written is there."""
    stream, screen = Stream(run), Screen(run)
    training = start_training(run, "--steps", str(STEPS), "--save-steps", str(SAVE_STEPS))
    wait_until(lambda: len(checkpoints_of(truth_of(run))) >= 5 or training.poll() is not None, 300)
    training.send_signal(signal.SIGKILL)
    training.wait()
    killed = time.time()
    last = max(checkpoints_of(truth_of(run)))
    live_before = "live" in screen.text().splitlines()[0]
    stale = wait_until(lambda: "stale" in screen.text().splitlines()[0], 60)
    check("a run is live until it is killed", live_before)
    check(
        "a killed run is called stale on the screen",
        stale,
        f"after {time.time() - killed:.1f} s, step {last} the last",
    )
    # what is usual, it knows from fewer checkpoints
    check("and in a cold report", wait_until(lambda: report(run)["state"] == "stale", 60))
    streamed = wait_until(lambda: stream.newest()["state"] == "stale", 5)
    check("and in the stream", streamed)
    check_norms("killed", stream.newest(), checkpoints_of(truth_of(run)))
    check(
        "nothing of it is a problem",
        not report(run)["checkpoints"]["problems"],
        report(run)["checkpoints"]["problems"],
    )
    check("the screen ends well", screen.quit() == 0)
    stream.stop()


def run_on_two(log, script, *options):
    """Its exit code; None: it was still running after three minutes."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command = [*launch, os.path.join(HERE, script), *options]
    settings = dict(environment(os.getcwd()), OMP_NUM_THREADS="1")
    with open(log, "w") as file:
        try:
            return subprocess.run(
                command, env=settings, stdout=file, stderr=file, timeout=180, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            return None


def check_processes():
    """Two processes, under DDP and under FSDP2: none waits for the other for ever, and one writes."""
    code = run_on_two("ddp.log", "train.py", "ddp", "--steps", "4", "--save-steps", "0", "--width", "32")
    check("DDP: two processes train to the end with the callback", code == 0, "see ddp.log")
    if code == 0:
        with open("ddp/probe_losses.jsonl") as file:
            steps = [json.loads(line).get("step") for line in file]
        check("DDP: one of them writes", steps == [None, 0, 2, 4])
    code = run_on_two("sharded.log", "train_sharded.py")
    with open("sharded.log") as file:
        said = [line.strip() for line in file if line.startswith("steps ")]
    check("FSDP2: two processes evaluate what each has a part of", code == 0, "see sharded.log")
    check("FSDP2: one of them writes, the same losses", said == ["steps [0, 2, 4], 0.0e+00 apart"], said)


def check_loggers():
    """Those checks run in a process of their own; each of its lines is a check."""
    command = [sys.executable, os.path.join(HERE, "check_loggers.py"), PROGRAM]
    done = subprocess.run(command, env=environment(os.getcwd()), capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("ok  ", "FAIL", "SKIP"))]
    for line in lines:
        print(line)
        counts[{"ok  ": "passed", "FAIL": "failed", "SKIP": "skipped"}[line[:4]]] += 1
    check(
        "the checks of the loggers come to their end",
        done.returncode == 0,
        done.stderr[-2000:] if done.returncode else "",
    )


def main():
    begun = time.time()
    work = sys.argv[1]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    os.chdir(work)
    names = (
        "torch",
        "transformers",
        "peft",
        "accelerate",
        "safetensors",
        "tensorboard",
        "wandb",
        "lightning",
    )
    print("with " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names))
    for logger, module in LOGGERS.items():
        with open(module + ".py", "wb") as file:
            subprocess.run([PROGRAM, "--logger", logger], stdout=file, check=True)
    os.makedirs("watched")
    stream, screen = Stream("watched"), Screen("watched")
    check("a screen on an empty directory waits", wait_until(lambda: "waiting" in screen.text(), 10))
    check_training("watched", stream, screen)
    check_resume("watched", stream, screen)
    check("the screen ends well", screen.quit() == 0)
    stream.stop()
    os.makedirs("killed")
    check_kill("killed")
    check_processes()
    check_loggers()
    print(f"{time.time() - begun:.0f} s")
    print(", ".join(f"{n} {kind}" for kind, n in counts.items()))
    return counts["failed"] > 0


if __name__ == "__main__":
    sys.exit(main())
