// Registers of the kernel behind AXI4-Lite: ap_ctrl_chain, interrupt, arguments, what the unit is, soft reset.
//
// Method:  an argument has the offset that pc_abi_pkg gives it. done_i sets done and ready: done holds until continue
//          is written, ready clears on read. A start that is written before continue waits for it. idle reads 0 from
//          the write of start on.
// Timing:  a write takes address and data in one cycle and answers in the next, a read answers in the next; one of each
//          at a time.
// Errors:  every access is answered with OKAY; reads of no register give 0, writes to none are ignored.
// Reset:   rst_ni, not the soft reset, clears everything but the arguments.
// Test:    tests/rtl_top/top_test.cpp.
module pc_control (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [11:0]  s_awaddr_i,
  input  logic         s_awvalid_i,
  output logic         s_awready_o,
  input  logic [31:0]  s_wdata_i,
  input  logic [3:0]   s_wstrb_i,
  input  logic         s_wvalid_i,
  output logic         s_wready_o,
  output logic [1:0]   s_bresp_o,
  output logic         s_bvalid_o,
  input  logic         s_bready_i,
  input  logic [11:0]  s_araddr_i,
  input  logic         s_arvalid_i,
  output logic         s_arready_o,
  output logic [31:0]  s_rdata_o,
  output logic [1:0]   s_rresp_o,
  output logic         s_rvalid_o,
  input  logic         s_rready_i,
  output logic         interrupt_o,

  input  logic [31:0]  window_bits_i,
  input  logic [31:0]  build_i,
  output logic         start_o,       // a job waits or runs
  input  logic         done_i,        // it has ended
  output logic         soft_reset_o,  // for one cycle
  output logic [63:0]  bases_o,
  output logic [63:0]  scalars_o,
  output logic [63:0]  results_o,
  output logic [63:0]  status_o,
  output logic [31:0]  num_points_o,
  output logic [31:0]  num_msms_o,
  output logic [31:0]  scalar_bits_o,
  output logic [31:0]  first_window_o,
  output logic [31:0]  num_windows_o,
  output logic [31:0]  flags_o,
  output logic [31:0]  job_id_o,
  output logic [31:0]  bases_stride_o,
  output logic [31:0]  num_multiples_o
);
  localparam int unsigned Words = 64;
  logic start_q, done_q, ready_q, gie_q;
  logic [1:0] ier_q, isr_q;
  logic [31:0] arguments_q [Words];

  // ---- the bus ----
  logic write, read;
  logic [31:0] mask;
  assign write = rst_ni & s_awvalid_i & s_wvalid_i & ~s_bvalid_o;
  assign s_awready_o = write;
  assign s_wready_o = write;
  assign s_bresp_o = 2'b00;
  assign s_arready_o = rst_ni & ~s_rvalid_o;
  assign read = s_arvalid_i & s_arready_o;
  assign s_rresp_o = 2'b00;
  assign mask = {{8{s_wstrb_i[3]}}, {8{s_wstrb_i[2]}}, {8{s_wstrb_i[1]}}, {8{s_wstrb_i[0]}}};
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      s_bvalid_o <= 1'b0;
      s_rvalid_o <= 1'b0;
    end else begin
      s_bvalid_o <= write | (s_bvalid_o & ~s_bready_i);
      s_rvalid_o <= read | (s_rvalid_o & ~s_rready_i);
    end
  end

  // ---- control, interrupt ----
  logic [31:0] written;
  logic write_control;
  assign written = s_wdata_i & mask;
  assign write_control = write & (s_awaddr_i == pc_abi_pkg::REG_CTRL);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {start_q, done_q, ready_q, gie_q} <= '0;
      {ier_q, isr_q} <= '0;
      soft_reset_o <= 1'b0;
    end else begin
      start_q <= (start_q & ~done_i) | (write_control & written[pc_abi_pkg::CTRL_START]);
      done_q <= done_i | (done_q & ~(write_control & written[pc_abi_pkg::CTRL_CONTINUE]));
      ready_q <= done_i | (ready_q & ~(read & (s_araddr_i == pc_abi_pkg::REG_CTRL)));
      if (write & (s_awaddr_i == pc_abi_pkg::REG_GIE) & s_wstrb_i[0]) gie_q <= s_wdata_i[0];
      if (write & (s_awaddr_i == pc_abi_pkg::REG_IER) & s_wstrb_i[0]) ier_q <= s_wdata_i[1:0];
      isr_q <= (isr_q ^ (written[1:0] & {2{write & (s_awaddr_i == pc_abi_pkg::REG_ISR)}})) | (ier_q & {2{done_i}});
      soft_reset_o <= write & (s_awaddr_i == pc_abi_pkg::REG_SOFT_RESET) & written[0];
    end
  end
  assign start_o = start_q & ~done_q;
  assign interrupt_o = gie_q & (isr_q != '0);

  // ---- arguments ----
  always_ff @(posedge clk_i) begin
    if (write && s_awaddr_i[11:8] == '0)
      arguments_q[s_awaddr_i[7:2]] <= written | (arguments_q[s_awaddr_i[7:2]] & ~mask);
  end
  assign bases_o = {arguments_q[pc_abi_pkg::ARG_BASES[7:2] + 6'd1], arguments_q[pc_abi_pkg::ARG_BASES[7:2]]};
  assign scalars_o = {arguments_q[pc_abi_pkg::ARG_SCALARS[7:2] + 6'd1], arguments_q[pc_abi_pkg::ARG_SCALARS[7:2]]};
  assign results_o = {arguments_q[pc_abi_pkg::ARG_RESULTS[7:2] + 6'd1], arguments_q[pc_abi_pkg::ARG_RESULTS[7:2]]};
  assign status_o = {arguments_q[pc_abi_pkg::ARG_STATUS[7:2] + 6'd1], arguments_q[pc_abi_pkg::ARG_STATUS[7:2]]};
  assign num_points_o = arguments_q[pc_abi_pkg::ARG_NUM_POINTS[7:2]];
  assign num_msms_o = arguments_q[pc_abi_pkg::ARG_NUM_MSMS[7:2]];
  assign scalar_bits_o = arguments_q[pc_abi_pkg::ARG_SCALAR_BITS[7:2]];
  assign first_window_o = arguments_q[pc_abi_pkg::ARG_FIRST_WINDOW[7:2]];
  assign num_windows_o = arguments_q[pc_abi_pkg::ARG_NUM_WINDOWS[7:2]];
  assign flags_o = arguments_q[pc_abi_pkg::ARG_FLAGS[7:2]];
  assign job_id_o = arguments_q[pc_abi_pkg::ARG_JOB_ID[7:2]];
  assign bases_stride_o = arguments_q[pc_abi_pkg::ARG_BASES_STRIDE[7:2]];
  assign num_multiples_o = arguments_q[pc_abi_pkg::ARG_NUM_MULTIPLES[7:2]];

  // ---- reads ----
  logic is_argument;
  assign is_argument = (s_araddr_i >= pc_abi_pkg::ARG_BASES) & (s_araddr_i[11:8] == '0);
  always_ff @(posedge clk_i) begin
    if (read) begin
      unique case (s_araddr_i)
        pc_abi_pkg::REG_CTRL: s_rdata_o <= {28'd0, ready_q, ~start_q, done_q, start_q};
        pc_abi_pkg::REG_GIE: s_rdata_o <= {31'd0, gie_q};
        pc_abi_pkg::REG_IER: s_rdata_o <= {30'd0, ier_q};
        pc_abi_pkg::REG_ISR: s_rdata_o <= {30'd0, isr_q};
        pc_abi_pkg::REG_INFO_ABI_HASH_LO: s_rdata_o <= pc_abi_pkg::ABI_HASH[31:0];
        pc_abi_pkg::REG_INFO_ABI_HASH_HI: s_rdata_o <= pc_abi_pkg::ABI_HASH[63:32];
        pc_abi_pkg::REG_INFO_WINDOW_BITS: s_rdata_o <= window_bits_i;
        pc_abi_pkg::REG_INFO_BUILD: s_rdata_o <= build_i;
        default: s_rdata_o <= is_argument ? arguments_q[s_araddr_i[7:2]] : '0;
      endcase
    end
  end
endmodule
