// Buckets with their adder: signed digits of points go in, bucket sums come out, or the odd sums of a fold.
//
// Method:  a digit's point is negated when the digit is negative, and then parked or paired; sums of the complete adder
//          come back to their bucket. pc_buckets has the buckets and the fold.
// Range:   x_i, y_i < p, in Montgomery form, a point on the curve other than infinity: whoever reads bases drops (0, 0).
//          address_i = context and bucket; the bucket of digit 2^(c - 1) has address 0.
// Timing:  one digit a cycle. Takes are answered in order, TakeLatency = 8 + RamLatency cycles after they were accepted
//          at the earliest; pc_park_pair says when a bucket may be taken.
// Reset:   rst_ni starts the sweep of pc_park_pair; what was inside is dropped.
// Model:   proofcard::curve::G1.  Test: tests/rtl/bucket_unit_test.cpp.
module pc_bucket_unit #(
  parameter int unsigned WindowBits = 5,
  parameter int unsigned ContextBits = 2,
  parameter int unsigned LevelBits = 4,
  parameter int unsigned RamLatency = 3,
  parameter int unsigned QueueDepth = 256,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  localparam int unsigned MainBits = ContextBits + WindowBits - 1,
  localparam int unsigned OddBits = ContextBits + LevelBits,
  localparam int unsigned AddressBits = (MainBits > OddBits) ? MainBits : OddBits
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             valid_i,
  output logic                             ready_o,
  input  logic                             take_i,
  input  logic                             odd_i,
  input  logic                             negative_i,
  input  logic [AddressBits-1:0]           address_i,
  input  logic [255:0]                     x_i,
  input  logic [255:0]                     y_i,
  output logic                             take_valid_o,
  output logic                             take_occupied_o,
  output logic [pc_fq_pkg::POINT_BITS-1:0] take_point_o,
  input  logic                             fold_start_i,
  input  logic [2**ContextBits-1:0]        fold_contexts_i,
  output logic                             fold_busy_o,
  output logic                             issue_valid_o,
  // Contexts of which no item is on its way to a bucket; nothing is on its way to an odd sum.
  output logic [2**ContextBits-1:0]        idle_o,
  output logic                             odd_idle_o
);
  localparam int unsigned PointBits = pc_fq_pkg::POINT_BITS;
  localparam int unsigned NegateLatency = pc_fq_pkg::WIDE_ADD_LATENCY;

  // ---- negation: p - y; items that were let in have a place in the queue behind it ----
  localparam int unsigned Depth = 16;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  logic accept, negated_valid, head_valid, head_ready, pop;
  logic [CountBits-1:0] reserved_q;
  logic [255:0] negated_y, kept_x, kept_y, y;
  logic kept_negative, kept_take, kept_odd;
  logic [AddressBits-1:0] kept_address;
  assign ready_o = reserved_q != CountBits'(Depth);
  assign accept = valid_i & ready_o;
  assign pop = head_valid & head_ready;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) reserved_q <= '0;
    else reserved_q <= reserved_q + CountBits'(accept) - CountBits'(pop);
  end
  // Items of before a reset leave the delay lines while this counts.
  logic [1:0] flush_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) flush_q <= '1;
    else if (flush_q != '0) flush_q <= flush_q - 1'b1;
  end
  pc_wide_add #(.Width(256), .CarryIn(1'b1)) u_negate (
    .clk_i, .a_i(256'(pc_fq_pkg::P)), .b_i(~y_i), .sum_o(negated_y)
  );
  pc_delay #(.Width(512 + AddressBits + 4), .Depth(NegateLatency)) u_keep (
    .clk_i, .rst_ni,
    .data_i({accept, take_i, odd_i, negative_i, address_i, x_i, y_i}),
    .data_o({negated_valid, kept_take, kept_odd, kept_negative, kept_address, kept_x, kept_y})
  );
  assign y = kept_negative ? negated_y : kept_y;
  logic head_take, head_odd;
  logic [AddressBits-1:0] head_address;
  logic [255:0] head_x, head_y;
  pc_fifo #(.Width(512 + AddressBits + 2), .Depth(Depth)) u_queue (
    .clk_i, .rst_ni,
    .push_i(negated_valid & (flush_q == '0)), .data_i({kept_take, kept_odd, kept_address, kept_x, y}),
    .valid_o(head_valid), .data_o({head_take, head_odd, head_address, head_x, head_y}), .pop_i(pop)
  );

  // ---- buckets and adder ----
  logic issue_valid, sum_valid;
  logic [AddressBits:0] issue_tag, sum_tag;
  logic [PointBits-1:0] issue_a, issue_b, sum;
  logic [2**ContextBits-1:0] buckets_idle;
  pc_buckets #(
    .WindowBits(WindowBits), .ContextBits(ContextBits), .LevelBits(LevelBits), .PayloadBits(PointBits),
    .RamLatency(RamLatency), .QueueDepth(QueueDepth), .DrainCycles(pc_fq_pkg::ADD_LATENCY + 8),
    .Zero({256'd0, 256'(pc_fq_pkg::ONE), 256'd0})
  ) u_buckets (
    .clk_i, .rst_ni,
    .valid_i(head_valid), .ready_o(head_ready), .take_i(head_take), .odd_i(head_odd), .address_i(head_address),
    .payload_i({256'(pc_fq_pkg::ONE), head_y, head_x}),
    .take_valid_o, .take_occupied_o, .take_payload_o(take_point_o),
    .fold_start_i, .fold_contexts_i, .fold_busy_o,
    .issue_valid_o(issue_valid), .issue_tag_o(issue_tag), .issue_a_o(issue_a), .issue_b_o(issue_b),
    .sum_valid_i(sum_valid), .sum_tag_i(sum_tag), .sum_payload_i(sum),
    .idle_o(buckets_idle), .odd_idle_o
  );
  pc_point_add #(.Body(Body), .TagBits(AddressBits + 1)) u_adder (
    .clk_i, .rst_ni,
    .valid_i(issue_valid), .tag_i(issue_tag), .a_i(issue_a), .b_i(issue_b),
    .valid_o(sum_valid), .tag_o(sum_tag), .sum_o(sum)
  );
  assign issue_valid_o = issue_valid;
  assign idle_o = buckets_idle & {2**ContextBits{reserved_q == '0}};
endmodule
