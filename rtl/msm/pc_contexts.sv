// Follows every group of a job through its contexts: filled with digits, idle, folded, Horner steps, result taken. Several
// groups are under way at once, so that one is filled while others fold.
//
// Method:  contexts are given out in a ring. A context of wide windows is a set of buckets and a window in it; a group has
//          a set. Groups of narrow windows have 1, 2, 4 or 8 contexts. A group waits until its contexts are free. Filled
//          groups are folded when none of their items is on its way, as many at once as there are when one of the two folds
//          is free: contexts that fold together hide each other's latency. A context into which nothing went is not folded:
//          its result is infinity, which leaves through empty_*.
// Range:   PassWindows is at most 8; 2^ContextBits is at least NumSets times the power of two from PassWindows on. Arguments
//          are constant during a job.
// Timing:  done_o is 1 for a cycle when the last result was taken and loaded_i is 1.
// Reset:   rst_ni ends the job.
// Test:    tests/rtl/msm_core_test.cpp.
module pc_contexts #(
  parameter int unsigned PassWindows = 7,
  parameter int unsigned NumSets = 3,
  parameter int unsigned ContextBits = 5
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      narrow_i,
  input  logic                      start_i,
  input  logic [31:0]               num_msms_i,
  input  logic [7:0]                first_window_i,
  input  logic [7:0]                num_windows_i,
  input  logic                      loaded_i,
  output logic                      done_o,
  // The group that is being filled; item_i: a digit goes in; mark_i: its last digit is in the buckets' unit.
  output logic                      context_valid_o,
  output logic [ContextBits-1:0]    context_o,
  input  logic                      group_done_i,
  input  logic                      item_i,
  input  logic [ContextBits-1:0]    item_context_i,
  input  logic                      mark_i,
  input  logic [2**ContextBits-1:0] idle_i,
  output logic [1:0]                fold_start_o,
  output logic [2**ContextBits-1:0] fold_contexts_o,
  input  logic [1:0]                fold_busy_i,
  input  logic [2**ContextBits-1:0] settled_i,
  output logic                      horner_start_o,
  output logic [2**ContextBits-1:0] horner_contexts_o,
  output logic                      empty_valid_o,
  input  logic                      empty_ready_i,
  output logic [ContextBits-1:0]    empty_context_o,
  // Results: the index of a context's result; taking it frees the context.
  input  logic [ContextBits-1:0]    result_context_i,
  output logic [31:0]               result_index_o,
  input  logic                      result_taken_i,
  // For counters: digits are still to come; the last groups' sums are on their way to buckets.
  output logic                      filling_o,
  output logic                      draining_o
);
  if (PassWindows == 0 || PassWindows > 8) $fatal(1, "pc_contexts: PassWindows: expected 1 to 8, found %0d", PassWindows);
  if (2**ContextBits < NumSets * 2**$clog2(PassWindows))
    $fatal(1, "pc_contexts: ContextBits: expected a context for each window of each set, found %0d", ContextBits);
  localparam int unsigned NumContexts = 2**ContextBits;
  localparam int unsigned SetContexts = 2**$clog2(PassWindows);
  typedef logic [NumContexts-1:0] mask_t;

  // ---- the next group: its contexts, then wait until they are free, then their results' indices ----
  logic group_valid, group_next, unused_row_ends;
  logic [7:0] unused_window, windows;
  pc_groups #(.PassWindows(PassWindows)) u_groups (
    .clk_i, .rst_ni, .start_i, .num_msms_i, .first_window_i, .num_windows_i,
    .valid_o(group_valid), .next_i(group_next), .first_window_o(unused_window), .num_windows_o(windows),
    .row_ends_o(unused_row_ends)
  );
  logic running_q, wanted_q, next_q, current_q, gives;
  logic [ContextBits-1:0] base_q, next_base_q, current_base_q, write_context_q;
  mask_t wanted_mask_q, next_mask_q, current_mask_q, active_q;
  logic [31:0] index_q;
  logic [3:0] writes_q;
  logic [31:0] indices_q [NumContexts];
  logic [ContextBits-1:0] stride;
  logic [ContextBits:0] wanted_end;
  assign wanted_end = (ContextBits+1)'(base_q) + (ContextBits+1)'(windows);
  always_comb begin
    if (!narrow_i) stride = ContextBits'(SetContexts);
    else if (num_windows_i == 8'd1) stride = ContextBits'(1);
    else if (num_windows_i == 8'd2) stride = ContextBits'(2);
    else if (num_windows_i <= 8'd4) stride = ContextBits'(4);
    else stride = ContextBits'(8);
  end
  assign group_next = group_valid & wanted_q & ~next_q & (writes_q == '0) & ((active_q & wanted_mask_q) == '0);
  assign gives = next_q & (~current_q | group_done_i);
  always_ff @(posedge clk_i) begin
    for (int unsigned c = 0; c < NumContexts; c++) begin
      wanted_mask_q[c] <= (ContextBits'(c) >= base_q) & ((ContextBits+1)'(c) < wanted_end);
    end
    if (group_next) begin
      next_mask_q <= wanted_mask_q;
      next_base_q <= base_q;
      write_context_q <= base_q;
    end else if (writes_q != '0) begin
      write_context_q <= write_context_q + 1'b1;
    end
    if (writes_q != '0) indices_q[write_context_q] <= index_q;
    if (gives) begin
      current_mask_q <= next_mask_q;
      current_base_q <= next_base_q;
    end
    if (!rst_ni || start_i) begin
      wanted_q <= 1'b0;
      next_q <= 1'b0;
      current_q <= 1'b0;
      base_q <= '0;
      index_q <= '0;
      writes_q <= '0;
    end else begin
      wanted_q <= group_valid & ~group_next;
      next_q <= group_next | (next_q & ~gives);
      current_q <= gives | (current_q & ~group_done_i);
      if (group_next) base_q <= (!narrow_i && base_q == ContextBits'((NumSets - 1) * SetContexts)) ? '0 : base_q + stride;
      if (group_next) writes_q <= 4'(windows);
      else if (writes_q != '0) writes_q <= writes_q - 1'b1;
      if (writes_q != '0) index_q <= index_q + 1'b1;
    end
  end
  assign context_valid_o = current_q;
  assign context_o = current_base_q;
  assign filling_o = group_valid | next_q | current_q;
  assign result_index_o = indices_q[result_context_i];

  // ---- filled, idle, folding, folded ----
  mask_t filled_mask, ready_q, folded_q, settled, result_bit, item_bit, used_q, empty_q, lowest_empty;
  logic [ContextBits-1:0] empty_index;
  logic takes_empty;
  mask_t folding_q [2];
  logic filled_valid, filled_pop;
  logic [1:0] fold_free, fold_ends;
  logic [ContextBits:0] marks_q;
  pc_fifo #(.Width(NumContexts), .Depth(NumContexts)) u_filled (
    .clk_i, .rst_ni, .push_i(group_done_i), .data_i(current_mask_q),
    .valid_o(filled_valid), .data_o(filled_mask), .pop_i(filled_pop)
  );
  for (genvar n = 0; n < 2; n++) begin : gen_fold
    assign fold_free[n] = (folding_q[n] == '0) & ~fold_busy_i[n];
    assign fold_ends[n] = (folding_q[n] != '0) & ~fold_busy_i[n];
    always_ff @(posedge clk_i) begin
      if (!rst_ni || fold_ends[n]) folding_q[n] <= '0;
      else if (fold_start_o[n]) folding_q[n] <= ready_q;
    end
  end
  // With both free, the first.
  assign fold_start_o[0] = (ready_q != '0) & fold_free[0];
  assign fold_start_o[1] = (ready_q != '0) & fold_free[1] & ~fold_free[0];
  assign fold_contexts_o = ready_q;
  assign settled = folded_q & settled_i;
  assign horner_start_o = horner_contexts_o != '0;
  assign draining_o = filled_valid & (fold_busy_i == '0);
  assign result_bit = result_taken_i ? NumContexts'(1) << result_context_i : '0;
  assign item_bit = item_i ? NumContexts'(1) << item_context_i : '0;
  pc_lowest #(.Width(NumContexts)) u_empty (.bits_i(empty_q), .lowest_o(lowest_empty), .index_o(empty_index));
  assign takes_empty = ~empty_valid_o | empty_ready_i;
  always_ff @(posedge clk_i) begin
    if (takes_empty) empty_context_o <= empty_index;
    if (!rst_ni) begin
      used_q <= '0;
      empty_q <= '0;
      empty_valid_o <= 1'b0;
    end else begin
      used_q <= (used_q & ~result_bit) | item_bit;
      empty_q <= (empty_q & ~(takes_empty ? lowest_empty : '0)) | (filled_pop ? filled_mask & ~used_q : '0);
      if (takes_empty) empty_valid_o <= empty_q != '0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      filled_pop <= 1'b0;
      marks_q <= '0;
      ready_q <= '0;
      folded_q <= '0;
      horner_contexts_o <= '0;
      active_q <= '0;
      running_q <= 1'b0;
    end else begin
      filled_pop <= filled_valid & ~filled_pop & (marks_q != '0) & ((idle_i | ~filled_mask) == '1);
      marks_q <= marks_q + (ContextBits+1)'(mark_i) - (ContextBits+1)'(filled_pop);
      ready_q <= ((fold_start_o != '0) ? '0 : ready_q) | (filled_pop ? filled_mask & used_q : '0);
      horner_contexts_o <= settled;
      folded_q <= (folded_q & ~settled) | (fold_ends[0] ? folding_q[0] : '0) | (fold_ends[1] ? folding_q[1] : '0);
      active_q <= (active_q & ~result_bit) | (group_next ? wanted_mask_q : '0);
      running_q <= start_i | (running_q & ~done_o);
    end
  end
  assign done_o = running_q & ~filling_o & (active_q == '0) & loaded_i;
  logic unused;
  assign unused = ^{unused_row_ends, unused_window, windows};
endmodule
