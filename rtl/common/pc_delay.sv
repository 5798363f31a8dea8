// Delay line: data_o is data_i of Depth cycles ago.
//
// Timing:  latency Depth cycles, any Depth from 0.
// Reset:   rst_ni clears the pointer only; data_o is undefined for Depth cycles.
// Note:    from three cycles on it is a circular buffer (distributed RAM), which costs a simulator one write a cycle.
// Test:    tests/rtl/common_test.cpp.
module pc_delay #(
  parameter int unsigned Width = 1,
  parameter int unsigned Depth = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);
  if (Width == 0) $fatal(1, "pc_delay: Width: expected at least 1, found %0d", Width);
  if (Depth == 0) begin : gen_wire
    assign data_o = data_i;
    logic unused;
    assign unused = clk_i ^ rst_ni;
  end else if (Depth < 3) begin : gen_registers
    logic [Width-1:0] first_q;
    always_ff @(posedge clk_i) first_q <= data_i;
    if (Depth == 1) begin : gen_one
      assign data_o = first_q;
    end else begin : gen_two
      logic [Width-1:0] second_q;
      always_ff @(posedge clk_i) second_q <= first_q;
      assign data_o = second_q;
    end
    logic unused;
    assign unused = rst_ni;
  end else begin : gen_ring
    localparam int unsigned PointerBits = $clog2(Depth - 1);
    localparam logic [PointerBits-1:0] Last = PointerBits'(Depth - 2);
    logic [Width-1:0] ring_q [Depth-1];
    logic [PointerBits-1:0] pointer_q;
    logic [Width-1:0] out_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) pointer_q <= '0;
      else pointer_q <= (pointer_q == Last) ? '0 : pointer_q + 1'b1;
    end
    always_ff @(posedge clk_i) begin
      out_q <= ring_q[pointer_q];
      ring_q[pointer_q] <= data_i;
    end
    assign data_o = out_q;
  end
endmodule
