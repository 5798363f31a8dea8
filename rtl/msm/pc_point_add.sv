// Complete point addition in BN254 G1: sum_o = a_i + b_i for any two points, equal, opposite or at infinity too.
//
// Source:  Renes, Costello, Batina (2016), algorithm 7; see pc_point_first. Complete because G1 has odd order.
// Range:   points as in pc_fq_pkg, on the curve; every coordinate of sum_o is in [0, p + 2^253) again.
// Timing:  latency pc_fq_pkg::ADD_LATENCY = 158, one addition a cycle, never stalled. tag_i travels with its pair.
// Reset:   rst_ni is for delay lines; valid_o is undefined for ADD_LATENCY cycles after it, while valid_i must be 0.
// Body:    structural, behavioural, DPI-C: the same latency and the same bits. Where valid_o is 0, sum_o is undefined.
// Model:   proofcard::rtl::point_add.  Test: tests/rtl/point_add_test.cpp.
module pc_point_add #(
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  parameter int unsigned TagBits = 16
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  input  logic                                valid_i,
  input  logic [TagBits-1:0]                  tag_i,
  input  logic [pc_fq_pkg::POINT_BITS-1:0] a_i,
  input  logic [pc_fq_pkg::POINT_BITS-1:0] b_i,
  output logic                                valid_o,
  output logic [TagBits-1:0]                  tag_o,
  output logic [pc_fq_pkg::POINT_BITS-1:0] sum_o
);
  if (Body > pc_fq_pkg::BODY_DPI) $fatal(1, "pc_point_add: Body: expected 0 to 2, found %0d", Body);
  if (TagBits == 0) $fatal(1, "pc_point_add: TagBits: expected at least 1, found %0d", TagBits);
  localparam int unsigned Bits = pc_fq_pkg::REDUCED_BITS;
  localparam int unsigned Latency = pc_fq_pkg::ADD_LATENCY;

  pc_delay #(.Width(TagBits + 1), .Depth(Latency)) u_tag (
    .clk_i, .rst_ni, .data_i({valid_i, tag_i}), .data_o({valid_o, tag_o})
  );

  if (Body == pc_fq_pkg::BODY_STRUCTURAL) begin : gen_structural
    logic [6*257-1:0] a_sums, b_sums;
    pc_coord_sums u_a (.clk_i, .rst_ni, .point_i(a_i), .sums_o(a_sums));
    pc_coord_sums u_b (.clk_i, .rst_ni, .point_i(b_i), .sums_o(b_sums));
    logic [Bits-1:0] s, u, v, w, m, n;
    pc_point_first u_first (
      .clk_i, .rst_ni, .a_i(a_sums), .b_i(b_sums), .s_o(s), .u_o(u), .v_o(v), .w_o(w), .m_o(m), .n_o(n)
    );
    logic [Bits-1:0] coordinate [3];
    pc_point_second u_second (
      .clk_i, .rst_ni, .s_i(s), .u_i(u), .v_i(v), .w_i(w), .m_i(m), .n_i(n),
      .x_o(coordinate[0]), .y_o(coordinate[1]), .z_o(coordinate[2])
    );
    for (genvar c = 0; c < 3; c++) begin : gen_reduce
      pc_top_reduce u_reduce (.clk_i, .value_i(coordinate[c]), .reduced_o(sum_o[256*c+:256]));
    end
  end else begin : gen_fast
    // One evaluation a cycle, for valid pairs only: operands are registered first.
    logic valid_q;
    logic [pc_fq_pkg::POINT_BITS-1:0] a_q, b_q, sum;
    always_ff @(posedge clk_i) begin
      valid_q <= valid_i;
      if (valid_i) begin
        a_q <= a_i;
        b_q <= b_i;
      end
    end
    if (Body == pc_fq_pkg::BODY_BEHAVIOURAL) begin : gen_behavioural
      pc_point_add_behavioural u_body (.valid_i(valid_q), .a_i(a_q), .b_i(b_q), .sum_o(sum));
    end else begin : gen_dpi
`ifdef SYNTHESIS
      $fatal(1, "pc_point_add: Body: expected one that can be synthesised, found the C++ model, %0d", Body);
`else
      import "DPI-C" function void pc_point_add_dpi(input bit [767:0] a, input bit [767:0] b, output bit [767:0] sum);
      always_comb begin
        sum = '0;
        if (valid_q) pc_point_add_dpi(a_q, b_q, sum);
      end
`endif
    end
    pc_delay #(.Width(pc_fq_pkg::POINT_BITS), .Depth(Latency - 1)) u_sum (
      .clk_i, .rst_ni, .data_i(sum), .data_o(sum_o)
    );
  end
endmodule
