// The buckets of several contexts and their fold: a pc_park_pair for the buckets, a small one for the odd sums of the fold's
// levels, and pc_fold. Both share one adder.
//
// Range:   address_i = context and bucket; with odd_i (takes only) context and level. Takes of both kinds are not mixed: the
//          first kind is for tests and diagnosis, the second gives results after a fold.
// Fold:    start_i while !fold_busy_o, for contexts that are idle. Their odd sums are complete when fold_busy_o is 0 and
//          odd_idle_o is 1. Taking them all leaves these contexts empty.
// Timing:  one item a cycle; while contexts fold, items of others get the cycles that folds leave.
// Reset:   rst_ni sweeps both; see pc_park_pair.
// Test:    tests/rtl/bucket_unit_test.cpp.
module pc_buckets #(
  parameter int unsigned WindowBits = 5,
  parameter int unsigned ContextBits = 2,
  parameter int unsigned LevelBits = 4,
  parameter int unsigned PayloadBits = 768,
  parameter int unsigned RamLatency = 3,
  parameter int unsigned QueueDepth = 256,
  parameter int unsigned DrainCycles = 166,
  parameter logic [PayloadBits-1:0] Zero = '0,
  localparam int unsigned MainBits = ContextBits + WindowBits - 1,
  localparam int unsigned OddBits = ContextBits + LevelBits,
  localparam int unsigned AddressBits = (MainBits > OddBits) ? MainBits : OddBits,
  localparam int unsigned TagBits = AddressBits + 1
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic                      take_i,
  input  logic                      odd_i,
  input  logic [AddressBits-1:0]    address_i,
  input  logic [PayloadBits-1:0]    payload_i,
  output logic                      take_valid_o,
  output logic                      take_occupied_o,
  output logic [PayloadBits-1:0]    take_payload_o,
  input  logic                      fold_start_i,
  input  logic [2**ContextBits-1:0] fold_contexts_i,
  output logic                      fold_busy_o,
  output logic                      issue_valid_o,
  output logic [TagBits-1:0]        issue_tag_o,
  output logic [PayloadBits-1:0]    issue_a_o,
  output logic [PayloadBits-1:0]    issue_b_o,
  input  logic                      sum_valid_i,
  input  logic [TagBits-1:0]        sum_tag_i,
  input  logic [PayloadBits-1:0]    sum_payload_i,
  output logic [2**ContextBits-1:0] idle_o,
  output logic                      odd_idle_o
);
  // ---- fold ----
  logic fold_valid, fold_go, fold_even, fold_odd, fold_sum;
  logic [MainBits-1:0] fold_address, fold_odd_address, fold_to;
  logic [LevelBits-1:0] fold_level;
  logic main_ready;
  pc_fold #(.WindowBits(WindowBits), .ContextBits(ContextBits), .LevelBits(LevelBits)) u_fold (
    .clk_i, .rst_ni,
    .start_i(fold_start_i), .contexts_i(fold_contexts_i), .busy_o(fold_busy_o), .idle_i(idle_o),
    .valid_o(fold_valid), .ready_i(fold_go & main_ready),
    .even_o(fold_even), .odd_o(fold_odd), .sum_o(fold_sum),
    .address_o(fold_address), .odd_address_o(fold_odd_address), .to_o(fold_to), .level_o(fold_level)
  );

  // ---- odd buckets on their way to their sum: each has a place from the start of its fold ----
  localparam int unsigned OddDepth = 16;
  localparam int unsigned CountBits = $clog2(OddDepth + 1);
  localparam int unsigned FoldLatency = 3 + RamLatency;
  logic [CountBits-1:0] odd_reserved_q;
  logic sweeping, odd_starts, odd_expected, odd_valid, odd_head, odd_pop, odd_ready;
  logic [ContextBits-1:0] odd_context;
  logic [LevelBits-1:0] odd_level;
  logic [OddBits-1:0] odd_head_address;
  logic [PayloadBits-1:0] odd_payload, odd_head_payload;
  assign fold_go = fold_valid & (odd_reserved_q != CountBits'(OddDepth));
  assign odd_starts = fold_go & main_ready & fold_odd;
  assign odd_pop = odd_head & odd_ready;
  pc_delay #(.Width(1), .Depth(FoldLatency)) u_expected (
    .clk_i, .rst_ni, .data_i(odd_starts), .data_o(odd_expected)
  );
  logic odd_missing;
  assign odd_missing = odd_expected & ~odd_valid;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || sweeping) odd_reserved_q <= '0;
    else odd_reserved_q <= odd_reserved_q + CountBits'(odd_starts) - CountBits'(odd_missing) - CountBits'(odd_pop);
  end
  pc_fifo #(.Width(OddBits + PayloadBits), .Depth(OddDepth)) u_odd_queue (
    .clk_i, .rst_ni,
    .push_i(odd_valid), .data_i({odd_context, odd_level, odd_payload}),
    .valid_o(odd_head), .data_o({odd_head_address, odd_head_payload}), .pop_i(odd_pop)
  );

  // ---- both memories, one adder: a sum comes back to one of them, so only one has a pair that cannot wait ----
  logic main_urgent, odd_wants, sum_odd, main_issue, odd_issue;
  logic [MainBits-1:0] main_issue_address;
  logic [OddBits-1:0] odd_issue_address;
  logic [PayloadBits-1:0] main_issue_a, main_issue_b, odd_issue_a, odd_issue_b;
  logic main_take, odd_take, main_take_occupied, odd_take_occupied;
  logic [PayloadBits-1:0] main_take_payload, odd_take_payload;
  assign sum_odd = sum_tag_i[AddressBits];
  assign ready_o = odd_i ? (odd_ready & ~odd_head) : (main_ready & ~fold_go);

  pc_park_pair #(
    .AddressBits(MainBits), .ContextBits(ContextBits), .PayloadBits(PayloadBits), .RamLatency(RamLatency),
    .QueueDepth(QueueDepth), .DrainCycles(DrainCycles), .LevelBits(LevelBits), .Zero(Zero)
  ) u_main (
    .clk_i, .rst_ni,
    .in_valid_i(fold_go | (valid_i & ~odd_i)), .in_ready_o(main_ready), .in_take_i(take_i),
    .in_address_i(fold_go ? fold_address : address_i[MainBits-1:0]), .in_payload_i(payload_i),
    .in_fold_i(fold_go), .fold_even_i(fold_even), .fold_odd_i(fold_odd), .fold_sum_i(fold_sum),
    .fold_odd_address_i(fold_odd_address), .fold_to_i(fold_to), .fold_level_i(fold_level),
    .odd_valid_o(odd_valid), .odd_context_o(odd_context), .odd_level_o(odd_level), .odd_payload_o(odd_payload),
    .take_valid_o(main_take), .take_occupied_o(main_take_occupied), .take_payload_o(main_take_payload),
    .hold_i(odd_wants), .urgent_o(main_urgent), .wants_o(), .sweeping_o(sweeping),
    .issue_valid_o(main_issue), .issue_address_o(main_issue_address),
    .issue_a_o(main_issue_a), .issue_b_o(main_issue_b),
    .sum_valid_i(sum_valid_i & ~sum_odd), .sum_address_i(sum_tag_i[MainBits-1:0]), .sum_payload_i,
    .idle_o
  );

  logic [2**ContextBits-1:0] odd_idle;
  pc_park_pair #(
    .AddressBits(OddBits), .ContextBits(ContextBits), .PayloadBits(PayloadBits), .RamLatency(RamLatency),
    .QueueDepth(QueueDepth), .DrainCycles(DrainCycles), .LevelBits(LevelBits), .Zero(Zero)
  ) u_odd (
    .clk_i, .rst_ni,
    .in_valid_i(odd_head | (valid_i & odd_i)), .in_ready_o(odd_ready), .in_take_i(~odd_head),
    .in_address_i(odd_head ? odd_head_address : address_i[OddBits-1:0]), .in_payload_i(odd_head_payload),
    .in_fold_i(1'b0), .fold_even_i(1'b0), .fold_odd_i(1'b0), .fold_sum_i(1'b0),
    .fold_odd_address_i('0), .fold_to_i('0), .fold_level_i('0),
    .odd_valid_o(), .odd_context_o(), .odd_level_o(), .odd_payload_o(),
    .take_valid_o(odd_take), .take_occupied_o(odd_take_occupied), .take_payload_o(odd_take_payload),
    .hold_i(main_urgent), .urgent_o(), .wants_o(odd_wants), .sweeping_o(),
    .issue_valid_o(odd_issue), .issue_address_o(odd_issue_address), .issue_a_o(odd_issue_a), .issue_b_o(odd_issue_b),
    .sum_valid_i(sum_valid_i & sum_odd), .sum_address_i(sum_tag_i[OddBits-1:0]), .sum_payload_i,
    .idle_o(odd_idle)
  );
  assign odd_idle_o = (odd_idle == '1) & (odd_reserved_q == '0);

  assign issue_valid_o = main_issue | odd_issue;
  assign issue_tag_o = odd_issue ? {1'b1, AddressBits'(odd_issue_address)} : {1'b0, AddressBits'(main_issue_address)};
  assign issue_a_o = odd_issue ? odd_issue_a : main_issue_a;
  assign issue_b_o = odd_issue ? odd_issue_b : main_issue_b;
  assign take_valid_o = main_take | odd_take;
  assign take_occupied_o = odd_take ? odd_take_occupied : main_take_occupied;
  assign take_payload_o = odd_take ? odd_take_payload : main_take_payload;
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!(main_issue && odd_issue)) else $error("pc_buckets: two pairs for one adder");
  end
`endif
endmodule
