// pc_msm_core in a configuration: small by default, u55c with WideBits = 13, NarrowBits = 8, ContextBits = 5,
// ResidentBits = 12. For tests/rtl/msm_core_test.cpp and tests/rtl/msm_core_u55c_test.cpp.
module msm_core_bench #(
  parameter int unsigned Body = pc_fq_pkg::BODY_DPI,
  parameter int unsigned WideBits = 5,
  parameter int unsigned NarrowBits = 4,
  parameter int unsigned ContextBits = 5,
  parameter int unsigned ResidentBits = 6
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
  pc_msm_core #(
    .WideBits(WideBits), .NarrowBits(NarrowBits), .ContextBits(ContextBits), .ResidentBits(ResidentBits), .Body(Body)
  ) u_core (.*);
endmodule
