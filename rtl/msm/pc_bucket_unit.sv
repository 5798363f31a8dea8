// Buckets with their adder: signed digits of points go in, results of windows come out.
//
// Method:  a digit's point is negated when the digit is negative, and then parked or paired; sums of the complete adder
//          come back to their bucket. pc_buckets has the buckets, the fold and the Horner steps.
// Range:   x_i, y_i < p, in Montgomery form, a point on the curve other than infinity: whoever reads bases drops (0, 0).
//          address_i = context and bucket; the bucket of digit 2^(c - 1) has address 0. With mark_i an item is a mark: no
//          point, but a pulse of mark_o when all items before it are counted in idle_o.
// Timing:  one digit a cycle. pc_buckets says when to start folds and Horner steps.
// Reset:   rst_ni starts the sweep of pc_park_pair (sweeping_o); what was inside is dropped.
// Model:   proofcard::curve::G1.  Test: tests/rtl/bucket_unit_test.cpp.
module pc_bucket_unit #(
  parameter int unsigned WideBits = 5,
  parameter int unsigned NarrowBits = 4,
  parameter int unsigned ContextBits = 2,
  parameter int unsigned NumSets = 1,
  parameter int unsigned Words = 64,  // of a set
  parameter int unsigned RamLatency = 3,
  parameter int unsigned QueueDepth = 256,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  localparam int unsigned LevelBits = $clog2(WideBits + 1),
  localparam int unsigned AddressBits = $clog2(NumSets) + $clog2(Words)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             narrow_i,
  output logic                             sweeping_o,
  input  logic                             valid_i,
  output logic                             ready_o,
  input  logic                             mark_i,
  input  logic                             negative_i,
  input  logic [AddressBits-1:0]           address_i,
  input  logic [255:0]                     x_i,
  input  logic [255:0]                     y_i,
  output logic                             mark_o,
  input  logic [1:0]                       fold_start_i,
  input  logic [2**ContextBits-1:0]        fold_contexts_i,
  output logic [1:0]                       fold_busy_o,
  input  logic                             horner_start_i,
  input  logic [2**ContextBits-1:0]        horner_contexts_i,
  output logic                             result_valid_o,
  input  logic                             result_ready_i,
  output logic [ContextBits-1:0]           result_context_o,
  output logic [pc_fq_pkg::POINT_BITS-1:0] result_point_o,
  output logic                             issue_valid_o,
  // Contexts of which no item is on its way to a bucket, and none to an odd sum.
  output logic [2**ContextBits-1:0]        idle_o,
  output logic [2**ContextBits-1:0]        settled_o
);
  localparam int unsigned PointBits = pc_fq_pkg::POINT_BITS;
  localparam int unsigned NegateLatency = pc_fq_pkg::WIDE_ADD_LATENCY;

  // ---- negation: p - y; items that were let in have a place in the queue behind it ----
  localparam int unsigned Depth = 16;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  logic accept, head_valid, head_ready, pop;
  logic [NegateLatency-1:0] valid_q;
  logic [CountBits-1:0] reserved_q;
  logic [255:0] negated_y, kept_x, kept_y, y;
  logic kept_negative, kept_mark;
  logic [AddressBits-1:0] kept_address;
  assign ready_o = reserved_q != CountBits'(Depth);
  assign accept = valid_i & ready_o;
  assign pop = head_valid & head_ready;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      reserved_q <= '0;
    end else begin
      valid_q <= {valid_q[NegateLatency-2:0], accept};
      reserved_q <= reserved_q + CountBits'(accept) - CountBits'(pop);
    end
  end
  pc_wide_add #(.Width(256), .CarryIn(1'b1)) u_negate (
    .clk_i, .a_i(256'(pc_fq_pkg::P)), .b_i(~y_i), .sum_o(negated_y)
  );
  pc_delay #(.Width(512 + AddressBits + 2), .Depth(NegateLatency)) u_keep (
    .clk_i, .rst_ni, .data_i({mark_i, negative_i, address_i, x_i, y_i}),
    .data_o({kept_mark, kept_negative, kept_address, kept_x, kept_y})
  );
  assign y = kept_negative ? negated_y : kept_y;
  logic head_mark;
  logic [AddressBits-1:0] head_address;
  logic [255:0] head_x, head_y;
  pc_fifo #(.Width(512 + AddressBits + 1), .Depth(Depth)) u_queue (
    .clk_i, .rst_ni,
    .push_i(valid_q[NegateLatency-1]), .data_i({kept_mark, kept_address, kept_x, y}),
    .valid_o(head_valid), .data_o({head_mark, head_address, head_x, head_y}), .pop_i(pop)
  );

  // ---- buckets and adder ----
  localparam int unsigned OddBits = ContextBits + LevelBits;
  localparam int unsigned TagBits = ((AddressBits > OddBits + 1) ? AddressBits : OddBits + 1) + 2;
  logic issue_valid, sum_valid, buckets_ready;
  logic [TagBits-1:0] issue_tag, sum_tag;
  logic [PointBits-1:0] issue_a, issue_b, sum;
  assign head_ready = head_mark | buckets_ready;
  always_ff @(posedge clk_i) mark_o <= rst_ni & head_valid & head_mark;
  pc_buckets #(
    .WideBits(WideBits), .NarrowBits(NarrowBits), .ContextBits(ContextBits), .LevelBits(LevelBits), .NumSets(NumSets),
    .Words(Words), .PayloadBits(PointBits), .RamLatency(RamLatency), .QueueDepth(QueueDepth), .DrainCycles(pc_fq_pkg::ADD_LATENCY + 8),
    .Zero({256'd0, 256'(pc_fq_pkg::ONE), 256'd0})
  ) u_buckets (
    .clk_i, .rst_ni, .narrow_i, .sweeping_o,
    .valid_i(head_valid & ~head_mark), .ready_o(buckets_ready), .address_i(head_address),
    .payload_i({256'(pc_fq_pkg::ONE), head_y, head_x}),
    .fold_start_i, .fold_contexts_i, .fold_busy_o, .horner_start_i, .horner_contexts_i,
    .result_valid_o, .result_ready_i, .result_context_o, .result_payload_o(result_point_o),
    .issue_valid_o(issue_valid), .issue_tag_o(issue_tag), .issue_a_o(issue_a), .issue_b_o(issue_b),
    .sum_valid_i(sum_valid), .sum_tag_i(sum_tag), .sum_payload_i(sum),
    .idle_o, .settled_o
  );
  pc_point_add #(.Body(Body), .TagBits(TagBits)) u_adder (
    .clk_i, .rst_ni,
    .valid_i(issue_valid), .tag_i(issue_tag), .a_i(issue_a), .b_i(issue_b),
    .valid_o(sum_valid), .tag_o(sum_tag), .sum_o(sum)
  );
  assign issue_valid_o = issue_valid;
endmodule
