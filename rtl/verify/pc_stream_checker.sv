// Checks a stream with valid and ready: what is offered stays, as it is, until it is taken.
//
// Range:   bindable to any stream; AssumeSource is for proofs of what comes after the stream.
// Timing:  none of its own; violations are reported a cycle after they begin.
// Reset:   in reset, and in the first cycle after it, nothing is checked. cancel_i in a cycle allows that an offer ends with it.
// Test:    rtl/verify/formal, tests/cocotb; scripts/formal.py --mutants.
`include "pc_rules.svh"
module pc_stream_checker #(
  parameter int unsigned Width = 1,
  parameter bit AssumeSource = 1'b0
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             cancel_i,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] data_i
);
  if (Width == 0) $fatal(1, "pc_stream_checker: Width: expected at least 1, found %0d", Width);
  logic waits_q = 1'b0;
  logic [Width-1:0] data_q;
  always_ff @(posedge clk_i) begin
    waits_q <= rst_ni & ~cancel_i & valid_i & ~ready_i;
    data_q <= data_i;
    if (rst_ni && waits_q) begin
      `PC_RULE(AssumeSource, valid_i, "stream: an offer ended before it was taken")
      `PC_RULE(AssumeSource, !valid_i || data_i == data_q, "stream: an offer changed before it was taken")
    end
  end
endmodule
