// An NTT job: what is wrong with its arguments, and what this build is; pc_job_order has the order.
//
// Timing:  as pc_job_order.
// Errors:  the codes of the ABI; the first check that fails counts: sizes, flags, alignment.
// Reset:   rst_ni.
// Test:    tests/rtl_ntt/ntt_kernel_test.cpp.
module pc_ntt_job #(
  parameter logic [63:0] AbiHash = 64'd0,
  parameter int unsigned LogLanes = 6,
  parameter int unsigned AddressBits = 13,
  parameter int unsigned TwoPassFrom = 12,
  parameter int unsigned NumPointers = 50
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      start_i,
  output logic                      done_o,
  input  logic                      soft_reset_i,
  input  logic [NumPointers*64-1:0] pointers_i,  // constant while a job runs, as are the other arguments
  input  logic [31:0]               log_n_i,
  input  logic [31:0]               batch_i,
  input  logic [31:0]               flags_i,
  input  logic [31:0]               job_id_i,
  output logic [31:0]               plan_o,
  output logic [31:0]               build_o,
  output logic                      core_rst_no,
  output logic                      core_start_o,
  input  logic                      core_done_i,
  input  logic [63:0]               busy_i,
  input  logic                      load_valid_i,
  input  logic                      load_ready_i,
  input  logic                      store_valid_i,
  input  logic                      store_ready_i,
  output logic                      stop_o,
  input  logic                      reads_idle_i,
  input  logic                      writes_idle_i,
  input  logic                      read_fault_i,
  input  logic                      write_fault_i,
  output logic                      record_valid_o,
  input  logic                      record_ready_i,
  output logic [511:0]              record_o
);
  localparam logic [31:0] MaxLog = (2 * AddressBits < pc_ntt_gl_abi_pkg::MAX_LOG_N) ? 32'(2 * AddressBits)
                                                                                  : 32'(pc_ntt_gl_abi_pkg::MAX_LOG_N);
  assign plan_o = {8'd0, 8'(MaxLog), 8'(TwoPassFrom), 8'(LogLanes)};
  assign build_o = {24'd0, pc_ntt_gl_abi_pkg::IMPLEMENTATION_RTL};

  // ---- checks ----
  logic size_bad_q, flags_bad_q, alignment_bad_q, alignment_bad, record_bad_q;
  logic [55:0] points_q;
  always_comb begin
    alignment_bad = 1'b0;
    for (int unsigned k = 0; k < NumPointers; k++) alignment_bad = alignment_bad | (pointers_i[64*k+:6] != '0);
  end
  always_ff @(posedge clk_i) begin
    points_q <= {32'b0, batch_i[23:0]} << log_n_i[4:0];
    size_bad_q <= (log_n_i > MaxLog) | (batch_i[31:24] != '0) | (points_q[55:32] != '0);
    flags_bad_q <= flags_i[31:3] != '0;
    alignment_bad_q <= alignment_bad;
    record_bad_q <= pointers_i[64*(NumPointers-1)+:6] != '0;  // the last one is status
  end

  logic [31:0] check_error;
  always_comb begin
    if (size_bad_q) check_error = pc_ntt_gl_abi_pkg::ERR_BAD_SIZE;
    else if (flags_bad_q) check_error = pc_ntt_gl_abi_pkg::ERR_RESERVED_ARGUMENT;
    else if (alignment_bad_q) check_error = pc_ntt_gl_abi_pkg::ERR_BAD_ALIGNMENT;
    else check_error = pc_ntt_gl_abi_pkg::ERR_NONE;
  end
  pc_job_order #(
    .AbiHash(AbiHash), .ErrorRead(pc_ntt_gl_abi_pkg::ERR_READ_FAULT), .ErrorWrite(pc_ntt_gl_abi_pkg::ERR_WRITE_FAULT),
    .ErrorReset(pc_ntt_gl_abi_pkg::ERR_RESET)
  ) u_order (
    .clk_i, .rst_ni, .start_i, .done_o, .soft_reset_i, .check_error_i(check_error), .record_bad_i(record_bad_q),
    .empty_i(batch_i == '0), .job_id_i,
    .plan_i(plan_o), .build_i(build_o), .core_rst_no, .core_start_o, .core_done_i, .busy_i, .load_valid_i, .load_ready_i,
    .store_valid_i, .store_ready_i, .stop_o, .reads_idle_i, .writes_idle_i, .read_fault_i, .write_fault_i, .record_valid_o,
    .record_ready_i, .record_o
  );
  logic unused;
  assign unused = ^{flags_i[2:0], points_q[31:0]};
endmodule
