"""Tops as Vitis takes RTL kernels: the port names that it wants around a module whose ports are vectors, a part an AXI port.

A description's `top` has the file's folder, the module, parameters of the top with their defaults (configuration u55c), and parameters of
the module that are fixed.
"""
from description import note

# (name, width, the kernel drives it); a width of 0 is that of the data, -1 that of its strobes.
ADDRESS = lambda p: [(f"{p}addr", 64, True), (f"{p}len", 8, True), (f"{p}valid", 1, True), (f"{p}ready", 1, False)]
READ = ADDRESS("ar") + [("rdata", 0, False), ("rresp", 2, False), ("rlast", 1, False), ("rvalid", 1, False), ("rready", 1, True)]
WRITE = ADDRESS("aw") + [("wdata", 0, True), ("wstrb", -1, True), ("wlast", 1, True), ("wvalid", 1, True), ("wready", 1, False),
                         ("bresp", 2, False), ("bvalid", 1, False), ("bready", 1, True)]
CONTROL = [("awaddr", 12, False), ("awvalid", 1, False), ("awready", 1, True), ("wdata", 32, False), ("wstrb", 4, False),
           ("wvalid", 1, False), ("wready", 1, True), ("bresp", 2, True), ("bvalid", 1, True), ("bready", 1, False),
           ("araddr", 12, False), ("arvalid", 1, False), ("arready", 1, True), ("rdata", 32, True), ("rresp", 2, True),
           ("rvalid", 1, True), ("rready", 1, False)]


def port(name, width, driven):
    bits = f"[{width - 1}:0]" if width > 1 else ""
    return f"  {'output' if driven else 'input '} logic {bits:7} {name}"


def sized(signals, bits):
    return [(name, {0: bits, -1: bits // 8}.get(width, width), driven) for name, width, driven in signals]


def directions(abi):
    """[(signals of a port, its ports)]: those that are read, then those that are written. A port that is written is read too where an
    argument says so; its other direction comes last of the first."""
    also_read = {a["port"] for a in abi["arguments"] if a["kind"] == "buffer" and a.get("access") == "read"}
    write = [p for p in abi["ports"] if p["mode"] == "write"]
    read = [p for p in abi["ports"] if p["mode"] == "read"] + [p for p in write if p["name"] in also_read]
    found = []
    for signals, ports in ((READ, read), (WRITE, write)):
        widths = {p["data_bits"] for p in ports}
        assert len(widths) == 1, f"{abi['kernel']}: ports of one direction: expected one width, found {sorted(widths)}"
        found.append((sized(signals, widths.pop()), [p["name"] for p in ports]))
    return found


def connect(name, width, driven, ports):
    """The lines that join a signal of all ports to a vector, and what the vector is called; one port needs none."""
    parts = [f"m_axi_{p}_{name}" for p in reversed(ports)]
    if len(parts) == 1:
        return [], parts[0]
    joined = "{\n    " + ",\n    ".join(parts) + "\n  }"
    return [f"  logic [{len(ports) * width - 1}:0] {name};",
            f"  assign {joined} = {name};" if driven else f"  assign {name} = {joined};"], name


def parameters(top):
    """The parameters of the top, and of the module in it."""
    own = [f"  parameter int unsigned {name} = {value}" for name, value in top["parameters"].items()]
    inner = [f".{name}({value})" for name, value in top.get("fixed", {}).items()] + [f".{name}({name})" for name in top["parameters"]]
    listed = " #(\n" + ",\n".join(own) + "\n)" if own else ""
    return listed, " #(\n    " + ",\n    ".join(inner) + "\n  )" if inner else ""


def declared(abi):
    """The ports of the top behind control, in the order of the description, other directions last."""
    (read, readers), (write, writers) = directions(abi)
    only = {p["name"] for p in abi["ports"] if p["mode"] == "read"}
    groups = [(read, [p for p in readers if p in only]), (write, writers), (read, [p for p in readers if p not in only])]
    return [port(f"m_axi_{name}_{signal}", width, driven) for signals, names in groups for name in names for signal, width, driven in signals]


def top(abi):
    described = abi["top"]
    ports = [port(f"s_axi_control_{name}", width, driven) for name, width, driven in CONTROL] + declared(abi)
    wires = []
    connections = [f".s_{name}_{'o' if driven else 'i'}(s_axi_control_{name})" for name, _, driven in CONTROL]
    for signals, names in directions(abi):
        for name, width, driven in signals:
            if name == "rlast":
                unused = [f"m_axi_{p}_rlast" for p in names]
                continue
            lines, vector = connect(name, width, driven, names)
            wires += lines
            connections.append(f".m_{name}_{'o' if driven else 'i'}({vector})")
    own, inner = parameters(described)
    newline = ",\n"
    return f"""// {note(abi)}
// The kernel {abi['kernel']} as Vitis takes an RTL kernel: {described['module']} with its ports named.
//
// Configuration: the defaults are u55c.
// Test:    {described['test']}.
module {abi['kernel']}{own} (
  input  logic         ap_clk,
  input  logic         ap_rst_n,
  // Vitis' name for it, which Verilator would keep for itself.
  /* verilator lint_off SYMRSVDWORD */
  output logic         interrupt,
  /* verilator lint_on SYMRSVDWORD */
{newline.join(ports)}
);
{"".join(line + chr(10) for line in wires)}  {described['module']}{inner} u_kernel (
    .clk_i(ap_clk), .rst_ni(ap_rst_n), .interrupt_o(interrupt),
    {(newline + "    ").join(connections)}
  );
  // Beats are counted.
  logic unused;
  assign unused = {"^{" + ", ".join(unused) + "}" if len(unused) > 1 else unused[0]};
endmodule
"""
