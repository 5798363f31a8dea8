// Turns the buckets of some contexts into the odd sums of their levels, from which a window's result follows.
//
// Method:  for buckets B_1 .. B_n-1, n even, sum_k k B_k = 2 sum_k k (B_2k + B_2k+1) + sum of the odd B. So a level adds the
//          pairs (2k, 2k + 1) into bucket k, and collects odd buckets in a sum of its own: level l starts with
//          2^(c - 1 - l) - 1 buckets, and after c - 1 levels result = odd_0 + 2 (odd_1 + 2 (odd_2 + ...)). The topmost bucket
//          of all, 2^(c - 1), is odd_c-1. All contexts go level by level together, which hides the adder's latency.
// Range:   windows of c = WideBits or, with narrow_i, NarrowBits; both from 2. contexts_i: bit i set for contexts to fold, at
//          least one; they must be idle and get no items meanwhile.
// Timing:  start_i is taken while !busy_o. The odd member of a fold always exists. One fold a cycle at most, ready/valid;
//          a level begins when the sums of the one before are parked. busy_o falls when the last pair has been read; odd
//          sums may still be in the adder.
// Reset:   rst_ni.
// Test:    tests/rtl/bucket_unit_test.cpp.
module pc_fold #(
  parameter int unsigned WideBits = 5,
  parameter int unsigned NarrowBits = 4,
  parameter int unsigned ContextBits = 2,
  parameter int unsigned LevelBits = 4,
  parameter int unsigned AddressBits = 6
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      narrow_i,
  input  logic                      start_i,
  input  logic [2**ContextBits-1:0] contexts_i,
  output logic                      busy_o,
  input  logic [2**ContextBits-1:0] idle_i,
  output logic                      valid_o,
  input  logic                      ready_i,
  output logic                      even_o,
  output logic                      sum_o,
  output logic [ContextBits-1:0]    context_o,
  output logic [AddressBits-1:0]    address_o,
  output logic [AddressBits-1:0]    odd_address_o,
  output logic [AddressBits-1:0]    to_o,
  output logic [LevelBits-1:0]      level_o
);
  if (NarrowBits < 2 || NarrowBits > WideBits) $fatal(1, "pc_fold: NarrowBits: expected 2 to WideBits, found %0d", NarrowBits);
  if (2**LevelBits < WideBits) $fatal(1, "pc_fold: LevelBits: expected as many as levels take, found %0d", LevelBits);
  localparam int unsigned BucketBits = WideBits - 1;
  localparam int unsigned NumContexts = 2**ContextBits;

  // left_q: the contexts that this pair visits after context_q. first_q and rest_q: those with which a pair starts.
  logic busy_q, setup_q;
  logic [NumContexts-1:0] contexts_q, left_q, rest_q, lowest;
  logic [ContextBits-1:0] context_q, first_q, next_context;
  logic [BucketBits-1:0] pair_q;       // k
  logic [BucketBits:0] num_buckets_q;  // of this level, and one
  logic [LevelBits-1:0] level_q;
  logic top_q, level_done_q;

  logic settled, last_context, last_pair, step;
  assign settled = (idle_i | ~contexts_q) == '1;
  assign last_context = left_q == '0;
  assign last_pair = (BucketBits+1)'(pair_q) == (num_buckets_q >> 1) - 1'b1;
  assign valid_o = busy_q & ~setup_q & ~level_done_q;
  assign step = valid_o & ready_i;
  pc_lowest #(.Width(NumContexts)) u_next (.bits_i(left_q), .lowest_o(lowest), .index_o(next_context));

  always_ff @(posedge clk_i) begin
    if (!busy_q) begin
      left_q <= contexts_i;
    end else if (setup_q || step) begin
      left_q <= (last_context & ~setup_q) ? rest_q : left_q & ~lowest;
      context_q <= (last_context & ~setup_q) ? first_q : next_context;
    end
    if (setup_q) begin
      first_q <= next_context;
      rest_q <= left_q & ~lowest;
    end
    setup_q <= rst_ni & ~busy_q & start_i;
    if (!rst_ni) begin
      busy_q <= 1'b0;
    end else if (!busy_q) begin
      if (start_i) begin
        busy_q <= 1'b1;
        contexts_q <= contexts_i;
        pair_q <= '0;
        num_buckets_q <= (BucketBits+1)'(narrow_i ? 2**(NarrowBits-1) : 2**(WideBits-1));
        level_q <= '0;
        top_q <= 1'b1;
        level_done_q <= 1'b0;
      end
    end else if (level_done_q) begin
      if (settled) begin
        level_done_q <= 1'b0;
        level_q <= level_q + 1'b1;
        num_buckets_q <= num_buckets_q >> 1;
        if (num_buckets_q == (BucketBits+1)'(2)) busy_q <= 1'b0;
      end
    end else if (step && last_context) begin
      top_q <= 1'b0;
      if (!top_q) begin
        pair_q <= last_pair ? '0 : pair_q + 1'b1;
        level_done_q <= last_pair;
      end
    end
  end

  // First the topmost bucket, which has address 0, as the odd member of no pair. Pair 0 of a level is bucket 1 alone.
  function automatic logic [AddressBits-1:0] address_of(logic [ContextBits-1:0] place, logic [BucketBits-1:0] bucket);
    address_of = narrow_i ? (AddressBits'(place) << (NarrowBits - 1)) | AddressBits'(bucket[NarrowBits-2:0])
                          : (AddressBits'(place) << (WideBits - 1)) | AddressBits'(bucket);
  endfunction
  assign even_o = pair_q != '0;
  assign sum_o = pair_q != '0;
  assign context_o = context_q;
  assign address_o = address_of(context_q, BucketBits'({pair_q, 1'b0}));
  assign odd_address_o = address_of(context_q, top_q ? '0 : BucketBits'({pair_q, 1'b1}));
  assign to_o = address_of(context_q, pair_q);
  assign level_o = !top_q ? level_q : narrow_i ? LevelBits'(NarrowBits - 1) : LevelBits'(WideBits - 1);
  assign busy_o = busy_q;
endmodule
