// pc_bucket_unit in the sizes of a configuration: small by default (4 contexts of 16 buckets in two sets, or of
// 8), a set of u55c with WideBits = 13, NumSets = 1. For tests/rtl/bucket_unit_test.cpp and tests/rtl/bucket_unit_u55c_test.cpp.
module bucket_unit_bench #(
  parameter int unsigned Body = pc_fq_pkg::BODY_DPI,
  parameter int unsigned WideBits = 5,
  parameter int unsigned NarrowBits = 4,
  parameter int unsigned ContextBits = 2,
  parameter int unsigned NumSets = 2,
  parameter int unsigned Words = 32,
  localparam int unsigned AddressBits = $clog2(NumSets) + $clog2(Words)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      narrow_i,
  output logic                      sweeping_o,
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic                      mark_i,
  input  logic                      negative_i,
  input  logic [AddressBits-1:0]    address_i,
  input  logic [255:0]              x_i,
  input  logic [255:0]              y_i,
  output logic                      mark_o,
  input  logic [1:0]                fold_start_i,
  input  logic [2**ContextBits-1:0] fold_contexts_i,
  output logic [1:0]                fold_busy_o,
  input  logic                      horner_start_i,
  input  logic [2**ContextBits-1:0] horner_contexts_i,
  output logic                      result_valid_o,
  input  logic                      result_ready_i,
  output logic [ContextBits-1:0]    result_context_o,
  output logic [767:0]              result_point_o,
  output logic                      issue_valid_o,
  output logic [2**ContextBits-1:0] idle_o,
  output logic [2**ContextBits-1:0] settled_o
);
  pc_bucket_unit #(
    .WideBits(WideBits), .NarrowBits(NarrowBits), .ContextBits(ContextBits), .NumSets(NumSets), .Words(Words),
    .RamLatency(3), .QueueDepth(256), .Body(Body)
  ) u_unit (.*);
endmodule
