// Product in Goldilocks: y_o = a_i * b_i mod p.
//
// Method:  pc_leaf_mul's chunks c0..c3 of 33 bits; c0 + 2^33 c1 + 2^66 c2 + 2^99 c3 = c0 - 4 c2 - 8 c3 + 2^33 (c1 + 2 c2),
//          whose last term folds again above bit 64. What is left is in (-2^44, 2^64 + 2^44): one correction.
// Range:   any a_i, b_i; y_o in [0, p).
// Timing:  latency pc_gl_pkg::MUL_LATENCY = 12, one product a cycle; 12 DSP blocks; no sum over 64 bits.
// Reset:   rst_ni is for delay lines; no other state.
// Body:    structural, behavioural, DPI-C: the same latency and the same bits.
// Model:   proofcard::rtl::gl_mul.  Test: tests/rtl_ntt/gl_mul_test.cpp.
module pc_gl_mul #(
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [63:0] a_i,
  input  logic [63:0] b_i,
  output logic [63:0] y_o
);
  if (Body > pc_fq_pkg::BODY_DPI) $fatal(1, "pc_gl_mul: Body: expected 0 to 2, found %0d", Body);
  if (Body == pc_fq_pkg::BODY_STRUCTURAL) begin : gen_structural
    logic [151:0] chunks;
    logic [37:0] c0, c1, c2, c3;
    pc_leaf_mul u_leaf (.clk_i, .a_i({4'b0, a_i}), .b_i({4'b0, b_i}), .product_o(chunks));
    assign {c3, c2, c1, c0} = chunks;

    logic [39:0] above_q;           // c1 + 2 c2
    logic signed [42:0] low_q;      // c0 - 4 c2
    logic [37:0] c3_q;
    logic signed [44:0] low_2_q;    // ... - 8 c3
    logic [40:0] fold_q;            // (above >> 31) (2^32 - 1)
    logic [30:0] top_q, top_2_q;    // above mod 2^31, of weight 2^33
    logic signed [45:0] sum_q;
    logic [32:0] foot_q;
    logic signed [32:0] head_q;     // value = head 2^33 + foot, before correction
    logic [63:0] value_q;
    logic negative_q, excess_q;
    logic [63:0] value;
    assign value = {head_q[30:0], foot_q};
    always_ff @(posedge clk_i) begin
      above_q <= 40'(c1) + {1'b0, c2, 1'b0};
      low_q <= 43'(c0) - {3'b0, c2, 2'b0};
      c3_q <= c3;
      low_2_q <= 45'(low_q) - {4'b0, c3_q, 3'b0};
      fold_q <= {above_q[39:31], 32'b0} - {32'b0, above_q[39:31]};
      top_q <= above_q[30:0];
      sum_q <= 46'(low_2_q) + {5'b0, fold_q};
      top_2_q <= top_q;
      head_q <= {2'b0, top_2_q} + 33'(sum_q >>> 33);
      foot_q <= sum_q[32:0];
      value_q <= value;
      negative_q <= head_q[32];
      excess_q <= head_q[31] | ((&value[63:32]) & (|value[31:0]));
      y_o <= value_q + (negative_q ? pc_gl_pkg::P : excess_q ? pc_gl_pkg::NEG_P : 64'b0);
    end
    logic unused;
    assign unused = rst_ni;
  end else begin : gen_fast
    logic [63:0] a_q, b_q, y;
    always_ff @(posedge clk_i) begin
      a_q <= a_i;
      b_q <= b_i;
    end
    if (Body == pc_fq_pkg::BODY_BEHAVIOURAL) begin : gen_behavioural
      assign y = pc_gl_pkg::mul(a_q, b_q);
    end else begin : gen_dpi
`ifdef SYNTHESIS
      $fatal(1, "pc_gl_mul: Body: expected one that can be synthesised, found the C++ model, %0d", Body);
`else
      import "DPI-C" function longint unsigned pc_gl_mul_dpi(input longint unsigned a, input longint unsigned b);
      always_comb y = pc_gl_mul_dpi(a_q, b_q);
`endif
    end
    pc_delay #(.Width(64), .Depth(pc_gl_pkg::MUL_LATENCY - 1)) u_delay (.clk_i, .rst_ni, .data_i(y), .data_o(y_o));
  end
endmodule
