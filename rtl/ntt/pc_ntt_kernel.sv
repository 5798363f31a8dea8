// An NTT kernel without its outer names: control slave, a read and a write master a memory channel, the NTT core between them.
//
// Method:  all channels get the same commands, one beat of 256 bits a word each; a word moves when every channel is ready for it.
//          The read masters of the input channels read the intermediate buffers too. The write master of output channel
//          0 also writes the record, and its port's other direction reads the twiddles. bitstreams/abi/ntt_gl.json and
//          ntt_fr.json say what registers and memory mean.
// Shape:   ports of channel k are part k of the vectors.
// Range:   64-bit addresses, 256-bit data, one ID, INCR bursts of at most 32 beats inside 4 KiB.
// Errors:  bad arguments and bus errors end the job with their code; see pc_ntt_job.
// Reset:   rst_ni.
// Test:    tests/rtl_ntt/ntt_kernel_test.cpp.
module pc_ntt_kernel #(
  parameter int unsigned Field = pc_ntt_pkg::FIELD_GL,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  parameter logic [63:0] AbiHash = 64'd0,
  parameter int unsigned LogLanes = 6,
  parameter int unsigned AddressBits = 13,
  parameter int unsigned TwoPassFrom = 12,
  parameter int unsigned TileBits = 9,
  parameter int unsigned LogRun = 2,
  localparam int unsigned Bits = (Field == pc_ntt_pkg::FIELD_GL) ? 64 : 256,
  localparam int unsigned WordBits = Bits << LogLanes,
  localparam int unsigned Channels = WordBits / 256
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

  output logic [Channels*64-1:0]  in_araddr_o,
  output logic [Channels*8-1:0]   in_arlen_o,
  output logic [Channels-1:0]     in_arvalid_o,
  input  logic [Channels-1:0]     in_arready_i,
  input  logic [Channels*256-1:0] in_rdata_i,
  input  logic [Channels*2-1:0]   in_rresp_i,
  input  logic [Channels-1:0]     in_rvalid_i,
  output logic [Channels-1:0]     in_rready_o,

  output logic [Channels*64-1:0]  out_awaddr_o,
  output logic [Channels*8-1:0]   out_awlen_o,
  output logic [Channels-1:0]     out_awvalid_o,
  input  logic [Channels-1:0]     out_awready_i,
  output logic [Channels*256-1:0] out_wdata_o,
  output logic [Channels*32-1:0]  out_wstrb_o,
  output logic [Channels-1:0]     out_wlast_o,
  output logic [Channels-1:0]     out_wvalid_o,
  input  logic [Channels-1:0]     out_wready_i,
  input  logic [Channels*2-1:0]   out_bresp_i,
  input  logic [Channels-1:0]     out_bvalid_i,
  output logic [Channels-1:0]     out_bready_o,

  output logic [63:0]             twiddles_araddr_o,
  output logic [7:0]              twiddles_arlen_o,
  output logic                    twiddles_arvalid_o,
  input  logic                    twiddles_arready_i,
  input  logic [255:0]            twiddles_rdata_i,
  input  logic [1:0]              twiddles_rresp_i,
  input  logic                    twiddles_rvalid_i,
  output logic                    twiddles_rready_o
);
  // Words of the registers, in the order of the arguments: pointers of 12 bytes each from 0x10 on, then scalars of 8.
  localparam int unsigned NumPointers = 3 * Channels + 2;
  localparam int unsigned FirstScalar = 4 + 3 * NumPointers;
  localparam int unsigned Words = FirstScalar + 8;
  localparam int unsigned MaxBursts = 128;

  logic rst_n = 1'b0;  // in reset from power-up on
  always_ff @(posedge clk_i) rst_n <= rst_ni;

  // ---- registers and order ----
  logic start, done, soft_reset, core_rst_n, core_start, core_done, stop, reads_idle, writes_idle, read_fault, write_fault;
  logic record_valid, record_ready;
  logic [31:0] plan, build, log_n, batch, flags, job_id;
  logic [Words*32-1:0] arguments;
  logic [NumPointers*64-1:0] pointer;
  logic [511:0] record;
  logic [63:0] busy;
  for (genvar k = 0; k < NumPointers; k++) begin : gen_pointer
    assign pointer[64*k+:64] = arguments[32*(4+3*k)+:64];
  end
  assign log_n = arguments[32*FirstScalar+:32];
  assign batch = arguments[32*(FirstScalar+2)+:32];
  assign flags = arguments[32*(FirstScalar+4)+:32];
  assign job_id = arguments[32*(FirstScalar+6)+:32];
  pc_registers #(.AbiHash(AbiHash), .Words(Words)) u_control (
    .clk_i, .rst_ni(rst_n), .s_awaddr_i, .s_awvalid_i, .s_awready_o, .s_wdata_i, .s_wstrb_i, .s_wvalid_i, .s_wready_o,
    .s_bresp_o, .s_bvalid_o, .s_bready_i, .s_araddr_i, .s_arvalid_i, .s_arready_o, .s_rdata_o, .s_rresp_o, .s_rvalid_o,
    .s_rready_i, .interrupt_o, .plan_i(plan), .build_i(build), .start_o(start), .done_i(done), .soft_reset_o(soft_reset),
    .arguments_o(arguments)
  );
  logic load_valid, load_ready, store_valid, store_ready;
  pc_ntt_job #(
    .AbiHash(AbiHash), .LogLanes(LogLanes), .AddressBits(AddressBits), .TwoPassFrom(TwoPassFrom), .NumPointers(NumPointers)
  ) u_job (
    .clk_i, .rst_ni(rst_n), .start_i(start), .done_o(done), .soft_reset_i(soft_reset), .pointers_i(pointer),
    .log_n_i(log_n), .batch_i(batch), .flags_i(flags), .job_id_i(job_id), .plan_o(plan), .build_o(build),
    .core_rst_no(core_rst_n), .core_start_o(core_start), .core_done_i(core_done), .busy_i(busy),
    .load_valid_i(load_valid), .load_ready_i(load_ready), .store_valid_i(store_valid), .store_ready_i(store_ready),
    .stop_o(stop), .reads_idle_i(reads_idle), .writes_idle_i(writes_idle), .read_fault_i(read_fault),
    .write_fault_i(write_fault), .record_valid_o(record_valid), .record_ready_i(record_ready), .record_o(record)
  );

  // ---- core ----
  logic load_cmd_valid, load_cmd_ready, load_cmd_scratch, store_cmd_valid, store_cmd_ready, store_cmd_scratch;
  logic [31:0] load_cmd_offset, store_cmd_offset, twiddle_cmd_offset;
  logic [15:0] load_cmd_beats, store_cmd_beats, twiddle_cmd_beats;
  logic [WordBits-1:0] load_data, store_data;
  logic twiddle_cmd_valid, twiddle_cmd_ready, twiddle_valid, twiddle_ready;
  logic [255:0] twiddle_data;
  pc_ntt_core #(
    .Field(Field), .Body(Body), .LogLanes(LogLanes), .AddressBits(AddressBits), .TwoPassFrom(TwoPassFrom), .TileBits(TileBits),
    .LogRun(LogRun)
  ) u_core (
    .clk_i, .rst_ni(core_rst_n), .start_i(core_start), .done_o(core_done), .log_n_i(log_n[4:0]), .batch_i(batch[23:0]),
    .inverse_i((flags & pc_ntt_gl_abi_pkg::FLAG_INVERSE) != '0),
    .bit_reversed_i((flags & pc_ntt_gl_abi_pkg::FLAG_BIT_REVERSED) != '0),
    .coefficients_reversed_i((flags & pc_ntt_gl_abi_pkg::FLAG_COEFFICIENTS_REVERSED) != '0), .busy_o(busy),
    .load_cmd_valid_o(load_cmd_valid), .load_cmd_ready_i(load_cmd_ready), .load_cmd_scratch_o(load_cmd_scratch),
    .load_cmd_offset_o(load_cmd_offset), .load_cmd_beats_o(load_cmd_beats), .load_valid_i(load_valid),
    .load_ready_o(load_ready), .load_data_i(load_data),
    .store_cmd_valid_o(store_cmd_valid), .store_cmd_ready_i(store_cmd_ready), .store_cmd_scratch_o(store_cmd_scratch),
    .store_cmd_offset_o(store_cmd_offset), .store_cmd_beats_o(store_cmd_beats), .store_valid_o(store_valid),
    .store_ready_i(store_ready), .store_data_o(store_data), .store_idle_i(writes_idle),
    .twiddle_cmd_valid_o(twiddle_cmd_valid), .twiddle_cmd_ready_i(twiddle_cmd_ready),
    .twiddle_cmd_offset_o(twiddle_cmd_offset), .twiddle_cmd_beats_o(twiddle_cmd_beats), .twiddle_valid_i(twiddle_valid),
    .twiddle_ready_o(twiddle_ready), .twiddle_data_i(twiddle_data)
  );

  // ---- the record: two beats of channel 0's write master, when the core is done with it ----
  logic record_asked_q, record_half_q, write_ready_0;
  logic [Channels-1:0] write_cmd_readies, write_readies;
  assign record_ready = record_asked_q & record_half_q & write_ready_0;
  always_ff @(posedge clk_i) begin
    if (!record_valid) begin
      record_asked_q <= 1'b0;
      record_half_q <= 1'b0;
    end else begin
      record_asked_q <= record_asked_q | write_cmd_readies[0];
      record_half_q <= record_half_q ^ (record_asked_q & write_ready_0);
    end
  end
  assign write_ready_0 = write_readies[0];

  // ---- masters ----
  logic [Channels-1:0] read_cmd_readies, read_valids, read_idles, read_faults, write_idles, write_faults;
  logic twiddles_idle, twiddles_fault;
  assign load_cmd_ready = &read_cmd_readies;
  assign load_valid = &read_valids;
  assign store_cmd_ready = &write_cmd_readies;
  assign store_ready = &write_readies;
  assign reads_idle = (&read_idles) & twiddles_idle;
  assign writes_idle = &write_idles;
  assign read_fault = (|read_faults) | twiddles_fault;
  assign write_fault = |write_faults;
  for (genvar k = 0; k < Channels; k++) begin : gen_channel
    logic [63:0] load_address, store_address;
    assign load_address = (load_cmd_scratch ? pointer[64*(2*Channels+k)+:64] : pointer[64*k+:64])
                        + {27'd0, load_cmd_offset, 5'd0};
    pc_axi_read #(.DataBits(256), .BurstBeats(32), .FifoDepth(512)) u_read (
      .clk_i, .rst_ni(rst_n), .stop_i(stop), .idle_o(read_idles[k]), .fault_o(read_faults[k]),
      .cmd_valid_i(load_cmd_valid & load_cmd_ready), .cmd_ready_o(read_cmd_readies[k]), .cmd_address_i(load_address),
      .cmd_beats_i(load_cmd_beats), .valid_o(read_valids[k]), .ready_i(load_ready & load_valid),
      .data_o(load_data[256*k+:256]), .m_araddr_o(in_araddr_o[64*k+:64]), .m_arlen_o(in_arlen_o[8*k+:8]),
      .m_arvalid_o(in_arvalid_o[k]), .m_arready_i(in_arready_i[k]), .m_rdata_i(in_rdata_i[256*k+:256]),
      .m_rresp_i(in_rresp_i[2*k+:2]), .m_rvalid_i(in_rvalid_i[k]), .m_rready_o(in_rready_o[k])
    );
    logic cmd_valid, valid;
    logic [63:0] cmd_address;
    logic [15:0] cmd_beats;
    logic [255:0] data;
    assign store_address = (store_cmd_scratch ? pointer[64*(2*Channels+k)+:64] : pointer[64*(Channels+k)+:64])
                         + {27'd0, store_cmd_offset, 5'd0};
    if (k == 0) begin : gen_with_record
      assign cmd_valid = record_valid ? ~record_asked_q : store_cmd_valid & store_cmd_ready;
      assign cmd_address = record_valid ? pointer[64*(NumPointers-1)+:64] : store_address;
      assign cmd_beats = record_valid ? 16'd2 : store_cmd_beats;
      assign valid = record_valid ? record_asked_q : store_valid & store_ready;
      assign data = !record_valid ? store_data[255:0] : record_half_q ? record[511:256] : record[255:0];
    end else begin : gen_plain
      assign cmd_valid = store_cmd_valid & store_cmd_ready;
      assign cmd_address = store_address;
      assign cmd_beats = store_cmd_beats;
      assign valid = store_valid & store_ready;
      assign data = store_data[256*k+:256];
    end
    pc_axi_write #(.DataBits(256), .BurstBeats(32), .MaxBursts(MaxBursts)) u_write (
      .clk_i, .rst_ni(rst_n), .stop_i(stop), .idle_o(write_idles[k]), .fault_o(write_faults[k]),
      .cmd_valid_i(cmd_valid), .cmd_ready_o(write_cmd_readies[k]), .cmd_address_i(cmd_address), .cmd_beats_i(cmd_beats),
      .valid_i(valid), .ready_o(write_readies[k]), .data_i(data), .m_awaddr_o(out_awaddr_o[64*k+:64]),
      .m_awlen_o(out_awlen_o[8*k+:8]), .m_awvalid_o(out_awvalid_o[k]), .m_awready_i(out_awready_i[k]),
      .m_wdata_o(out_wdata_o[256*k+:256]), .m_wstrb_o(out_wstrb_o[32*k+:32]), .m_wlast_o(out_wlast_o[k]),
      .m_wvalid_o(out_wvalid_o[k]), .m_wready_i(out_wready_i[k]), .m_bresp_i(out_bresp_i[2*k+:2]),
      .m_bvalid_i(out_bvalid_i[k]), .m_bready_o(out_bready_o[k])
    );
  end
  pc_axi_read #(.DataBits(256), .BurstBeats(32), .FifoDepth(64)) u_twiddles (
    .clk_i, .rst_ni(rst_n), .stop_i(stop), .idle_o(twiddles_idle), .fault_o(twiddles_fault),
    .cmd_valid_i(twiddle_cmd_valid), .cmd_ready_o(twiddle_cmd_ready),
    .cmd_address_i(pointer[64*(NumPointers-2)+:64] + {27'd0, twiddle_cmd_offset, 5'd0}), .cmd_beats_i(twiddle_cmd_beats),
    .valid_o(twiddle_valid), .ready_i(twiddle_ready), .data_o(twiddle_data), .m_araddr_o(twiddles_araddr_o),
    .m_arlen_o(twiddles_arlen_o), .m_arvalid_o(twiddles_arvalid_o), .m_arready_i(twiddles_arready_i),
    .m_rdata_i(twiddles_rdata_i), .m_rresp_i(twiddles_rresp_i), .m_rvalid_i(twiddles_rvalid_i),
    .m_rready_o(twiddles_rready_o)
  );
  logic unused;
  assign unused = ^arguments;  // of a pointer 12 bytes, of a scalar 8; four words before them
endmodule
