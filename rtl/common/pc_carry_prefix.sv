// Carries into the pieces of a sum, from what each piece generates and propagates:
//   carry_o[0] = 0, carry_o[k + 1] = generate_i[k] | (propagate_i[k] & carry_o[k]).
//
// Timing:  latency 1; parallel prefix of radix 2, ceil(log2(Num)) levels of at most half a LUT each.
// Reset:   none.
// Test:    tests/rtl/common_test.cpp.
module pc_carry_prefix #(
  parameter int unsigned Num = 16
) (
  input  logic           clk_i,
  input  logic [Num-1:0] generate_i,
  input  logic [Num-1:0] propagate_i,
  output logic [Num-1:0] carry_o
);
  if (Num < 2) $fatal(1, "pc_carry_prefix: Num: expected at least 2, found %0d", Num);
  localparam int unsigned Levels = $clog2(Num);
  logic [Num-1:0] g, p;
  always_comb begin
    g = generate_i;
    p = propagate_i;
    for (int unsigned l = 0; l < Levels; l++) begin
      g = g | (p & (g << (1 << l)));
      p = p & (p << (1 << l));
    end
  end
  always_ff @(posedge clk_i) carry_o <= {g[Num-2:0], 1'b0};
  logic unused;
  assign unused = g[Num-1] ^ (^p);
endmodule
