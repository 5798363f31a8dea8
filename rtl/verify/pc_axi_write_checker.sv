// Checks the write channels of an AXI4 port with one ID and INCR bursts.
//
// Rules:   manager: AW and W stay until they are taken; bursts are inside 4 KiB, of at most MaxBeats whole beats, and begin at a
//          beat; no more than MaxBursts wait for their response; wlast comes with the last beat of each burst, and no data
//          before its address is offered (AXI4 would allow that). Subordinate: B stays until it is taken, and comes for bursts
//          whose address and data were taken.
// Range:   bindable to a port of a kernel; AssumeSubordinate is for proofs of a manager.
// Timing:  violations are reported in the cycle in which they happen, those of "stays" in the next.
// Reset:   rst_ni forgets what is outstanding; in reset nothing is checked.
// Test:    rtl/verify/formal, tests/cocotb; scripts/formal.py --mutants.
`include "pc_rules.svh"
module pc_axi_write_checker #(
  parameter int unsigned DataBits = 512,
  parameter int unsigned MaxBeats = 16,
  parameter int unsigned MaxBursts = 16,
  parameter bit AssumeSubordinate = 1'b0
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic [63:0]           awaddr_i,
  input logic [7:0]            awlen_i,
  input logic                  awvalid_i,
  input logic                  awready_i,
  input logic [DataBits-1:0]   wdata_i,
  input logic [DataBits/8-1:0] wstrb_i,
  input logic                  wlast_i,
  input logic                  wvalid_i,
  input logic                  wready_i,
  input logic [1:0]            bresp_i,
  input logic                  bvalid_i,
  input logic                  bready_i
);
  if (DataBits < 16 || (1 << $clog2(DataBits)) != DataBits)
    $fatal(1, "pc_axi_write_checker: DataBits: expected a power of two from 16 on, found %0d", DataBits);
  if (MaxBeats == 0 || MaxBeats > 256) $fatal(1, "pc_axi_write_checker: MaxBeats: expected 1 to 256, found %0d", MaxBeats);
  if (MaxBursts == 0) $fatal(1, "pc_axi_write_checker: MaxBursts: expected at least 1, found %0d", MaxBursts);
  localparam int unsigned LogBeat = $clog2(DataBits / 8);
  localparam int unsigned IndexBits = (MaxBursts > 1) ? $clog2(MaxBursts) : 1;
  localparam int unsigned CountBits = IndexBits + 1;
  pc_stream_checker #(.Width(72)) u_aw (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(awvalid_i), .ready_i(awready_i), .data_i({awaddr_i, awlen_i})
  );
  pc_stream_checker #(.Width(DataBits + DataBits / 8 + 1)) u_w (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(wvalid_i), .ready_i(wready_i), .data_i({wdata_i, wstrb_i, wlast_i})
  );
  pc_stream_checker #(.Width(2), .AssumeSource(AssumeSubordinate)) u_b (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(bvalid_i), .ready_i(bready_i), .data_i(bresp_i)
  );

  // Lengths of the bursts whose address was offered and whose data has not ended, in order.
  logic [7:0] lengths_q [2**IndexBits];
  logic [IndexBits-1:0] write_q, read_q;
  logic [CountBits-1:0] offered_q;   // of those
  logic [CountBits-1:0] taken_q;     // addresses taken, without response
  logic [CountBits-1:0] written_q;   // data taken, without response
  logic [7:0] sent_q;                // beats of the burst at hand
  logic new_q, offer, take, ends, answer;  // new_q: what AW offers was not offered before
  logic [12:0] end_of_burst;         // in its 4 KiB
  assign offer = awvalid_i & new_q;
  assign take = awvalid_i & awready_i;
  assign ends = wvalid_i & wready_i & wlast_i;
  assign answer = bvalid_i & bready_i;
  assign end_of_burst = {1'b0, awaddr_i[11:0]} + ((13'(awlen_i) + 13'd1) << LogBeat);
  always_ff @(posedge clk_i) begin
    if (offer) lengths_q[write_q] <= awlen_i;
    if (!rst_ni) begin
      {write_q, read_q, offered_q, taken_q, written_q, sent_q} <= '0;
      new_q <= 1'b1;
    end else begin
      new_q <= ~awvalid_i | awready_i;
      write_q <= write_q + IndexBits'(offer);
      read_q <= read_q + IndexBits'(ends);
      offered_q <= offered_q + CountBits'(offer) - CountBits'(ends);
      taken_q <= taken_q + CountBits'(take) - CountBits'(answer);
      written_q <= written_q + CountBits'(ends) - CountBits'(answer);
      if (wvalid_i && wready_i) sent_q <= wlast_i ? 8'd0 : sent_q + 8'd1;
      if (awvalid_i) begin
        assert (32'(awlen_i) < MaxBeats) else $error("AXI write: a burst is longer than it may be");
        assert (end_of_burst <= 13'd4096) else $error("AXI write: a burst crosses 4 KiB");
        assert (awaddr_i[LogBeat-1:0] == '0) else $error("AXI write: an address within a beat");
      end
      if (wvalid_i) begin
        assert (offered_q != '0) else $error("AXI write: data whose address was not offered");
        assert (wlast_i == (sent_q == lengths_q[read_q])) else $error("AXI write: wlast is wrong");
      end
      assert (32'(taken_q) + 32'(awvalid_i) <= MaxBursts) else $error("AXI write: more bursts wait for a response than may");
      `PC_RULE(AssumeSubordinate, !bvalid_i || (taken_q != '0 && written_q != '0), "AXI write: a response that nobody waits for")
    end
  end
endmodule
