#!/usr/bin/env python3
"""Writes tests/fuzz/corpus.tar.xz, the seeds that fuzzing starts from: of many small ONNX models the smallest of each kind.

    make_seeds.py FOLDER...     folders with .onnx files, for instance build/models (scripts/make_test_models.sh)

Seeds of fuzz_onnx: one model for each set of operators and their attributes; of fuzz_quantize: one for each set of
operators, which goes the whole way and takes longer. Needs examples/requirements.txt.
"""

import io
import pathlib
import sys
import tarfile

import onnx

MAX_BYTES = 2000
MAX_QUANTIZED_BYTES = 130


def kinds(model):
    nodes = [(n.op_type, n) for n in model.graph.node]
    operators = frozenset(op for op, _ in nodes)
    return operators, frozenset((op, a.name) for op, n in nodes for a in n.attribute) | operators


def main():
    files = sorted((f for folder in sys.argv[1:] for f in pathlib.Path(folder).rglob("*.onnx")),
                   key=lambda f: (f.stat().st_size, f.name))
    by_operators, by_attributes = {}, {}
    for file in files:
        if file.stat().st_size > MAX_BYTES:
            break
        operators, attributes = kinds(onnx.load(file))
        by_attributes.setdefault(attributes, file)
        if file.stat().st_size <= MAX_QUANTIZED_BYTES:
            by_operators.setdefault(operators, file)
    out = pathlib.Path(__file__).parent / "corpus.tar.xz"
    with tarfile.open(out, "w:xz", preset=9) as tar:
        for folder, chosen in (("onnx", by_attributes), ("quantize", by_operators)):
            for file in sorted(chosen.values(), key=lambda f: f.name):
                data = file.read_bytes()
                member = tarfile.TarInfo(f"{folder}/{file.stem}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
            print(f"{folder}: {len(chosen)} models")
    print(f"{out}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
