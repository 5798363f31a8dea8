// pc_ntt_core with the parameters of a test, for ntt_core_test.cpp.
module ntt_core_bench #(
  parameter int unsigned Field = pc_ntt_pkg::FIELD_GL,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  parameter int unsigned LogLanes = 2,
  parameter int unsigned AddressBits = 8,
  parameter int unsigned TwoPassFrom = 7,
  parameter int unsigned TileBits = 5,
  parameter int unsigned LogRun = 2,
  localparam int unsigned WordBits = ((Field == pc_ntt_pkg::FIELD_GL) ? 64 : 256) << LogLanes
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  output int unsigned         log_lanes_o,
  output int unsigned         two_pass_from_o,
  input  logic                start_i,
  output logic                done_o,
  input  logic [4:0]          log_n_i,
  input  logic [23:0]         batch_i,
  input  logic                inverse_i,
  input  logic                bit_reversed_i,
  input  logic                coefficients_reversed_i,
  output logic [63:0]         busy_o,
  output logic                load_cmd_valid_o,
  input  logic                load_cmd_ready_i,
  output logic                load_cmd_scratch_o,
  output logic [31:0]         load_cmd_offset_o,
  output logic [15:0]         load_cmd_beats_o,
  input  logic                load_valid_i,
  output logic                load_ready_o,
  input  logic [WordBits-1:0] load_data_i,
  output logic                store_cmd_valid_o,
  input  logic                store_cmd_ready_i,
  output logic                store_cmd_scratch_o,
  output logic [31:0]         store_cmd_offset_o,
  output logic [15:0]         store_cmd_beats_o,
  output logic                store_valid_o,
  input  logic                store_ready_i,
  output logic [WordBits-1:0] store_data_o,
  input  logic                store_idle_i,
  output logic                twiddle_cmd_valid_o,
  input  logic                twiddle_cmd_ready_i,
  output logic [31:0]         twiddle_cmd_offset_o,
  output logic [15:0]         twiddle_cmd_beats_o,
  input  logic                twiddle_valid_i,
  output logic                twiddle_ready_o,
  input  logic [255:0]        twiddle_data_i
);
  assign log_lanes_o = LogLanes;
  assign two_pass_from_o = TwoPassFrom;
  pc_ntt_core #(
    .Field(Field), .Body(Body), .LogLanes(LogLanes), .AddressBits(AddressBits), .TwoPassFrom(TwoPassFrom), .TileBits(TileBits),
    .LogRun(LogRun)
  ) u_core (.*);
endmodule
