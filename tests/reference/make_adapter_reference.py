#!/usr/bin/env python3
"""Small adapters in every naming scheme, and what they multiply out to.

    python3 tests/reference/make_adapter_reference.py        writes tests/data/adapters/

The formulas are those of the libraries that write the files, one by one, in NumPy float64; nothing is shared with the
program. `probe` is sum_eij (1+e) cos(1+i) dW_eij sin(1+2j), which a transposed or permuted factor changes.
Versions: Python 3.11, NumPy 2, safetensors 0.8; seed 20261121; the test's tolerance is 1e-12.

Sources: mlx-lm tuner/lora.py and dora.py; kohya sd-scripts networks/lora.py; LyCORIS 4.1 modules/locon.py;
torchtune 0.6.1 modules/peft/lora.py; diffusers 0.42 _pack_dict_with_prefix; PEFT 0.21 LoraConfig.
"""
import json
import os

import numpy as np
from safetensors.numpy import save_file

OUT = os.path.join(os.path.dirname(__file__), "..", "data", "adapters")
rng = np.random.default_rng(20261121)
expected = {}


def normal(*shape, dtype=np.float32):
    return rng.normal(size=shape).astype(dtype)


def probe(dw):
    dw = dw.reshape((-1,) + dw.shape[-2:])
    e, i, j = (np.arange(n) for n in dw.shape)
    return float(np.einsum("e,i,eij,j->", 1 + e, np.cos(1 + i), dw, np.sin(1 + 2 * j)))


def module(a, b, dw, scaling, rank, **more):
    """a and b as stored; dw in float64, (d_out, d_in) or one for each expert."""
    norm = lambda x: float(np.linalg.norm(np.asarray(x, np.float64)))
    row = {"rank": rank, "scaling": scaling, "norm_A": norm(a), "norm_B": norm(b)}
    if dw is not None:
        row |= {"norm_dW": norm(dw), "probe": probe(dw)}
    return row | more


def write(name, tensors, modules, config=None, metadata=None, **more):
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    save_file(tensors, os.path.join(folder, "weights.safetensors"), metadata=metadata)
    if config is not None:
        with open(os.path.join(folder, "adapter_config.json"), "w") as out:
            json.dump(config, out, indent=1, sort_keys=True)
            out.write("\n")
    expected[name] = {"modules": modules, "skipped": 0, "problems": []} | more


def f64(x):
    return x.astype(np.float64)


def mlx():
    tensors, modules = {}, {}
    for name, d_in, r, d_out in (("model.layers.0.self_attn.q_proj", 6, 2, 5), ("model.layers.10.mlp.up_proj", 4, 4, 4)):
        a, b = normal(d_in, r), normal(r, d_out)
        tensors |= {name + ".lora_a": a, name + ".lora_b": b}
        modules[name] = module(a, b, 20.0 * (f64(b).T @ f64(a).T), 20.0, r, kind="lora")
    write("mlx", tensors, modules, {"fine_tune_type": "lora", "num_layers": 4,
          "lora_parameters": {"rank": 2, "scale": 20.0, "dropout": 0.0}}, warned=1)

    a, b, m = normal(6, 2), normal(2, 5), normal(5)
    write("mlx_dora", {"model.q.lora_a": a, "model.q.lora_b": b, "model.q.m": m},
          {"model.q": module(a, b, 5.0 * (f64(b).T @ f64(a).T), 5.0, 2, kind="dora")},
          {"fine_tune_type": "dora", "num_layers": 4, "lora_parameters": {"rank": 2, "scale": 5.0, "dropout": 0.0}},
          skipped=1, warned=1)

    # experts: A (E, r, in) now, (E r, in) before October 2025; B (E, out, r) always
    config = {"fine_tune_type": "lora", "num_layers": 4, "lora_parameters": {"rank": 2, "scale": 0.5, "dropout": 0.0}}
    tensors, modules = {}, {}
    for name, old in (("model.new", False), ("model.old", True)):
        a, b = normal(3, 2, 5), normal(3, 4, 2)
        dw = 0.5 * np.einsum("eor,eri->eoi", f64(b), f64(a))
        tensors |= {name + ".lora_a": a.reshape(6, 5) if old else a, name + ".lora_b": b}
        modules[name] = module(a, b, dw, 0.5, 2, kind="moe", experts=3)
    write("mlx_experts", tensors, modules, config)

    a, b = normal(3, 2), normal(2, 3)
    write("mlx_first_releases", {"q.lora_a": a, "q.lora_b": b},
          {"q": module(a, b, 40.0 * (f64(b).T @ f64(a).T), 40.0, 2, kind="lora")},
          {"lora_layers": 4, "lora_parameters": {"rank": 2, "alpha": 8, "scale": 10.0, "dropout": 0.0}})


