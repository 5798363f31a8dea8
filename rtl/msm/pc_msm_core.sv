// Multi-scalar multiplications over BN254 G1: scalars and bases come in as streams, results of windows leave.
//
// Method:  scalars -> lanes that matter -> signed digits -> base reads -> a queue, in which scalars wait for their bases ->
//          digits one a cycle -> buckets, fold, Horner steps -> canonical coordinates. A row whose windows do not fit one
//          set of contexts takes several passes. Up to 2^ResidentBits bases are read once a job, more once for each pass.
// Range:   format_i 0 .. 3 is 8, 16, 32, 254 bits; windows of WideBits for the last, if not narrow_i, of NarrowBits else. Arguments
//          are valid (the top checks them); num_msms_i and num_windows_i are not 0. Bases are on the curve, or (0, 0).
// Timing:  start_i is taken while !busy_o; done_o is 1 for a cycle after the last result was taken. Data comes in the order
//          of the commands; all that was asked for is taken before done_o.
// Reset:   rst_ni drops the job; busy_o stays 1 until the buckets are clear.
// Model:   proofcard::curve::G1.  Test: tests/rtl/msm_core_test.cpp.
module pc_msm_core #(
  parameter int unsigned WideBits = 13,
  parameter int unsigned NarrowBits = 8,
  parameter int unsigned PassWindows = 7,
  parameter int unsigned NumSets = 3,
  parameter int unsigned ContextBits = 5,
  parameter int unsigned ResidentBits = 12,
  parameter int unsigned RamLatency = 3,
  parameter int unsigned QueueDepth = 256,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  // Job.
  input  logic         start_i,
  input  logic [31:0]  num_points_i,
  input  logic [31:0]  num_msms_i,
  input  logic [1:0]   format_i,
  input  logic         narrow_i,
  input  logic [7:0]   first_window_i,
  input  logic [7:0]   num_windows_i,
  output logic         busy_o,
  output logic         done_o,
  // Scalars: offsets in bytes, multiples of 64.
  output logic         scalar_cmd_valid_o,
  input  logic         scalar_cmd_ready_i,
  output logic [63:0]  scalar_cmd_offset_o,
  output logic [15:0]  scalar_cmd_beats_o,
  input  logic         scalar_valid_i,
  output logic         scalar_ready_o,
  input  logic [511:0] scalar_data_i,
  // Bases: y above x.
  output logic         base_cmd_valid_o,
  input  logic         base_cmd_ready_i,
  output logic [31:0]  base_cmd_index_o,
  output logic [15:0]  base_cmd_count_o,
  input  logic         base_valid_i,
  output logic         base_ready_o,
  input  logic [511:0] base_data_i,
  // Results: index is row * num_windows + window - first_window; coordinates are canonical.
  output logic         result_valid_o,
  input  logic         result_ready_i,
  output logic [31:0]  result_index_o,
  output logic [255:0] result_x_o,
  output logic [255:0] result_y_o,
  output logic [255:0] result_z_o,
  // Counters of this job, as the completion record has them.
  output logic [63:0]  busy_cycles_o,
  output logic [63:0]  num_digits_o,
  output logic [31:0]  stall_memory_o,
  output logic [31:0]  stall_queue_o,
  output logic [31:0]  drain_o,
  output logic [31:0]  fold_o
);
  localparam int unsigned DigitBits = WideBits + 1;
  // A context is a set, and a window in it; narrow ones are numbered through.
  localparam int unsigned AddressBits = ContextBits + WideBits - 1;
  localparam int unsigned SetWords = 2**(AddressBits - $clog2(NumSets));
  localparam int unsigned WideWords = PassWindows * 2**(WideBits-1);
  localparam int unsigned NarrowWords = 2**(ContextBits+NarrowBits-1);
  localparam int unsigned Words = (WideWords >= NarrowWords) ? WideWords : (NarrowWords < SetWords) ? NarrowWords : SetWords;
  localparam int unsigned NumContexts = 2**ContextBits;
  localparam int unsigned MaxGap = 2;
  localparam int unsigned GapBits = $clog2(MaxGap + 1);

  // ---- the job ----
  logic start_q, running_q, takes_job, sweeping, narrow_q, resident_q, finished;
  logic [31:0] num_points_q, num_msms_q, beats_q;
  logic [1:0] format_q;
  logic [7:0] first_window_q, num_windows_q, top_window_q;
  assign busy_o = running_q | sweeping | ~rst_ni;
  assign takes_job = start_i & ~busy_o;
  always_ff @(posedge clk_i) begin
    if (takes_job) begin
      num_points_q <= num_points_i;
      num_msms_q <= num_msms_i;
      format_q <= format_i;
      first_window_q <= first_window_i;
      num_windows_q <= num_windows_i;
      narrow_q <= narrow_i | (format_i != 2'd3);
      resident_q <= num_points_i <= 32'(2**ResidentBits);
      case (format_i)
        2'd0: begin
          beats_q <= 32'(({1'b0, num_points_i} + 33'd63) >> 6);
          top_window_q <= 8'((8 + NarrowBits - 1) / NarrowBits - 1);
        end
        2'd1: begin
          beats_q <= 32'(({1'b0, num_points_i} + 33'd31) >> 5);
          top_window_q <= 8'((16 + NarrowBits - 1) / NarrowBits - 1);
        end
        2'd2: begin
          beats_q <= 32'(({1'b0, num_points_i} + 33'd15) >> 4);
          top_window_q <= 8'((32 + NarrowBits - 1) / NarrowBits - 1);
        end
        default: begin
          beats_q <= 32'(({1'b0, num_points_i} + 33'd1) >> 1);
          top_window_q <= narrow_i ? 8'((255 + NarrowBits - 1) / NarrowBits - 1) : 8'((255 + WideBits - 1) / WideBits - 1);
        end
      endcase
    end
    start_q <= rst_ni & takes_job;
    running_q <= rst_ni & (takes_job | (running_q & ~finished));
    done_o <= rst_ni & finished;
  end

  // ---- scalars to digits ----
  logic lane_valid, lane_ready, lane_end, digit_valid, digit_ready, digit_end, unused_idle;
  logic [31:0] lane_index, digit_index;
  logic [255:0] lane_scalar;
  logic [7:0] lane_window, lane_windows;
  logic [PassWindows-1:0] digit_nonzero;
  logic [PassWindows*DigitBits-1:0] digits;
  pc_scalar_reads #(.PassWindows(PassWindows)) u_scalar_reads (
    .clk_i, .rst_ni, .start_i(start_q),
    .num_msms_i(num_msms_q), .first_window_i(first_window_q), .num_windows_i(num_windows_q), .beats_i(beats_q),
    .cmd_valid_o(scalar_cmd_valid_o), .cmd_ready_i(scalar_cmd_ready_i), .cmd_offset_o(scalar_cmd_offset_o),
    .cmd_beats_o(scalar_cmd_beats_o)
  );
  pc_scalar_lanes #(.WideBits(WideBits), .NarrowBits(NarrowBits), .PassWindows(PassWindows)) u_scalar_lanes (
    .clk_i, .rst_ni, .start_i(start_q),
    .num_msms_i(num_msms_q), .first_window_i(first_window_q), .num_windows_i(num_windows_q),
    .num_points_i(num_points_q), .format_i(format_q), .narrow_i(narrow_q), .beats_i(beats_q),
    .scalar_valid_i, .scalar_ready_o, .scalar_data_i,
    .valid_o(lane_valid), .ready_i(lane_ready), .end_o(lane_end), .index_o(lane_index), .scalar_o(lane_scalar),
    .group_window_o(lane_window), .group_windows_o(lane_windows)
  );
  pc_recode #(.WideBits(WideBits), .NarrowBits(NarrowBits), .PassWindows(PassWindows)) u_recode (
    .clk_i, .rst_ni, .narrow_i(narrow_q), .top_window_i(top_window_q),
    .valid_i(lane_valid), .ready_o(lane_ready), .end_i(lane_end), .index_i(lane_index), .scalar_i(lane_scalar),
    .first_window_i(lane_window), .num_windows_i(lane_windows),
    .valid_o(digit_valid), .ready_i(digit_ready), .end_o(digit_end), .index_o(digit_index),
    .nonzero_o(digit_nonzero), .digits_o(digits), .idle_o(unused_idle)
  );

  // ---- digits wait for their bases ----
  localparam int unsigned WaitDepth = 512;
  localparam int unsigned WaitBits = $clog2(WaitDepth + 1);
  localparam int unsigned ItemBits = PassWindows + PassWindows * DigitBits;
  logic [WaitBits-1:0] waiting_q;
  logic asks, uses, asked_valid, asked_ready, head_valid, head_ready, head_end;
  logic [31:0] head_index;
  logic [GapBits-1:0] asked_gap, head_gap;
  logic [ItemBits-1:0] head_item;
  assign asked_ready = waiting_q != WaitBits'(WaitDepth);
  assign asks = asked_valid & asked_ready;
  assign uses = head_valid & head_ready;
  pc_base_runs #(.MaxGap(MaxGap)) u_base_runs (
    .clk_i, .rst_ni, .start_i(start_q), .resident_i(resident_q), .num_points_i(num_points_q),
    .valid_i(digit_valid), .ready_o(digit_ready), .end_i(digit_end), .index_i(digit_index),
    .valid_o(asked_valid), .ready_i(asked_ready), .gap_o(asked_gap),
    .cmd_valid_o(base_cmd_valid_o), .cmd_ready_i(base_cmd_ready_i), .cmd_index_o(base_cmd_index_o),
    .cmd_count_o(base_cmd_count_o)
  );
  pc_fifo #(.Width(1 + 32 + GapBits + ItemBits), .Depth(WaitDepth)) u_waiting (
    .clk_i, .rst_ni,
    .push_i(asks), .data_i({digit_end, digit_index, asked_gap, digit_nonzero, digits}),
    .valid_o(head_valid), .data_o({head_end, head_index, head_gap, head_item}), .pop_i(uses)
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni) waiting_q <= '0;
    else waiting_q <= waiting_q + WaitBits'(asks) - WaitBits'(uses);
  end
  logic operand_valid, operand_ready, operand_end, loaded;
  logic [ItemBits-1:0] operand_item;
  logic [511:0] operand_base;
  pc_operands #(
    .ItemBits(ItemBits), .GapBits(GapBits), .ResidentBits(ResidentBits), .RamLatency(RamLatency)
  ) u_operands (
    .clk_i, .rst_ni, .start_i(start_q), .resident_i(resident_q), .num_points_i(num_points_q), .loaded_o(loaded),
    .base_valid_i, .base_ready_o, .base_data_i,
    .valid_i(head_valid), .ready_o(head_ready), .end_i(head_end), .index_i(head_index), .gap_i(head_gap),
    .item_i(head_item),
    .valid_o(operand_valid), .ready_i(operand_ready), .end_o(operand_end), .item_o(operand_item), .base_o(operand_base)
  );

  // ---- digits to buckets to results ----
  logic context_valid, group_done, filling, draining, item_valid, item_ready, item_mark, item_negative, mark;
  logic [ContextBits-1:0] context_base, item_context, window_context, sum_context, empty_context, result_context;
  logic [AddressBits-1:0] item_address;
  logic [511:0] item_base;
  logic [NumContexts-1:0] idle, settled, fold_contexts, horner_contexts;
  logic [1:0] fold_start, fold_busy;
  logic horner_start, window_valid, window_ready, issues, result_taken;
  logic sum_valid, sum_ready, empty_valid, empty_ready, takes_empty, sum_held_q;
  logic [pc_fq_pkg::POINT_BITS-1:0] sum_point;
  logic [pc_fq_pkg::POINT_BITS-1:0] window_point;
  pc_digit_walk #(
    .WideBits(WideBits), .NarrowBits(NarrowBits), .PassWindows(PassWindows), .ContextBits(ContextBits),
    .AddressBits(AddressBits), .PayloadBits(512)
  ) u_digit_walk (
    .clk_i, .rst_ni, .narrow_i(narrow_q),
    .context_valid_i(context_valid), .context_i(context_base), .group_done_o(group_done),
    .valid_i(operand_valid), .ready_o(operand_ready), .end_i(operand_end),
    .nonzero_i(operand_item[PassWindows*DigitBits+:PassWindows]), .digits_i(operand_item[PassWindows*DigitBits-1:0]),
    .payload_i(operand_base),
    .valid_o(item_valid), .ready_i(item_ready), .mark_o(item_mark), .negative_o(item_negative),
    .context_o(item_context), .address_o(item_address), .payload_o(item_base)
  );
  logic enters;
  assign enters = item_valid & item_ready & ~item_mark;
  pc_bucket_unit #(
    .WideBits(WideBits), .NarrowBits(NarrowBits), .ContextBits(ContextBits), .NumSets(NumSets), .Words(Words),
    .RamLatency(RamLatency), .QueueDepth(QueueDepth), .Body(Body)
  ) u_bucket_unit (
    .clk_i, .rst_ni, .narrow_i(narrow_q), .sweeping_o(sweeping),
    .valid_i(item_valid), .ready_o(item_ready), .mark_i(item_mark), .negative_i(item_negative), .address_i(item_address),
    .x_i(item_base[255:0]), .y_i(item_base[511:256]), .mark_o(mark),
    .fold_start_i(fold_start), .fold_contexts_i(fold_contexts), .fold_busy_o(fold_busy),
    .horner_start_i(horner_start), .horner_contexts_i(horner_contexts),
    .result_valid_o(window_valid), .result_ready_i(window_ready), .result_context_o(window_context),
    .result_point_o(window_point), .issue_valid_o(issues), .idle_o(idle), .settled_o(settled)
  );
  pc_canonical #(.TagBits(ContextBits)) u_canonical (
    .clk_i, .rst_ni,
    .valid_i(window_valid), .ready_o(window_ready), .tag_i(window_context), .point_i(window_point),
    .valid_o(sum_valid), .ready_i(sum_ready), .tag_o(sum_context), .point_o(sum_point)
  );
  // Windows without a digit come beside the others; what is offered stays until it is taken.
  assign takes_empty = empty_valid & ~sum_held_q;
  assign result_valid_o = sum_valid | empty_valid;
  assign result_context = takes_empty ? empty_context : sum_context;
  assign {result_z_o, result_y_o, result_x_o} = takes_empty ? {256'd0, 256'(pc_fq_pkg::ONE), 256'd0} : sum_point;
  assign empty_ready = takes_empty & result_ready_i;
  assign sum_ready = ~takes_empty & result_ready_i;
  assign result_taken = result_valid_o & result_ready_i;
  always_ff @(posedge clk_i) sum_held_q <= rst_ni & sum_valid & ~takes_empty & ~result_ready_i;
  pc_contexts #(.PassWindows(PassWindows), .NumSets(NumSets), .ContextBits(ContextBits)) u_contexts (
    .clk_i, .rst_ni, .narrow_i(narrow_q), .start_i(start_q),
    .num_msms_i(num_msms_q), .first_window_i(first_window_q), .num_windows_i(num_windows_q), .loaded_i(loaded),
    .done_o(finished),
    .context_valid_o(context_valid), .context_o(context_base), .group_done_i(group_done),
    .item_i(enters), .item_context_i(item_context), .mark_i(mark), .idle_i(idle),
    .fold_start_o(fold_start), .fold_contexts_o(fold_contexts), .fold_busy_i(fold_busy),
    .settled_i(settled), .horner_start_o(horner_start), .horner_contexts_o(horner_contexts),
    .empty_valid_o(empty_valid), .empty_ready_i(empty_ready), .empty_context_o(empty_context),
    .result_context_i(result_context), .result_index_o, .result_taken_i(result_taken),
    .filling_o(filling), .draining_o(draining)
  );

  // ---- counters; of the last four, at most one counts in a cycle ----
  logic counts, waits_memory, waits_queue, drains, folds;
  assign counts = running_q & ~start_q;
  assign waits_queue = counts & item_valid & ~item_ready;
  assign waits_memory = counts & ~item_valid & filling & context_valid;
  assign drains = counts & ~item_valid & ~filling & draining;
  assign folds = counts & ~item_valid & ~waits_memory & ~drains;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_q) begin
      busy_cycles_o <= '0;
      num_digits_o <= '0;
      stall_memory_o <= '0;
      stall_queue_o <= '0;
      drain_o <= '0;
      fold_o <= '0;
    end else begin
      busy_cycles_o <= busy_cycles_o + 64'(issues);
      num_digits_o <= num_digits_o + 64'(enters);
      if (waits_memory && stall_memory_o != '1) stall_memory_o <= stall_memory_o + 1'b1;
      if (waits_queue && stall_queue_o != '1) stall_queue_o <= stall_queue_o + 1'b1;
      if (drains && drain_o != '1) drain_o <= drain_o + 1'b1;
      if (folds && fold_o != '1) fold_o <= fold_o + 1'b1;
    end
  end
  logic unused;
  assign unused = unused_idle;
`ifndef SYNTHESIS
  // Everything that was let in has come out: an item that got lost would leave a context moving, or its point in a bucket.
  always_ff @(posedge clk_i) begin
    if (rst_ni && finished) begin
      assert (idle == '1 && settled == '1 && waiting_q == '0 && !item_valid && !operand_valid)
      else $error("pc_msm_core: something is left inside at the end of a job");
    end
  end
`endif
endmodule
