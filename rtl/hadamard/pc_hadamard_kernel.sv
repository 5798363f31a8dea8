// The kernel hadamard_fr without its outer names: pc_kernel with a read port a channel and a write port, around the core.
//
// Method:  both channels get the same commands; a word moves when both have it. bitstreams/abi/hadamard_fr.json says what
//          registers and memory mean.
// Shape:   ports of channel k are part k of the vectors.
// Range:   256-bit data of reads, 512-bit of writes, bursts of 1 KiB at most.
// Timing:  pc_hadamard_core and pc_job_order.
// Errors:  bad arguments and bus errors end the job with their code; see pc_job_order. The first check that fails counts: size,
//          flags, alignment.
// Reset:   rst_ni.
// Test:    tests/rtl_hadamard/kernel_test.cpp.
module pc_hadamard_kernel #(
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
  input  logic [511:0]            m_rdata_i,
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
  localparam logic [31:0] Plan = {16'd0, 8'(pc_hadamard_fr_abi_pkg::MAX_LOG_ELEMENTS), 8'd0};
  localparam int unsigned Words = pc_hadamard_fr_abi_pkg::ARGUMENT_WORDS;

  // ---- the job ----
  logic idle, misaligned, core_rst_n, core_start, core_done, running, stop, writes_idle;
  logic [Words*32-1:0] arguments;
  logic [63:0] in_0, in_1, out, busy;
  logic [31:0] num_elements, first_word, stride_words, flags, check_error;
  logic [255:0] counters;
  logic size_bad_q, flags_bad_q;
  assign in_0 = arguments[8*pc_hadamard_fr_abi_pkg::ARG_IN_0+:64];
  assign in_1 = arguments[8*pc_hadamard_fr_abi_pkg::ARG_IN_1+:64];
  assign out = arguments[8*pc_hadamard_fr_abi_pkg::ARG_OUT+:64];
  assign num_elements = arguments[8*pc_hadamard_fr_abi_pkg::ARG_NUM_ELEMENTS+:32];
  assign first_word = arguments[8*pc_hadamard_fr_abi_pkg::ARG_FIRST_WORD+:32];
  assign stride_words = arguments[8*pc_hadamard_fr_abi_pkg::ARG_STRIDE_WORDS+:32];
  assign flags = arguments[8*pc_hadamard_fr_abi_pkg::ARG_FLAGS+:32];
  always_ff @(posedge clk_i) begin
    size_bad_q <= num_elements > (32'd1 << pc_hadamard_fr_abi_pkg::MAX_LOG_ELEMENTS);
    flags_bad_q <= flags != '0;
  end
  always_comb begin
    if (size_bad_q) check_error = pc_kernel_abi_pkg::ERR_BAD_SIZE;
    else if (flags_bad_q) check_error = pc_kernel_abi_pkg::ERR_RESERVED_ARGUMENT;
    else if (misaligned) check_error = pc_kernel_abi_pkg::ERR_BAD_ALIGNMENT;
    else check_error = pc_kernel_abi_pkg::ERR_NONE;
  end
  logic load_valid, load_ready, store_valid, store_ready;
  pc_stream_counters u_counters (
    .clk_i, .rst_ni(core_rst_n), .running_i(running), .busy_i(busy), .load_valid_i(load_valid), .load_ready_i(load_ready),
    .store_valid_i(store_valid), .store_ready_i(store_ready), .counters_o(counters)
  );

  // ---- core ----
  logic load_cmd_valid, load_cmd_ready, store_cmd_valid, store_cmd_ready;
  logic [34:0] load_cmd_word;
  logic [27:0] store_cmd_word;
  logic [15:0] load_cmd_beats, store_cmd_beats;
  logic [511:0] load_data, store_data;
  pc_hadamard_core #(.Body(Body)) u_core (
    .clk_i, .rst_ni(core_rst_n), .start_i(core_start), .done_o(core_done), .num_elements_i(num_elements[27:0]),
    .first_word_i(first_word), .stride_words_i(stride_words), .busy_o(busy),
    .load_cmd_valid_o(load_cmd_valid), .load_cmd_ready_i(load_cmd_ready), .load_cmd_word_o(load_cmd_word),
    .load_cmd_beats_o(load_cmd_beats), .load_valid_i(load_valid), .load_ready_o(load_ready), .load_data_i(load_data),
    .store_cmd_valid_o(store_cmd_valid), .store_cmd_ready_i(store_cmd_ready), .store_cmd_word_o(store_cmd_word),
    .store_cmd_beats_o(store_cmd_beats), .store_valid_o(store_valid), .store_ready_i(store_ready), .store_data_o(store_data),
    .store_idle_i(writes_idle)
  );

  // ---- the same commands for both channels ----
  // A master that takes commands does so until it gets one: what it says is a register, and a command is offered when it is taken.
  logic [1:0] read_ready_q, read_cmd_readies, read_valids;
  logic write_ready_q, ask_read, ask_write, write_cmd_ready;
  assign ask_read = load_cmd_valid & load_cmd_ready;
  assign load_cmd_ready = &read_ready_q;
  assign load_valid = &read_valids;
  assign ask_write = store_cmd_valid & store_cmd_ready;
  assign store_cmd_ready = write_ready_q;
  always_ff @(posedge clk_i) begin
    if (stop || ask_read) read_ready_q <= '0;
    else read_ready_q <= read_cmd_readies;
    if (stop || ask_write) write_ready_q <= 1'b0;
    else write_ready_q <= write_cmd_ready;
  end
  pc_kernel #(
    .AbiHash(pc_hadamard_fr_abi_pkg::ABI_HASH), .Words(Words), .NumPointers(pc_hadamard_fr_abi_pkg::NUM_POINTERS),
    .Status(pc_hadamard_fr_abi_pkg::ARG_STATUS), .JobId(pc_hadamard_fr_abi_pkg::ARG_JOB_ID), .Plan(Plan),
    .NumReads(2), .ReadBits(256), .ReadBeats(32), .NumWrites(1), .WriteBits(512), .WriteBeats(16), .WriteBursts(32)
  ) u_kernel (
    .clk_i, .rst_ni, .interrupt_o, .s_awaddr_i, .s_awvalid_i, .s_awready_o, .s_wdata_i, .s_wstrb_i, .s_wvalid_i, .s_wready_o,
    .s_bresp_o, .s_bvalid_o, .s_bready_i, .s_araddr_i, .s_arvalid_i, .s_arready_o, .s_rdata_o, .s_rresp_o, .s_rvalid_o, .s_rready_i,
    .arguments_o(arguments), .idle_o(idle), .misaligned_o(misaligned), .check_error_i(check_error), .empty_i(num_elements == '0),
    .core_rst_no(core_rst_n), .core_start_o(core_start), .core_ready_i(1'b1), .core_done_i(core_done), .running_o(running),
    .counters_i(counters), .stop_o(stop), .writes_idle_o(writes_idle),
    .read_cmd_valid_i({2{ask_read}}), .read_cmd_ready_o(read_cmd_readies),
    .read_cmd_address_i({in_1 + {24'd0, load_cmd_word, 5'd0}, in_0 + {24'd0, load_cmd_word, 5'd0}}),
    .read_cmd_beats_i({2{load_cmd_beats}}), .read_valid_o(read_valids), .read_ready_i({2{load_ready & load_valid}}),
    .read_data_o(load_data), .write_cmd_valid_i(ask_write), .write_cmd_ready_o(write_cmd_ready),
    .write_cmd_address_i(out + {30'd0, store_cmd_word, 6'd0}), .write_cmd_beats_i(store_cmd_beats),
    .write_valid_i(store_valid), .write_ready_o(store_ready), .write_data_i(store_data),
    .m_araddr_o, .m_arlen_o, .m_arvalid_o, .m_arready_i, .m_rdata_i, .m_rresp_i, .m_rvalid_i, .m_rready_o,
    .m_awaddr_o, .m_awlen_o, .m_awvalid_o, .m_awready_i, .m_wdata_o, .m_wstrb_o, .m_wlast_o, .m_wvalid_o, .m_wready_i,
    .m_bresp_i, .m_bvalid_i, .m_bready_o
  );
  // Of a pointer 12 bytes, of a scalar 8; four words before them.
  logic unused;
  assign unused = ^{arguments, idle};
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (core_rst_n && !stop) begin
      assert (!ask_read || &read_cmd_readies) else $error("pc_hadamard_kernel: a read command that is not taken");
      assert (!ask_write || write_cmd_ready) else $error("pc_hadamard_kernel: a write command that is not taken");
    end
  end
`endif
endmodule
