"""Headers of the host and of HLS kernels: what all kernels have, and what is a kernel's own."""
from description import COMMON_NOTE, camel, note, suffix


def registers(control):
    lines = [f"constexpr std::uint32_t kReg{camel(r['name'])} = 0x{r['offset']:03x};" for r in control["registers"] + control["info_registers"]]
    lines.append(f"constexpr std::uint32_t kControlRange = 0x{control['range']:x};")
    lines += [f"constexpr std::uint32_t kCtrl{camel(bit)} = 1U << {i};" for i, bit in enumerate(control["registers"][0]["bits"])]
    return lines


def formats(values):
    return [f"constexpr std::uint32_t k{camel(k)} = {v};" for k, v in values.items()]


def error_enum(errors):
    return ["enum class KernelError : std::uint32_t {", *[f"  k{camel(e['name'])} = {e['code']}," for e in errors], "};"]


def fields(record):
    return [f"  std::uint{8 * f['bytes']}_t {f['name']};" for f in record]


def error_text(errors, otherwise):
    """otherwise: what gives the other texts; None where there are none."""
    lines = ["constexpr std::string_view error_text(std::uint32_t code) {", "  switch (static_cast<KernelError>(code)) {"]
    for e in errors:
        lines += [f"    case KernelError::k{camel(e['name'])}:", f"      return \"{e['name']}: {e['doc']}\";"]
    if otherwise:
        return [*lines, "    default:", f"      return {otherwise};", "  }", "}"]
    return [*lines, "  }", '  return "not a known code";', "}"]


def common_constants(common):
    lines = [*registers(common["control"]), "", *formats(common["formats"]), "", "// But for kernels that have their own.",
             *error_enum(common["errors"]), "", "// With what a completion record begins: the kernel's counters follow, then the words plan and build.",
             "struct RecordHead {", *fields(common["record_head"]), "};"]
    lines += [f"constexpr std::uint32_t kRecord{camel(f['name'])}Offset = {f['offset']};" for f in common["record_tail"]]
    lines.append("")
    return lines + [f"constexpr std::uint8_t kImplementation{camel(i['name'])} = {i['id']};" for i in common["implementations"]]


def constants(abi):
    """What is the kernel's own."""
    out = [f"constexpr std::uint64_t kAbiHash = 0x{abi['hash']:016x};", ""]
    out += [f"constexpr std::uint32_t kArg{camel(a['name'])} = 0x{a['offset']:03x};" for a in abi["arguments"]]
    out += ["", *formats(abi["own_formats"]), ""]
    if "scalar_formats" in abi:
        out += ["// Bits of the signed digits of a scalar; 0: no such format.", "constexpr std::uint32_t digit_range_bits(std::uint32_t scalar_bits) {",
                "  switch (scalar_bits) {"]
        for f in abi["scalar_formats"]:
            out += [f"    case {f['bits']}:", f"      return {f['digit_range_bits']};"]
        out += ["    default:", "      return 0;", "  }", "}", ""]
    out += error_enum(abi["errors"]) if abi["own_errors"] else ["using abi_common::KernelError;"]
    out += ["", "struct CompletionRecord : RecordHead {", *fields(abi["completion_record"][4:]), "};", "static_assert(sizeof(CompletionRecord) == kStatusBytes);"]
    return out


def is_counter(field):
    """Of a completion record: what adds up over jobs."""
    name = field["name"]
    return name == "cycles" or name.startswith("num_") or name.endswith(("_cycles", "_words"))


def common_host_header(common):
    out = [f"// {COMMON_NOTE}", "// What the ABIs of all kernels have, which each kernel's namespace has too: docs/abi_common.md says what everything means.",
           "#pragma once", "", "#include <cstdint>", "#include <string_view>", "", "namespace proofcard::device::abi_common {", ""]
    out += [*common_constants(common), "", *error_text(common["errors"], None), "", "}  // namespace proofcard::device::abi_common"]
    return "\n".join(out) + "\n"


