// The buckets of several contexts, from items to results: a pc_park_pair for the buckets, two pc_fold, a small pc_park_pair for
// the odd sums of their levels, and pc_horner. All share one adder.
//
// Range:   address_i = context and bucket; windows of WideBits or, with narrow_i, NarrowBits, which is constant while
//          anything is inside. Addresses are below Words.
// Fold:    fold_start_i of one of the two folds while its fold_busy_o is 0, for contexts that are idle and get no items
//          until their result is out. When a fold has ended and settled_o of a context is 1, horner_start_i makes its
//          result.
// Timing:  one item a cycle. The buckets are in NumSets sets, each with ports of its own: a fold needs a cycle without a sum
//          of its set, and an item of that set waits for it. The adder takes pairs of returning sums first, then Horner
//          steps, pairs of items, odd sums, and folds: folds use what items leave, and items of one set never wait for the
//          folds of another. With narrow_i, items go last: many small contexts in one set had better be free soon.
// Reset:   rst_ni sweeps both memories (sweeping_o); see pc_park_pair.
// Test:    tests/rtl/bucket_unit_test.cpp.
module pc_buckets #(
  parameter int unsigned WideBits = 5,
  parameter int unsigned NarrowBits = 4,
  parameter int unsigned ContextBits = 2,
  parameter int unsigned LevelBits = 4,
  parameter int unsigned NumSets = 1,
  parameter int unsigned Words = 64,  // of a set
  parameter int unsigned PayloadBits = 768,
  parameter int unsigned RamLatency = 3,
  parameter int unsigned QueueDepth = 256,
  parameter int unsigned DrainCycles = 166,
  parameter logic [PayloadBits-1:0] Zero = '0,
  localparam int unsigned NumFolds = 2,
  localparam int unsigned AddressBits = $clog2(NumSets) + $clog2(Words),
  localparam int unsigned OddBits = ContextBits + LevelBits,
  // What of a tag is below its kind: 0 bucket, 1 odd sum, 2 Horner step.
  localparam int unsigned PlaceBits = (AddressBits > OddBits + 1) ? AddressBits : OddBits + 1,
  localparam int unsigned TagBits = PlaceBits + 2
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      narrow_i,
  output logic                      sweeping_o,
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic [AddressBits-1:0]    address_i,
  input  logic [PayloadBits-1:0]    payload_i,
  input  logic [NumFolds-1:0]       fold_start_i,
  input  logic [2**ContextBits-1:0] fold_contexts_i,
  output logic [NumFolds-1:0]       fold_busy_o,
  input  logic                      horner_start_i,
  input  logic [2**ContextBits-1:0] horner_contexts_i,
  output logic                      result_valid_o,
  input  logic                      result_ready_i,
  output logic [ContextBits-1:0]    result_context_o,
  output logic [PayloadBits-1:0]    result_payload_o,
  output logic                      issue_valid_o,
  output logic [TagBits-1:0]        issue_tag_o,
  output logic [PayloadBits-1:0]    issue_a_o,
  output logic [PayloadBits-1:0]    issue_b_o,
  input  logic                      sum_valid_i,
  input  logic [TagBits-1:0]        sum_tag_i,
  input  logic [PayloadBits-1:0]    sum_payload_i,
  // Contexts of which no item is on its way to a bucket, and none to an odd sum.
  output logic [2**ContextBits-1:0] idle_o,
  output logic [2**ContextBits-1:0] settled_o
);
  localparam int unsigned NumContexts = 2**ContextBits;
  logic [1:0] sum_kind;
  logic main_sum, sweeping;
  assign sum_kind = sum_tag_i[PlaceBits+:2];
  assign main_sum = sum_valid_i & (sum_kind == 2'd0);
  assign sweeping_o = sweeping;

  // ---- folds: the older one first ----
  localparam int unsigned SetShift = $clog2(Words);
  function automatic logic same_set(logic [AddressBits-1:0] a, logic [AddressBits-1:0] b);
    same_set = ({1'b0, a ^ b} >> SetShift) == '0;
  endfunction
  logic fold_goes, fold_even, fold_sum, main_ready, fold_ready, chosen, older_q, item_waits;
  logic [NumFolds-1:0] fold_valid, fold_free, folds_even, folds_sum, shares;
  logic [ContextBits-1:0] fold_context;
  logic [AddressBits-1:0] fold_address, fold_odd_address, fold_to;
  logic [LevelBits-1:0] fold_level;
  localparam int unsigned PlanBits = ContextBits + 3 * AddressBits + LevelBits;
  logic [PlanBits-1:0] plan [NumFolds];
  for (genvar n = 0; n < NumFolds; n++) begin : gen_fold
    logic [ContextBits-1:0] place;
    logic [AddressBits-1:0] address, odd_address, to;
    logic [LevelBits-1:0] level;
    pc_fold #(
      .WideBits(WideBits), .NarrowBits(NarrowBits), .ContextBits(ContextBits), .LevelBits(LevelBits),
      .AddressBits(AddressBits)
    ) u_fold (
      .clk_i, .rst_ni, .narrow_i,
      .start_i(fold_start_i[n]), .contexts_i(fold_contexts_i), .busy_o(fold_busy_o[n]), .idle_i(idle_o),
      .valid_o(fold_valid[n]), .ready_i(fold_goes & (chosen == 1'(n))),
      .even_o(folds_even[n]), .sum_o(folds_sum[n]), .context_o(place),
      .address_o(address), .odd_address_o(odd_address), .to_o(to), .level_o(level)
    );
    assign plan[n] = {place, address, odd_address, to, level};
    assign fold_free[n] = fold_valid[n] & ~(main_sum & same_set(sum_tag_i[AddressBits-1:0], to));
    assign shares[n] = same_set(address_i, to);
  end
  assign chosen = (fold_free == '1) ? older_q : fold_free[1];
  assign {fold_context, fold_address, fold_odd_address, fold_to, fold_level} = plan[chosen];
  assign fold_even = folds_even[chosen];
  assign fold_sum = folds_sum[chosen];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) older_q <= 1'b0;
    else if (!fold_busy_o[older_q]) older_q <= ~older_q;
  end

  // ---- odd buckets on their way to their sum: each has a place from the start of its fold ----
  localparam int unsigned OddDepth = 16;
  localparam int unsigned CountBits = $clog2(OddDepth + 1);
  localparam int unsigned FoldLatency = 3 + RamLatency;
  logic [CountBits-1:0] odd_reserved_q;
  logic odd_expected, odd_valid, odd_missing, odd_head, odd_pop, odd_ready;
  logic [ContextBits-1:0] odd_context, expected_context, head_context;
  logic [LevelBits-1:0] odd_level, head_level;
  logic [PayloadBits-1:0] odd_payload, odd_head_payload;
  assign fold_goes = (fold_free != '0) & fold_ready & (odd_reserved_q != CountBits'(OddDepth));
  assign item_waits = fold_goes & shares[chosen];
  assign odd_pop = odd_head & odd_ready;
  pc_delay #(.Width(1 + ContextBits), .Depth(FoldLatency)) u_expected (
    .clk_i, .rst_ni, .data_i({fold_goes, fold_context}), .data_o({odd_expected, expected_context})
  );
  assign odd_missing = odd_expected & ~odd_valid;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || sweeping) odd_reserved_q <= '0;
    else odd_reserved_q <= odd_reserved_q + CountBits'(fold_goes) - CountBits'(odd_missing) - CountBits'(odd_pop);
  end
  pc_fifo #(.Width(OddBits + PayloadBits), .Depth(OddDepth)) u_odd_queue (
    .clk_i, .rst_ni,
    .push_i(odd_valid), .data_i({odd_context, odd_level, odd_payload}),
    .valid_o(odd_head), .data_o({head_context, head_level, odd_head_payload}), .pop_i(odd_pop)
  );
  logic [NumContexts-1:0] odd_idle;
  for (genvar c = 0; c < NumContexts; c++) begin : gen_context
    logic [CountBits-1:0] coming_q;
    logic starts, missing, arrives;
    assign starts = fold_goes & (fold_context == ContextBits'(c));
    assign missing = odd_missing & (expected_context == ContextBits'(c));
    assign arrives = odd_pop & (head_context == ContextBits'(c));
    always_ff @(posedge clk_i) begin
      if (!rst_ni || sweeping) coming_q <= '0;
      else coming_q <= coming_q + CountBits'(starts) - CountBits'(missing) - CountBits'(arrives);
    end
    assign settled_o[c] = odd_idle[c] & (coming_q == '0);
  end

  // ---- the memories: a sum comes back to at most one of them, so only one has a pair that cannot wait ----
  logic main_urgent, main_wants, fold_wants, odd_urgent, odd_wants, horner_wants, main_hold, odd_hold, fold_hold;
  logic main_issue, odd_issue, take_valid, take_occupied, unused_take;
  logic [AddressBits-1:0] main_issue_address;
  logic [OddBits-1:0] odd_issue_address, take_address;
  logic [PayloadBits-1:0] main_issue_a, main_issue_b, odd_issue_a, odd_issue_b, take_payload;
  assign ready_o = main_ready & ~item_waits;
  assign main_hold = odd_urgent | horner_wants | (narrow_i & (odd_wants | fold_wants));
  assign odd_hold = main_urgent | horner_wants | (~narrow_i & main_wants);
  assign fold_hold = odd_urgent | horner_wants | (~narrow_i & main_wants) | odd_wants;

  pc_park_pair #(
    .AddressBits(AddressBits), .NumSets(NumSets), .Words(Words), .ContextBits(ContextBits), .WideShift(WideBits - 1),
    .NarrowShift(NarrowBits - 1), .PayloadBits(PayloadBits), .RamLatency(RamLatency),
    .QueueDepth(QueueDepth), .DrainCycles(DrainCycles), .LevelBits(LevelBits), .Zero(Zero)
  ) u_main (
    .clk_i, .rst_ni, .narrow_i,
    .in_valid_i(valid_i & ~item_waits), .in_ready_o(main_ready), .in_take_i(1'b0),
    .in_address_i(address_i), .in_payload_i(payload_i),
    .fold_valid_i(fold_goes), .fold_ready_o(fold_ready), .fold_even_i(fold_even), .fold_sum_i(fold_sum),
    .fold_even_address_i(fold_address), .fold_odd_address_i(fold_odd_address), .fold_to_i(fold_to),
    .fold_level_i(fold_level),
    .odd_valid_o(odd_valid), .odd_context_o(odd_context), .odd_level_o(odd_level), .odd_payload_o(odd_payload),
    .take_valid_o(), .take_occupied_o(), .take_payload_o(),
    .urgent_o(main_urgent), .wants_o(main_wants), .hold_i(main_hold), .wants_fold_o(fold_wants), .hold_fold_i(fold_hold),
    .sweeping_o(sweeping),
    .issue_valid_o(main_issue), .issue_address_o(main_issue_address),
    .issue_a_o(main_issue_a), .issue_b_o(main_issue_b),
    .sum_valid_i(main_sum), .sum_address_i(sum_tag_i[AddressBits-1:0]), .sum_payload_i,
    .idle_o
  );

  pc_park_pair #(
    .AddressBits(OddBits), .ContextBits(ContextBits), .PayloadBits(PayloadBits), .RamLatency(RamLatency),
    .QueueDepth(QueueDepth), .FoldDepth(0), .DrainCycles(DrainCycles), .LevelBits(LevelBits), .Zero(Zero)
  ) u_odd (
    .clk_i, .rst_ni, .narrow_i(1'b0),
    .in_valid_i(odd_head | take_valid), .in_ready_o(odd_ready), .in_take_i(~odd_head),
    .in_address_i(odd_head ? {head_context, head_level} : take_address), .in_payload_i(odd_head_payload),
    .fold_valid_i(1'b0), .fold_ready_o(), .fold_even_i(1'b0), .fold_sum_i(1'b0),
    .fold_even_address_i('0), .fold_odd_address_i('0), .fold_to_i('0), .fold_level_i('0),
    .odd_valid_o(), .odd_context_o(), .odd_level_o(), .odd_payload_o(),
    .take_valid_o(unused_take), .take_occupied_o(take_occupied), .take_payload_o(take_payload),
    .urgent_o(odd_urgent), .wants_o(odd_wants), .hold_i(odd_hold), .wants_fold_o(), .hold_fold_i(1'b1), .sweeping_o(),
    .issue_valid_o(odd_issue), .issue_address_o(odd_issue_address), .issue_a_o(odd_issue_a), .issue_b_o(odd_issue_b),
    .sum_valid_i(sum_valid_i & (sum_kind == 2'd1)), .sum_address_i(sum_tag_i[OddBits-1:0]), .sum_payload_i,
    .idle_o(odd_idle)
  );

  // ---- results ----
  logic horner_goes, horner_issue_q;
  logic [OddBits:0] horner_tag, horner_tag_q;
  logic [PayloadBits-1:0] horner_a, horner_b, horner_a_q, horner_b_q;
  assign horner_goes = horner_wants & ~main_urgent & ~odd_urgent;
  pc_horner #(
    .ContextBits(ContextBits), .LevelBits(LevelBits), .PayloadBits(PayloadBits), .TakeLatency(3 + RamLatency), .Zero(Zero)
  ) u_horner (
    .clk_i, .rst_ni(rst_ni & ~sweeping),
    .start_i(horner_start_i), .start_contexts_i(horner_contexts_i),
    .top_level_i(narrow_i ? LevelBits'(NarrowBits - 1) : LevelBits'(WideBits - 1)),
    .take_valid_o(take_valid), .take_ready_i(odd_ready & ~odd_head), .take_address_o(take_address),
    .take_occupied_i(take_occupied), .take_payload_i(take_payload),
    .wants_o(horner_wants), .go_i(horner_goes), .issue_tag_o(horner_tag), .issue_a_o(horner_a), .issue_b_o(horner_b),
    .sum_valid_i(sum_valid_i & (sum_kind == 2'd2)), .sum_tag_i(sum_tag_i[OddBits:0]), .sum_payload_i,
    .result_valid_o, .result_ready_i, .result_context_o, .result_payload_o
  );
  always_ff @(posedge clk_i) begin
    horner_issue_q <= rst_ni & horner_goes;
    horner_tag_q <= horner_tag;
    horner_a_q <= horner_a;
    horner_b_q <= horner_b;
  end

  assign issue_valid_o = main_issue | odd_issue | horner_issue_q;
  always_comb begin
    issue_tag_o = {2'd0, PlaceBits'(main_issue_address)};
    issue_a_o = main_issue_a;
    issue_b_o = main_issue_b;
    if (odd_issue) begin
      issue_tag_o = {2'd1, PlaceBits'(odd_issue_address)};
      issue_a_o = odd_issue_a;
      issue_b_o = odd_issue_b;
    end
    if (horner_issue_q) begin
      issue_tag_o = {2'd2, PlaceBits'(horner_tag_q)};
      issue_a_o = horner_a_q;
      issue_b_o = horner_b_q;
    end
  end
  logic unused;
  assign unused = unused_take ^ (^(sum_tag_i >> AddressBits));
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (2'(main_issue) + 2'(odd_issue) + 2'(horner_issue_q) <= 2'd1) else $error("pc_buckets: two pairs for one adder");
    end
  end
`endif
endmodule
