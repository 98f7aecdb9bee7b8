"""Writes the event logs beside this script, with the real libraries, and what a reader is to find in them.

    python3 -m venv venv && venv/bin/pip install wandb==0.31.0 tensorboard==2.21.0 tensorboardX==2.6.5 numpy pillow
    venv/bin/python make_events.py

made: events.out.tfevents.1.tensorboard  tensorboard's EventFileWriter: old and tensor form, every type of number
      events.out.tfevents.2.tensorboardX tensorboardX: scalars beside text, histogram and image; NaN and Inf
      json.wandb, typed.wandb            wandb offline, values as JSON and typed; nested dicts, media, NaN, two steps
      expected.json                      rows by file: [step, name as in the file, value or null for NaN and Inf]

No values are random; times and the run's telemetry differ from one making to the next.
"""
import glob, json, math, os, shutil, sys, tempfile

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
expected = {}


def finite(value):
    return float(value) if math.isfinite(value) else None


def tensorboard_file(name):
    from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        writer = EventFileWriter(folder)

        def add(step, value):
            writer.add_event(
                event_pb2.Event(wall_time=1.5 + step, step=step, summary=summary_pb2.Summary(value=[value])))

        def tensor(step, tag, number, **fields):
            plugin = summary_pb2.SummaryMetadata.PluginData(plugin_name="scalars")
            add(step, summary_pb2.Summary.Value(
                tag=tag, tensor=tensor_pb2.TensorProto(**fields),
                metadata=summary_pb2.SummaryMetadata(plugin_data=plugin)))
            rows.append([step, tag, finite(number)])

        for step in range(3):
            add(step, summary_pb2.Summary.Value(tag="Loss/train", simple_value=1 / (step + 1)))
            rows.append([step, "Loss/train", float(np.float32(1 / (step + 1)))])
        types = {
            "float": (types_pb2.DT_FLOAT, np.float32, "float_val"),
            "double": (types_pb2.DT_DOUBLE, np.float64, "double_val"),
            "int8": (types_pb2.DT_INT8, np.int8, "int_val"),
            "int16": (types_pb2.DT_INT16, np.int16, "int_val"),
            "int32": (types_pb2.DT_INT32, np.int32, "int_val"),
            "int64": (types_pb2.DT_INT64, np.int64, "int64_val"),
            "uint8": (types_pb2.DT_UINT8, np.uint8, "int_val"),
            "uint16": (types_pb2.DT_UINT16, np.uint16, "int_val"),
            "uint32": (types_pb2.DT_UINT32, np.uint32, "uint32_val"),
            "uint64": (types_pb2.DT_UINT64, np.uint64, "uint64_val"),
        }
        for kind, (dtype, of, field) in types.items():
            signed = np.issubdtype(of, np.floating) or np.iinfo(of).min < 0
            number = of(-1.1 if np.issubdtype(of, np.floating) else -7 if signed else 200)
            tensor(5, "value/" + kind, number, dtype=dtype, **{field: [number.item()]})
            tensor(5, "content/" + kind, number, dtype=dtype, tensor_content=number.tobytes())
        half = np.float16(0.1)
        bits = int(half.view(np.uint16))
        tensor(6, "value/half", half, dtype=types_pb2.DT_HALF, half_val=[bits])
        tensor(6, "content/half", half, dtype=types_pb2.DT_HALF, tensor_content=half.tobytes())
        tensor(6, "value/bfloat16", -1.5, dtype=types_pb2.DT_BFLOAT16, half_val=[0xBFC0])
        tensor(6, "content/bfloat16", -1.5, dtype=types_pb2.DT_BFLOAT16, tensor_content=b"\xc0\xbf")
        one = tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)] * 2)
        tensor(7, "shape 1 x 1", 4.5, dtype=types_pb2.DT_FLOAT, tensor_shape=one, float_val=[4.5])
        tensor(7, "nan", math.nan, dtype=types_pb2.DT_DOUBLE, double_val=[math.nan])
        two = tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=2)])
        for fields in (dict(dtype=types_pb2.DT_FLOAT, tensor_shape=two, float_val=[1, 2]),
                       dict(dtype=types_pb2.DT_FLOAT, float_val=[1, 2]),
                       dict(dtype=types_pb2.DT_FLOAT, tensor_shape=dict(unknown_rank=True), float_val=[1]),
                       dict(dtype=types_pb2.DT_FLOAT, tensor_content=b"\0\0"),
                       dict(dtype=types_pb2.DT_BOOL, bool_val=[True]),
                       dict(dtype=types_pb2.DT_STRING, string_val=[b"words"]),
                       dict(dtype=types_pb2.DT_COMPLEX64, scomplex_val=[1, 2])):
            add(8, summary_pb2.Summary.Value(tag="no scalar", tensor=tensor_pb2.TensorProto(**fields)))
        add(-1, summary_pb2.Summary.Value(tag="no step", simple_value=1))
        writer.close()
        shutil.move(glob.glob(folder + "/events*")[0], os.path.join(here, name))
    expected[name] = rows


def tensorboardx_file(name):
    from tensorboardX import SummaryWriter

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        writer = SummaryWriter(folder)
        for step, value in enumerate([2.0, math.nan, math.inf, 0.25]):
            writer.add_scalar("val_loss", value, 10 * step)
            rows.append([10 * step, "val_loss", finite(value)])
        writer.add_text("note", "words", 10)
        writer.add_histogram("weights", np.arange(10.0), 10)
        writer.add_image("picture", np.zeros((3, 2, 2), dtype=np.uint8), 10)
        writer.close()
        shutil.move(glob.glob(folder + "/events*")[0], os.path.join(here, name))
    expected[name] = rows


def wandb_file(name, encoding):
    import wandb

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        settings = wandb.Settings(x_history_value_encoding=encoding, console="off", x_disable_stats=True,
                                  x_disable_meta=True, disable_git=True, save_code=False, host="host")
        run = wandb.init(mode="offline", dir=folder, project="made", settings=settings, config={"max_steps": 40})
        for i in range(4):
            step = 10 * (i + 1)
            loss = [1.5, math.nan, math.inf, 0.125][i]
            run.log({"train/loss": loss, "train/epoch": i / 4, "train/global_step": step,
                     "nested": {"a": {"b": i, "word": "x"}, "flag": True}})
            rows += [[step, "train/loss", finite(loss)], [step, "train/epoch", i / 4], [step, "nested.a.b", float(i)]]
            run.log({"eval/loss": i + 0.5, "hist": wandb.Histogram(np.arange(100.0)), "nothing": None})
            rows += [[step, "eval/loss", i + 0.5], [step, "nothing", None]]
        run.log({"picture": wandb.Image(np.zeros((2, 2, 3), dtype=np.uint8)), "big": 2**40})
        rows += [[40, "big", float(2**40)]]
        run.finish()
        shutil.move(glob.glob(folder + "/wandb/offline-run-*/*.wandb")[0], os.path.join(here, name))
    expected[name] = rows


for old in glob.glob(os.path.join(here, "events.out*")) + glob.glob(os.path.join(here, "*.wandb")):
    os.remove(old)
tensorboard_file("events.out.tfevents.1.tensorboard")
tensorboardx_file("events.out.tfevents.2.tensorboardX")
wandb_file("json.wandb", "json")
wandb_file("typed.wandb", "json,typed")
with open(os.path.join(here, "expected.json"), "w") as out:
    json.dump(expected, out, indent=0)
    out.write("\n")
