// Registers of a kernel behind AXI4-Lite: ap_ctrl_chain, interrupt, arguments, what the unit is, soft reset.
//
// Method:  all kernels have the same registers but for the number of their arguments' words, and what the words plan and build
//          of the completion record mean. Argument words are registers; a memory beside them serves reads. done_i sets done
//          and ready: done holds until continue is written, ready clears on read. A start that is written before continue
//          waits for it. idle reads 0 from the write of start on.
// Timing:  no READY depends on a VALID. A write takes address and data when they come, acts in the cycle in which it has both and
//          answers in the next; a read answers two cycles later.
// Errors:  every access is answered with OKAY; reads of no register give 0, writes to none are ignored.
// Reset:   rst_ni, not the soft reset, clears everything but the arguments.
// Test:    tests/rtl_top/top_test.cpp; tests/rtl_ntt/ntt_kernel_test.cpp, tests/rtl_hadamard/kernel_test.cpp.
module pc_registers #(
  parameter logic [63:0] AbiHash = 64'd0,
  parameter int unsigned Words = 162  // of 32 bits, from offset 0 on
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [11:0]         s_awaddr_i,
  input  logic                s_awvalid_i,
  output logic                s_awready_o,
  input  logic [31:0]         s_wdata_i,
  input  logic [3:0]          s_wstrb_i,
  input  logic                s_wvalid_i,
  output logic                s_wready_o,
  output logic [1:0]          s_bresp_o,
  output logic                s_bvalid_o,
  input  logic                s_bready_i,
  input  logic [11:0]         s_araddr_i,
  input  logic                s_arvalid_i,
  output logic                s_arready_o,
  output logic [31:0]         s_rdata_o,
  output logic [1:0]          s_rresp_o,
  output logic                s_rvalid_o,
  input  logic                s_rready_i,
  output logic                interrupt_o,
  input  logic [31:0]         plan_i,
  input  logic [31:0]         build_i,
  output logic                start_o,       // a job waits or runs
  input  logic                done_i,        // it has ended
  output logic                soft_reset_o,  // for one cycle
  output logic [Words*32-1:0] arguments_o
);
  if (Words < 5 || Words > 256) $fatal(1, "pc_registers: Words: expected 5 to 256, found %0d", Words);
  logic start_q, done_q, ready_q, gie_q;
  logic [1:0] ier_q, isr_q;

  // ---- the bus ----
  logic write, read, read_q, address_held_q, word_held_q;
  logic [11:0] address_q, read_address_q;
  logic [31:0] word_q, mask, written;
  logic [3:0] strobes_q;
  // Nothing is taken in reset, which ends here a cycle later than for the bus.
  assign s_awready_o = rst_ni & ~address_held_q;
  assign s_wready_o = rst_ni & ~word_held_q;
  assign write = address_held_q & word_held_q & ~s_bvalid_o;
  assign s_bresp_o = 2'b00;
  assign s_rresp_o = 2'b00;
  assign s_arready_o = rst_ni & ~s_rvalid_o & ~read_q;
  assign read = s_arvalid_i & s_arready_o;
  assign mask = {{8{strobes_q[3]}}, {8{strobes_q[2]}}, {8{strobes_q[1]}}, {8{strobes_q[0]}}};
  assign written = word_q & mask;
  always_ff @(posedge clk_i) begin
    if (s_awready_o) address_q <= s_awaddr_i;
    if (s_wready_o) {strobes_q, word_q} <= {s_wstrb_i, s_wdata_i};
    read_address_q <= s_araddr_i;
    if (!rst_ni) begin
      {address_held_q, word_held_q} <= '0;
      s_bvalid_o <= 1'b0;
      s_rvalid_o <= 1'b0;
      read_q <= 1'b0;
    end else begin
      address_held_q <= address_held_q ? ~write : s_awvalid_i;
      word_held_q <= word_held_q ? ~write : s_wvalid_i;
      s_bvalid_o <= write | (s_bvalid_o & ~s_bready_i);
      read_q <= read;
      s_rvalid_o <= read_q | (s_rvalid_o & ~s_rready_i);
    end
  end

  // ---- control, interrupt ----
  logic write_control;
  assign write_control = write & (address_q == pc_kernel_abi_pkg::REG_CTRL);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {start_q, done_q, ready_q, gie_q} <= '0;
      {ier_q, isr_q} <= '0;
      soft_reset_o <= 1'b0;
    end else begin
      start_q <= (start_q & ~done_i) | (write_control & written[pc_kernel_abi_pkg::CTRL_START]);
      done_q <= done_i | (done_q & ~(write_control & written[pc_kernel_abi_pkg::CTRL_CONTINUE]));
      ready_q <= done_i | (ready_q & ~(read & (s_araddr_i == pc_kernel_abi_pkg::REG_CTRL)));
      if (write & (address_q == pc_kernel_abi_pkg::REG_GIE) & strobes_q[0]) gie_q <= word_q[0];
      if (write & (address_q == pc_kernel_abi_pkg::REG_IER) & strobes_q[0]) ier_q <= word_q[1:0];
      isr_q <= (isr_q ^ (written[1:0] & {2{write & (address_q == pc_kernel_abi_pkg::REG_ISR)}})) | (ier_q & {2{done_i}});
      soft_reset_o <= write & (address_q == pc_kernel_abi_pkg::REG_SOFT_RESET) & written[0];
    end
  end
  assign start_o = start_q & ~done_q;
  assign interrupt_o = gie_q & (isr_q != '0);

  // ---- arguments ----
  for (genvar k = 0; k < Words; k++) begin : gen_argument
    logic [31:0] argument_q;
    always_ff @(posedge clk_i) begin
      if (write && address_q[11:2] == 10'(k)) argument_q <= written | (argument_q & ~mask);
    end
    assign arguments_o[32*k+:32] = argument_q;
  end
  logic [31:0] shadow_q [256];
  always_ff @(posedge clk_i) begin
    for (int unsigned b = 0; b < 4; b++) begin
      if (write && address_q[11:10] == '0 && strobes_q[b]) shadow_q[address_q[9:2]][8*b+:8] <= word_q[8*b+:8];
    end
  end

  // ---- reads ----
  logic is_argument;
  logic [31:0] control_q;
  assign is_argument = (read_address_q[11:2] >= 10'd4) & (32'(read_address_q[11:2]) < Words);
  always_ff @(posedge clk_i) begin
    // ready clears on the read itself, so what it was is kept.
    if (read) control_q <= {28'd0, ready_q, ~start_q, done_q, start_q};
    if (read_q) begin
      case (read_address_q)
        pc_kernel_abi_pkg::REG_CTRL: s_rdata_o <= control_q;
        pc_kernel_abi_pkg::REG_GIE: s_rdata_o <= {31'd0, gie_q};
        pc_kernel_abi_pkg::REG_IER: s_rdata_o <= {30'd0, ier_q};
        pc_kernel_abi_pkg::REG_ISR: s_rdata_o <= {30'd0, isr_q};
        pc_kernel_abi_pkg::REG_INFO_ABI_HASH_LO: s_rdata_o <= AbiHash[31:0];
        pc_kernel_abi_pkg::REG_INFO_ABI_HASH_HI: s_rdata_o <= AbiHash[63:32];
        pc_kernel_abi_pkg::REG_INFO_PLAN: s_rdata_o <= plan_i;
        pc_kernel_abi_pkg::REG_INFO_BUILD: s_rdata_o <= build_i;
        default: s_rdata_o <= is_argument ? shadow_q[read_address_q[9:2]] : '0;
      endcase
    end
  end
endmodule
