// The kernel msm_g1 without its outer names: pc_kernel with two read ports and a write port, around the MSM core.
//
// Method:  pc_msm_arguments judges and keeps the arguments, pc_msm_core does the work, pc_result_writer writes points.
//          bitstreams/abi/msm_g1.json says what registers and memory mean. The core is kept from job to job, since clearing its
//          buckets takes thousands of cycles.
// Shape:   bases are part 0 of the vectors of reads, scalars part 1.
// Range:   512-bit data, bursts of at most 16 beats.
// Timing:  pc_msm_core and pc_job_order.
// Errors:  bad arguments and bus errors end the job with their code; see pc_msm_arguments and pc_job_order.
// Reset:   rst_ni.
// Configurations: the defaults are u55c; small is WideBits = 5, NarrowBits = 4, ResidentBits = 5
//          (tests/rtl_top/CMakeLists.txt).
// Test:    tests/rtl_top/top_test.cpp.
module pc_msm_kernel #(
  parameter int unsigned WideBits = 13,   // windows of 254-bit scalars
  parameter int unsigned NarrowBits = 8,  // windows of 8, 16 and 32-bit scalars
  parameter int unsigned PassWindows = 7,
  parameter int unsigned ContextBits = 5,
  parameter int unsigned ResidentBits = 12,
  parameter int unsigned LogPoints = 24,
  parameter int unsigned LogMsms = 20,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  output logic                    interrupt_o,
  input  logic [11:0]             s_awaddr_i,
  input  logic                    s_awvalid_i,
  output logic                    s_awready_o,
  input  logic [31:0]             s_wdata_i,
  input  logic [3:0]              s_wstrb_i,
  input  logic                    s_wvalid_i,
  output logic                    s_wready_o,
  output logic [1:0]              s_bresp_o,
  output logic                    s_bvalid_o,
  input  logic                    s_bready_i,
  input  logic [11:0]             s_araddr_i,
  input  logic                    s_arvalid_i,
  output logic                    s_arready_o,
  output logic [31:0]             s_rdata_o,
  output logic [1:0]              s_rresp_o,
  output logic                    s_rvalid_o,
  input  logic                    s_rready_i,
  output logic [127:0]            m_araddr_o,
  output logic [15:0]             m_arlen_o,
  output logic [1:0]              m_arvalid_o,
  input  logic [1:0]              m_arready_i,
  input  logic [1023:0]           m_rdata_i,
  input  logic [3:0]              m_rresp_i,
  input  logic [1:0]              m_rvalid_i,
  output logic [1:0]              m_rready_o,
  output logic [63:0]             m_awaddr_o,
  output logic [7:0]              m_awlen_o,
  output logic [0:0]              m_awvalid_o,
  input  logic [0:0]              m_awready_i,
  output logic [511:0]            m_wdata_o,
  output logic [63:0]             m_wstrb_o,
  output logic [0:0]              m_wlast_o,
  output logic [0:0]              m_wvalid_o,
  input  logic [0:0]              m_wready_i,
  input  logic [1:0]              m_bresp_i,
  input  logic [0:0]              m_bvalid_i,
  output logic [0:0]              m_bready_o
);
  localparam logic [31:0] WindowBits = {8'(WideBits), 8'(NarrowBits), 8'(NarrowBits), 8'(NarrowBits)};
  localparam logic [31:0] Build = {8'(LogMsms), 8'(LogPoints), 8'd1, pc_kernel_abi_pkg::IMPLEMENTATION_RTL};
  localparam int unsigned Words = pc_abi_pkg::ARGUMENT_WORDS;

  // ---- the job ----
  logic idle, misaligned, empty, core_rst_n, core_start, running, stop, writes_idle;
  logic [Words*32-1:0] arguments;
  logic [63:0] bases, scalars, results;
  logic [31:0] num_points, num_msms, check_error;
  logic [1:0] format;
  logic narrow;
  logic [7:0] first_window, num_windows;
  pc_msm_arguments #(.LogPoints(LogPoints), .LogMsms(LogMsms), .WindowBits(WindowBits)) u_arguments (
    .clk_i, .take_i(idle), .arguments_i(arguments), .misaligned_i(misaligned), .error_o(check_error), .empty_o(empty),
    .bases_o(bases), .scalars_o(scalars), .results_o(results), .num_points_o(num_points), .num_msms_o(num_msms),
    .format_o(format), .narrow_o(narrow), .first_window_o(first_window), .num_windows_o(num_windows)
  );
  logic [63:0] busy_cycles, num_digits;
  logic [31:0] stall_memory, stall_queue, drain, fold;

  // ---- core ----
  logic core_busy, core_done;
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
    .clk_i, .rst_ni(core_rst_n), .start_i(core_start), .num_points_i(num_points), .num_msms_i(num_msms),
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

  // ---- results, and the end: all that was taken from the core is written and answered ----
  logic write_cmd_valid, write_cmd_ready, write_valid, write_ready, writer_idle, finished_q;
  logic [63:0] write_cmd_address;
  logic [15:0] write_cmd_beats;
  logic [511:0] write_data;
  pc_result_writer u_writer (
    .clk_i, .rst_ni(core_rst_n & ~stop), .results_i(results), .idle_o(writer_idle),
    .point_valid_i(result_valid), .point_ready_o(result_ready), .point_index_i(result_index),
    .point_x_i(result_x), .point_y_i(result_y), .point_z_i(result_z),
    .cmd_valid_o(write_cmd_valid), .cmd_ready_i(write_cmd_ready), .cmd_address_o(write_cmd_address),
    .cmd_beats_o(write_cmd_beats), .valid_o(write_valid), .ready_i(write_ready), .data_o(write_data)
  );
  always_ff @(posedge clk_i) finished_q <= running & (core_done | finished_q);
  pc_kernel #(
    .AbiHash(pc_abi_pkg::ABI_HASH), .Words(Words), .NumPointers(pc_abi_pkg::NUM_POINTERS), .Status(pc_abi_pkg::ARG_STATUS),
    .JobId(pc_abi_pkg::ARG_JOB_ID), .Plan(WindowBits), .Build(Build), .KeepCore(1'b1),
    .ErrorRead(pc_abi_pkg::ERR_READ_FAULT), .ErrorWrite(pc_abi_pkg::ERR_WRITE_FAULT), .ErrorReset(pc_abi_pkg::ERR_RESET),
    .NumReads(2), .ReadBits(512), .ReadBeats(16), .NumWrites(1), .WriteBits(512), .WriteBeats(16), .WriteBursts(16)
  ) u_kernel (
    .clk_i, .rst_ni, .interrupt_o, .s_awaddr_i, .s_awvalid_i, .s_awready_o, .s_wdata_i, .s_wstrb_i, .s_wvalid_i, .s_wready_o,
    .s_bresp_o, .s_bvalid_o, .s_bready_i, .s_araddr_i, .s_arvalid_i, .s_arready_o, .s_rdata_o, .s_rresp_o, .s_rvalid_o, .s_rready_i,
    .arguments_o(arguments), .idle_o(idle), .misaligned_o(misaligned), .check_error_i(check_error), .empty_i(empty),
    .core_rst_no(core_rst_n), .core_start_o(core_start), .core_ready_i(~core_busy),
    .core_done_i(finished_q & writer_idle & writes_idle), .running_o(running),
    .counters_i({fold, drain, stall_queue, stall_memory, num_digits, busy_cycles}), .stop_o(stop), .writes_idle_o(writes_idle),
    .read_cmd_valid_i({scalar_cmd_valid, base_cmd_valid}), .read_cmd_ready_o({scalar_cmd_ready, base_cmd_ready}),
    .read_cmd_address_i({scalars + scalar_cmd_offset, bases + {26'd0, base_cmd_index, 6'd0}}),
    .read_cmd_beats_i({scalar_cmd_beats, base_cmd_count}), .read_valid_o({scalar_valid, base_valid}),
    .read_ready_i({scalar_ready, base_ready}), .read_data_o({scalar_data, base_data}),
    .write_cmd_valid_i(write_cmd_valid), .write_cmd_ready_o(write_cmd_ready), .write_cmd_address_i(write_cmd_address),
    .write_cmd_beats_i(write_cmd_beats), .write_valid_i(write_valid), .write_ready_o(write_ready), .write_data_i(write_data),
    .m_araddr_o, .m_arlen_o, .m_arvalid_o, .m_arready_i, .m_rdata_i, .m_rresp_i, .m_rvalid_i, .m_rready_o,
    .m_awaddr_o, .m_awlen_o, .m_awvalid_o, .m_awready_i, .m_wdata_o, .m_wstrb_o, .m_wlast_o, .m_wvalid_o, .m_wready_i,
    .m_bresp_i, .m_bvalid_i, .m_bready_o
  );
endmodule