def torchtune():
    a, b, m = normal(2, 6), normal(5, 2), normal(5)
    write("torchtune_names",
          {"layers.0.attn.q_proj.lora_a.weight": a, "layers.0.attn.q_proj.lora_b.weight": b,
           "layers.0.attn.q_proj.magnitude": m},
          {"layers.0.attn.q_proj": module(a, b, 2.0 * (f64(b) @ f64(a)), 2.0, 2, kind="dora")},
          {"r": 2, "lora_alpha": 4, "peft_type": "LORA", "target_modules": ["q_proj"]}, skipped=1, warned=1)


def kohya():
    unet, te = "lora_unet_down_blocks_0_conv1", "lora_te1_text_model_encoder_layers_0_mlp_fc1"
    conv_a, conv_b = normal(3, 4, 3, 3), normal(6, 3, 1, 1)
    a, b = normal(2, 5), normal(4, 2, dtype=np.float16)
    mid_a, mid_b, mid = normal(2, 4, 1, 1), normal(6, 2, 1, 1), normal(2, 2, 3, 3)
    zero_a, zero_b = normal(2, 3), normal(3, 2)
    tensors = {
        unet + ".lora_down.weight": conv_a, unet + ".lora_up.weight": conv_b, unet + ".alpha": np.array(1.5, np.float16),
        te + ".lora_down.weight": a, te + ".lora_up.weight": b, te + ".alpha": np.array(8, np.int64),
        te + ".dora_scale": normal(4, 1),
        "lora_unet_mid.lora_down.weight": mid_a, "lora_unet_mid.lora_up.weight": mid_b,
        "lora_unet_mid.lora_mid.weight": mid, "lora_unet_mid.alpha": np.array(1.0, np.float32),
        "lora_unet_zero.lora_down.weight": zero_a, "lora_unet_zero.lora_up.weight": zero_b,
        "lora_unet_zero.alpha": np.array([0.0], np.float32),
        "lora_unet_none.lora_down.weight": zero_a, "lora_unet_none.lora_up.weight": zero_b,
        "lora_unet_loha.hada_w1_a": normal(3, 2), "lora_unet_loha.hada_w1_b": normal(2, 3),
        "lora_unet_loha.alpha": np.array(1.0, np.float32),
    }
    flat = lambda x: f64(x).reshape(x.shape[0], -1)
    modules = {
        unet: module(conv_a, conv_b, 0.5 * (flat(conv_b) @ flat(conv_a)), 0.5, 3, kind="conv"),
        te: module(a, b, 4.0 * (f64(b) @ f64(a)), 4.0, 2, kind="dora"),
        "lora_unet_mid": module(mid_a, mid_b, None, 0.5, 2, kind="conv"),
        "lora_unet_zero": module(zero_a, zero_b, f64(zero_b) @ f64(zero_a), 1.0, 2, kind="lora"),
        "lora_unet_none": module(zero_a, zero_b, f64(zero_b) @ f64(zero_a), 1.0, 2, kind="lora"),
    }
    write("kohya", tensors, modules, metadata={"ss_network_dim": "3", "ss_network_module": "lycoris.kohya"},
          skipped=4, warned=4, problems=["not_lora"])


