// Results of windows from the odd sums of their fold: odd_0 + 2 (odd_1 + 2 (... + 2 odd_top)), through the shared adder.
//
// Method:  a context's running sum goes round: through the adder, back into a queue, out of it into the next addition. A
//          step doubles it, or adds an odd sum, which is read while the running sum waits in a delay line. Many contexts
//          are under way at once, each with one token, so that every queue has room for all.
// Range:   start_contexts_i: contexts whose odd sums are complete, none of which is under way. An odd sum that does not exist
//          counts as Zero. top_level_i (from 1) is constant while contexts are under way.
// Timing:  two additions a level, and 8 + RamLatency cycles between them. take_*: a read of an odd sum, answered TakeLatency
//          cycles after it was accepted. A pair leaves in a cycle with wants_o and go_i, and sums come back any time later.
// Reset:   rst_ni; sum_valid_i must be 0 for sums of before a reset.
// Test:    tests/rtl/bucket_unit_test.cpp.
module pc_horner #(
  parameter int unsigned ContextBits = 2,
  parameter int unsigned LevelBits = 4,
  parameter int unsigned PayloadBits = 768,
  parameter int unsigned TakeLatency = 6,
  parameter logic [PayloadBits-1:0] Zero = '0,
  // Context, level, and whether the sum was doubled and awaits the odd sum of the level.
  localparam int unsigned TagBits = ContextBits + LevelBits + 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             start_i,
  input  logic [2**ContextBits-1:0]        start_contexts_i,
  input  logic [LevelBits-1:0]             top_level_i,
  output logic                             take_valid_o,
  input  logic                             take_ready_i,
  output logic [ContextBits+LevelBits-1:0] take_address_o,
  input  logic                             take_occupied_i,
  input  logic [PayloadBits-1:0]           take_payload_i,
  output logic                             wants_o,
  input  logic                             go_i,
  output logic [TagBits-1:0]               issue_tag_o,
  output logic [PayloadBits-1:0]           issue_a_o,
  output logic [PayloadBits-1:0]           issue_b_o,
  input  logic                             sum_valid_i,
  input  logic [TagBits-1:0]               sum_tag_i,
  input  logic [PayloadBits-1:0]           sum_payload_i,
  output logic                             result_valid_o,
  input  logic                             result_ready_i,
  output logic [ContextBits-1:0]           result_context_o,
  output logic [PayloadBits-1:0]           result_payload_o
);
  if (TakeLatency == 0) $fatal(1, "pc_horner: TakeLatency: expected at least 1, found %0d", TakeLatency);
  localparam int unsigned NumContexts = 2**ContextBits;

  // ---- sums that come back: complete, or on to the next step ----
  logic [ContextBits-1:0] sum_context, head_context;
  logic [LevelBits-1:0] sum_level, head_level;
  logic sum_doubled, head_doubled, complete, head_valid, head_pop;
  logic [PayloadBits-1:0] head_payload;
  assign {sum_context, sum_level, sum_doubled} = sum_tag_i;
  assign complete = ~sum_doubled & (sum_level == '0);
  pc_fifo #(.Width(TagBits + PayloadBits), .Depth(NumContexts)) u_sums (
    .clk_i, .rst_ni,
    .push_i(sum_valid_i & ~complete), .data_i({sum_tag_i, sum_payload_i}),
    .valid_o(head_valid), .data_o({head_context, head_level, head_doubled, head_payload}), .pop_i(head_pop)
  );
  pc_fifo #(.Width(ContextBits + PayloadBits), .Depth(NumContexts)) u_results (
    .clk_i, .rst_ni,
    .push_i(sum_valid_i & complete), .data_i({sum_context, sum_payload_i}),
    .valid_o(result_valid_o), .data_o({result_context_o, result_payload_o}), .pop_i(result_valid_o & result_ready_i)
  );

  // ---- contexts that start ----
  logic [NumContexts-1:0] waiting_q, lowest;
  logic [ContextBits-1:0] lowest_context, first_context_q;
  logic first_valid_q, chooses, starts;
  pc_lowest #(.Width(NumContexts)) u_first (.bits_i(waiting_q), .lowest_o(lowest), .index_o(lowest_context));
  assign chooses = (waiting_q != '0) & (~first_valid_q | starts);
  always_ff @(posedge clk_i) begin
    if (chooses) first_context_q <= lowest_context;
    if (!rst_ni) begin
      waiting_q <= '0;
      first_valid_q <= 1'b0;
    end else begin
      waiting_q <= (waiting_q & ~(chooses ? lowest : '0)) | (start_i ? start_contexts_i : '0);
      first_valid_q <= chooses | (first_valid_q & ~starts);
    end
  end

  // ---- a step: the first doubles the topmost odd sum; then an odd sum is added, then the sum is doubled, and so on ----
  localparam int unsigned Depth = 16;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  logic [CountBits-1:0] reserved_q;
  logic room, takes, goes, pair_valid, pair_pop;
  logic [TagBits-1:0] next_tag;
  assign room = reserved_q != CountBits'(Depth);
  assign takes = ~head_valid | head_doubled;
  assign take_valid_o = room & takes & (head_valid | first_valid_q);
  assign take_address_o = head_valid ? {head_context, head_level} : {first_context_q, top_level_i};
  assign goes = take_valid_o ? take_ready_i : (room & head_valid);
  assign head_pop = goes & head_valid;
  assign starts = goes & ~head_valid;
  always_comb begin
    if (!head_valid) next_tag = {first_context_q, top_level_i - 1'b1, 1'b1};
    else if (head_doubled) next_tag = {head_context, head_level, 1'b0};
    else next_tag = {head_context, head_level - 1'b1, 1'b1};
  end
  logic [TakeLatency-1:0] valid_q;
  logic out_takes, out_starts;
  logic [TagBits-1:0] out_tag;
  logic [PayloadBits-1:0] out_payload, odd;
  pc_delay #(.Width(2 + TagBits + PayloadBits), .Depth(TakeLatency)) u_wait (
    .clk_i, .rst_ni, .data_i({takes, ~head_valid, next_tag, head_payload}),
    .data_o({out_takes, out_starts, out_tag, out_payload})
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      reserved_q <= '0;
    end else begin
      valid_q <= {valid_q[TakeLatency-2:0], goes};
      reserved_q <= reserved_q + CountBits'(goes) - CountBits'(pair_pop);
    end
  end
  assign odd = take_occupied_i ? take_payload_i : Zero;
  pc_fifo #(.Width(TagBits + 2 * PayloadBits), .Depth(Depth)) u_pairs (
    .clk_i, .rst_ni,
    .push_i(valid_q[TakeLatency-1]),
    .data_i({out_tag, out_starts ? odd : out_payload, out_takes ? odd : out_payload}),
    .valid_o(pair_valid), .data_o({issue_tag_o, issue_a_o, issue_b_o}), .pop_i(pair_pop)
  );
  assign wants_o = pair_valid;
  assign pair_pop = pair_valid & go_i;
endmodule
