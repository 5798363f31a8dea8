// Montgomery product in Fr: y_o = a_i * b_i / 2^260 modulo r, lazily reduced.
//
// Range:   a_i, b_i below 2^256. With a_i < x r and b_i < y r: y_o < (0.0119 x y + 2.0001) r.
// Timing:  latency pc_fr_pkg::MUL_LATENCY = 71, one product a cycle.
// Reset:   rst_ni is for delay lines; no other state.
// Body:    structural, behavioural, DPI-C: the same latency and the same bits.
// Model:   proofcard::rtl::fr_mul.  Test: tests/rtl_ntt/fr_mul_test.cpp.
module pc_fr_mul #(
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [255:0] a_i,
  input  logic [255:0] b_i,
  output logic [255:0] y_o
);
  if (Body > pc_fq_pkg::BODY_DPI) $fatal(1, "pc_fr_mul: Body: expected 0 to 2, found %0d", Body);
  if (Body == pc_fq_pkg::BODY_STRUCTURAL) begin : gen_structural
    localparam int unsigned Num = pc_fq_pkg::NUM_CHUNKS;
    localparam int unsigned In = pc_fq_pkg::PRODUCT_CHUNK;
    localparam int unsigned Out = pc_fq_pkg::SUM_CHUNK;
    logic [Num*In-1:0] product;
    logic [Num*Out-1:0] biased_q;
    logic [pc_fq_pkg::EXACT_BITS-1:0] exact;
    logic [257:0] reduced;
    pc_mul_wide u_mul (.clk_i, .a_i({2'b0, a_i}), .b_i({2'b0, b_i}), .product_o(product));
    for (genvar k = 0; k < Num; k++) begin : gen_bias
      always_ff @(posedge clk_i) begin
        biased_q[k*Out+:Out] <= {{(Out-In){product[k*In+In-1]}}, product[k*In+:In]} + pc_fq_pkg::zero_bias(k, In);
      end
    end
    pc_chunk_norm u_norm (.clk_i, .chunks_i(biased_q), .exact_o(exact));
    pc_fr_redc u_redc (.clk_i, .rst_ni, .exact_i(exact[515:0]), .reduced_o(reduced));
    assign y_o = reduced[255:0];
    logic unused;
    assign unused = ^{exact[527:516], reduced[257:256]};
  end else begin : gen_fast
    logic [255:0] a_q, b_q, y;
    always_ff @(posedge clk_i) begin
      a_q <= a_i;
      b_q <= b_i;
    end
    if (Body == pc_fq_pkg::BODY_BEHAVIOURAL) begin : gen_behavioural
      assign y = 256'(pc_fr_pkg::redc({260'b0, a_q} * {260'b0, b_q}));
    end else begin : gen_dpi
`ifdef SYNTHESIS
      $fatal(1, "pc_fr_mul: Body: expected one that can be synthesised, found the C++ model, %0d", Body);
`else
      import "DPI-C" function void pc_fr_mul_dpi(input bit [255:0] a, input bit [255:0] b, output bit [255:0] y);
      always_comb pc_fr_mul_dpi(a_q, b_q, y);
`endif
    end
    pc_delay #(.Width(256), .Depth(pc_fr_pkg::MUL_LATENCY - 1)) u_delay (.clk_i, .rst_ni, .data_i(y), .data_o(y_o));
  end
endmodule
