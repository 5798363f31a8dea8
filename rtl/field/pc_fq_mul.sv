// Montgomery product in Fq: y_o = a_i * b_i / 2^256 modulo p, lazily reduced.
//
// Range:   a_i, b_i in [0, 2^258). With a_i < x p and b_i < y p: y_o < (0.18904 x y + 1.1313) p; so [0, 2p) is closed.
//          y_o < 2^258 needs x y < 78; asserted by the caller's ranges.
// Timing:  latency pc_fq_pkg::FQ_MUL_LATENCY = 74, one product a cycle.
// Reset:   rst_ni is for delay lines; no other state.
// Body:    structural, behavioural, DPI-C: the same latency and the same bits.
// Model:   proofcard::rtl::fq_mul.  Test: tests/rtl/fq_mul_test.cpp.
module pc_fq_mul #(
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] a_i,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] b_i,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] y_o
);
  if (Body > pc_fq_pkg::BODY_DPI) $fatal(1, "pc_fq_mul: Body: expected 0 to 2, found %0d", Body);
  if (Body == pc_fq_pkg::BODY_STRUCTURAL) begin : gen_structural
    localparam int unsigned Num = pc_fq_pkg::NUM_CHUNKS;
    localparam int unsigned In = pc_fq_pkg::PRODUCT_CHUNK;
    localparam int unsigned Out = pc_fq_pkg::SUM_CHUNK;
    logic [Num*In-1:0] product;
    logic [Num*Out-1:0] biased_q;
    logic [pc_fq_pkg::EXACT_BITS-1:0] exact;
    pc_mul_wide u_mul (.clk_i, .a_i, .b_i, .product_o(product));
    for (genvar k = 0; k < Num; k++) begin : gen_bias
      always_ff @(posedge clk_i) begin
        biased_q[k*Out+:Out] <= {{(Out-In){product[k*In+In-1]}}, product[k*In+:In]} + pc_fq_pkg::zero_bias(k, In);
      end
    end
    pc_chunk_norm u_norm (.clk_i, .chunks_i(biased_q), .exact_o(exact));
    pc_fq_redc u_redc (.clk_i, .rst_ni, .exact_i(exact), .reduced_o(y_o));
  end else begin : gen_fast
    logic [pc_fq_pkg::REDUCED_BITS-1:0] a_q, b_q, y;
    always_ff @(posedge clk_i) begin
      a_q <= a_i;
      b_q <= b_i;
    end
    if (Body == pc_fq_pkg::BODY_BEHAVIOURAL) begin : gen_behavioural
      assign y = pc_fq_pkg::redc({270'b0, a_q} * {270'b0, b_q});
    end else begin : gen_dpi
`ifdef SYNTHESIS
      $fatal(1, "pc_fq_mul: Body: expected one that can be synthesised, found the C++ model, %0d", Body);
`else
      import "DPI-C" function void pc_fq_mul_dpi(input bit [257:0] a, input bit [257:0] b, output bit [257:0] y);
      always_comb pc_fq_mul_dpi(a_q, b_q, y);
`endif
    end
    pc_delay #(.Width(pc_fq_pkg::REDUCED_BITS), .Depth(pc_fq_pkg::FQ_MUL_LATENCY - 1)) u_delay (
      .clk_i, .rst_ni, .data_i(y), .data_o(y_o)
    );
  end
endmodule