def diffusers():
    names = {"unet.down.0.to_q": (".lora.down", ".lora.up"), "unet.down.0.to_v": (".lora_A", ".lora_B"),
             "unet.mid.processor.to_k": ("_lora.down", "_lora.up"),
             "text_encoder.layers.0.q_proj": (".lora_linear_layer.down", ".lora_linear_layer.up"),
             "text_encoder_2.layers.0.q_proj": (".lora_linear_layer.down", ".lora_linear_layer.up")}
    scalings = [1.5, 3.0, 1.5, 4.0 / np.sqrt(2.0), 1.0]
    meta = {"unet.r": 2, "unet.lora_alpha": 3, "unet.alpha_pattern": {"^down.0.to_v": 6}, "unet.rank_pattern": {},
            "unet.peft_type": "LORA", "unet.peft_version": "0.21.2", "unet.use_rslora": False,
            "text_encoder.r": 2, "text_encoder.lora_alpha": 4, "text_encoder.use_rslora": True,
            "text_encoder.alpha_pattern": {}, "text_encoder.rank_pattern": {}, "text_encoder.peft_version": "0.21.2"}
    tensors, modules = {}, {}
    for (name, (down, up)), s in zip(names.items(), scalings):
        a, b = normal(2, 4), normal(3, 2)
        tensors |= {name + down + ".weight": a, name + up + ".weight": b}
        modules[name] = module(a, b, s * (f64(b) @ f64(a)), float(s), 2, kind="lora")
    write("diffusers_metadata", tensors, modules, metadata={"lora_adapter_metadata": json.dumps(meta)}, warned=1)
    modules = {n: row | {"scaling": 1.0, "norm_dW": row["norm_dW"] / row["scaling"], "probe": row["probe"] / row["scaling"]}
               for n, row in modules.items()}
    write("diffusers_no_alpha", tensors, modules, warned=5)
    write("diffusers_bad_metadata", tensors, modules, metadata={"lora_adapter_metadata": "{\"unet.r\": }"}, warned=5,
          problems=["bad_json"])


def peft():
    # an accelerate checkpoint: the whole model, two adapters among its weights, an integer buffer
    a, b, a2, b2 = normal(2, 4), normal(3, 2), normal(1, 4), normal(3, 1)
    e_a, e_b = normal(2, 7), normal(4, 2)
    base = "base_model.model.model.layers.0.q_proj."
    tensors = {base + "base_layer.weight": normal(3, 4), base + "lora_A.default.weight": a,
               base + "lora_B.default.weight": b, base + "lora_A.style.weight": a2, base + "lora_B.style.weight": b2,
               "base_model.model.model.embed_tokens.lora_embedding_A.default": e_a,
               "base_model.model.model.embed_tokens.lora_embedding_B.default": e_b,
               "base_model.model.model.snake.alpha": normal(1), "base_model.model.model.ids": np.arange(3)}
    q = "model.layers.0.q_proj"
    write("whole_model", tensors, {
        q: module(a, b, None, None, 2, kind="lora"),
        "model.embed_tokens": module(e_a, e_b, None, None, 2, kind="embedding"),
        q + "@style": module(a2, b2, None, None, 1, kind="lora")}, skipped=3, problems=["no_config"])

    write("pissa", {"base_model.model.q.lora_A.weight": a, "base_model.model.q.lora_B.weight": b},
          {"q": module(a, b, 0.5 * (f64(b) @ f64(a)), 0.5, 2, kind="lora")},
          {"peft_type": "LORA", "r": 2, "lora_alpha": 1, "init_lora_weights": "pissa_niter_16"}, warned=1)


def main():
    mlx()
    torchtune()
    kohya()
    diffusers()
    peft()
    with open(os.path.join(OUT, "expected.json"), "w") as out:
        json.dump(expected, out, indent=1)
        out.write("\n")


main()
