// pc_digits in the two named configurations: small (c = 5, all 51 windows) and u55c (c = 13, 7 of 20 windows). For
// tests/rtl/digits_test.cpp.
module digits_bench (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [11:0]  first_window_i,
  input  logic [11:0]  num_windows_i,
  input  logic [11:0]  top_window_i,
  input  logic [1:0]   valid_i,
  output logic [1:0]   ready_o,
  input  logic [255:0] scalar_i [2],
  input  logic [31:0]  tag_i [2],
  output logic [1:0]   valid_o,
  input  logic [1:0]   ready_i,
  output logic [31:0]  tag_o [2],
  output logic [5:0]   window_o [2],
  output logic [1:0]   negative_o,
  output logic [12:0]  magnitude_o [2],
  output logic [1:0]   idle_o
);
  logic [4:0] u55c_window;
  logic [4:0] small_magnitude;
  assign window_o[1] = {1'b0, u55c_window};
  assign magnitude_o[0] = {8'b0, small_magnitude};
  pc_digits #(.WindowBits(5), .TotalWindows(51), .NumWindows(51)) u_small (
    .clk_i, .rst_ni,
    .first_window_i(first_window_i[5:0]), .num_windows_i(num_windows_i[5:0]), .top_window_i(top_window_i[5:0]),
    .valid_i(valid_i[0]), .ready_o(ready_o[0]), .scalar_i(scalar_i[0]), .tag_i(tag_i[0]),
    .valid_o(valid_o[0]), .ready_i(ready_i[0]), .tag_o(tag_o[0]), .window_o(window_o[0]),
    .negative_o(negative_o[0]), .magnitude_o(small_magnitude), .idle_o(idle_o[0])
  );
  pc_digits #(.WindowBits(13), .TotalWindows(20), .NumWindows(7)) u_u55c (
    .clk_i, .rst_ni,
    .first_window_i(first_window_i[10:6]), .num_windows_i(num_windows_i[10:6]), .top_window_i(top_window_i[10:6]),
    .valid_i(valid_i[1]), .ready_o(ready_o[1]), .scalar_i(scalar_i[1]), .tag_i(tag_i[1]),
    .valid_o(valid_o[1]), .ready_i(ready_i[1]), .tag_o(tag_o[1]), .window_o(u55c_window),
    .negative_o(negative_o[1]), .magnitude_o(magnitude_o[1]), .idle_o(idle_o[1])
  );
  logic unused;
  assign unused = ^{first_window_i[11], num_windows_i[11], top_window_i[11]};
endmodule
