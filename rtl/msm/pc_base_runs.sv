// Asks for the bases of the scalars that pass through, and only for them: indices that follow each other, or nearly so, become
// one command. With resident_i it asks for all bases once, at the start of the job.
//
// Method:  a run is extended while the gap is at most MaxGap bases and the run has at most MaxRun; bases in gaps are read and
//          dropped: gap_o of a scalar says how many come before its own. A run ends with its group at the latest.
// Range:   indices grow within a group. With resident_i, num_points_i is below 2^16.
// Timing:  one scalar a cycle, ready/valid, no cycle of latency; a scalar that starts a run waits while the command of the run
//          before has not been taken.
// Reset:   rst_ni.
// Test:    tests/rtl/msm_core_test.cpp.
module pc_base_runs #(
  parameter int unsigned MaxGap = 2,
  parameter int unsigned MaxRun = 32,
  localparam int unsigned GapBits = $clog2(MaxGap + 1)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               start_i,
  input  logic               resident_i,
  input  logic [31:0]        num_points_i,
  input  logic               valid_i,
  output logic               ready_o,
  input  logic               end_i,
  input  logic [31:0]        index_i,
  output logic               valid_o,
  input  logic               ready_i,
  output logic [GapBits-1:0] gap_o,
  output logic               cmd_valid_o,
  input  logic               cmd_ready_i,
  output logic [31:0]        cmd_index_o,
  output logic [15:0]        cmd_count_o
);
  if (MaxRun <= MaxGap || MaxRun > 65535)
    $fatal(1, "pc_base_runs: MaxRun: expected more than MaxGap, at most 65535, found %0d", MaxRun);
  localparam int unsigned CountBits = $clog2(MaxRun + 1);
  logic run_q;
  logic [31:0] start_q, next_q;  // first index, and the one after the last
  logic [CountBits-1:0] count_q;

  logic [31:0] gap;
  logic joins, starts, closes, waits, step;
  assign gap = index_i - next_q;
  assign joins = run_q & ~end_i & (gap <= 32'(MaxGap)) & (count_q <= CountBits'(MaxRun - 1 - MaxGap));
  assign starts = ~resident_i & ~end_i & ~joins;
  assign closes = ~resident_i & run_q & ~joins;
  assign waits = closes & cmd_valid_o & ~cmd_ready_i;
  assign valid_o = valid_i & ~waits;
  assign ready_o = ready_i & ~waits;
  assign gap_o = joins ? gap[GapBits-1:0] : '0;
  assign step = valid_i & ready_o;
  always_ff @(posedge clk_i) begin
    if (step && starts) begin
      start_q <= index_i;
      count_q <= CountBits'(1);
    end else if (step && joins) begin
      count_q <= count_q + CountBits'(gap) + 1'b1;
    end
    if (step) next_q <= index_i + 1'b1;
    if (start_i && resident_i) begin
      cmd_index_o <= '0;
      cmd_count_o <= num_points_i[15:0];
    end else if (step && closes) begin
      cmd_index_o <= start_q;
      cmd_count_o <= 16'(count_q);
    end
    if (!rst_ni) begin
      run_q <= 1'b0;
      cmd_valid_o <= 1'b0;
    end else begin
      if (step && !resident_i) run_q <= ~end_i;
      if (start_i && resident_i) cmd_valid_o <= num_points_i != '0;
      else if (step && closes) cmd_valid_o <= 1'b1;
      else if (cmd_ready_i) cmd_valid_o <= 1'b0;
    end
  end
  logic unused;
  assign unused = ^num_points_i[31:16];
endmodule
