// A kernel with the ABI of msm_g1 that copies num_points bases to its results: shows the card around a kernel without the kernel.
//
// Timing:  one base at a time; done after the last write response. The record counts the cycles from start to the last data.
// Test:    tests/sim_rtl/echo_test.cpp.
module echo_kernel (
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
  typedef enum logic [2:0] {Idle, Address, Copy, Response, Record, RecordResponse} state_e;
  state_e state_q;
  logic start_q, done_q, ready_q;
  logic [31:0] registers_q [64];
  logic [31:0] index_q, error_q;
  logic [63:0] cycles_q;
  logic address_done_q, data_done_q;

  // Control bus: a write takes address and data together.
  logic write, read_control;
  assign write = s_axi_control_awvalid && s_axi_control_wvalid && !s_axi_control_bvalid;
  assign s_axi_control_awready = write;
  assign s_axi_control_wready = write;
  assign s_axi_control_bresp = 2'b00;
  assign s_axi_control_rresp = 2'b00;
  assign s_axi_control_arready = !s_axi_control_rvalid;
  assign read_control = s_axi_control_arvalid && s_axi_control_arready && s_axi_control_araddr == pc_abi_pkg::REG_CTRL;
  assign interrupt = 1'b0;

  function automatic logic [63:0] pointer(input logic [5:0] word);
    return {registers_q[word + 6'd1], registers_q[word]};
  endfunction

  pc_abi_pkg::completion_record_t record;
  always_comb begin
    record = '0;
    record.abi_hash = pc_abi_pkg::ABI_HASH;
    record.job_id = registers_q[pc_abi_pkg::ARG_JOB_ID[7:2]];
    record.error = error_q;
    record.cycles = cycles_q;
    record.window_bits = 32'h08080808;
    record.build = {8'd20, 8'd24, 8'd1, pc_abi_pkg::IMPLEMENTATION_RTL};
  end

  // Bases are copied to results; scalars are not read.
  assign m_axi_gmem_scalars_araddr = '0;
  assign m_axi_gmem_scalars_arlen = '0;
  assign m_axi_gmem_scalars_arvalid = 1'b0;
  assign m_axi_gmem_scalars_rready = 1'b0;
  assign m_axi_gmem_bases_araddr = pointer(pc_abi_pkg::ARG_BASES[7:2]) + {26'd0, index_q, 6'd0};
  assign m_axi_gmem_bases_arlen = 8'd0;
  assign m_axi_gmem_bases_arvalid = state_q == Address;

  logic copying, address_taken, data_taken;
  assign copying = (state_q == Copy && m_axi_gmem_bases_rvalid) || state_q == Record;
  assign m_axi_gmem_results_awaddr =
      state_q == Record ? pointer(pc_abi_pkg::ARG_STATUS[7:2]) : pointer(pc_abi_pkg::ARG_RESULTS[7:2]) + {26'd0, index_q, 6'd0};
  assign m_axi_gmem_results_awlen = 8'd0;
  assign m_axi_gmem_results_awvalid = copying && !address_done_q;
  assign m_axi_gmem_results_wdata = state_q == Record ? record : m_axi_gmem_bases_rdata;
  assign m_axi_gmem_results_wstrb = '1;
  assign m_axi_gmem_results_wlast = 1'b1;
  assign m_axi_gmem_results_wvalid = copying && !data_done_q;
  assign m_axi_gmem_results_bready = state_q == Response || state_q == RecordResponse;
  assign address_taken = address_done_q || m_axi_gmem_results_awready;
  assign data_taken = data_done_q || m_axi_gmem_results_wready;
  assign m_axi_gmem_bases_rready = state_q == Copy && address_taken && data_taken;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      state_q <= Idle;
      {start_q, done_q, ready_q} <= '0;
      {address_done_q, data_done_q} <= '0;
      {s_axi_control_bvalid, s_axi_control_rvalid} <= '0;
      error_q <= '0;
    end else begin
      if (write) begin
        s_axi_control_bvalid <= 1'b1;
        if (s_axi_control_awaddr == pc_abi_pkg::REG_CTRL) begin
          if (s_axi_control_wdata[pc_abi_pkg::CTRL_START]) start_q <= 1'b1;
          if (s_axi_control_wdata[pc_abi_pkg::CTRL_CONTINUE]) done_q <= 1'b0;
        end else begin
          registers_q[s_axi_control_awaddr[7:2]] <= s_axi_control_wdata;
        end
      end else if (s_axi_control_bready) begin
        s_axi_control_bvalid <= 1'b0;
      end
      if (s_axi_control_arvalid && s_axi_control_arready) begin
        s_axi_control_rvalid <= 1'b1;
        s_axi_control_rdata <= read_control ? {28'd0, ready_q, state_q == Idle && !start_q, done_q, start_q}
                                            : registers_q[s_axi_control_araddr[7:2]];
        if (read_control) ready_q <= 1'b0;
      end else if (s_axi_control_rready) begin
        s_axi_control_rvalid <= 1'b0;
      end

      cycles_q <= cycles_q + 64'd1;
      if (copying) begin
        address_done_q <= address_taken && !data_taken;
        data_done_q <= data_taken && !address_taken;
      end
      case (state_q)
        Idle: if (start_q) begin
          index_q <= '0;
          error_q <= '0;
          cycles_q <= '0;
          state_q <= registers_q[pc_abi_pkg::ARG_NUM_POINTS[7:2]] == '0 ? Record : Address;
        end
        Address: if (m_axi_gmem_bases_arready) state_q <= Copy;
        Copy: if (m_axi_gmem_bases_rvalid && m_axi_gmem_bases_rready) begin
          if (m_axi_gmem_bases_rresp != 2'b00 || !m_axi_gmem_bases_rlast) error_q <= pc_abi_pkg::ERR_READ_FAULT;
          state_q <= Response;
        end
        Response: if (m_axi_gmem_results_bvalid) begin
          if (m_axi_gmem_results_bresp != 2'b00) error_q <= pc_abi_pkg::ERR_WRITE_FAULT;
          index_q <= index_q + 32'd1;
          state_q <= index_q + 32'd1 == registers_q[pc_abi_pkg::ARG_NUM_POINTS[7:2]] ? Record : Address;
        end
        Record: if (address_taken && data_taken) state_q <= RecordResponse;
        RecordResponse: if (m_axi_gmem_results_bvalid) begin
          state_q <= Idle;
          start_q <= 1'b0;
          done_q <= 1'b1;
          ready_q <= 1'b1;
        end
        default: state_q <= Idle;
      endcase
    end
  end

  // Of the ports that an echo does not need.
  logic unused;
  assign unused = ^{s_axi_control_wstrb, s_axi_control_awaddr, s_axi_control_araddr, m_axi_gmem_scalars_arready,
                    m_axi_gmem_scalars_rdata, m_axi_gmem_scalars_rresp, m_axi_gmem_scalars_rlast, m_axi_gmem_scalars_rvalid};
endmodule
