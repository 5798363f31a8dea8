// Proof of pc_axi_read: the rules of AXI4, bursts that are the commands' beats in order, data that is what came, in order.
//
// The environment keeps AXI4, stops until the unit is idle and a cycle longer, and takes no data that is not there.
module pc_axi_read_proof #(
  parameter int unsigned DataBits = 16,
  parameter int unsigned BurstBeats = 4,
  parameter int unsigned FifoDepth = 8
) (
  input logic                clk_i,
  input logic                stop_i,
  input logic                cmd_valid_i,
  input logic [63:0]         cmd_address_i,
  input logic [15:0]         cmd_beats_i,
  input logic                ready_i,
  input logic                watch_i,
  input logic                arready_i,
  input logic [DataBits-1:0] rdata_i,
  input logic [1:0]          rresp_i,
  input logic                rvalid_i
);
  localparam int unsigned LogBeat = $clog2(DataBits / 8);
  localparam int unsigned CountBits = $clog2(FifoDepth + 1);
  logic rst_n = 1'b0;
  logic idle, fault, cmd_ready, valid, arvalid, rready;
  logic [DataBits-1:0] data;
  logic [63:0] araddr;
  logic [7:0] arlen;
  pc_axi_read #(.DataBits(DataBits), .BurstBeats(BurstBeats), .FifoDepth(FifoDepth)) u_read (
    .clk_i, .rst_ni(rst_n), .stop_i, .idle_o(idle), .fault_o(fault), .cmd_valid_i, .cmd_ready_o(cmd_ready), .cmd_address_i,
    .cmd_beats_i, .valid_o(valid), .ready_i, .data_o(data), .m_araddr_o(araddr), .m_arlen_o(arlen), .m_arvalid_o(arvalid),
    .m_arready_i(arready_i), .m_rdata_i(rdata_i), .m_rresp_i(rresp_i), .m_rvalid_i(rvalid_i), .m_rready_o(rready)
  );
  pc_axi_read_checker #(
    .DataBits(DataBits), .MaxBeats(BurstBeats), .MaxBursts(FifoDepth), .CheckLast(1'b0), .AssumeSubordinate(1'b1)
  ) u_checker (
    .clk_i, .rst_ni(rst_n), .araddr_i(araddr), .arlen_i(arlen), .arvalid_i(arvalid), .arready_i, .rdata_i, .rresp_i,
    .rlast_i(1'b0), .rvalid_i, .rready_i(rready)
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
      new_q <= ~arvalid | arready_i;
      if (arvalid && new_q) begin
        assert (araddr[LowBits-1:0] == next_q) else $error("pc_axi_read: a burst does not begin where the last one ended");
        next_q <= next_q + ((LowBits'(arlen) + 1'b1) << LogBeat);
      end
      if (accepted_q) next_q <= command_q;
    end
  end

  // ---- data against what came; room for all that was asked for ----
  logic watching_q, settled_q, fault_q;
  logic value_q;
  logic [CountBits-1:0] held_q, ahead_q;
  logic pop;
  assign pop = valid & ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_n) begin
      {held_q, watching_q, settled_q, fault_q} <= '0;
    end else begin
      if (stop_i) begin
        {held_q, watching_q} <= '0;
      end else begin
        held_q <= held_q + CountBits'(rvalid_i) - CountBits'(pop);
        if (rvalid_i && watch_i && !watching_q) begin
          watching_q <= 1'b1;
          value_q <= rdata_i[0];
          ahead_q <= held_q - CountBits'(pop);
        end else if (watching_q && pop) begin
          watching_q <= ahead_q != '0;
          ahead_q <= ahead_q - 1'b1;
        end
        assert (!valid || held_q != '0) else $error("pc_axi_read: data that did not come");
        assert (!(watching_q && valid && ahead_q == '0) || data[0] == value_q) else $error("pc_axi_read: data changed, or its turn");
      end
      assert (rready) else $error("pc_axi_read: data is held back");
      assert (!(idle && (arvalid || rvalid_i))) else $error("pc_axi_read: idle with a burst on its way");
      settled_q <= stop_i & idle;
      assert (!settled_q || (!valid && !fault)) else $error("pc_axi_read: something of before is left after a stop");
      fault_q <= (fault_q | (rvalid_i & rresp_i[1])) & ~(stop_i & idle);
      assert (fault == fault_q) else $error("pc_axi_read: the fault is not that of the responses");
    end
  end
endmodule
