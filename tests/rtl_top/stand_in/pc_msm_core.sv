// A core with the ports of pc_msm_core that adds nothing: it reads every scalar and base of a row and gives the exclusive or of
// their beats, so that a test sees whether each beat arrived, once and for the right row.
//
// Method:  a row is one command for scalars and one for bases; its results follow, X = low halves, Y = high halves, Z = window
//          and beats. It takes beats in three of four cycles, at random.
// Test:    tests/rtl_top/top_test.cpp.
module pc_msm_core #(
  // Of the real core.
  /* verilator lint_off UNUSEDPARAM */
  parameter int unsigned WideBits = 5,
  parameter int unsigned NarrowBits = 4,
  parameter int unsigned PassWindows = 7,
  parameter int unsigned ContextBits = 5,
  parameter int unsigned ResidentBits = 12,
  parameter int unsigned Body = 0
  /* verilator lint_on UNUSEDPARAM */
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  input  logic [31:0]  num_points_i,
  input  logic [31:0]  num_msms_i,
  input  logic [1:0]   format_i,
  input  logic         narrow_i,
  input  logic [7:0]   first_window_i,
  input  logic [7:0]   num_windows_i,
  output logic         busy_o,
  output logic         done_o,
  output logic         scalar_cmd_valid_o,
  input  logic         scalar_cmd_ready_i,
  output logic [63:0]  scalar_cmd_offset_o,
  output logic [15:0]  scalar_cmd_beats_o,
  input  logic         scalar_valid_i,
  output logic         scalar_ready_o,
  input  logic [511:0] scalar_data_i,
  output logic         base_cmd_valid_o,
  input  logic         base_cmd_ready_i,
  output logic [31:0]  base_cmd_index_o,
  output logic [15:0]  base_cmd_count_o,
  input  logic         base_valid_i,
  output logic         base_ready_o,
  input  logic [511:0] base_data_i,
  output logic         result_valid_o,
  input  logic         result_ready_i,
  output logic [31:0]  result_index_o,
  output logic [255:0] result_x_o,
  output logic [255:0] result_y_o,
  output logic [255:0] result_z_o,
  output logic [63:0]  busy_cycles_o,
  output logic [63:0]  num_digits_o,
  output logic [31:0]  stall_memory_o,
  output logic [31:0]  stall_queue_o,
  output logic [31:0]  drain_o,
  output logic [31:0]  fold_o
);
  typedef enum logic [1:0] {Idle, Read, Result, Finish} state_e;
  state_e state_q;
  logic [31:0] row_q, row_beats;
  logic [15:0] scalars_left_q, bases_left_q;
  logic [7:0] window_q;
  logic [511:0] sum_q;
  logic [15:0] random_q;
  logic scalar, base, last_window;

  assign row_beats = ((num_points_i << (format_i == 2'd3 ? 32'd5 : 32'(format_i))) + 32'd63) >> 6;
  assign scalar_cmd_offset_o = 64'(row_q) * {26'd0, row_beats, 6'd0};
  assign scalar_cmd_beats_o = row_beats[15:0];
  assign base_cmd_index_o = '0;
  assign base_cmd_count_o = num_points_i[15:0];
  assign scalar_ready_o = (scalars_left_q != '0) & (random_q[1:0] != '0);
  assign base_ready_o = (bases_left_q != '0) & (random_q[4:3] != '0);
  assign scalar = scalar_valid_i & scalar_ready_o;
  assign base = base_valid_i & base_ready_o;
  assign last_window = window_q + 1'b1 == num_windows_i;
  assign busy_o = state_q != Idle;
  assign done_o = state_q == Finish;
  assign result_valid_o = state_q == Result;
  assign result_index_o = row_q * {24'd0, num_windows_i} + {24'd0, window_q};
  assign result_x_o = sum_q[255:0];
  assign result_y_o = sum_q[511:256];
  assign result_z_o = {208'd0, row_beats[15:0], num_points_i[15:0], first_window_i + window_q, 5'd0, narrow_i, format_i};
  assign stall_queue_o = 32'd3;
  assign drain_o = 32'd4;
  assign fold_o = 32'd5;

  always_ff @(posedge clk_i) begin
    random_q <= {random_q[14:0], random_q[15] ^ random_q[14] ^ random_q[12] ^ random_q[3]};
    if (!rst_ni) begin
      state_q <= Idle;
      {scalar_cmd_valid_o, base_cmd_valid_o} <= '0;
      {scalars_left_q, bases_left_q} <= '0;
      random_q <= 16'h1ace;
    end else begin
      if (scalar_cmd_ready_i) scalar_cmd_valid_o <= 1'b0;
      if (base_cmd_ready_i) base_cmd_valid_o <= 1'b0;
      if (scalar) scalars_left_q <= scalars_left_q - 1'b1;
      if (base) bases_left_q <= bases_left_q - 1'b1;
      sum_q <= sum_q ^ (scalar ? scalar_data_i : '0) ^ (base ? base_data_i : '0);
      if (scalar || base) busy_cycles_o <= busy_cycles_o + 1'b1;
      num_digits_o <= num_digits_o + 64'(base);
      if (state_q == Read && !base_valid_i) stall_memory_o <= stall_memory_o + 1'b1;
      case (state_q)
        Idle: if (start_i) begin
          {busy_cycles_o, num_digits_o, stall_memory_o} <= '0;
          row_q <= '0;
          state_q <= Read;
          {scalar_cmd_valid_o, base_cmd_valid_o} <= {2{num_points_i != '0}};
          {scalars_left_q, bases_left_q} <= {row_beats[15:0], num_points_i[15:0]};
          sum_q <= '0;
          window_q <= '0;
        end
        Read: if (scalars_left_q == '0 && bases_left_q == '0) state_q <= Result;
        Result: if (result_ready_i) begin
          window_q <= window_q + 1'b1;
          if (last_window) begin
            row_q <= row_q + 1'b1;
            window_q <= '0;
            sum_q <= '0;
            if (row_q + 1'b1 == num_msms_i) begin
              state_q <= Finish;
            end else begin
              state_q <= Read;
              {scalar_cmd_valid_o, base_cmd_valid_o} <= {2{num_points_i != '0}};
              {scalars_left_q, bases_left_q} <= {row_beats[15:0], num_points_i[15:0]};
            end
          end
        end
        default: state_q <= Idle;
      endcase
    end
  end
endmodule
