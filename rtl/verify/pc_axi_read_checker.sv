// Checks the read channels of an AXI4 port with one ID and INCR bursts.
//
// Rules:   manager: AR stays until it is taken; bursts are inside 4 KiB, of at most MaxBeats whole beats, and begin at a beat; no more
//          than MaxBursts wait for data. Subordinate: R stays until it is taken; there is data only for what was asked for, and
//          rlast with the last beat of each burst.
// Range:   bindable to a port of a kernel; AssumeSubordinate is for proofs of a manager. Where CheckLast is not set the lengths of
//          bursts are not kept, and rlast is not looked at.
// Timing:  violations are reported in the cycle in which they happen, those of "stays" in the next.
// Reset:   rst_ni forgets what is outstanding; in reset nothing is checked.
// Test:    rtl/verify/formal, tests/cocotb; scripts/formal.py --mutants.
`include "pc_rules.svh"
module pc_axi_read_checker #(
  parameter int unsigned DataBits = 512,
  parameter int unsigned MaxBeats = 16,
  parameter int unsigned MaxBursts = 512,
  parameter bit CheckLast = 1'b1,
  parameter bit AssumeSubordinate = 1'b0
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic [63:0]         araddr_i,
  input logic [7:0]          arlen_i,
  input logic                arvalid_i,
  input logic                arready_i,
  input logic [DataBits-1:0] rdata_i,
  input logic [1:0]          rresp_i,
  input logic                rlast_i,
  input logic                rvalid_i,
  input logic                rready_i
);
  if (DataBits < 16 || (1 << $clog2(DataBits)) != DataBits)
    $fatal(1, "pc_axi_read_checker: DataBits: expected a power of two from 16 on, found %0d", DataBits);
  if (MaxBeats == 0 || MaxBeats > 256) $fatal(1, "pc_axi_read_checker: MaxBeats: expected 1 to 256, found %0d", MaxBeats);
  if (MaxBursts == 0) $fatal(1, "pc_axi_read_checker: MaxBursts: expected at least 1, found %0d", MaxBursts);
  localparam int unsigned LogBeat = $clog2(DataBits / 8);
  localparam int unsigned BeatBits = $clog2(MaxBeats * MaxBursts + 1);
  logic ask, beat;
  assign ask = arvalid_i & arready_i;
  assign beat = rvalid_i & rready_i;
  pc_stream_checker #(.Width(72)) u_ar (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(arvalid_i), .ready_i(arready_i), .data_i({araddr_i, arlen_i})
  );
  pc_stream_checker #(.Width(DataBits + 3), .AssumeSource(AssumeSubordinate)) u_r (
    .clk_i, .rst_ni, .cancel_i(1'b0), .valid_i(rvalid_i), .ready_i(rready_i), .data_i({rdata_i, rresp_i, rlast_i & CheckLast})
  );

  logic [BeatBits-1:0] beats_q;  // asked for and not here
  logic [12:0] end_of_burst;     // in its 4 KiB
  assign end_of_burst = {1'b0, araddr_i[11:0]} + ((13'(arlen_i) + 13'd1) << LogBeat);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      beats_q <= '0;
    end else begin
      beats_q <= beats_q + (ask ? BeatBits'(arlen_i) + 1'b1 : '0) - BeatBits'(beat);
      if (arvalid_i) begin
        assert (32'(arlen_i) < MaxBeats) else $error("AXI read: a burst is longer than it may be");
        assert (end_of_burst <= 13'd4096) else $error("AXI read: a burst crosses 4 KiB");
        assert (araddr_i[LogBeat-1:0] == '0) else $error("AXI read: an address within a beat");
      end
      `PC_RULE(AssumeSubordinate, !rvalid_i || beats_q != '0, "AXI read: data that was not asked for")
    end
  end

  if (CheckLast) begin : gen_last
    localparam int unsigned IndexBits = (MaxBursts > 1) ? $clog2(MaxBursts) : 1;
    logic [7:0] lengths_q [2**IndexBits];
    logic [IndexBits-1:0] write_q, read_q;
    logic [IndexBits:0] bursts_q;
    logic [7:0] received_q;  // beats of the burst at hand
    logic ends;
    assign ends = beat & (received_q == lengths_q[read_q]);
    always_ff @(posedge clk_i) begin
      if (ask) lengths_q[write_q] <= arlen_i;
      if (!rst_ni) begin
        {write_q, read_q, bursts_q, received_q} <= '0;
      end else begin
        write_q <= write_q + IndexBits'(ask);
        read_q <= read_q + IndexBits'(ends);
        bursts_q <= bursts_q + (IndexBits+1)'(ask) - (IndexBits+1)'(ends);
        if (beat) received_q <= ends ? 8'd0 : received_q + 8'd1;
        assert (32'(bursts_q) <= MaxBursts) else $error("AXI read: more bursts wait for data than may");
        `PC_RULE(AssumeSubordinate, !rvalid_i || rlast_i == (received_q == lengths_q[read_q]), "AXI read: rlast is wrong")
      end
    end
  end
endmodule
