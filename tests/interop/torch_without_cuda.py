"""Let PyPI's torch for Linux be imported without the CUDA libraries that it is linked against.

PyPI has one torch for Linux on x86-64: the one with CUDA, whose dependencies (nvidia-*, cuda-*, triton) take
some 2.5 GB more. `pip install --no-deps torch` leaves them out, but then `import torch` fails: libtorch_cuda.so
and libtorch_python.so name them. Here each of them gets a stand-in beside torch's own libraries, of the same
soname, versions and symbols, whose functions all return 100: cudaErrorNoDevice. torch then finds what it finds
on a machine without a GPU.

usage: torch_without_cuda.py     with the Python whose torch is meant; needs cc and binutils
"""

import pathlib
import re
import subprocess
import sysconfig
import tempfile

# Of the libraries that torch names: those that are CUDA's; and how their symbols without a version begin.
LIBRARY = re.compile(r"lib(cu|nccl|nv)[^/]*\.so\.\d+$")
UNVERSIONED = re.compile(r"nccl|cuFile|cufile|cusparseLt|nvshmem|nvml|cupti")
TEXT = {
    "cudaGetErrorString",
    "cudaGetErrorName",
    "ncclGetErrorString",
    "cublasGetStatusString",
    "cudnnGetErrorString",
}


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed_by(library):
    """CUDA libraries that it names."""
    return {
        name
        for name in re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "-d", library))
        if LIBRARY.match(name)
    }


def versions_of(library):
    """Pairs of a CUDA library and a version of symbols that is wanted from it."""
    name = ""
    for kind, word in re.findall(r"(File|Name): (\S+)", output_of("readelf", "-V", library)):
        if kind == "File":
            name = word
        elif LIBRARY.match(name):
            yield name, word


def wanted_by(library):
    """Pairs of an undefined symbol and its version, "" where it has none."""
    for line in output_of("nm", "-D", "--undefined-only", library).splitlines():
        symbol, _, version = line.split()[-1].partition("@")
        yield symbol, version


def build(directory, name, symbols, versions):
    """A library `name` that has `symbols`; `versions`: those of them that each version has."""
    body = ["int %s(void) { return 100; }" % s for s in sorted(symbols - TEXT)]
    body += ['const char *%s(void) { return "no CUDA here"; }' % s for s in sorted(symbols & TEXT)]
    nodes = [
        "%s { global: %s };" % (v, " ".join(s + ";" for s in sorted(of)))
        for v, of in sorted(versions.items())
    ]
    with tempfile.TemporaryDirectory() as place:
        source, script = pathlib.Path(place, "stand_in.c"), pathlib.Path(place, "versions")
        source.write_text("\n".join(body) + "\n")
        script.write_text("\n".join(nodes) + "\n")
        command = [
            "cc",
            "-shared",
            "-fPIC",
            "-w",
            "-fno-builtin",
            "-Wl,-soname," + name,
            "-o",
            directory / name,
            source,
        ]
        subprocess.run(command + (["-Wl,--version-script=%s" % script] if nodes else []), check=True)


def main():
    directory = pathlib.Path(sysconfig.get_path("platlib"), "torch", "lib")
    own = [path for path in directory.glob("*.so") if not LIBRARY.match(path.name)]
    needed = set().union(*map(needed_by, own))
    of_version = {version: name for path in own for name, version in versions_of(path)}
    wanted = {pair for path in own for pair in wanted_by(path)}
    for name in sorted(needed):
        versions = {
            v: {s for s, version in wanted if version == v} for v, of in of_version.items() if of == name
        }
        symbols = set().union(*versions.values()) if versions else set()
        if name == sorted(needed)[0]:  # the others' symbols without a version may lie in any of them
            symbols |= {s for s, version in wanted if not version and UNVERSIONED.match(s)}
        build(directory, name, symbols, versions)
    print("%d stand-ins for CUDA libraries in %s" % (len(needed), directory))


if __name__ == "__main__":
    main()
