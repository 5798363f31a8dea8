// Memory with a port that writes and one that reads.
//
// Range:   a word is not read in the cycle in which it is written (asserted).
// Timing:  read_o is the word of ReadLatency cycles ago, ReadLatency from 1; one word a cycle on each port.
// Reset:   none; contents are undefined at first. rst_ni is for delay lines.
// Test:    tests/rtl/msm_core_test.cpp (through pc_operands).
module pc_ram_1r1w #(
  parameter int unsigned Width = 72,
  parameter int unsigned AddressBits = 12,
  parameter int unsigned ReadLatency = 3
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]       write_data_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0]       read_o
);
  if (ReadLatency == 0) $fatal(1, "pc_ram_1r1w: ReadLatency: expected at least 1, found %0d", ReadLatency);
  (* ram_style = "ultra", no_rw_check *) logic [Width-1:0] memory_q [2**AddressBits];
  logic [Width-1:0] word_q;
  always_ff @(posedge clk_i) begin
    if (write_i) memory_q[write_address_i] <= write_data_i;
    if (read_i) word_q <= memory_q[read_address_i];
  end
  pc_delay #(.Width(Width), .Depth(ReadLatency - 1)) u_read (.clk_i, .rst_ni, .data_i(word_q), .data_o(read_o));
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(write_i && read_i && write_address_i == read_address_i))
      else $error("pc_ram_1r1w: word %0d is read while it is written", read_address_i);
    end
  end
`endif
endmodule