def common_hls_header(common):
    out = [f"// {COMMON_NOTE}", "// What the ABIs of all kernels have, for HLS: no standard library beyond <cstdint>.", "#pragma once", "",
           "#include <cstdint>", "", "namespace proofcard::hls::abi_common {", "", *common_constants(common), "",
           "}  // namespace proofcard::hls::abi_common"]
    return "\n".join(out) + "\n"


def table(kind, name, rows):
    return [f"inline constexpr std::array<{kind}, {len(rows)}> {name}{{{{", *[f"    {row}," for row in rows], "}};"]


def host_header(abi):
    namespace = f"proofcard::device::abi{suffix(abi, '::')}"
    out = [
        f"// {note(abi)}",
        f"// The contract between driver and card: docs/abi{suffix(abi)}.md says what everything means.",
        "#pragma once",
        "",
        "#include <array>",
        "#include <cstdint>",
        "#include <string_view>",
        "",
        '#include "host/device/abi/abi_common.hpp"',
        '#include "host/device/abi/kernel_abi.hpp"',
        "",
        f"namespace {namespace} {{",
        "",
        "using namespace abi_common;  // NOLINT(google-build-using-namespace): part of each kernel's ABI",
        "",
        f"constexpr std::string_view kKernelName = \"{abi['kernel']}\";",
        f"constexpr std::uint32_t kVersion = {abi['version']};",
    ]
    out += constants(abi)
    out += ["", "// Index of each argument in the kernel's signature."]
    out += [f"constexpr int kId{camel(a['name'])} = {a['id']};" for a in abi["arguments"]]
    out += ["", "// clang-format off"]
    out += table("Argument", "kArguments", [
        f"{{\"{a['name']}\", {'true' if a['kind'] == 'buffer' else 'false'}, \"{a.get('port', '')}\", 0x{a['offset']:03x}, {a['bytes']}}}"
        for a in abi["arguments"]])
    out += ["", *table("Port", "kPorts", [f"{{\"{p['name']}\", {p['data_bits']}}}" for p in abi["ports"]]), ""]
    out += table("Counter", "kCounters", [f"{{\"{f['name']}\", {f['offset']}, {f['bytes']}}}" for f in abi["completion_record"] if is_counter(f)])
    texts = abi["errors"] if abi["own_errors"] else [e for e in abi["errors"] if e["name"] in abi["error_texts"]]
    out += ["// clang-format on", ""]
    out += error_text(texts, None if abi["own_errors"] else "abi_common::error_text(code)") if texts else ["using abi_common::error_text;"]
    out += ["", "inline constexpr KernelAbi kKernel{kKernelName, kVersion, kAbiHash, kControlRange, kArguments, kPorts, kCounters};", ""]
    out += [f"}}  // namespace {namespace}"]
    return "\n".join(out) + "\n"


def hls_header(abi):
    params = []
    for a in abi["arguments"]:
        if a["kind"] == "buffer":
            port = next(p for p in abi["ports"] if p["name"] == a["port"])
            const = "const " if a.get("access", port["mode"]) == "read" else ""
            params.append(f"{const}ap_uint<{port['data_bits']}>* {a['name']}")
        else:
            params.append(f"unsigned {a['name']}")
    signature = f"extern \"C\" void {abi['kernel']}({', '.join(params)});"
    namespace = f"proofcard::hls::abi{suffix(abi, '::')}"
    out = [
        f"// {note(abi)}",
        "// Constants and signature of the kernel, for HLS: no standard library beyond <cstdint>.",
        "#pragma once",
        "",
        "#include <ap_int.h>",
        "",
        "#include <cstdint>",
        "",
        '#include "hls/common/abi_common.hpp"',
        "",
        f"namespace {namespace} {{",
        "",
        "using namespace abi_common;  // NOLINT(google-build-using-namespace): part of each kernel's ABI",
        "",
    ]
    out += constants(abi)
    out += ["", f"}}  // namespace {namespace}", "", "// clang-format off", signature, "// clang-format on"]
    return "\n".join(out) + "\n"
