// Sum of wide numbers: sum_o = a_i + b_i + CarryIn modulo 2^Width. With b_i inverted and CarryIn = 1, a difference.
//
// Range:   any inputs.
// Timing:  latency LATENCY = 3, one sum a cycle: pieces of 52 bits, carries by parallel prefix, increments.
// Reset:   none.
// Test:    tests/rtl/common_test.cpp.
module pc_wide_add #(
  parameter int unsigned Width = 256,
  parameter bit CarryIn = 1'b0
) (
  input  logic             clk_i,
  input  logic [Width-1:0] a_i,
  input  logic [Width-1:0] b_i,
  output logic [Width-1:0] sum_o
);
  if (Width == 0) $fatal(1, "pc_wide_add: Width: expected at least 1, found %0d", Width);
  localparam int unsigned Piece = 52;
  localparam int unsigned Num = (Width + Piece - 1) / Piece;
  logic [Num-1:0] generate_carry, propagate, carry_q;
  for (genvar k = 0; k < Num; k++) begin : gen_piece
    localparam int unsigned Bits = (k == Num - 1) ? Width - Piece * k : Piece;
    localparam bit Foot = (k == 0) ? CarryIn : 1'b0;
    logic [Bits+1:0] sum;
    logic [Bits:0] sum_q;
    logic [Bits-1:0] sum_2_q, out_q;
    assign sum = {1'b0, a_i[Piece*k+:Bits], 1'b1} + {1'b0, b_i[Piece*k+:Bits], Foot};
    always_ff @(posedge clk_i) begin
      sum_q <= sum[Bits+1:1];
      sum_2_q <= sum_q[Bits-1:0];
      out_q <= sum_2_q + Bits'(carry_q[k]);
    end
    assign generate_carry[k] = sum_q[Bits];
    assign propagate[k] = &sum_q[Bits-1:0];
    assign sum_o[Piece*k+:Bits] = out_q;
    logic unused_low;
    assign unused_low = sum[0];
  end
  if (Num > 1) begin : gen_prefix
    pc_carry_prefix #(.Num(Num)) u_prefix (
      .clk_i, .generate_i(generate_carry), .propagate_i(propagate), .carry_o(carry_q)
    );
  end else begin : gen_no_prefix
    assign carry_q = '0;
    logic unused;
    assign unused = generate_carry[0] ^ propagate[0];
  end
endmodule
