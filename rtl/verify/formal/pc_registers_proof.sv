// Proof of pc_registers: the rules of AXI4-Lite; control, interrupt and an argument as a small machine of the host's says.
//
// The environment keeps AXI4-Lite, and a job ends only when one runs. What reads of arguments give is not in it.
module pc_registers_proof #(
  parameter int unsigned Words = 5
) (
  input logic        clk_i,
  input logic [11:0] awaddr_i,
  input logic        awvalid_i,
  input logic [31:0] wdata_i,
  input logic [3:0]  wstrb_i,
  input logic        wvalid_i,
  input logic        bready_i,
  input logic [11:0] araddr_i,
  input logic        arvalid_i,
  input logic        rready_i,
  input logic        done_i
);
  logic rst_n = 1'b0;
  logic awready, wready, bvalid, arready, rvalid, interrupt, start, soft_reset;
  logic [1:0] bresp, rresp;
  logic [31:0] rdata;
  logic [Words*32-1:0] arguments;
  pc_registers #(.Words(Words)) u_registers (
    .clk_i, .rst_ni(rst_n), .s_awaddr_i(awaddr_i), .s_awvalid_i(awvalid_i), .s_awready_o(awready), .s_wdata_i(wdata_i),
    .s_wstrb_i(wstrb_i), .s_wvalid_i(wvalid_i), .s_wready_o(wready), .s_bresp_o(bresp), .s_bvalid_o(bvalid),
    .s_bready_i(bready_i), .s_araddr_i(araddr_i), .s_arvalid_i(arvalid_i), .s_arready_o(arready), .s_rdata_o(rdata),
    .s_rresp_o(rresp), .s_rvalid_o(rvalid), .s_rready_i(rready_i), .interrupt_o(interrupt), .plan_i(32'd1), .build_i(32'd2),
    .start_o(start), .done_i, .soft_reset_o(soft_reset), .arguments_o(arguments)
  );
  pc_axi_lite_checker #(.MaxPending(2), .AssumeManager(1'b1)) u_checker (
    .clk_i, .rst_ni(rst_n), .awaddr_i, .awvalid_i, .awready_i(awready), .wdata_i, .wstrb_i, .wvalid_i, .wready_i(wready),
    .bresp_i(bresp), .bvalid_i(bvalid), .bready_i, .araddr_i, .arvalid_i, .arready_i(arready), .rdata_i('0), .rresp_i(rresp),
    .rvalid_i(rvalid), .rready_i
  );

  // ---- writes as the bus shows them: one has happened when its answer begins. Those of the next are taken after it at the earliest ----
  logic answers_q, wrote;
  logic [11:0] address_q;
  logic [31:0] word_q, mask_q, mask, written;
  assign wrote = bvalid & ~answers_q;
  assign mask = {{8{wstrb_i[3]}}, {8{wstrb_i[2]}}, {8{wstrb_i[1]}}, {8{wstrb_i[0]}}};
  assign written = word_q & mask_q;
  always_ff @(posedge clk_i) begin
    answers_q <= rst_n & bvalid & ~bready_i;
    if (awvalid_i && awready) address_q <= awaddr_i;
    if (wvalid_i && wready) {word_q, mask_q} <= {wdata_i, mask};
  end

  // ---- control ----
  logic start_q, done_q, ready_q, gie_q, ended_q, asked_q;
  logic [1:0] ier_q, isr_q;
  logic is_start, is_done, is_ready, control;
  logic [1:0] is_isr;
  assign control = wrote & (address_q == pc_kernel_abi_pkg::REG_CTRL);
  assign is_start = (start_q & ~ended_q) | (control & written[0]);
  assign is_done = ended_q | (done_q & ~(control & written[4]));
  assign is_ready = ended_q | (ready_q & ~asked_q);
  assign is_isr = (isr_q ^ ({2{wrote & (address_q == pc_kernel_abi_pkg::REG_ISR)}} & written[1:0])) | (ier_q & {2{ended_q}});
  logic reads_control_q;
  logic [3:0] control_q;
  logic known_q;  // all of the watched argument has been written
  logic [31:0] argument_q;
  always_ff @(posedge clk_i) begin
    rst_n <= 1'b1;
    if (!rst_n) begin
      {start_q, done_q, ready_q, gie_q, ended_q, asked_q, ier_q, isr_q, reads_control_q, known_q} <= '0;
    end else begin
      assume (!done_i || start);
      {start_q, done_q, ready_q, isr_q} <= {is_start, is_done, is_ready, is_isr};
      ended_q <= done_i;
      asked_q <= arvalid_i & arready & (araddr_i == pc_kernel_abi_pkg::REG_CTRL);
      if (wrote && mask_q[0] && address_q == pc_kernel_abi_pkg::REG_GIE) gie_q <= word_q[0];
      if (wrote && mask_q[0] && address_q == pc_kernel_abi_pkg::REG_IER) ier_q <= word_q[1:0];
      if (arvalid_i && arready) begin
        reads_control_q <= araddr_i == pc_kernel_abi_pkg::REG_CTRL;
        control_q <= {is_ready, ~is_start, is_done, is_start};
      end
      if (wrote && address_q[11:2] == 10'd4) begin
        argument_q <= written | (argument_q & ~mask_q);
        known_q <= known_q | (mask_q == '1);
      end
      assert (start == (is_start & ~is_done)) else $error("pc_registers: start is not what was written");
      assert (soft_reset == (wrote && address_q == pc_kernel_abi_pkg::REG_SOFT_RESET && written[0]))
      else $error("pc_registers: a soft reset that was not written, or none that was");
      assert (wrote || interrupt == (gie_q & (is_isr != '0))) else $error("pc_registers: the interrupt is wrong");
      assert (!(rvalid && reads_control_q) || rdata == {28'd0, control_q}) else $error("pc_registers: control reads wrong");
      assert (wrote || !known_q || arguments[128+:32] == argument_q) else $error("pc_registers: an argument is not what was written");
      assert (bresp == '0 && rresp == '0) else $error("pc_registers: an access is answered with an error");
    end
  end
endmodule
