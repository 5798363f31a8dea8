// Memory with two ports; each reads or writes one word a cycle.
//
// Range:   addresses are below Words. The ports never name the same word in the same cycle (asserted), so nothing depends
//          on how memory blocks resolve that.
// Timing:  read_*_o is the word of ReadLatency cycles ago, ReadLatency from 1; it keeps its value where nothing was read
//          only when ReadLatency is 1. A word written in one cycle is read in the next by either port.
// Reset:   none; contents are undefined at first. rst_ni is for delay lines.
// Test:    tests/rtl/park_pair_test.cpp (through pc_park_pair).
module pc_ram_2rw #(
  parameter int unsigned Width = 72,
  parameter int unsigned AddressBits = 12,
  parameter int unsigned Words = 2**AddressBits,
  parameter int unsigned ReadLatency = 3
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   enable_a_i,
  input  logic                   write_a_i,
  input  logic [AddressBits-1:0] address_a_i,
  input  logic [Width-1:0]       data_a_i,
  output logic [Width-1:0]       read_a_o,
  input  logic                   enable_b_i,
  input  logic                   write_b_i,
  input  logic [AddressBits-1:0] address_b_i,
  input  logic [Width-1:0]       data_b_i,
  output logic [Width-1:0]       read_b_o
);
  if (ReadLatency == 0) $fatal(1, "pc_ram_2rw: ReadLatency: expected at least 1, found %0d", ReadLatency);
  if (Words == 0 || Words > 2**AddressBits) $fatal(1, "pc_ram_2rw: Words: expected 1 to 2^AddressBits, found %0d", Words);
  (* ram_style = "ultra", no_rw_check *) logic [Width-1:0] memory_q [Words];
  logic [Width-1:0] a_q, b_q;
  // Two processes that write one memory are how synthesis tools recognise two ports that write. always_ff would forbid them.
  always @(posedge clk_i) begin
    if (enable_a_i) begin
      if (write_a_i) memory_q[address_a_i] <= data_a_i;
      else a_q <= memory_q[address_a_i];
    end
  end
  always @(posedge clk_i) begin
    if (enable_b_i) begin
      if (write_b_i) memory_q[address_b_i] <= data_b_i;
      else b_q <= memory_q[address_b_i];
    end
  end
  pc_delay #(.Width(Width), .Depth(ReadLatency - 1)) u_a (.clk_i, .rst_ni, .data_i(a_q), .data_o(read_a_o));
  pc_delay #(.Width(Width), .Depth(ReadLatency - 1)) u_b (.clk_i, .rst_ni, .data_i(b_q), .data_o(read_b_o));
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(enable_a_i && enable_b_i && address_a_i == address_b_i))
      else $error("pc_ram_2rw: both ports at word %0d", address_a_i);
    end
  end
`endif
endmodule
