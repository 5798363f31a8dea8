"""What RTL and its packaging read: SystemVerilog packages and kernel.xml."""
from description import COMMON_NOTE, note, suffix


def package_name(abi):
    return f"pc{suffix(abi)}_abi_pkg"


def error_enum(errors):
    lines = ["  typedef enum logic [31:0] {"]
    lines += [f"    ERR_{e['name'].upper()} = 32'd{e['code']}{',' if i + 1 < len(errors) else ''}" for i, e in enumerate(errors)]
    return [*lines, "  } error_e;"]


def packed_struct(name, fields):
    lines = ["  typedef struct packed {"]
    lines += [f"    logic [{8 * f['bytes'] - 1}:0] {f['name']};" for f in reversed(fields)]
    return [*lines, f"  }} {name};"]


def common_package(common):
    out = [f"// {COMMON_NOTE}", "// What all kernels have: control registers, head of the completion record, error codes, implementations.",
           "package pc_kernel_abi_pkg;", "  // Register offsets."]
    for r in common["control"]["registers"] + common["control"]["info_registers"]:
        out.append(f"  localparam logic [11:0] REG_{r['name'].upper()} = 12'h{r['offset']:03x};")
    out += ["", "  // Bits of REG_CTRL."]
    out += [f"  localparam int unsigned CTRL_{bit.upper()} = {i};" for i, bit in enumerate(common["control"]["registers"][0]["bits"])]
    out += ["", "  // Formats."]
    out += [f"  localparam int unsigned {k.upper()} = {v};" for k, v in common["formats"].items()]
    out += ["", "  // Error codes, but for kernels that have their own.", *error_enum(common["errors"])]
    out += ["", "  // With what a completion record begins; its first byte is bits 7:0. 32 bytes of a kernel's own counters follow, then the words",
            "  // plan and build.", *packed_struct("record_head_t", common["record_head"]), ""]
    out += [f"  localparam logic [7:0] IMPLEMENTATION_{i['name'].upper()} = 8'd{i['id']};" for i in common["implementations"]]
    return "\n".join([*out, "endpackage"]) + "\n"


def package(abi):
    errors = abi["own_errors"]
    out = [f"// {note(abi)}", f"// Arguments, formats{', error codes' if errors else ''} and counters of the kernel; what all have is in pc_kernel_abi_pkg.",
           f"package {package_name(abi)};", f"  localparam logic [63:0] ABI_HASH = 64'h{abi['hash']:016x};", "",
           "  // Offsets of arguments: pointers of 12 bytes each, then scalars of 8."]
    out += [f"  localparam logic [11:0] ARG_{a['name'].upper()} = 12'h{a['offset']:03x};" for a in abi["arguments"]]
    pointers = sum(a["kind"] == "buffer" for a in abi["arguments"])
    out += [f"  localparam int unsigned NUM_POINTERS = {pointers};",
            f"  localparam int unsigned ARGUMENT_WORDS = {abi['arguments'][-1]['offset'] // 4 + 2};  // of registers, from offset 0 on", "",
            "  // Formats."]
    out += [f"  localparam int unsigned {k.upper()} = {v};" for k, v in abi["own_formats"].items()]
    out += [f"  localparam int unsigned SCALAR{f['bits']}_DIGIT_RANGE_BITS = {f['digit_range_bits']};" for f in abi.get("scalar_formats", [])]
    if errors:
        out += ["", "  // Error codes.", *error_enum(abi["errors"])]
    out += ["", "  // Counters of the completion record.", *packed_struct("counters_t", abi["counters"])]
    return "\n".join([*out, "endpackage"]) + "\n"


def kernel_xml(abi):
    """kernel.xml as package_xo takes it."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<!-- {note(abi)} -->",
        '<root versionMajor="1" versionMinor="6">',
        f'  <kernel name="{abi["kernel"]}" language="ip_c" vlnv="proofcard:kernel:{abi["kernel"]}:{abi["version"]}.0"'
        f' attributes="" preferredWorkGroupSizeMultiple="0" workGroupSize="1" interrupt="true"'
        f' hwControlProtocol="{abi["control"]["protocol"]}">',
        "    <ports>",
        f'      <port name="s_axi_control" mode="slave" range="0x{abi["control"]["range"]:X}" dataWidth="32"'
        ' portType="addressable" base="0x0"/>',
    ]
    for p in abi["ports"]:
        out.append(
            f'      <port name="m_axi_{p["name"]}" mode="master" range="0xFFFFFFFFFFFFFFFF" dataWidth="{p["data_bits"]}"'
            ' portType="addressable" base="0x0"/>'
        )
    out += ["    </ports>", "    <args>"]
    for a in abi["arguments"]:
        buffer = a["kind"] == "buffer"
        port = f"m_axi_{a['port']}" if buffer else "s_axi_control"
        out.append(
            f'      <arg name="{a["name"]}" addressQualifier="{1 if buffer else 0}" id="{a["id"]}" port="{port}"'
            f' size="0x{a["bytes"]:X}" offset="0x{a["offset"]:03X}" hostOffset="0x0" hostSize="0x{a["bytes"]:X}"'
            f' type="{"void*" if buffer else "uint"}"/>'
        )
    out += ["    </args>", "  </kernel>", "</root>"]
    return "\n".join(out) + "\n"
