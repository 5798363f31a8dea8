// What is the same in all kernels, around a core with streams: registers, order of a job, completion record, AXI4 masters.
//
// Method:  pc_registers has the registers, pc_job_order the order of a job, pc_axi_read and pc_axi_write the bursts. The record
//          leaves through write port 0, when the core is done with it. docs/rtl/new_kernel.md makes a kernel of it.
// Shape:   ports of a direction are parts of vectors: port k has bits 64 k of addresses, 16 k of counts, ReadBits k of data, and bit k.
// Range:   64-bit addresses, one ID, INCR bursts of at most ReadBeats and WriteBeats beats inside 4 KiB. Words, NumPointers, Status
//          and JobId are the kernel's ABI: words of registers, its first arguments, and where these two are.
// Core:    arguments_o are right from start_i of the kernel on until it is done. check_error_i says what is wrong with them, eight
//          cycles after idle_o falls, from misaligned_o (a pointer that is not a multiple of 64) and what it knows itself; empty_i that there
//          is nothing to do. core_start_o is one cycle in which core_ready_i is 1; core_done_i comes when all is written: writes_idle_o.
//          core_rst_no clears it before each job, or, with KeepCore, only after what has ended one early. What stands between core and
//          masters, and keeps a command, forgets it with stop_o.
// Streams: read_cmd_*, write_cmd_*: consecutive beats from an address on, valid and ready. Data comes and goes in the order of commands.
// Timing:  pc_job_order. done comes after the answer to the record, which is written after all other answers.
// Errors:  bus errors, misplaced records and soft resets: pc_job_order. Codes are those of all kernels, or the Error parameters.
// Reset:   rst_ni.
// Test:    tests/rtl_echo/kernel_test.cpp; tests/rtl_top, tests/rtl_hadamard and tests/rtl_ntt with their cores.
module pc_kernel #(
  parameter logic [63:0] AbiHash = 64'd0,
  parameter int unsigned Words = 20,
  parameter int unsigned NumPointers = 3,
  parameter logic [11:0] Status = 12'h028,
  parameter logic [11:0] JobId = 12'h044,
  parameter logic [31:0] Plan = 32'd0,
  parameter logic [31:0] Build = {24'd0, pc_kernel_abi_pkg::IMPLEMENTATION_RTL},
  parameter logic KeepCore = 1'b0,
  parameter logic [31:0] ErrorRead = 32'(pc_kernel_abi_pkg::ERR_READ_FAULT),
  parameter logic [31:0] ErrorWrite = 32'(pc_kernel_abi_pkg::ERR_WRITE_FAULT),
  parameter logic [31:0] ErrorReset = 32'(pc_kernel_abi_pkg::ERR_RESET),
  parameter int unsigned NumReads = 1,
  parameter int unsigned ReadBits = 512,
  parameter int unsigned ReadBeats = 16,
  parameter logic [NumReads*16-1:0] ReadDepths = {NumReads{16'd512}},  // beats that a port's queue holds
  parameter int unsigned NumWrites = 1,
  parameter int unsigned WriteBits = 512,
  parameter int unsigned WriteBeats = 16,
  parameter int unsigned WriteBursts = 16  // open at most
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  output logic                            interrupt_o,
  input  logic [11:0]                     s_awaddr_i,
  input  logic                            s_awvalid_i,
  output logic                            s_awready_o,
  input  logic [31:0]                     s_wdata_i,
  input  logic [3:0]                      s_wstrb_i,
  input  logic                            s_wvalid_i,
  output logic                            s_wready_o,
  output logic [1:0]                      s_bresp_o,
  output logic                            s_bvalid_o,
  input  logic                            s_bready_i,
  input  logic [11:0]                     s_araddr_i,
  input  logic                            s_arvalid_i,
  output logic                            s_arready_o,
  output logic [31:0]                     s_rdata_o,
  output logic [1:0]                      s_rresp_o,
  output logic                            s_rvalid_o,
  input  logic                            s_rready_i,
  // The job.
  output logic [Words*32-1:0]             arguments_o,
  output logic                            idle_o,
  output logic                            misaligned_o,
  input  logic [31:0]                     check_error_i,
  input  logic                            empty_i,
  // The core.
  output logic                            core_rst_no,
  output logic                            core_start_o,
  input  logic                            core_ready_i,
  input  logic                            core_done_i,
  output logic                            running_o,
  input  logic [255:0]                    counters_i,
  output logic                            stop_o,
  output logic                            writes_idle_o,
  // Its streams.
  input  logic [NumReads-1:0]             read_cmd_valid_i,
  output logic [NumReads-1:0]             read_cmd_ready_o,
  input  logic [NumReads*64-1:0]          read_cmd_address_i,
  input  logic [NumReads*16-1:0]          read_cmd_beats_i,
  output logic [NumReads-1:0]             read_valid_o,
  input  logic [NumReads-1:0]             read_ready_i,
  output logic [NumReads*ReadBits-1:0]    read_data_o,
  input  logic [NumWrites-1:0]            write_cmd_valid_i,
  output logic [NumWrites-1:0]            write_cmd_ready_o,
  input  logic [NumWrites*64-1:0]         write_cmd_address_i,
  input  logic [NumWrites*16-1:0]         write_cmd_beats_i,
  input  logic [NumWrites-1:0]            write_valid_i,
  output logic [NumWrites-1:0]            write_ready_o,
  input  logic [NumWrites*WriteBits-1:0]  write_data_i,
  // The memory.
  output logic [NumReads*64-1:0]          m_araddr_o,
  output logic [NumReads*8-1:0]           m_arlen_o,
  output logic [NumReads-1:0]             m_arvalid_o,
  input  logic [NumReads-1:0]             m_arready_i,
  input  logic [NumReads*ReadBits-1:0]    m_rdata_i,
  input  logic [NumReads*2-1:0]           m_rresp_i,
  input  logic [NumReads-1:0]             m_rvalid_i,
  output logic [NumReads-1:0]             m_rready_o,
  output logic [NumWrites*64-1:0]         m_awaddr_o,
  output logic [NumWrites*8-1:0]          m_awlen_o,
  output logic [NumWrites-1:0]            m_awvalid_o,
  input  logic [NumWrites-1:0]            m_awready_i,
  output logic [NumWrites*WriteBits-1:0]  m_wdata_o,
  output logic [NumWrites*WriteBits/8-1:0] m_wstrb_o,
  output logic [NumWrites-1:0]            m_wlast_o,
  output logic [NumWrites-1:0]            m_wvalid_o,
  input  logic [NumWrites-1:0]            m_wready_i,
  input  logic [NumWrites*2-1:0]          m_bresp_i,
  input  logic [NumWrites-1:0]            m_bvalid_i,
  output logic [NumWrites-1:0]            m_bready_o
);
  if (WriteBits != 256 && WriteBits != 512) $fatal(1, "pc_kernel: WriteBits: expected 256 or 512, found %0d", WriteBits);
  if (NumPointers == 0 || 4 + 3 * NumPointers > Words)
    $fatal(1, "pc_kernel: NumPointers: expected 1 to what Words have room for, found %0d", NumPointers);
  localparam int unsigned RecordBeats = 512 / WriteBits;

  // The pin drives registers only.
  logic rst_n = 1'b0;  // in reset from power-up on
  always_ff @(posedge clk_i) rst_n <= rst_ni;

  // ---- registers and order ----
  logic start, done, soft_reset, record_valid, record_ready;
  logic [511:0] record;
  logic [63:0] status_q;
  logic [31:0] job_id_q;
  logic record_bad_q, misaligned;
  logic [NumReads-1:0] read_idles, read_faults;
  logic [NumWrites-1:0] write_idles, write_faults;
  pc_registers #(.AbiHash(AbiHash), .Words(Words)) u_registers (
    .clk_i, .rst_ni(rst_n), .s_awaddr_i, .s_awvalid_i, .s_awready_o, .s_wdata_i, .s_wstrb_i, .s_wvalid_i, .s_wready_o, .s_bresp_o,
    .s_bvalid_o, .s_bready_i, .s_araddr_i, .s_arvalid_i, .s_arready_o, .s_rdata_o, .s_rresp_o, .s_rvalid_o, .s_rready_i,
    .interrupt_o, .plan_i(Plan), .build_i(Build), .start_o(start), .done_i(done), .soft_reset_o(soft_reset), .arguments_o
  );
  always_comb begin
    misaligned = 1'b0;
    for (int unsigned k = 0; k < NumPointers; k++) misaligned = misaligned | (arguments_o[32*(4+3*k)+:6] != '0);
  end
  always_ff @(posedge clk_i) begin
    if (idle_o) begin
      status_q <= arguments_o[8*Status+:64];
      job_id_q <= arguments_o[8*JobId+:32];
      misaligned_o <= misaligned;
    end
    record_bad_q <= status_q[5:0] != '0;
  end
  pc_job_order #(
    .AbiHash(AbiHash), .KeepCore(KeepCore), .ErrorRead(ErrorRead), .ErrorWrite(ErrorWrite), .ErrorReset(ErrorReset)
  ) u_order (
    .clk_i, .rst_ni(rst_n), .start_i(start), .done_o(done), .soft_reset_i(soft_reset), .idle_o, .check_error_i,
    .record_bad_i(record_bad_q), .empty_i, .job_id_i(job_id_q), .plan_i(Plan), .build_i(Build), .core_rst_no, .core_start_o,
    .core_ready_i, .core_done_i, .running_o, .counters_i, .stop_o, .reads_idle_i(&read_idles), .writes_idle_i(writes_idle_o),
    .read_fault_i(|read_faults), .write_fault_i(|write_faults), .record_valid_o(record_valid), .record_ready_i(record_ready),
    .record_o(record)
  );

  // ---- masters ----
  for (genvar k = 0; k < NumReads; k++) begin : gen_read
    pc_axi_read #(.DataBits(ReadBits), .BurstBeats(ReadBeats), .FifoDepth(32'(ReadDepths[16*k+:16]))) u_read (
      .clk_i, .rst_ni(rst_n), .stop_i(stop_o), .idle_o(read_idles[k]), .fault_o(read_faults[k]),
      .cmd_valid_i(read_cmd_valid_i[k]), .cmd_ready_o(read_cmd_ready_o[k]), .cmd_address_i(read_cmd_address_i[64*k+:64]),
      .cmd_beats_i(read_cmd_beats_i[16*k+:16]), .valid_o(read_valid_o[k]), .ready_i(read_ready_i[k]),
      .data_o(read_data_o[ReadBits*k+:ReadBits]), .m_araddr_o(m_araddr_o[64*k+:64]), .m_arlen_o(m_arlen_o[8*k+:8]),
      .m_arvalid_o(m_arvalid_o[k]), .m_arready_i(m_arready_i[k]), .m_rdata_i(m_rdata_i[ReadBits*k+:ReadBits]),
      .m_rresp_i(m_rresp_i[2*k+:2]), .m_rvalid_i(m_rvalid_i[k]), .m_rready_o(m_rready_o[k])
    );
  end
  // The record: one or two beats of port 0.
  logic record_asked_q, record_beat_q, record_last;
  logic [NumWrites-1:0] cmd_readies, readies;
  assign record_last = 32'(record_beat_q) == RecordBeats - 1;
  assign record_ready = record_asked_q & record_last & readies[0];
  always_ff @(posedge clk_i) begin
    if (!record_valid) begin
      record_asked_q <= 1'b0;
      record_beat_q <= 1'b0;
    end else begin
      record_asked_q <= record_asked_q | cmd_readies[0];
      record_beat_q <= record_beat_q ^ (record_asked_q & readies[0] & ~record_last);
    end
  end
  assign writes_idle_o = &write_idles;
  for (genvar k = 0; k < NumWrites; k++) begin : gen_write
    logic cmd_valid, valid;
    logic [63:0] cmd_address;
    logic [15:0] cmd_beats;
    logic [WriteBits-1:0] data;
    if (k == 0) begin : gen_with_record
      assign cmd_valid = record_valid ? ~record_asked_q : write_cmd_valid_i[0];
      assign cmd_address = record_valid ? status_q : write_cmd_address_i[63:0];
      assign cmd_beats = record_valid ? 16'(RecordBeats) : write_cmd_beats_i[15:0];
      assign valid = record_valid ? record_asked_q : write_valid_i[0];
      assign data = record_valid ? WriteBits'(record >> (record_beat_q ? WriteBits : 0)) : write_data_i[WriteBits-1:0];
      assign write_cmd_ready_o[0] = cmd_readies[0] & ~record_valid;
      assign write_ready_o[0] = readies[0] & ~record_valid;
    end else begin : gen_plain
      assign cmd_valid = write_cmd_valid_i[k];
      assign cmd_address = write_cmd_address_i[64*k+:64];
      assign cmd_beats = write_cmd_beats_i[16*k+:16];
      assign valid = write_valid_i[k];
      assign data = write_data_i[WriteBits*k+:WriteBits];
      assign write_cmd_ready_o[k] = cmd_readies[k];
      assign write_ready_o[k] = readies[k];
    end
    pc_axi_write #(.DataBits(WriteBits), .BurstBeats(WriteBeats), .MaxBursts(WriteBursts)) u_write (
      .clk_i, .rst_ni(rst_n), .stop_i(stop_o), .idle_o(write_idles[k]), .fault_o(write_faults[k]), .cmd_valid_i(cmd_valid),
      .cmd_ready_o(cmd_readies[k]), .cmd_address_i(cmd_address), .cmd_beats_i(cmd_beats), .valid_i(valid), .ready_o(readies[k]),
      .data_i(data), .m_awaddr_o(m_awaddr_o[64*k+:64]), .m_awlen_o(m_awlen_o[8*k+:8]), .m_awvalid_o(m_awvalid_o[k]),
      .m_awready_i(m_awready_i[k]), .m_wdata_o(m_wdata_o[WriteBits*k+:WriteBits]),
      .m_wstrb_o(m_wstrb_o[WriteBits/8*k+:WriteBits/8]), .m_wlast_o(m_wlast_o[k]), .m_wvalid_o(m_wvalid_o[k]),
      .m_wready_i(m_wready_i[k]), .m_bresp_i(m_bresp_i[2*k+:2]), .m_bvalid_i(m_bvalid_i[k]), .m_bready_o(m_bready_o[k])
    );
  end
endmodule
