// The kernel echo without its outer names: pc_kernel with a read port and a write port, around pc_echo_core.
//
// Method:  bitstreams/abi/echo.json says what registers and memory mean. docs/rtl/new_kernel.md makes other kernels of this one.
// Range:   512-bit data, bursts of at most 16 beats.
// Timing:  pc_echo_core and pc_job_order.
// Errors:  bad arguments and bus errors end the job with their code; see pc_job_order. The first check that fails counts: size,
//          alignment.
// Reset:   rst_ni.
// Test:    tests/rtl_echo/kernel_test.cpp.
module pc_echo_kernel (
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
  output logic [63:0]             m_araddr_o,
  output logic [7:0]              m_arlen_o,
  output logic [0:0]              m_arvalid_o,
  input  logic [0:0]              m_arready_i,
  input  logic [511:0]            m_rdata_i,
  input  logic [1:0]              m_rresp_i,
  input  logic [0:0]              m_rvalid_i,
  output logic [0:0]              m_rready_o,
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
  localparam logic [31:0] Plan = 32'(pc_echo_abi_pkg::MAX_LOG_WORDS);
  localparam int unsigned Words = pc_echo_abi_pkg::ARGUMENT_WORDS;

  // ---- the job ----
  logic idle, misaligned, core_rst_n, core_start, core_done, running, stop, writes_idle, size_bad_q;
  logic [Words*32-1:0] arguments;
  logic [63:0] in, out, busy;
  logic [31:0] num_words, mask, check_error;
  logic [255:0] counters;
  assign in = arguments[8*pc_echo_abi_pkg::ARG_IN+:64];
  assign out = arguments[8*pc_echo_abi_pkg::ARG_OUT+:64];
  assign num_words = arguments[8*pc_echo_abi_pkg::ARG_NUM_WORDS+:32];
  assign mask = arguments[8*pc_echo_abi_pkg::ARG_MASK+:32];
  always_ff @(posedge clk_i) size_bad_q <= num_words > (32'd1 << pc_echo_abi_pkg::MAX_LOG_WORDS);
  always_comb begin
    if (size_bad_q) check_error = pc_kernel_abi_pkg::ERR_BAD_SIZE;
    else if (misaligned) check_error = pc_kernel_abi_pkg::ERR_BAD_ALIGNMENT;
    else check_error = pc_kernel_abi_pkg::ERR_NONE;
  end

  // ---- core ----
  logic load_cmd_valid, load_cmd_ready, load_valid, load_ready, store_cmd_valid, store_cmd_ready, store_valid, store_ready;
  logic [24:0] load_cmd_word, store_cmd_word;
  logic [15:0] load_cmd_beats, store_cmd_beats;
  logic [511:0] load_data, store_data;
  pc_echo_core u_core (
    .clk_i, .rst_ni(core_rst_n), .start_i(core_start), .done_o(core_done), .num_words_i(num_words[24:0]), .mask_i(mask),
    .busy_o(busy),
    .load_cmd_valid_o(load_cmd_valid), .load_cmd_ready_i(load_cmd_ready), .load_cmd_word_o(load_cmd_word),
    .load_cmd_beats_o(load_cmd_beats), .load_valid_i(load_valid), .load_ready_o(load_ready), .load_data_i(load_data),
    .store_cmd_valid_o(store_cmd_valid), .store_cmd_ready_i(store_cmd_ready), .store_cmd_word_o(store_cmd_word),
    .store_cmd_beats_o(store_cmd_beats), .store_valid_o(store_valid), .store_ready_i(store_ready), .store_data_o(store_data),
    .store_idle_i(writes_idle)
  );
  pc_stream_counters u_counters (
    .clk_i, .rst_ni(core_rst_n), .running_i(running), .busy_i(busy), .load_valid_i(load_valid), .load_ready_i(load_ready),
    .store_valid_i(store_valid), .store_ready_i(store_ready), .counters_o(counters)
  );

  // ---- everything else ----
  pc_kernel #(
    .AbiHash(pc_echo_abi_pkg::ABI_HASH), .Words(Words), .NumPointers(pc_echo_abi_pkg::NUM_POINTERS),
    .Status(pc_echo_abi_pkg::ARG_STATUS), .JobId(pc_echo_abi_pkg::ARG_JOB_ID), .Plan(Plan)
  ) u_kernel (
    .clk_i, .rst_ni, .interrupt_o, .s_awaddr_i, .s_awvalid_i, .s_awready_o, .s_wdata_i, .s_wstrb_i, .s_wvalid_i, .s_wready_o,
    .s_bresp_o, .s_bvalid_o, .s_bready_i, .s_araddr_i, .s_arvalid_i, .s_arready_o, .s_rdata_o, .s_rresp_o, .s_rvalid_o, .s_rready_i,
    .arguments_o(arguments), .idle_o(idle), .misaligned_o(misaligned), .check_error_i(check_error), .empty_i(num_words == '0),
    .core_rst_no(core_rst_n), .core_start_o(core_start), .core_ready_i(1'b1), .core_done_i(core_done), .running_o(running),
    .counters_i(counters), .stop_o(stop), .writes_idle_o(writes_idle),
    .read_cmd_valid_i(load_cmd_valid), .read_cmd_ready_o(load_cmd_ready), .read_cmd_address_i(in + {33'd0, load_cmd_word, 6'd0}),
    .read_cmd_beats_i(load_cmd_beats), .read_valid_o(load_valid), .read_ready_i(load_ready), .read_data_o(load_data),
    .write_cmd_valid_i(store_cmd_valid), .write_cmd_ready_o(store_cmd_ready),
    .write_cmd_address_i(out + {33'd0, store_cmd_word, 6'd0}), .write_cmd_beats_i(store_cmd_beats),
    .write_valid_i(store_valid), .write_ready_o(store_ready), .write_data_i(store_data),
    .m_araddr_o, .m_arlen_o, .m_arvalid_o, .m_arready_i, .m_rdata_i, .m_rresp_i, .m_rvalid_i, .m_rready_o,
    .m_awaddr_o, .m_awlen_o, .m_awvalid_o, .m_awready_i, .m_wdata_o, .m_wstrb_o, .m_wlast_o, .m_wvalid_o, .m_wready_i,
    .m_bresp_i, .m_bvalid_i, .m_bready_o
  );
  // Of a pointer 12 bytes, of a scalar 8; four words before them. Nothing is kept between core and masters.
  logic unused;
  assign unused = ^{arguments, idle, stop};
endmodule
