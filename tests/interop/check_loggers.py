"""The files that phasetop --logger prints, against plain computations.

usage: check_loggers.py PHASETOP     in the folder where they lie; test_interop.py calls it. A line a check:
"ok  " or "FAIL".
"""

import json
import math
import os
import random
import subprocess
import sys
import warnings

import lightning.pytorch as lightning
import lightning_probes
import numpy
import phasetop_logger
import phasetop_probes
import torch
import torch_probes
import train
from torch.nn import functional

PROGRAM = sys.argv[1]


def check(what, is_so, detail=""):
    print(f"{'ok  ' if is_so else 'FAIL'} {what}{': ' + str(detail) if detail != '' else ''}", flush=True)


def rows_of(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def bits_of(model):
    """Bytes, not values: NaN and the sign of 0 count."""
    return [p.detach().clone().contiguous().view(torch.uint8) for p in model.parameters()]


def same_bits(before, after):
    return len(before) == len(after) and all(map(torch.equal, before, after))


def random_states():
    return torch.get_rng_state().tolist(), random.getstate(), str(numpy.random.get_state())


def network():
    torch.manual_seed(5)
    return torch.nn.Sequential(
        torch.nn.Linear(6, 9), torch.nn.Dropout(0.5), torch.nn.Tanh(), torch.nn.Linear(9, 4)
    )


def batches():
    generator = torch.Generator().manual_seed(6)
    return [(torch.randn(5, 6, generator=generator), torch.arange(5) % 4) for _ in range(3)]


def loss_fn(model, batch):
    inputs, targets = batch
    return functional.cross_entropy(model(inputs), targets, reduction="none")


NAMES = [f"a/{i:02d}" for i in range(15)]


# ---- hf ----------------------------------------------------------------------------------------------------


def plain_losses(model):
    """Sample by sample, without padding, in double precision from the logits on."""
    losses = []
    model.eval()
    for probe in train.probe_set().values():
        with torch.no_grad():
            logits = model(input_ids=probe["input_ids"][None]).logits[0].double()
        log_p = logits[:-1].log_softmax(-1).gather(1, probe["input_ids"][1:, None])[:, 0]
        counts = probe["labels"][1:] != -100
        losses.append(-log_p[counts].mean().item())
    return losses


def check_hf_training(kind, *options):
    common = ["--steps", "6", "--save-steps", "0", "--width", "64", *options]
    with_it = train.train([f"with_{kind}", *common])
    random_with = random_states()
    without = train.train([f"without_{kind}", *common, "--probes", "0"])
    check(
        f"hf, {kind}: weights are bit for bit those without it", same_bits(bits_of(with_it), bits_of(without))
    )
    check(f"hf, {kind}: so are the random states", random_with == random_states())
    rows = rows_of(f"with_{kind}/probe_losses.jsonl")
    check(
        f"hf, {kind}: a header, then rows at 0, 2, 4, 6",
        [row.get("step") for row in rows] == [None, 0, 2, 4, 6],
    )
    if kind == "float32":
        apart = max(abs(a - b) for a, b in zip(rows[-1]["losses"], plain_losses(with_it)))
        check("hf: losses are those of a plain computation", apart < 1e-5, f"{apart:.1e} apart at most")
    return rows


def check_hf():
    full = check_hf_training("float32")
    half = check_hf_training("bf16", "--bf16")
    apart = max(abs(a - b) for a, b in zip(full[1]["losses"], half[1]["losses"]))
    check(
        "hf: the trainer's autocast holds for the probes too, at step 0 already",
        0 < apart < 0.05,
        f"{apart:.1e}",
    )
    probes = {
        "none": {"input_ids": [1, 2, 3], "labels": [-100] * 3},
        "padded": {"input_ids": [1, 2, 0, 0], "attention_mask": [1, 1, 0, 0]},
    }
    callback = phasetop_logger.PhasetopProbeCallback(probes, path="nan.jsonl")
    losses = callback._losses(train.network(32).eval(), callback.batches[0], "cpu")
    phasetop_logger.append_line("nan.jsonl", {"step": 0, "losses": losses})
    text = open("nan.jsonl").read()
    check(
        "hf: a probe without labels is NaN, as the literal",
        text.startswith('{"step": 0, "losses": [NaN, ') and math.isfinite(losses[1]),
    )


# ---- all of them -------------------------------------------------------------------------------------------


class Restless(torch.nn.Module):
    """Draws random numbers when it is evaluated."""

    def __init__(self):
        super().__init__()
        self.inner = network()
        self.inner[1].eval()  # as people do who freeze a part

    def forward(self, x):
        random.random()
        numpy.random.rand()
        return self.inner(x) + torch.rand(1)


def check_undisturbed(module, name):
    model = Restless()
    modes = [m.training for m in model.modules()]
    before = random_states()
    try:
        with module.undisturbed(model):
            quiet = not any(m.training for m in model.modules()) and not torch.is_grad_enabled()
            torch.rand(3), random.random(), name == "torch" or numpy.random.rand()
            raise KeyError
    except KeyError:
        pass
    check(f"{name}: evaluation mode and no gradients inside", quiet)
    restored = [m.training for m in model.modules()] == modes and torch.is_grad_enabled()
    check(
        f"{name}: modes and random states are restored, after an error too",
        restored and random_states() == before,
    )


def check_append(module, name):
    path = f"torn_{name}.jsonl"
    with open(path, "w") as file:
        file.write('{"step": 1, "losses": [1]}\n{"step": 2, "los')
    module.append_line(path, {"step": 3})
    module.append_line(path, {"step": 4})
    lines = open(path).read().splitlines()
    check(
        f"{name}: a row after a torn one begins a line",
        lines[1:] == ['{"step": 2, "los', '{"step": 3}', '{"step": 4}'],
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module.append_line("/dev/full", {"step": 1})
    check(
        f"{name}: a full disk is a warning", len(caught) == 1 and "no row written" in str(caught[0].message)
    )


# ---- torch -------------------------------------------------------------------------------------------------


def check_gaussian_values(model, rows, sigma, m):
    """The same perturbations made by hand on a copy."""
    generator = torch.Generator().manual_seed(0)
    parameters = [p for p in model.parameters() if p.requires_grad]
    originals = [p.detach().clone() for p in parameters]
    expected = []
    model.eval()
    with torch.no_grad():
        for _ in range(m):
            for p, original in zip(parameters, originals):
                p.copy_(original + sigma * torch.randn(p.shape, generator=generator))
            expected.append(torch.cat([loss_fn(model, batch) for batch in batches()]).tolist())
        for p, original in zip(parameters, originals):
            p.copy_(original)
    check("torch: Gaussian samples are those made by hand", rows[0]["samples"] == expected)
    check("torch: the noise is the same at every step", rows[0]["samples"] == rows[1]["samples"])


def check_gaussian_bits():
    """Of what a subtraction would not bring back: odd values, narrow types, one that is not trained."""
    for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
        model = network().to(dtype)
        with torch.no_grad():
            model[0].weight[0, :4] = torch.tensor([math.nan, -0.0, 1e-7, 6e4], dtype=dtype)
        model[3].bias.requires_grad_(False)
        before, states, inside = bits_of(model), random_states(), []

        def spy(model, batch, inside=inside):
            inside.append(bits_of(model))
            return torch.zeros(5)

        logger = torch_probes.ProbeLogger("bits.jsonl", NAMES)
        logger.log_gaussian(1, model, spy, batches(), sigma=0.1, m=3)
        moved = all(not torch.equal(a, b) for a, b in zip(before[:3], inside[0])) and torch.equal(
            before[3], inside[0][3]
        )
        check(f"torch: Gaussian noise moves what is trained ({dtype})", moved)
        restored = same_bits(before, bits_of(model)) and random_states() == states
        check(f"torch: and every bit is restored, random states too ({dtype})", restored)

        def fails(model, batch):
            raise KeyError

        try:
            logger.log_gaussian(2, model, fails, batches(), sigma=0.1, m=3)
        except KeyError:
            check(
                f"torch: after an error too ({dtype})", same_bits(before, bits_of(model)) and model.training
            )


def check_report(samples):
    """phasetop's C of the samples is NumPy's."""
    done = subprocess.run(
        [PROGRAM, "--once", "--json", "torch_run"], capture_output=True, text=True, check=False
    )
    spectra = [
        s
        for s in json.loads(done.stdout)["runs"][0]["spectrum"]
        if s["source"] == "gaussian" and not s["detrended"]
    ]
    if not spectra or not spectra[0]["trace"]:
        check("torch: phasetop reads the Gaussian rows", False, done.stderr)
        return
    c = numpy.cov(numpy.array(samples), rowvar=False)
    expected = {
        "trace": numpy.trace(c),
        "shc": numpy.linalg.eigvalsh(c).var(),
        "lambda1": numpy.linalg.eigvalsh(c)[-1],
    }
    apart = max(abs(spectra[0][key][0] / value - 1) for key, value in expected.items())
    check(
        "torch: tr C, SHC and lambda_1 of the Gaussian rows are NumPy's",
        apart < 1e-9,
        f"{apart:.1e} apart at most",
    )


def check_torch():
    model = network()
    before, states = bits_of(model), random_states()
    logger = torch_probes.ProbeLogger("torch_run/probe_losses.jsonl", NAMES, unit="nats")
    for step in (0, 10):
        logger.log(step, model, loss_fn, batches())
        logger.log_gaussian(step, model, loss_fn, batches(), sigma=1e-2, m=8)
    check(
        "torch: nothing is changed",
        same_bits(before, bits_of(model)) and random_states() == states and model.training,
    )
    header, *rows = rows_of("torch_run/probe_losses.jsonl")
    check("torch: the header", header == {"probes": NAMES, "unit": "nats"})
    model.eval()
    with torch.no_grad():
        expected = torch.cat([loss_fn(model, batch) for batch in batches()]).tolist()
    check("torch: losses are those of a plain computation", rows[0] == {"step": 0, "losses": expected})
    check_gaussian_values(model, rows[1::2], 1e-2, 8)
    check_report(rows[1]["samples"])
    check_gaussian_bits()


# ---- lightning, probes -------------------------------------------------------------------------------------


class Module(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = network()

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, index):
        return loss_fn(self, batch).mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def fit(callbacks):
    """Twelve batches, two a step."""
    lightning.seed_everything(4, verbose=False)
    module = Module()
    options = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    trainer = lightning.Trainer(
        max_epochs=4,
        accelerator="cpu",
        accumulate_grad_batches=2,
        default_root_dir="lightning_run",
        callbacks=callbacks,
        **options,
    )
    trainer.fit(module, torch.utils.data.DataLoader(batches() + batches()[:1], batch_size=None))
    return module


def check_lightning():
    callback = lightning_probes.PhasetopProbeCallback(NAMES, batches(), loss_fn, every=2)
    with_it, states_with = fit([callback]), random_states()
    without, states_without = fit([]), random_states()
    check(
        "lightning: weights are bit for bit those without it", same_bits(bits_of(with_it), bits_of(without))
    )
    check("lightning: so are the random states", states_with == states_without)
    header, *rows = rows_of("lightning_run/probe_losses.jsonl")
    check(
        "lightning: one row at each of steps 0, 2, 4, 6, 8",
        [row["step"] for row in rows] == [0, 2, 4, 6, 8],
        rows[-1:],
    )
    with_it.eval()
    with torch.no_grad():
        expected = torch.cat([loss_fn(with_it, batch) for batch in batches()]).tolist()
    check(
        "lightning: losses are those of a plain computation",
        rows[-1]["losses"] == expected and header["probes"] == NAMES,
    )


def check_probes():
    def tokenizer(text, add_special_tokens=True):
        return {"input_ids": ([1] if add_special_tokens else []) + [ord(letter) % 96 for letter in text]}

    groups = {
        "a/train": [f"text number {i}" for i in range(50)],
        "a/target": [(f"what is {i}?", "it is so") for i in range(5)]
        + [("too long" * 30, "x"), ("no answer", "")],
    }
    chosen = phasetop_probes.fix_probes("probes.json", groups, tokenizer, per_group=16)
    names = [f"a/train/{i:02d}" for i in range(16)] + [f"a/target/{i:02d}" for i in range(5)]
    check("probes: names and number of each group", list(chosen) == names)
    target = chosen["a/target/00"]
    answer = [ord(letter) % 96 for letter in "it is so"]
    check(
        "probes: the answer alone counts",
        [x for x in target["labels"] if x != -100] == answer and target["input_ids"][-8:] == answer,
    )
    again = phasetop_probes.fix_probes("probes.json", {}, None)
    check("probes: what was chosen stays", again == chosen)
    check("probes: the callback takes them", len(phasetop_logger.PhasetopProbeCallback(again).batches) == 3)
    tokens = sum(len(probe["input_ids"]) for probe in chosen.values())
    check("probes: the cost", math.isclose(phasetop_probes.cost(chosen, 10, 1000), tokens / 30000))


def main():
    for module, name in ((phasetop_logger, "hf"), (torch_probes, "torch"), (lightning_probes, "lightning")):
        check_undisturbed(module, name)
        check_append(module, name)
    check_hf()
    check_torch()
    check_lightning()
    check_probes()
    for file in ("phasetop_logger.py", "torch_probes.py", "lightning_probes.py", "phasetop_probes.py"):
        done = subprocess.run(
            [sys.executable, "-m", "pyflakes", file], capture_output=True, text=True, check=False
        )
        check(
            f"pyflakes has nothing to say of {file}",
            done.returncode == 0 and os.path.exists(file),
            done.stdout,
        )


if __name__ == "__main__":
    main()
