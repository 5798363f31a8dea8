// First-in first-out queue in block memory, with a registered head.
//
// Range:   Depth is a power of two of at least 2; the caller never pushes when it holds Depth entries (asserted).
// Timing:  an entry is at the head two cycles after its push at the earliest; one push and one pop a cycle.
// Reset:   rst_ni empties it.
// Test:    tests/rtl/park_pair_test.cpp (through pc_park_pair).
module pc_fifo #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 16
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             push_i,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  output logic [Width-1:0] data_o,
  input  logic             pop_i
);
  if (Depth < 2 || (1 << $clog2(Depth)) != Depth)
    $fatal(1, "pc_fifo: Depth: expected a power of two from 2 on, found %0d", Depth);
  localparam int unsigned PointerBits = $clog2(Depth);
  logic [Width-1:0] memory_q [Depth];
  logic [PointerBits-1:0] write_q, read_q;
  logic [PointerBits:0] stored_q;
  logic fetch;
  assign fetch = (stored_q != '0) & (~valid_o | pop_i);
  always_ff @(posedge clk_i) begin
    if (push_i) memory_q[write_q] <= data_i;
    if (fetch) data_o <= memory_q[read_q];
    if (!rst_ni) begin
      write_q <= '0;
      read_q <= '0;
      stored_q <= '0;
      valid_o <= 1'b0;
    end else begin
      write_q <= write_q + PointerBits'(push_i);
      read_q <= read_q + PointerBits'(fetch);
      stored_q <= stored_q + (PointerBits+1)'(push_i) - (PointerBits+1)'(fetch);
      valid_o <= fetch | (valid_o & ~pop_i);
    end
  end
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!push_i || stored_q != (PointerBits+1)'(Depth)) else $error("pc_fifo: push into a full queue");
      assert (!pop_i || valid_o) else $error("pc_fifo: pop from an empty queue");
    end
  end
`endif
endmodule
