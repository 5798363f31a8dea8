// AXI4 write master: commands of consecutive beats and their data go in; every response is counted.
//
// Method:  pc_axi_split makes bursts; a short queue of their lengths goes along for W, which knows from it where a
//          burst ends.
// Range:   addresses are multiples of a beat; at most MaxBursts bursts are open.
// Timing:  AW follows a command by two cycles, W follows AW; one beat a cycle.
// Errors:  an error response sets fault_o.
// Reset:   stop_i opens no burst any more, and fills those that are open with beats that write no byte. After idle_o
//          everything is as after rst_ni, fault_o included a cycle later. rst_ni alone is for power-up: it forgets open
//          bursts.
// Test:    tests/rtl_top/axi_test.cpp.
module pc_axi_write #(
  parameter int unsigned DataBits = 512,
  parameter int unsigned BurstBeats = 16,
  parameter int unsigned MaxBursts = 16
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         stop_i,
  output logic         idle_o,
  output logic         fault_o,
  input  logic         cmd_valid_i,
  output logic         cmd_ready_o,
  input  logic [63:0]  cmd_address_i,
  input  logic [15:0]  cmd_beats_i,
  input  logic         valid_i,
  output logic         ready_o,
  input  logic [DataBits-1:0] data_i,

  output logic [63:0]  m_awaddr_o,
  output logic [7:0]   m_awlen_o,
  output logic         m_awvalid_o,
  input  logic         m_awready_i,
  output logic [DataBits-1:0] m_wdata_o,
  output logic [DataBits/8-1:0] m_wstrb_o,
  output logic         m_wlast_o,
  output logic         m_wvalid_o,
  input  logic         m_wready_i,
  input  logic [1:0]   m_bresp_i,
  input  logic         m_bvalid_i,
  output logic         m_bready_o
);
  if (MaxBursts == 0) $fatal(1, "pc_axi_write: MaxBursts: expected at least 1, found %0d", MaxBursts);
  localparam int unsigned CountBits = $clog2(BurstBeats + 1);
  localparam int unsigned OpenBits = $clog2(MaxBursts + 1);

  // ---- addresses ----
  logic burst_valid, take;
  logic [63:0] burst_address;
  logic [CountBits-1:0] burst_beats;
  logic [OpenBits-1:0] open_q;  // bursts without a response
  pc_axi_split #(.BurstBeats(BurstBeats), .LogBeat($clog2(DataBits / 8))) u_split (
    .clk_i, .rst_ni, .stop_i,
    .valid_i(cmd_valid_i), .ready_o(cmd_ready_o), .address_i(cmd_address_i), .beats_i(cmd_beats_i),
    .valid_o(burst_valid), .take_i(take), .address_o(burst_address), .beats_o(burst_beats)
  );
  assign take = burst_valid & ~stop_i & (open_q != OpenBits'(MaxBursts)) & (~m_awvalid_o | m_awready_i);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      m_awvalid_o <= 1'b0;
    end else if (take) begin
      m_awvalid_o <= 1'b1;
      m_awaddr_o <= burst_address;
      m_awlen_o <= 8'(burst_beats) - 8'd1;
    end else if (m_awready_i) begin
      m_awvalid_o <= 1'b0;
    end
  end

  // ---- data: lengths of the bursts in order, at most MaxBursts of them ----
  logic length_valid, length_pop, beat, place, last;
  logic [CountBits-1:0] length, left_q;
  pc_fifo #(.Width(CountBits), .Depth(MaxBursts)) u_lengths (
    .clk_i, .rst_ni, .push_i(take), .data_i(burst_beats), .valid_o(length_valid), .data_o(length), .pop_i(length_pop)
  );
  assign place = (left_q != '0) & (~m_wvalid_o | m_wready_i);
  assign ready_o = place & ~stop_i;
  assign beat = place & (valid_i | stop_i);
  assign last = left_q == CountBits'(1);
  assign length_pop = length_valid & ((left_q == '0) | (beat & last));
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q <= '0;
      m_wvalid_o <= 1'b0;
    end else begin
      if (length_pop) left_q <= length;
      else if (beat) left_q <= left_q - 1'b1;
      if (beat) begin
        m_wvalid_o <= 1'b1;
        m_wdata_o <= data_i;
        m_wstrb_o <= {(DataBits/8){~stop_i}};
        m_wlast_o <= last;
      end else if (m_wready_i) begin
        m_wvalid_o <= 1'b0;
      end
    end
  end

  // ---- responses ----
  assign m_bready_o = 1'b1;
  assign idle_o = (open_q == '0) & ~burst_valid;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      open_q <= '0;
      fault_o <= 1'b0;
    end else begin
      open_q <= open_q + OpenBits'(take) - OpenBits'(m_bvalid_i);
      fault_o <= ~(stop_i & idle_o) & (fault_o | (m_bvalid_i & m_bresp_i[1]));
    end
  end
  logic unused;
  assign unused = m_bresp_i[0];
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!m_bvalid_i || open_q != '0) else $error("pc_axi_write: a response that nobody waits for");
  end
`endif
endmodule
