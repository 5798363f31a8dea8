// pc_bucket_unit in the sizes of a configuration: small by default (4 contexts of 16 buckets), u55c with WindowBits = 13 and
// ContextBits = 3. For tests/rtl/bucket_unit_test.cpp and tests/rtl/bucket_unit_u55c_test.cpp.
module bucket_unit_bench #(
  parameter int unsigned Body = pc_fq_pkg::BODY_DPI,
  parameter int unsigned WindowBits = 5,
  parameter int unsigned ContextBits = 2,
  parameter int unsigned AddressBits = 6
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic                      take_i,
  input  logic                      odd_i,
  input  logic                      negative_i,
  input  logic [AddressBits-1:0]    address_i,
  input  logic [255:0]              x_i,
  input  logic [255:0]              y_i,
  output logic                      take_valid_o,
  output logic                      take_occupied_o,
  output logic [767:0]              take_point_o,
  input  logic                      fold_start_i,
  input  logic [2**ContextBits-1:0] fold_contexts_i,
  output logic                      fold_busy_o,
  output logic                      issue_valid_o,
  output logic [2**ContextBits-1:0] idle_o,
  output logic                      odd_idle_o
);
  pc_bucket_unit #(
    .WindowBits(WindowBits), .ContextBits(ContextBits), .RamLatency(3), .QueueDepth(256), .Body(Body)
  ) u_unit (.*);
endmodule
