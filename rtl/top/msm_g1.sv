// The kernel msm_g1 as Vitis takes an RTL kernel: control slave, three AXI4 masters, the MSM core between them.
//
// Method:  pc_registers has the registers, pc_job the order of a job, pc_axi_read and pc_axi_write the bursts,
//          pc_msm_core the work. bitstreams/abi/msm_g1.json says what registers and memory mean.
// Range:   64-bit addresses, 512-bit data, one ID, INCR bursts of at most 16 beats inside 4 KiB.
// Timing:  done rises after the response to the completion record, which is written after all other responses.
// Errors:  bad arguments and bus errors end the job with their code; see pc_job.
// Reset:   ap_rst_n.
// Configurations: the defaults are u55c; small is WideBits = 5, NarrowBits = 4, ResidentBits = 5
//          (tests/rtl_top/CMakeLists.txt).
// Test:    tests/rtl_top/top_test.cpp.
module msm_g1 #(
  parameter int unsigned WideBits = 13,   // windows of 254-bit scalars
  parameter int unsigned NarrowBits = 8,  // windows of 8, 16 and 32-bit scalars
  parameter int unsigned PassWindows = 7,
  parameter int unsigned ContextBits = 5,
  parameter int unsigned ResidentBits = 12,
  parameter int unsigned LogPoints = 24,
  parameter int unsigned LogMsms = 20,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL
) (
  input  logic         ap_clk,
  input  logic         ap_rst_n,
  // Vitis' name for it, which Verilator would keep for itself.
  /* verilator lint_off SYMRSVDWORD */
  output logic         interrupt,
  /* verilator lint_on SYMRSVDWORD */

  input  logic [11:0]  s_axi_control_awaddr,
  input  logic         s_axi_control_awvalid,
  output logic         s_axi_control_awready,
  input  logic [31:0]  s_axi_control_wdata,
  input  logic [3:0]   s_axi_control_wstrb,
  input  logic         s_axi_control_wvalid,
  output logic         s_axi_control_wready,
  output logic [1:0]   s_axi_control_bresp,
  output logic         s_axi_control_bvalid,
  input  logic         s_axi_control_bready,
  input  logic [11:0]  s_axi_control_araddr,
  input  logic         s_axi_control_arvalid,
  output logic         s_axi_control_arready,
  output logic [31:0]  s_axi_control_rdata,
  output logic [1:0]   s_axi_control_rresp,
  output logic         s_axi_control_rvalid,
  input  logic         s_axi_control_rready,

  output logic [63:0]  m_axi_gmem_bases_araddr,
  output logic [7:0]   m_axi_gmem_bases_arlen,
  output logic         m_axi_gmem_bases_arvalid,
  input  logic         m_axi_gmem_bases_arready,
  input  logic [511:0] m_axi_gmem_bases_rdata,
  input  logic [1:0]   m_axi_gmem_bases_rresp,
  input  logic         m_axi_gmem_bases_rlast,
  input  logic         m_axi_gmem_bases_rvalid,
  output logic         m_axi_gmem_bases_rready,

  output logic [63:0]  m_axi_gmem_scalars_araddr,
  output logic [7:0]   m_axi_gmem_scalars_arlen,
  output logic         m_axi_gmem_scalars_arvalid,
  input  logic         m_axi_gmem_scalars_arready,
  input  logic [511:0] m_axi_gmem_scalars_rdata,
  input  logic [1:0]   m_axi_gmem_scalars_rresp,
  input  logic         m_axi_gmem_scalars_rlast,
  input  logic         m_axi_gmem_scalars_rvalid,
  output logic         m_axi_gmem_scalars_rready,

  output logic [63:0]  m_axi_gmem_results_awaddr,
  output logic [7:0]   m_axi_gmem_results_awlen,
  output logic         m_axi_gmem_results_awvalid,
  input  logic         m_axi_gmem_results_awready,
  output logic [511:0] m_axi_gmem_results_wdata,
  output logic [63:0]  m_axi_gmem_results_wstrb,
  output logic         m_axi_gmem_results_wlast,
  output logic         m_axi_gmem_results_wvalid,
  input  logic         m_axi_gmem_results_wready,
  input  logic [1:0]   m_axi_gmem_results_bresp,
  input  logic         m_axi_gmem_results_bvalid,
  output logic         m_axi_gmem_results_bready
);
  localparam logic [31:0] WindowBits = {8'(WideBits), 8'(NarrowBits), 8'(NarrowBits), 8'(NarrowBits)};
  localparam logic [31:0] Build = {8'(LogMsms), 8'(LogPoints), 8'd1, pc_abi_pkg::IMPLEMENTATION_RTL};

  localparam int unsigned Words = 32'(pc_abi_pkg::ARG_NUM_MULTIPLES) / 4 + 2;

  // The pin drives registers only.
  logic rst_n = 1'b0;  // in reset from power-up on
  always_ff @(posedge ap_clk) rst_n <= ap_rst_n;

  // ---- registers and order ----
  logic start, done, soft_reset, core_rst_n, core_start, core_busy, core_done, stop;
  logic [63:0] bases_arg, scalars_arg, results_arg, status_arg, bases, scalars, results, status;
  logic [31:0] num_points_arg, num_msms_arg, scalar_bits_arg, first_window_arg, num_windows_arg, flags_arg, job_id_arg;
  logic [31:0] bases_stride_arg, num_multiples_arg, num_points, num_msms;
  logic [1:0] format;
  logic narrow;
  logic [7:0] first_window, num_windows;
  logic [63:0] busy_cycles, num_digits;
  logic [31:0] stall_memory, stall_queue, drain, fold;
  logic bases_idle, scalars_idle, writes_idle, writer_idle, bases_fault, scalars_fault, write_fault;
  logic record_valid, record_ready;
  logic [511:0] record;
  logic [Words*32-1:0] arguments;
  pc_registers #(.AbiHash(pc_abi_pkg::ABI_HASH), .Words(Words)) u_registers (
    .clk_i(ap_clk), .rst_ni(rst_n),
    .s_awaddr_i(s_axi_control_awaddr), .s_awvalid_i(s_axi_control_awvalid), .s_awready_o(s_axi_control_awready),
    .s_wdata_i(s_axi_control_wdata), .s_wstrb_i(s_axi_control_wstrb), .s_wvalid_i(s_axi_control_wvalid),
    .s_wready_o(s_axi_control_wready), .s_bresp_o(s_axi_control_bresp), .s_bvalid_o(s_axi_control_bvalid),
    .s_bready_i(s_axi_control_bready), .s_araddr_i(s_axi_control_araddr), .s_arvalid_i(s_axi_control_arvalid),
    .s_arready_o(s_axi_control_arready), .s_rdata_o(s_axi_control_rdata), .s_rresp_o(s_axi_control_rresp),
    .s_rvalid_o(s_axi_control_rvalid), .s_rready_i(s_axi_control_rready), .interrupt_o(interrupt),
    .plan_i(WindowBits), .build_i(Build), .start_o(start), .done_i(done), .soft_reset_o(soft_reset),
    .arguments_o(arguments)
  );
  assign bases_arg = arguments[8*pc_abi_pkg::ARG_BASES+:64];
  assign scalars_arg = arguments[8*pc_abi_pkg::ARG_SCALARS+:64];
  assign results_arg = arguments[8*pc_abi_pkg::ARG_RESULTS+:64];
  assign status_arg = arguments[8*pc_abi_pkg::ARG_STATUS+:64];
  assign num_points_arg = arguments[8*pc_abi_pkg::ARG_NUM_POINTS+:32];
  assign num_msms_arg = arguments[8*pc_abi_pkg::ARG_NUM_MSMS+:32];
  assign scalar_bits_arg = arguments[8*pc_abi_pkg::ARG_SCALAR_BITS+:32];
  assign first_window_arg = arguments[8*pc_abi_pkg::ARG_FIRST_WINDOW+:32];
  assign num_windows_arg = arguments[8*pc_abi_pkg::ARG_NUM_WINDOWS+:32];
  assign flags_arg = arguments[8*pc_abi_pkg::ARG_FLAGS+:32];
  assign job_id_arg = arguments[8*pc_abi_pkg::ARG_JOB_ID+:32];
  assign bases_stride_arg = arguments[8*pc_abi_pkg::ARG_BASES_STRIDE+:32];
  assign num_multiples_arg = arguments[8*pc_abi_pkg::ARG_NUM_MULTIPLES+:32];
  pc_job #(.LogPoints(LogPoints), .LogMsms(LogMsms), .WindowBits(WindowBits), .Build(Build)) u_job (
    .clk_i(ap_clk), .rst_ni(rst_n), .start_i(start), .done_o(done), .soft_reset_i(soft_reset),
    .bases_i(bases_arg), .scalars_i(scalars_arg), .results_i(results_arg), .status_i(status_arg),
    .num_points_i(num_points_arg), .num_msms_i(num_msms_arg), .scalar_bits_i(scalar_bits_arg),
    .first_window_i(first_window_arg), .num_windows_i(num_windows_arg), .flags_i(flags_arg), .job_id_i(job_id_arg),
    .bases_stride_i(bases_stride_arg), .num_multiples_i(num_multiples_arg),
    .bases_o(bases), .scalars_o(scalars), .results_o(results), .status_o(status), .num_points_o(num_points),
    .num_msms_o(num_msms), .format_o(format), .narrow_o(narrow), .first_window_o(first_window), .num_windows_o(num_windows),
    .core_rst_no(core_rst_n), .core_start_o(core_start), .core_busy_i(core_busy), .core_done_i(core_done),
    .busy_cycles_i(busy_cycles), .num_digits_i(num_digits), .stall_memory_i(stall_memory), .stall_queue_i(stall_queue),
    .drain_i(drain), .fold_i(fold),
    .stop_o(stop), .reads_idle_i(bases_idle & scalars_idle), .writes_idle_i(writes_idle & writer_idle),
    .read_fault_i(bases_fault | scalars_fault), .write_fault_i(write_fault),
    .record_valid_o(record_valid), .record_ready_i(record_ready), .record_o(record)
  );

  // ---- core ----
  logic scalar_cmd_valid, scalar_cmd_ready, scalar_valid, scalar_ready;
  logic base_cmd_valid, base_cmd_ready, base_valid, base_ready, result_valid, result_ready;
  logic [63:0] scalar_cmd_offset;
  logic [15:0] scalar_cmd_beats, base_cmd_count;
  logic [31:0] base_cmd_index, result_index;
  logic [511:0] scalar_data, base_data;
  logic [255:0] result_x, result_y, result_z;
  pc_msm_core #(
    .WideBits(WideBits), .NarrowBits(NarrowBits), .PassWindows(PassWindows), .ContextBits(ContextBits),
    .ResidentBits(ResidentBits), .Body(Body)
  ) u_core (
    .clk_i(ap_clk), .rst_ni(core_rst_n), .start_i(core_start), .num_points_i(num_points), .num_msms_i(num_msms),
    .format_i(format), .narrow_i(narrow), .first_window_i(first_window), .num_windows_i(num_windows), .busy_o(core_busy),
    .done_o(core_done),
    .scalar_cmd_valid_o(scalar_cmd_valid), .scalar_cmd_ready_i(scalar_cmd_ready),
    .scalar_cmd_offset_o(scalar_cmd_offset), .scalar_cmd_beats_o(scalar_cmd_beats),
    .scalar_valid_i(scalar_valid), .scalar_ready_o(scalar_ready), .scalar_data_i(scalar_data),
    .base_cmd_valid_o(base_cmd_valid), .base_cmd_ready_i(base_cmd_ready), .base_cmd_index_o(base_cmd_index),
    .base_cmd_count_o(base_cmd_count), .base_valid_i(base_valid), .base_ready_o(base_ready), .base_data_i(base_data),
    .result_valid_o(result_valid), .result_ready_i(result_ready), .result_index_o(result_index),
    .result_x_o(result_x), .result_y_o(result_y), .result_z_o(result_z),
    .busy_cycles_o(busy_cycles), .num_digits_o(num_digits), .stall_memory_o(stall_memory), .stall_queue_o(stall_queue),
    .drain_o(drain), .fold_o(fold)
  );

  // ---- masters ----
  pc_axi_read u_bases (
    .clk_i(ap_clk), .rst_ni(rst_n), .stop_i(stop), .idle_o(bases_idle), .fault_o(bases_fault),
    .cmd_valid_i(base_cmd_valid), .cmd_ready_o(base_cmd_ready), .cmd_address_i(bases + {26'd0, base_cmd_index, 6'd0}),
    .cmd_beats_i(base_cmd_count), .valid_o(base_valid), .ready_i(base_ready), .data_o(base_data),
    .m_araddr_o(m_axi_gmem_bases_araddr), .m_arlen_o(m_axi_gmem_bases_arlen), .m_arvalid_o(m_axi_gmem_bases_arvalid),
    .m_arready_i(m_axi_gmem_bases_arready), .m_rdata_i(m_axi_gmem_bases_rdata), .m_rresp_i(m_axi_gmem_bases_rresp),
    .m_rvalid_i(m_axi_gmem_bases_rvalid), .m_rready_o(m_axi_gmem_bases_rready)
  );
  pc_axi_read u_scalars (
    .clk_i(ap_clk), .rst_ni(rst_n), .stop_i(stop), .idle_o(scalars_idle), .fault_o(scalars_fault),
    .cmd_valid_i(scalar_cmd_valid), .cmd_ready_o(scalar_cmd_ready), .cmd_address_i(scalars + scalar_cmd_offset),
    .cmd_beats_i(scalar_cmd_beats), .valid_o(scalar_valid), .ready_i(scalar_ready), .data_o(scalar_data),
    .m_araddr_o(m_axi_gmem_scalars_araddr), .m_arlen_o(m_axi_gmem_scalars_arlen),
    .m_arvalid_o(m_axi_gmem_scalars_arvalid), .m_arready_i(m_axi_gmem_scalars_arready),
    .m_rdata_i(m_axi_gmem_scalars_rdata), .m_rresp_i(m_axi_gmem_scalars_rresp),
    .m_rvalid_i(m_axi_gmem_scalars_rvalid), .m_rready_o(m_axi_gmem_scalars_rready)
  );
  logic write_cmd_valid, write_cmd_ready, write_valid, write_ready;
  logic [63:0] write_cmd_address;
  logic [15:0] write_cmd_beats;
  logic [511:0] write_data;
  pc_result_writer u_writer (
    .clk_i(ap_clk), .rst_ni(rst_n & ~stop), .results_i(results), .status_i(status), .idle_o(writer_idle),
    .point_valid_i(result_valid), .point_ready_o(result_ready), .point_index_i(result_index),
    .point_x_i(result_x), .point_y_i(result_y), .point_z_i(result_z),
    .record_valid_i(record_valid), .record_ready_o(record_ready), .record_i(record),
    .cmd_valid_o(write_cmd_valid), .cmd_ready_i(write_cmd_ready), .cmd_address_o(write_cmd_address),
    .cmd_beats_o(write_cmd_beats), .valid_o(write_valid), .ready_i(write_ready), .data_o(write_data)
  );
  pc_axi_write u_results (
    .clk_i(ap_clk), .rst_ni(rst_n), .stop_i(stop), .idle_o(writes_idle), .fault_o(write_fault),
    .cmd_valid_i(write_cmd_valid), .cmd_ready_o(write_cmd_ready), .cmd_address_i(write_cmd_address),
    .cmd_beats_i(write_cmd_beats), .valid_i(write_valid), .ready_o(write_ready), .data_i(write_data),
    .m_awaddr_o(m_axi_gmem_results_awaddr), .m_awlen_o(m_axi_gmem_results_awlen),
    .m_awvalid_o(m_axi_gmem_results_awvalid), .m_awready_i(m_axi_gmem_results_awready),
    .m_wdata_o(m_axi_gmem_results_wdata), .m_wstrb_o(m_axi_gmem_results_wstrb), .m_wlast_o(m_axi_gmem_results_wlast),
    .m_wvalid_o(m_axi_gmem_results_wvalid), .m_wready_i(m_axi_gmem_results_wready),
    .m_bresp_i(m_axi_gmem_results_bresp), .m_bvalid_i(m_axi_gmem_results_bvalid), .m_bready_o(m_axi_gmem_results_bready)
  );
  // Of a pointer 12 bytes, of a scalar 8; four words before them. Beats are counted.
  logic unused;
  assign unused = ^{arguments, m_axi_gmem_bases_rlast, m_axi_gmem_scalars_rlast};
endmodule
