// Cuts a command of consecutive beats into AXI bursts.
//
// Method:  a burst ends at the next multiple of BurstBeats beats, so none crosses 4 KiB, and each stays in one 1 KiB
//          row of an HBM channel when bursts are of 1 KiB.
// Range:   address_i is a multiple of a beat's 2^LogBeat bytes; BurstBeats is a power of two, at least 2, of at most 4
//          KiB. A command of no beats gives no burst.
// Timing:  a command's first burst is offered in the cycle after it was taken; one burst a cycle after that, and the
//          next command is taken with the last burst.
// Reset:   rst_ni or stop_i drops what is left of the command.
// Test:    tests/rtl_top/axi_test.cpp.
module pc_axi_split #(
  parameter int unsigned BurstBeats = 16,
  parameter int unsigned LogBeat = 6,
  localparam int unsigned CountBits = $clog2(BurstBeats + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 stop_i,
  input  logic                 valid_i,
  output logic                 ready_o,
  input  logic [63:0]          address_i,
  input  logic [15:0]          beats_i,
  output logic                 valid_o,
  input  logic                 take_i,
  output logic [63:0]          address_o,
  output logic [CountBits-1:0] beats_o
);
  if (BurstBeats < 2 || (1 << $clog2(BurstBeats)) != BurstBeats || BurstBeats > 256 || BurstBeats << LogBeat > 4096)
    $fatal(1, "pc_axi_split: BurstBeats: expected a power of two, inside 4 KiB, found %0d", BurstBeats);
  localparam int unsigned OffsetBits = $clog2(BurstBeats);
  logic [63-LogBeat:0] beat_q;  // address in beats
  logic [15:0] left_q;
  logic [CountBits-1:0] to_boundary;
  logic last;
  assign to_boundary = CountBits'(BurstBeats) - CountBits'(beat_q[OffsetBits-1:0]);
  assign last = left_q <= 16'(to_boundary);
  assign valid_o = left_q != '0;
  assign address_o = {beat_q, LogBeat'(0)};
  assign beats_o = last ? left_q[CountBits-1:0] : to_boundary;
  assign ready_o = ~stop_i & (~valid_o | (take_i & last));
  always_ff @(posedge clk_i) begin
    if (!rst_ni || stop_i) begin
      left_q <= '0;
    end else if (valid_i && ready_o) begin
      left_q <= beats_i;
      beat_q <= address_i[63:LogBeat];
    end else if (take_i) begin
      left_q <= left_q - 16'(beats_o);
      beat_q <= {beat_q[63-LogBeat:OffsetBits] + 1'b1, OffsetBits'(0)};
    end
  end
  logic unused;
  assign unused = ^address_i[LogBeat-1:0];
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni && !stop_i) begin
      assert (!take_i || valid_o) else $error("pc_axi_split: a burst was taken that is not there");
      assert (!valid_i || !ready_o || address_i[LogBeat-1:0] == '0) else $error("pc_axi_split: address within a beat");
    end
  end
`endif
endmodule
