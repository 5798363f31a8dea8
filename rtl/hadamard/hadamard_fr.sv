// The kernel hadamard_fr as Vitis takes an RTL kernel: control slave, a read master a channel, a write master, the core between
// them.
//
// Method:  both channels get the same commands; a word moves when both have it. bitstreams/abi/hadamard_fr.json says what
//          registers and memory mean.
// Range:   64-bit addresses, 256-bit data of reads, 512-bit of writes, one ID, INCR bursts of 1 KiB at most inside 4 KiB.
// Timing:  pc_hadamard_core and pc_job_order. done rises after the response to the completion record.
// Errors:  bad arguments and bus errors end the job with their code; see pc_job_order. The first check that fails counts: size,
//          flags, alignment.
// Reset:   ap_rst_n.
// Configurations: the defaults are u55c.
// Test:    tests/rtl_hadamard/kernel_test.cpp.
module hadamard_fr #(
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

  output logic [63:0]  m_axi_gmem_in_0_araddr,
  output logic [7:0]   m_axi_gmem_in_0_arlen,
  output logic         m_axi_gmem_in_0_arvalid,
  input  logic         m_axi_gmem_in_0_arready,
  input  logic [255:0] m_axi_gmem_in_0_rdata,
  input  logic [1:0]   m_axi_gmem_in_0_rresp,
  input  logic         m_axi_gmem_in_0_rlast,
  input  logic         m_axi_gmem_in_0_rvalid,
  output logic         m_axi_gmem_in_0_rready,

  output logic [63:0]  m_axi_gmem_in_1_araddr,
  output logic [7:0]   m_axi_gmem_in_1_arlen,
  output logic         m_axi_gmem_in_1_arvalid,
  input  logic         m_axi_gmem_in_1_arready,
  input  logic [255:0] m_axi_gmem_in_1_rdata,
  input  logic [1:0]   m_axi_gmem_in_1_rresp,
  input  logic         m_axi_gmem_in_1_rlast,
  input  logic         m_axi_gmem_in_1_rvalid,
  output logic         m_axi_gmem_in_1_rready,

  output logic [63:0]  m_axi_gmem_out_awaddr,
  output logic [7:0]   m_axi_gmem_out_awlen,
  output logic         m_axi_gmem_out_awvalid,
  input  logic         m_axi_gmem_out_awready,
  output logic [511:0] m_axi_gmem_out_wdata,
  output logic [63:0]  m_axi_gmem_out_wstrb,
  output logic         m_axi_gmem_out_wlast,
  output logic         m_axi_gmem_out_wvalid,
  input  logic         m_axi_gmem_out_wready,
  input  logic [1:0]   m_axi_gmem_out_bresp,
  input  logic         m_axi_gmem_out_bvalid,
  output logic         m_axi_gmem_out_bready
);
  localparam logic [31:0] Plan = {16'd0, 8'(pc_hadamard_fr_abi_pkg::MAX_LOG_ELEMENTS), 8'd0};
  localparam logic [31:0] Build = {24'd0, pc_hadamard_fr_abi_pkg::IMPLEMENTATION_RTL};
  localparam int unsigned Words = 32'(pc_hadamard_fr_abi_pkg::ARG_JOB_ID) / 4 + 2;

  // The pin drives registers only.
  logic rst_n = 1'b0;  // in reset from power-up on
  always_ff @(posedge ap_clk) rst_n <= ap_rst_n;

  // ---- registers, checks and order ----
  logic start, done, soft_reset, core_rst_n, core_start, core_done, stop, record_valid, record_ready;
  logic [Words*32-1:0] arguments;
  logic [63:0] in_0, in_1, out, status, busy;
  logic [31:0] num_elements, first_word, stride_words, flags, job_id, check_error;
  logic [511:0] record;
  logic size_bad_q, flags_bad_q, alignment_bad_q, record_bad_q;
  assign in_0 = arguments[8*pc_hadamard_fr_abi_pkg::ARG_IN_0+:64];
  assign in_1 = arguments[8*pc_hadamard_fr_abi_pkg::ARG_IN_1+:64];
  assign out = arguments[8*pc_hadamard_fr_abi_pkg::ARG_OUT+:64];
  assign status = arguments[8*pc_hadamard_fr_abi_pkg::ARG_STATUS+:64];
  assign num_elements = arguments[8*pc_hadamard_fr_abi_pkg::ARG_NUM_ELEMENTS+:32];
  assign first_word = arguments[8*pc_hadamard_fr_abi_pkg::ARG_FIRST_WORD+:32];
  assign stride_words = arguments[8*pc_hadamard_fr_abi_pkg::ARG_STRIDE_WORDS+:32];
  assign flags = arguments[8*pc_hadamard_fr_abi_pkg::ARG_FLAGS+:32];
  assign job_id = arguments[8*pc_hadamard_fr_abi_pkg::ARG_JOB_ID+:32];
  pc_registers #(.AbiHash(pc_hadamard_fr_abi_pkg::ABI_HASH), .Words(Words)) u_registers (
    .clk_i(ap_clk), .rst_ni(rst_n),
    .s_awaddr_i(s_axi_control_awaddr), .s_awvalid_i(s_axi_control_awvalid), .s_awready_o(s_axi_control_awready),
    .s_wdata_i(s_axi_control_wdata), .s_wstrb_i(s_axi_control_wstrb), .s_wvalid_i(s_axi_control_wvalid),
    .s_wready_o(s_axi_control_wready), .s_bresp_o(s_axi_control_bresp), .s_bvalid_o(s_axi_control_bvalid),
    .s_bready_i(s_axi_control_bready), .s_araddr_i(s_axi_control_araddr), .s_arvalid_i(s_axi_control_arvalid),
    .s_arready_o(s_axi_control_arready), .s_rdata_o(s_axi_control_rdata), .s_rresp_o(s_axi_control_rresp),
    .s_rvalid_o(s_axi_control_rvalid), .s_rready_i(s_axi_control_rready), .interrupt_o(interrupt),
    .plan_i(Plan), .build_i(Build), .start_o(start), .done_i(done), .soft_reset_o(soft_reset), .arguments_o(arguments)
  );
  always_ff @(posedge ap_clk) begin
    size_bad_q <= num_elements > (32'd1 << pc_hadamard_fr_abi_pkg::MAX_LOG_ELEMENTS);
    flags_bad_q <= flags != '0;
    record_bad_q <= status[5:0] != '0;
    alignment_bad_q <= (in_0[5:0] | in_1[5:0] | out[5:0] | status[5:0]) != '0;
  end
  always_comb begin
    if (size_bad_q) check_error = pc_hadamard_fr_abi_pkg::ERR_BAD_SIZE;
    else if (flags_bad_q) check_error = pc_hadamard_fr_abi_pkg::ERR_RESERVED_ARGUMENT;
    else if (alignment_bad_q) check_error = pc_hadamard_fr_abi_pkg::ERR_BAD_ALIGNMENT;
    else check_error = pc_hadamard_fr_abi_pkg::ERR_NONE;
  end
  logic load_valid, load_ready, store_valid, store_ready, write_idle, write_fault;
  logic [1:0] read_idles, read_faults, read_valids, read_cmd_readies;
  pc_job_order #(
    .AbiHash(pc_hadamard_fr_abi_pkg::ABI_HASH), .ErrorRead(pc_hadamard_fr_abi_pkg::ERR_READ_FAULT),
    .ErrorWrite(pc_hadamard_fr_abi_pkg::ERR_WRITE_FAULT), .ErrorReset(pc_hadamard_fr_abi_pkg::ERR_RESET)
  ) u_order (
    .clk_i(ap_clk), .rst_ni(rst_n), .start_i(start), .done_o(done), .soft_reset_i(soft_reset), .check_error_i(check_error),
    .record_bad_i(record_bad_q),
    .empty_i(num_elements == '0), .job_id_i(job_id), .plan_i(Plan), .build_i(Build), .core_rst_no(core_rst_n),
    .core_start_o(core_start), .core_done_i(core_done), .busy_i(busy), .load_valid_i(load_valid), .load_ready_i(load_ready),
    .store_valid_i(store_valid), .store_ready_i(store_ready), .stop_o(stop), .reads_idle_i(&read_idles),
    .writes_idle_i(write_idle), .read_fault_i(|read_faults), .write_fault_i(write_fault), .record_valid_o(record_valid),
    .record_ready_i(record_ready), .record_o(record)
  );

  // ---- core ----
  logic load_cmd_valid, load_cmd_ready, store_cmd_valid, store_cmd_ready;
  logic [34:0] load_cmd_word;
  logic [27:0] store_cmd_word;
  logic [15:0] load_cmd_beats, store_cmd_beats;
  logic [511:0] load_data, store_data;
  pc_hadamard_core #(.Body(Body)) u_core (
    .clk_i(ap_clk), .rst_ni(core_rst_n), .start_i(core_start), .done_o(core_done), .num_elements_i(num_elements[27:0]),
    .first_word_i(first_word), .stride_words_i(stride_words), .busy_o(busy),
    .load_cmd_valid_o(load_cmd_valid), .load_cmd_ready_i(load_cmd_ready), .load_cmd_word_o(load_cmd_word),
    .load_cmd_beats_o(load_cmd_beats), .load_valid_i(load_valid), .load_ready_o(load_ready), .load_data_i(load_data),
    .store_cmd_valid_o(store_cmd_valid), .store_cmd_ready_i(store_cmd_ready), .store_cmd_word_o(store_cmd_word),
    .store_cmd_beats_o(store_cmd_beats), .store_valid_o(store_valid), .store_ready_i(store_ready), .store_data_o(store_data),
    .store_idle_i(write_idle)
  );

  // ---- masters ----
  // A master that takes commands does so until it gets one: what it says is a register, and a command is offered when it is taken.
  logic [1:0] read_ready_q;
  logic write_ready_q, ask_read, ask_write, cmd_ready;
  assign ask_read = load_cmd_valid & load_cmd_ready;
  assign load_cmd_ready = &read_ready_q;
  assign load_valid = &read_valids;
  always_ff @(posedge ap_clk) begin
    if (stop || ask_read) read_ready_q <= '0;
    else read_ready_q <= read_cmd_readies;
    if (stop || ask_write) write_ready_q <= 1'b0;
    else write_ready_q <= cmd_ready;
  end
  pc_axi_read #(.DataBits(256), .BurstBeats(32), .FifoDepth(512)) u_in_0 (
    .clk_i(ap_clk), .rst_ni(rst_n), .stop_i(stop), .idle_o(read_idles[0]), .fault_o(read_faults[0]),
    .cmd_valid_i(ask_read), .cmd_ready_o(read_cmd_readies[0]),
    .cmd_address_i(in_0 + {24'd0, load_cmd_word, 5'd0}), .cmd_beats_i(load_cmd_beats), .valid_o(read_valids[0]),
    .ready_i(load_ready & load_valid), .data_o(load_data[0+:256]), .m_araddr_o(m_axi_gmem_in_0_araddr),
    .m_arlen_o(m_axi_gmem_in_0_arlen), .m_arvalid_o(m_axi_gmem_in_0_arvalid), .m_arready_i(m_axi_gmem_in_0_arready),
    .m_rdata_i(m_axi_gmem_in_0_rdata), .m_rresp_i(m_axi_gmem_in_0_rresp), .m_rvalid_i(m_axi_gmem_in_0_rvalid),
    .m_rready_o(m_axi_gmem_in_0_rready)
  );
  pc_axi_read #(.DataBits(256), .BurstBeats(32), .FifoDepth(512)) u_in_1 (
    .clk_i(ap_clk), .rst_ni(rst_n), .stop_i(stop), .idle_o(read_idles[1]), .fault_o(read_faults[1]),
    .cmd_valid_i(ask_read), .cmd_ready_o(read_cmd_readies[1]),
    .cmd_address_i(in_1 + {24'd0, load_cmd_word, 5'd0}), .cmd_beats_i(load_cmd_beats), .valid_o(read_valids[1]),
    .ready_i(load_ready & load_valid), .data_o(load_data[256+:256]), .m_araddr_o(m_axi_gmem_in_1_araddr),
    .m_arlen_o(m_axi_gmem_in_1_arlen), .m_arvalid_o(m_axi_gmem_in_1_arvalid), .m_arready_i(m_axi_gmem_in_1_arready),
    .m_rdata_i(m_axi_gmem_in_1_rdata), .m_rresp_i(m_axi_gmem_in_1_rresp), .m_rvalid_i(m_axi_gmem_in_1_rvalid),
    .m_rready_o(m_axi_gmem_in_1_rready)
  );
  // The record is one beat, when the core is done with the master.
  logic record_asked_q, write_valid, write_ready;
  assign store_cmd_ready = write_ready_q & ~record_valid;
  assign store_ready = write_ready & ~record_valid;
  assign ask_write = write_ready_q & (record_valid ? ~record_asked_q : store_cmd_valid);
  assign write_valid = record_valid ? record_asked_q : store_valid;
  assign record_ready = record_asked_q & write_ready;
  always_ff @(posedge ap_clk) record_asked_q <= record_valid & (record_asked_q | ask_write);
  pc_axi_write #(.DataBits(512), .BurstBeats(16), .MaxBursts(32)) u_out (
    .clk_i(ap_clk), .rst_ni(rst_n), .stop_i(stop), .idle_o(write_idle), .fault_o(write_fault), .cmd_valid_i(ask_write),
    .cmd_ready_o(cmd_ready), .cmd_address_i(record_valid ? status : out + {30'd0, store_cmd_word, 6'd0}),
    .cmd_beats_i(record_valid ? 16'd1 : store_cmd_beats), .valid_i(write_valid), .ready_o(write_ready),
    .data_i(record_valid ? record : store_data), .m_awaddr_o(m_axi_gmem_out_awaddr), .m_awlen_o(m_axi_gmem_out_awlen),
    .m_awvalid_o(m_axi_gmem_out_awvalid), .m_awready_i(m_axi_gmem_out_awready), .m_wdata_o(m_axi_gmem_out_wdata),
    .m_wstrb_o(m_axi_gmem_out_wstrb), .m_wlast_o(m_axi_gmem_out_wlast), .m_wvalid_o(m_axi_gmem_out_wvalid),
    .m_wready_i(m_axi_gmem_out_wready), .m_bresp_i(m_axi_gmem_out_bresp), .m_bvalid_i(m_axi_gmem_out_bvalid),
    .m_bready_o(m_axi_gmem_out_bready)
  );
  // Of a pointer 12 bytes, of a scalar 8; four words before them. Beats are counted.
  logic unused;
  assign unused = ^{arguments, m_axi_gmem_in_0_rlast, m_axi_gmem_in_1_rlast};
`ifndef SYNTHESIS
  always_ff @(posedge ap_clk) begin
    if (rst_n && !stop) begin
      assert (!ask_read || &read_cmd_readies) else $error("hadamard_fr: a read command that is not taken");
      assert (!ask_write || cmd_ready) else $error("hadamard_fr: a write command that is not taken");
    end
  end
`endif
endmodule
