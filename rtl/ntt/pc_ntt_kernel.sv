// An NTT kernel without its outer names: pc_kernel with a read and a write port a memory channel, around the NTT core.
//
// Method:  all channels get the same commands, one beat of 256 bits a word each; a word moves when every channel is ready for it.
//          The read ports of the input channels read the intermediate buffers too. The last read port, which is the other
//          direction of output channel 0, reads the twiddles. bitstreams/abi/ntt_gl.json and ntt_fr.json say what registers and
//          memory mean.
// Shape:   ports of channel k are part k of the vectors; the twiddles', the last of those that read.
// Range:   64-bit addresses, 256-bit data, one ID, INCR bursts of at most 32 beats inside 4 KiB.
// Errors:  bad arguments and bus errors end the job with their code; see pc_ntt_arguments and pc_job_order.
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
  localparam int unsigned Channels = WordBits / 256,
  localparam int unsigned Reads = Channels + 1
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
  output logic [Reads*64-1:0]     m_araddr_o,
  output logic [Reads*8-1:0]      m_arlen_o,
  output logic [Reads-1:0]        m_arvalid_o,
  input  logic [Reads-1:0]        m_arready_i,
  input  logic [Reads*256-1:0]    m_rdata_i,
  input  logic [Reads*2-1:0]      m_rresp_i,
  input  logic [Reads-1:0]        m_rvalid_i,
  output logic [Reads-1:0]        m_rready_o,
  output logic [Channels*64-1:0]  m_awaddr_o,
  output logic [Channels*8-1:0]   m_awlen_o,
  output logic [Channels-1:0]     m_awvalid_o,
  input  logic [Channels-1:0]     m_awready_i,
  output logic [Channels*256-1:0] m_wdata_o,
  output logic [Channels*32-1:0]  m_wstrb_o,
  output logic [Channels-1:0]     m_wlast_o,
  output logic [Channels-1:0]     m_wvalid_o,
  input  logic [Channels-1:0]     m_wready_i,
  input  logic [Channels*2-1:0]   m_bresp_i,
  input  logic [Channels-1:0]     m_bvalid_i,
  output logic [Channels-1:0]     m_bready_o
);
  // The arguments: pointers of 12 bytes each from 0x10 on, then scalars of 8.
  localparam int unsigned NumPointers = 3 * Channels + 2;
  localparam int unsigned FirstScalar = 4 + 3 * NumPointers;
  localparam int unsigned Words = FirstScalar + 8;
  localparam logic [31:0] MaxLog = (2 * AddressBits < pc_ntt_gl_abi_pkg::MAX_LOG_N) ? 32'(2 * AddressBits)
                                                                                  : 32'(pc_ntt_gl_abi_pkg::MAX_LOG_N);
  localparam logic [31:0] Plan = {8'd0, 8'(MaxLog), 8'(TwoPassFrom), 8'(LogLanes)};

  // ---- the job ----
  logic idle, misaligned, core_rst_n, core_start, core_done, running, stop, writes_idle;
  logic [31:0] log_n, batch, flags, check_error;
  logic [Words*32-1:0] arguments;
  logic [(NumPointers-1)*64-1:0] pointer;  // all but status, the last
  logic [63:0] busy;
  logic [255:0] counters;
  for (genvar k = 0; k < NumPointers - 1; k++) begin : gen_pointer
    assign pointer[64*k+:64] = arguments[32*(4+3*k)+:64];
  end
  assign log_n = arguments[32*FirstScalar+:32];
  assign batch = arguments[32*(FirstScalar+2)+:32];
  assign flags = arguments[32*(FirstScalar+4)+:32];
  pc_ntt_arguments #(.MaxLog(MaxLog)) u_arguments (
    .clk_i, .log_n_i(log_n), .batch_i(batch), .flags_i(flags), .misaligned_i(misaligned), .error_o(check_error)
  );
  logic load_valid, load_ready, store_valid, store_ready;
  pc_stream_counters u_counters (
    .clk_i, .rst_ni(core_rst_n), .running_i(running), .busy_i(busy), .load_valid_i(load_valid), .load_ready_i(load_ready),
    .store_valid_i(store_valid), .store_ready_i(store_ready), .counters_o(counters)
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

  // ---- the same commands for all channels ----
  logic [Reads-1:0] read_cmd_readies, read_valids;
  logic [Channels-1:0] write_cmd_readies, write_readies;
  logic [Channels*64-1:0] load_addresses, store_addresses;
  assign load_cmd_ready = &read_cmd_readies[Channels-1:0];
  assign load_valid = &read_valids[Channels-1:0];
  assign store_cmd_ready = &write_cmd_readies;
  assign store_ready = &write_readies;
  assign twiddle_cmd_ready = read_cmd_readies[Channels];
  assign twiddle_valid = read_valids[Channels];
  for (genvar k = 0; k < Channels; k++) begin : gen_channel
    assign load_addresses[64*k+:64] = (load_cmd_scratch ? pointer[64*(2*Channels+k)+:64] : pointer[64*k+:64])
                                    + {27'd0, load_cmd_offset, 5'd0};
    assign store_addresses[64*k+:64] = (store_cmd_scratch ? pointer[64*(2*Channels+k)+:64] : pointer[64*(Channels+k)+:64])
                                     + {27'd0, store_cmd_offset, 5'd0};
  end
  logic [63:0] twiddle_address;
  assign twiddle_address = pointer[64*(NumPointers-2)+:64] + {27'd0, twiddle_cmd_offset, 5'd0};
  pc_kernel #(
    .AbiHash(AbiHash), .Words(Words), .NumPointers(NumPointers), .Status(12'(4 + 12 * NumPointers)), .JobId(12'(4 * FirstScalar + 24)),
    .Plan(Plan), .NumReads(Reads), .ReadBits(256), .ReadBeats(32), .ReadDepths({16'd64, {Channels{16'd512}}}),
    .NumWrites(Channels), .WriteBits(256), .WriteBeats(32), .WriteBursts(128)
  ) u_kernel (
    .clk_i, .rst_ni, .interrupt_o, .s_awaddr_i, .s_awvalid_i, .s_awready_o, .s_wdata_i, .s_wstrb_i, .s_wvalid_i, .s_wready_o,
    .s_bresp_o, .s_bvalid_o, .s_bready_i, .s_araddr_i, .s_arvalid_i, .s_arready_o, .s_rdata_o, .s_rresp_o, .s_rvalid_o, .s_rready_i,
    .arguments_o(arguments), .idle_o(idle), .misaligned_o(misaligned), .check_error_i(check_error), .empty_i(batch == '0),
    .core_rst_no(core_rst_n), .core_start_o(core_start), .core_ready_i(1'b1), .core_done_i(core_done), .running_o(running),
    .counters_i(counters), .stop_o(stop), .writes_idle_o(writes_idle),
    .read_cmd_valid_i({twiddle_cmd_valid, {Channels{load_cmd_valid & load_cmd_ready}}}), .read_cmd_ready_o(read_cmd_readies),
    .read_cmd_address_i({twiddle_address, load_addresses}), .read_cmd_beats_i({twiddle_cmd_beats, {Channels{load_cmd_beats}}}),
    .read_valid_o(read_valids), .read_ready_i({twiddle_ready, {Channels{load_ready & load_valid}}}),
    .read_data_o({twiddle_data, load_data}),
    .write_cmd_valid_i({Channels{store_cmd_valid & store_cmd_ready}}), .write_cmd_ready_o(write_cmd_readies),
    .write_cmd_address_i(store_addresses), .write_cmd_beats_i({Channels{store_cmd_beats}}),
    .write_valid_i({Channels{store_valid & store_ready}}), .write_ready_o(write_readies), .write_data_i(store_data),
    .m_araddr_o, .m_arlen_o, .m_arvalid_o, .m_arready_i, .m_rdata_i, .m_rresp_i, .m_rvalid_i, .m_rready_o,
    .m_awaddr_o, .m_awlen_o, .m_awvalid_o, .m_awready_i, .m_wdata_o, .m_wstrb_o, .m_wlast_o, .m_wvalid_o, .m_wready_i,
    .m_bresp_i, .m_bvalid_i, .m_bready_o
  );
  // Of a pointer 12 bytes, of a scalar 8; four words before them. Nothing is kept between core and masters.
  logic unused;
  assign unused = ^{arguments, idle, stop};
endmodule
