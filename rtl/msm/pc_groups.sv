// Walks through a job: rows, and in each row passes of at most PassWindows windows. One step is a group: the windows of a
// pass in one row, which are accumulated together.
//
// Range:   num_msms_i and num_windows_i are not 0.
// Timing:  a group is at the outputs from the cycle after start_i, the next one from the cycle after next_i.
// Reset:   rst_ni ends the walk.
// Test:    tests/rtl/msm_core_test.cpp.
module pc_groups #(
  parameter int unsigned PassWindows = 7
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,
  input  logic [31:0] num_msms_i,
  input  logic [7:0]  first_window_i,
  input  logic [7:0]  num_windows_i,
  output logic        valid_o,
  input  logic        next_i,
  output logic [7:0]  first_window_o,
  output logic [7:0]  num_windows_o,
  output logic        row_ends_o
);
  if (PassWindows == 0 || PassWindows > 255) $fatal(1, "pc_groups: PassWindows: expected 1 to 255, found %0d", PassWindows);
  logic [31:0] rows_q;
  logic [7:0] window_q, left_q;
  assign valid_o = rows_q != '0;
  assign row_ends_o = left_q <= 8'(PassWindows);
  assign first_window_o = window_q;
  assign num_windows_o = row_ends_o ? left_q : 8'(PassWindows);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rows_q <= '0;
    end else if (start_i) begin
      rows_q <= num_msms_i;
      window_q <= first_window_i;
      left_q <= num_windows_i;
    end else if (next_i) begin
      if (row_ends_o) begin
        rows_q <= rows_q - 1'b1;
        window_q <= first_window_i;
        left_q <= num_windows_i;
      end else begin
        window_q <= window_q + 8'(PassWindows);
        left_q <= left_q - 8'(PassWindows);
      end
    end
  end
endmodule
