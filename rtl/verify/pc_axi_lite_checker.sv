// Checks an AXI4-Lite port.
//
// Rules:   manager: AW, W and AR stay until they are taken. Subordinate: B and R stay until they are taken, come once for each
//          access, B only after address and data; no more than MaxPending accesses of a kind are taken before their answers.
// Range:   bindable to a port of a kernel; AssumeManager is for proofs of a subordinate.
// Timing:  violations are reported in the cycle in which they happen, those of "stays" in the next.
// Reset:   rst_ni forgets what is outstanding; in reset nothing is checked.
// Test:    rtl/verify/formal, tests/cocotb; scripts/formal.py --mutants.
`include "pc_rules.svh"
module pc_axi_lite_checker #(
  parameter int unsigned AddressBits = 12,
  parameter int unsigned MaxPending = 2,
  parameter bit AssumeManager = 1'b0
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic [AddressBits-1:0] awaddr_i,
  input logic                   awvalid_i,
  input logic                   awready_i,
  input logic [31:0]            wdata_i,
  input logic [3:0]             wstrb_i,
  input logic                   wvalid_i,
  input logic                   wready_i,
  input logic [1:0]             bresp_i,
  input logic                   bvalid_i,
  input logic                   bready_i,
  input logic [AddressBits-1:0] araddr_i,
  input logic                   arvalid_i,
  input logic                   arready_i,
  input logic [31:0]            rdata_i,
  input logic [1:0]             rresp_i,
  input logic                   rvalid_i,
  input logic                   rready_i
);
  if (AddressBits == 0) $fatal(1, "pc_axi_lite_checker: AddressBits: expected at least 1, found %0d", AddressBits);
  if (MaxPending == 0) $fatal(1, "pc_axi_lite_checker: MaxPending: expected at least 1, found %0d", MaxPending);
  localparam int unsigned CountBits = $clog2(MaxPending + 2);
  pc_stream_checker #(.Width(AddressBits), .AssumeSource(AssumeManager)) u_aw (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(awvalid_i), .ready_i(awready_i), .data_i(awaddr_i)
  );
  pc_stream_checker #(.Width(36), .AssumeSource(AssumeManager)) u_w (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(wvalid_i), .ready_i(wready_i), .data_i({wdata_i, wstrb_i})
  );
  pc_stream_checker #(.Width(AddressBits), .AssumeSource(AssumeManager)) u_ar (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(arvalid_i), .ready_i(arready_i), .data_i(araddr_i)
  );
  pc_stream_checker #(.Width(2)) u_b (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(bvalid_i), .ready_i(bready_i), .data_i(bresp_i)
  );
  pc_stream_checker #(.Width(34)) u_r (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(rvalid_i), .ready_i(rready_i), .data_i({rdata_i, rresp_i})
  );

  logic address, word, written, asked, answered;
  assign address = awvalid_i & awready_i;
  assign word = wvalid_i & wready_i;
  assign written = bvalid_i & bready_i;
  assign asked = arvalid_i & arready_i;
  assign answered = rvalid_i & rready_i;
  logic [CountBits-1:0] addresses_q, words_q, reads_q;  // taken and not answered
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {addresses_q, words_q, reads_q} <= '0;
    end else begin
      addresses_q <= addresses_q + CountBits'(address) - CountBits'(written);
      words_q <= words_q + CountBits'(word) - CountBits'(written);
      reads_q <= reads_q + CountBits'(asked) - CountBits'(answered);
      assert (!bvalid_i || (addresses_q != '0 && words_q != '0)) else $error("AXI4-Lite: an answer to no write");
      assert (!rvalid_i || reads_q != '0) else $error("AXI4-Lite: an answer to no read");
      assert (32'(addresses_q) <= MaxPending && 32'(words_q) <= MaxPending && 32'(reads_q) <= MaxPending)
      else $error("AXI4-Lite: more accesses are taken than may wait");
    end
  end
endmodule
