// Writes points to the results: commands and data for pc_axi_write.
//
// Range:   a point is canonical X, Y, Z and takes two beats, {Y, X} and {0, Z}, at results_i + 128 * index.
// Timing:  four cycles a point at best. idle_o: nothing inside, what was taken has been handed on.
// Reset:   rst_ni drops what is inside.
// Test:    tests/rtl_top/top_test.cpp.
module pc_result_writer (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [63:0]  results_i,
  output logic         idle_o,
  input  logic         point_valid_i,
  output logic         point_ready_o,
  input  logic [31:0]  point_index_i,
  input  logic [255:0] point_x_i,
  input  logic [255:0] point_y_i,
  input  logic [255:0] point_z_i,

  output logic         cmd_valid_o,
  input  logic         cmd_ready_i,
  output logic [63:0]  cmd_address_o,
  output logic [15:0]  cmd_beats_o,
  output logic         valid_o,
  input  logic         ready_i,
  output logic [511:0] data_o
);
  logic [1:0] left_q;       // beats to hand on
  logic [255:0] next_q;     // Z, for the second beat
  assign idle_o = ~cmd_valid_o & (left_q == '0);
  assign point_ready_o = idle_o;
  assign valid_o = left_q != '0;
  assign cmd_beats_o = 16'd2;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      cmd_valid_o <= 1'b0;
      left_q <= '0;
    end else if (idle_o) begin
      cmd_valid_o <= point_valid_i;
      cmd_address_o <= results_i + {25'd0, point_index_i, 7'd0};
      left_q <= {point_valid_i, 1'b0};
      data_o <= {point_y_i, point_x_i};
      next_q <= point_z_i;
    end else begin
      if (cmd_ready_i) cmd_valid_o <= 1'b0;
      if (valid_o && ready_i) begin
        left_q <= left_q - 1'b1;
        data_o <= {256'd0, next_q};
      end
    end
  end
endmodule
