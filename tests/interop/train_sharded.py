"""The callback on a network whose parameters lie in parts on two processes (FSDP2).

torch.distributed.run calls it. Prints "steps [...], ... apart": the rows of sharded.jsonl, and how far the first
is from the losses before the network was divided.
"""

import json
import types

import torch
import train
from phasetop_logger import PhasetopProbeCallback
from torch import distributed
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard


def main():
    distributed.init_process_group("gloo")
    first = distributed.get_rank() == 0
    model = train.network(32)
    callback = PhasetopProbeCallback(train.probe_set(), every=2, path="sharded.jsonl")
    model.eval()
    with torch.no_grad():
        whole = [loss for batch in callback.batches for loss in callback._losses(model, batch, "cpu")]
    model.train()
    mesh = init_device_mesh("cpu", (2,))
    for layer in model.base_model.model.model.layers:
        fully_shard(layer, mesh=mesh)
    fully_shard(model, mesh=mesh)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    settings = types.SimpleNamespace(device="cpu", output_dir=".")
    state = types.SimpleNamespace(global_step=0, is_world_process_zero=first)
    callback.on_train_begin(settings, state, None, model=model)
    for state.global_step in range(1, 5):
        batch = torch.randint(train.VOCABULARY, (4, 20))
        model(input_ids=batch, labels=batch).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        callback.on_step_end(settings, state, None, model=model)
    if first:
        with open("sharded.jsonl") as file:
            rows = [json.loads(line) for line in file][1:]
        apart = max(abs(a - b) for a, b in zip(rows[0]["losses"], whole))
        print(f"steps {[row['step'] for row in rows]}, {apart:.1e} apart")
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
