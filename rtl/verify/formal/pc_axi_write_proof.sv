// Proof of pc_axi_write: the rules of AXI4, bursts that are the commands' beats in order, data that is what was handed over.
//
// The environment keeps AXI4, and stops until the unit is idle and a cycle longer.
module pc_axi_write_proof #(
  parameter int unsigned DataBits = 16,
  parameter int unsigned BurstBeats = 4,
  parameter int unsigned MaxBursts = 4
) (
  input logic                clk_i,
  input logic                stop_i,
  input logic                cmd_valid_i,
  input logic [63:0]         cmd_address_i,
  input logic [15:0]         cmd_beats_i,
  input logic                valid_i,
  input logic [DataBits-1:0] data_i,
  input logic                awready_i,
  input logic                wready_i,
  input logic [1:0]          bresp_i,
  input logic                bvalid_i
);
  localparam int unsigned LogBeat = $clog2(DataBits / 8);
  logic rst_n = 1'b0;
  logic idle, fault, cmd_ready, ready, awvalid, wlast, wvalid, bready;
  logic [63:0] awaddr;
  logic [7:0] awlen;
  logic [DataBits-1:0] wdata;
  logic [DataBits/8-1:0] wstrb;
  pc_axi_write #(.DataBits(DataBits), .BurstBeats(BurstBeats), .MaxBursts(MaxBursts)) u_write (
    .clk_i, .rst_ni(rst_n), .stop_i, .idle_o(idle), .fault_o(fault), .cmd_valid_i, .cmd_ready_o(cmd_ready), .cmd_address_i,
    .cmd_beats_i, .valid_i, .ready_o(ready), .data_i, .m_awaddr_o(awaddr), .m_awlen_o(awlen), .m_awvalid_o(awvalid),
    .m_awready_i(awready_i), .m_wdata_o(wdata), .m_wstrb_o(wstrb), .m_wlast_o(wlast), .m_wvalid_o(wvalid), .m_wready_i(wready_i),
    .m_bresp_i(bresp_i), .m_bvalid_i(bvalid_i), .m_bready_o(bready)
  );
  pc_axi_write_checker #(
    .DataBits(DataBits), .MaxBeats(BurstBeats), .MaxBursts(MaxBursts), .AssumeSubordinate(1'b1)
  ) u_checker (
    .clk_i, .rst_ni(rst_n), .awaddr_i(awaddr), .awlen_i(awlen), .awvalid_i(awvalid), .awready_i, .wdata_i(wdata),
    .wstrb_i(wstrb), .wlast_i(wlast), .wvalid_i(wvalid), .wready_i, .bresp_i, .bvalid_i, .bready_i(bready)
  );

  // ---- bursts against commands: the address register is a cycle behind the cutting, so the commands are delayed by one; of
  // addresses the low bits, the others are in the proof of pc_axi_split ----
  localparam int unsigned LowBits = 6;
  logic accepted_q, new_q, stopped_q;
  logic [LowBits-1:0] command_q, next_q;
  always_ff @(posedge clk_i) begin
    rst_n <= 1'b1;
    accepted_q <= rst_n & cmd_valid_i & cmd_ready & ~stop_i & (cmd_beats_i != '0);
    command_q <= cmd_address_i[LowBits-1:0];
    if (!rst_n) begin
      new_q <= 1'b1;
      stopped_q <= 1'b0;
    end else begin
      assume (cmd_address_i[LogBeat-1:0] == '0);
      assume (!stopped_q || stop_i);
      stopped_q <= stop_i & ~idle;
      new_q <= ~awvalid | awready_i;
      if (awvalid && new_q) begin
        assert (awaddr[LowBits-1:0] == next_q) else $error("pc_axi_write: a burst does not begin where the last one ended");
        next_q <= next_q + ((LowBits'(awlen) + 1'b1) << LogBeat);
      end
      if (accepted_q) next_q <= command_q;
    end
  end

  // ---- data ----
  logic offer, answer;
  assign offer = awvalid & new_q;
  assign answer = bvalid_i & bready;
  logic handed_q, filled_q, held_q, settled_q, fault_q;
  logic [DataBits-1:0] value_q;
  logic [7:0] open_q;  // bursts that were offered and have no response
  always_ff @(posedge clk_i) begin
    handed_q <= rst_n & valid_i & ready;
    filled_q <= rst_n & stop_i;
    held_q <= rst_n & wvalid & ~wready_i;
    value_q <= data_i;
    if (!rst_n) begin
      {open_q, settled_q, fault_q} <= '0;
    end else begin
      open_q <= open_q + 8'(offer) - 8'(answer);
      assert (!handed_q || (wvalid && wdata == value_q && wstrb == '1)) else $error("pc_axi_write: data is lost or changed");
      assert (!wvalid || handed_q || held_q || (filled_q && wstrb == '0)) else $error("pc_axi_write: data that nobody gave");
      assert (bready) else $error("pc_axi_write: a response is held back");
      assert (!idle || (open_q == '0 && !awvalid && !wvalid)) else $error("pc_axi_write: idle with a burst open");
      settled_q <= stop_i & idle;
      assert (!settled_q || !fault) else $error("pc_axi_write: a fault of before is left after a stop");
      fault_q <= (fault_q | (bvalid_i & bresp_i[1])) & ~(stop_i & idle);
      assert (fault == fault_q) else $error("pc_axi_write: the fault is not that of the responses");
    end
  end
endmodule
