"""Pages for people: docs/abi*.md."""
from description import COMMON_NOTE, note


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(str(c) for c in row) + " |" for row in rows]
    return lines


def by_channel(arguments):
    """Rows of the table of arguments; the copies of a channel's are one row."""
    rows = []
    for a in arguments:
        last = a
        if "channel" in a:
            if a["channel"] != 0:
                continue
            last = next(b for b in reversed(arguments) if b.get("doc") == a["doc"] and "channel" in b)
        span = lambda first, end: f"{first}" if first == end else f"{first} to {end}"
        rows.append(
            (
                span(a["id"], last["id"]),
                span(f"`{a['name']}`", f"`{last['name']}`"),
                span(f"0x{a['offset']:03x}", f"0x{last['offset']:03x}"),
                a["bytes"],
                span(a.get("port", "register"), last.get("port", "register")),
                a["doc"],
            )
        )
    return rows


def record(fields):
    return table(["offset", "bytes", "field", "meaning"], [(f["offset"], f["bytes"], f"`{f['name']}`", f["doc"]) for f in fields])


def errors(listed):
    return table(["code", "name", "meaning"], [(e["code"], f"`{e['name']}`", e["doc"]) for e in listed])


def common_page(common):
    control = common["control"]
    out = [f"<!-- {COMMON_NOTE} -->", "# What the ABIs of all kernels have", "",
           "Control registers, what a completion record begins and ends with, and errors. The pages of the kernels say what is their own: "
           "[msm_g1](abi.md), [ntt_fr](abi_ntt_fr.md), [ntt_gl](abi_ntt_gl.md), [hadamard_fr](abi_hadamard_fr.md).", ""]
    out += [f"Control is `{control['protocol']}`, with {control['range']} bytes of registers. Arguments are from 0x10 on: pointers, 12 bytes each, then scalars of 8.",
            "", "## Registers", ""]
    rows = [(f"`{r['name']}`", f"0x{r['offset']:03x}", r["access"], r["doc"]) for r in control["registers"] + control["info_registers"]]
    out += table(["name", "offset", "access", "meaning"], rows)
    bits = ", ".join(f"{i} `{bit}`" for i, bit in enumerate(control["registers"][0]["bits"]))
    out += ["", f"Bits of `ctrl`: {bits}. Registers from 0x800 exist in RTL builds; an HLS build reports the same in its completion record only.",
            "", "## Completion record", "", "32 bytes of the kernel's own counters are between head and end.", ""]
    out += record(common["record_head"] + common["record_tail"])
    out += ["", *table(["constant", "value"], [(f"`{k}`", v) for k, v in common["formats"].items()])]
    out += ["", "## Errors", "", "`msm_g1` has codes of its own.", "", *errors(common["errors"])]
    return "\n".join(out) + "\n"


def kernel_page(abi):
    out = [f"<!-- {note(abi)} -->", f"# Kernel `{abi['kernel']}`, ABI version {abi['version']}", "", abi["summary"], "",
           f"Hash `0x{abi['hash']:016x}`. Control registers, and what is in every completion record, are those of [all kernels](abi_common.md).",
           "", "## Arguments", ""]
    out += table(["id", "name", "offset", "bytes", "port", "meaning"], by_channel(abi["arguments"]))
    out += ["", "## Data", "", *[f"- {rule}" for rule in abi["format_rules"]], ""]
    out += [*table(["constant", "value"], [(f"`{k}`", v) for k, v in abi["own_formats"].items()]), ""] if abi["own_formats"] else []
    if "scalar_formats" in abi:
        rows = [(f["bits"], f["bytes"], f["digit_range_bits"]) for f in abi["scalar_formats"]]
        out += [*table(["scalar_bits", "bytes", "digit_range_bits"], rows), ""]
    out += ["## Completion record", "", *record(abi["completion_record"]), "", "## Errors", "", *errors(abi["errors"])]
    return "\n".join(out) + "\n"
