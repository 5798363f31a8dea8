"""Which places of the sources need a mutant: every check, refusal, challenge and absorbed message."""

import re
from table import TableError

# What a verifier or a reader of untrusted bytes is made of. Their tests are measured by the table.
FOLDERS = ["argument", "base", "circuit", "curve", "field", "groth16", "groth16/ceremony", "groth16/contract", "hash", "lookup", "pcs/hyrax",
           "pcs/whir", "prover", "relation", "statement", "sumcheck", "tensor", "transcript", "verifier", "wrap", "zk", "zk/ligero"]
# What a plan is replayed with: every refusal of a plan's numbers. Those of models are their authors' own affair.
REPLAYED = ["graph/quantize"]
FILES = ["host/session/setup.cpp", "host/session/verifying.cpp", "host/session/values/public_values.cpp", "host/session/values/committed_values.cpp", "host/session/split/split_verifying.cpp",
         "host/cli/commands/verify.cpp", "host/graph/quantize/quantisation_plan.cpp"]
# Those of host/wrap become constraints of a circuit.
CHECK = re.compile(r"\b(?<!void )(?<!Status )(?<!Builder::)(?<!WireChannel::)(?:require_(?:zero|product|equal|bit|below_modulus|selected|path)|rejected|bad_input|make_error|parse_error)\(|\breturn (?:reader\.)?(?:error|truncated)\("
                   r"|\breturn std::nullopt\b|\bDefect::k(?!None)\w+;")
REFUSED_PLAN = re.compile(r"(?:\breturn|[?:]) (?:rejected|refuse)\(|\bErrorKind::kRejected\b")
# What groth16::key_weaknesses finds is added to a list.
FOUND = re.compile(r"\bout\.(?:push|emplace)_back\(")
# Labels of the transcript as they stand in calls.
LABEL = re.compile(r'\b(?:challenges?|message|points|points_for_later|digest|nonce|hidden_vector|absorb\w*|clear|commit_error)\('
                   r'(?:channel, )?"([a-z0-9.-]+)"')


def scanned_files(root):
    out = [root / f for f in FILES]
    for folder in FOLDERS + REPLAYED:
        out += sorted(p for p in (root / "host" / folder).iterdir() if p.suffix in (".cpp", ".hpp"))
    return sorted({p for p in out if p.exists()})


def _sites(name, source):
    if name not in FILES and any(name.startswith(f"host/{folder}/") for folder in REPLAYED):
        return list(REFUSED_PLAN.finditer(source))
    return [*CHECK.finditer(source), *(FOUND.finditer(source) if name == "host/groth16/key_check.cpp" else [])]


def _without_comments(source):
    return re.sub(r"//[^\n]*", lambda m: " " * len(m[0]), source)


def missing(root, table):
    """A line for each site of the sources that no mutant's text covers, and for each label without mutants."""
    covered = {}
    for edit in [e for m in table.mutants for e in m.edits] + table.waived:
        path = root / edit.file
        if not path.exists():
            raise TableError(f"{edit.where}: expected a source file, found none at {edit.file}")
        span, _ = edit.find(path.read_text())
        covered.setdefault(edit.file, []).append(span)
    out = []
    for path in scanned_files(root):
        name = str(path.relative_to(root))
        source = _without_comments(path.read_text())
        for site in _sites(name, source):
            if not any(begin <= site.start() < end for begin, end in covered.get(name, [])):
                line = source.count("\n", 0, site.start())
                out.append(f"{name}:{line + 1}: no mutant: {source.splitlines()[line].strip()}")
        for label in LABEL.finditer(source):
            if label[1] not in table.labels:
                out.append(f"{name}:{source.count(chr(10), 0, label.start()) + 1}: no mutants of label {label[1]}")
    return out
