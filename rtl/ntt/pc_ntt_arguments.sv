// What is wrong with the arguments of an NTT job.
//
// Timing:  two cycles.
// Errors:  the codes of all kernels; the first check that fails counts: sizes, flags, alignment.
// Reset:   none.
// Test:    tests/rtl_ntt/ntt_kernel_test.cpp.
module pc_ntt_arguments #(
  parameter logic [31:0] MaxLog = 32'd26
) (
  input  logic        clk_i,
  input  logic [31:0] log_n_i,
  input  logic [31:0] batch_i,
  input  logic [31:0] flags_i,
  input  logic        misaligned_i,
  output logic [31:0] error_o
);
  logic size_bad_q, flags_bad_q;
  logic [55:0] points_q;
  always_ff @(posedge clk_i) begin
    points_q <= {32'b0, batch_i[23:0]} << log_n_i[4:0];
    size_bad_q <= (log_n_i > MaxLog) | (batch_i[31:24] != '0) | (points_q[55:32] != '0);
    flags_bad_q <= flags_i[31:3] != '0;
  end
  always_comb begin
    if (size_bad_q) error_o = pc_kernel_abi_pkg::ERR_BAD_SIZE;
    else if (flags_bad_q) error_o = pc_kernel_abi_pkg::ERR_RESERVED_ARGUMENT;
    else if (misaligned_i) error_o = pc_kernel_abi_pkg::ERR_BAD_ALIGNMENT;
    else error_o = pc_kernel_abi_pkg::ERR_NONE;
  end
  logic unused;
  assign unused = ^{flags_i[2:0], points_q[31:0]};
endmodule
