// Turns the buckets of some contexts into the odd sums of their levels, from which a window's result follows.
//
// Method:  for buckets B_1 .. B_n, sum_k k B_k = 2 sum_k k (B_2k + B_2k+1) + sum of the odd B. So a level adds the pairs
//          (2k, 2k + 1) into bucket k, and collects odd buckets in a sum of its own: level l starts with 2^(c - 1 - l)
//          buckets, and after c levels result = odd_0 + 2 (odd_1 + 2 (odd_2 + ...)). All contexts go level by level
//          together, which hides the adder's latency.
// Range:   WindowBits c from 2. contexts_i: bit i set for contexts to fold; they must be idle and get no items meanwhile.
// Timing:  start_i is taken while !busy_o. One fold a cycle at most, ready/valid; a level begins when the sums of the one
//          before are parked. busy_o falls when the last pair has been read; odd sums may still be in the adder.
// Reset:   rst_ni.
// Test:    tests/rtl/bucket_unit_test.cpp.
module pc_fold #(
  parameter int unsigned WindowBits = 5,
  parameter int unsigned ContextBits = 2,
  parameter int unsigned LevelBits = 4,
  localparam int unsigned AddressBits = ContextBits + WindowBits - 1
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      start_i,
  input  logic [2**ContextBits-1:0] contexts_i,
  output logic                      busy_o,
  input  logic [2**ContextBits-1:0] idle_i,
  output logic                      valid_o,
  input  logic                      ready_i,
  output logic                      even_o,
  output logic                      odd_o,
  output logic                      sum_o,
  output logic [AddressBits-1:0]    address_o,
  output logic [AddressBits-1:0]    odd_address_o,
  output logic [AddressBits-1:0]    to_o,
  output logic [LevelBits-1:0]      level_o
);
  localparam int unsigned BucketBits = WindowBits - 1;
  localparam int unsigned NumContexts = 2**ContextBits;

  logic busy_q;
  logic [NumContexts-1:0] contexts_q;
  logic [ContextBits-1:0] context_q;
  logic [BucketBits-1:0] pair_q;       // k
  logic [BucketBits:0] num_buckets_q;  // of this level
  logic [LevelBits-1:0] level_q;
  logic level_done_q;

  logic settled, last_context, last_pair, step;
  assign settled = (idle_i | ~contexts_q) == '1;
  assign last_context = context_q == ContextBits'(NumContexts - 1);
  assign last_pair = (BucketBits+1)'(pair_q) == num_buckets_q >> 1;
  // Contexts that are not folded are passed by.
  assign valid_o = busy_q & ~level_done_q & contexts_q[context_q];
  assign step = busy_q & ~level_done_q & (ready_i | ~valid_o);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
    end else if (!busy_q) begin
      if (start_i) begin
        busy_q <= 1'b1;
        contexts_q <= contexts_i;
        context_q <= '0;
        pair_q <= '0;
        num_buckets_q <= (BucketBits+1)'(2**BucketBits);
        level_q <= '0;
        level_done_q <= 1'b0;
      end
    end else if (level_done_q) begin
      if (settled) begin
        level_done_q <= 1'b0;
        level_q <= level_q + 1'b1;
        num_buckets_q <= num_buckets_q >> 1;
        if (num_buckets_q == (BucketBits+1)'(1)) busy_q <= 1'b0;
      end
    end else if (step) begin
      context_q <= context_q + 1'b1;
      if (last_context) begin
        pair_q <= last_pair ? '0 : pair_q + 1'b1;
        level_done_q <= last_pair;
      end
    end
  end

  // Bucket 2^(c - 1) has address 0, which cutting the index off gives. Pair 0 is bucket 1 alone, and the last pair of a
  // level of more than one bucket has no odd member.
  logic [BucketBits-1:0] even_bucket, odd_bucket;
  assign even_bucket = BucketBits'({pair_q, 1'b0});
  assign odd_bucket = BucketBits'({pair_q, 1'b1});
  assign even_o = pair_q != '0;
  assign sum_o = pair_q != '0;
  assign odd_o = ~last_pair | (num_buckets_q == (BucketBits+1)'(1));
  assign address_o = {context_q, even_bucket};
  assign odd_address_o = {context_q, odd_bucket};
  assign to_o = {context_q, pair_q};
  assign level_o = level_q;
  assign busy_o = busy_q;
endmodule
