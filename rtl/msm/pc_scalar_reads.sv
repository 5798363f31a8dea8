// Asks for the scalars of every group of a job: a row's beats, once for each pass over it. It runs ahead of their use, so
// that no row waits for memory.
//
// Range:   beats_i = 64-byte beats of a row. Arguments are constant from start_i on.
// Timing:  one command a cycle, of at most MaxBeats beats.
// Reset:   rst_ni ends it.
// Test:    tests/rtl/msm_core_test.cpp.
module pc_scalar_reads #(
  parameter int unsigned PassWindows = 7,
  parameter int unsigned MaxBeats = 4096
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,
  input  logic [31:0] num_msms_i,
  input  logic [7:0]  first_window_i,
  input  logic [7:0]  num_windows_i,
  input  logic [31:0] beats_i,
  output logic        cmd_valid_o,
  input  logic        cmd_ready_i,
  output logic [63:0] cmd_offset_o,
  output logic [15:0] cmd_beats_o
);
  if (MaxBeats == 0 || MaxBeats > 65535) $fatal(1, "pc_scalar_reads: MaxBeats: expected 1 to 65535, found %0d", MaxBeats);
  logic group_valid, group_ends, row_ends, done_q;
  logic [7:0] unused_first, unused_num;
  pc_groups #(.PassWindows(PassWindows)) u_groups (
    .clk_i, .rst_ni, .start_i, .num_msms_i, .first_window_i, .num_windows_i,
    .valid_o(group_valid), .next_i(group_ends), .first_window_o(unused_first), .num_windows_o(unused_num),
    .row_ends_o(row_ends)
  );
  logic [57:0] row_q, beat_q;  // in beats
  logic [31:0] left_q;
  logic last;
  assign last = left_q <= 32'(MaxBeats);
  assign cmd_valid_o = group_valid & ~done_q;
  assign group_ends = cmd_valid_o & cmd_ready_i & last;
  assign cmd_offset_o = {beat_q, 6'd0};
  assign cmd_beats_o = last ? left_q[15:0] : 16'(MaxBeats);
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      row_q <= '0;
      beat_q <= '0;
      left_q <= beats_i;
      done_q <= beats_i == '0;
    end else if (group_ends) begin
      left_q <= beats_i;
      beat_q <= row_ends ? row_q + 58'(beats_i) : row_q;
      if (row_ends) row_q <= row_q + 58'(beats_i);
    end else if (cmd_valid_o && cmd_ready_i) begin
      left_q <= left_q - 32'(MaxBeats);
      beat_q <= beat_q + 58'(MaxBeats);
    end
  end
  logic unused;
  assign unused = ^{unused_first, unused_num};
endmodule
