// AXI4 read master: commands of consecutive beats go in, their data comes out in the same order.
//
// Method:  pc_axi_split makes bursts; one is asked for only when the queue has room for all its beats, so R is never
//          held back and a slow consumer blocks nobody else on the bus.
// Range:   addresses are multiples of a beat. FifoDepth is a power of two; FifoDepth / BurstBeats full bursts are
//          outstanding at most.
// Timing:  AR follows a command by two cycles, data_o follows R by two; one beat and one burst a cycle.
// Errors:  an error response sets fault_o, and its beat is delivered like another, so that nothing hangs.
// Reset:   stop_i asks for nothing more and drops what arrives; an address that AR offers already stays until it is
//          taken. After idle_o the queue is empty, and a cycle later everything is as after rst_ni, fault_o included.
//          rst_ni alone is for power-up: it forgets outstanding bursts.
// Test:    tests/rtl_top/axi_test.cpp.
module pc_axi_read #(
  parameter int unsigned DataBits = 512,
  parameter int unsigned BurstBeats = 16,
  parameter int unsigned FifoDepth = 512
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
  output logic         valid_o,
  input  logic         ready_i,
  output logic [DataBits-1:0] data_o,

  output logic [63:0]  m_araddr_o,
  output logic [7:0]   m_arlen_o,
  output logic         m_arvalid_o,
  input  logic         m_arready_i,
  input  logic [DataBits-1:0] m_rdata_i,
  input  logic [1:0]   m_rresp_i,
  input  logic         m_rvalid_i,
  output logic         m_rready_o
);
  if (FifoDepth < BurstBeats || (1 << $clog2(FifoDepth)) != FifoDepth)
    $fatal(1, "pc_axi_read: FifoDepth: expected a power of two from BurstBeats on, found %0d", FifoDepth);
  localparam int unsigned CountBits = $clog2(BurstBeats + 1);
  localparam int unsigned FreeBits = $clog2(FifoDepth + 1);

  // ---- bursts ----
  logic burst_valid, take;
  logic [63:0] burst_address;
  logic [CountBits-1:0] burst_beats;
  logic [FreeBits-1:0] free_q, flight_q;  // places that are kept for no beat; beats asked for and not here
  logic room_q;                           // a full burst has places, whatever was asked for meanwhile
  pc_axi_split #(.BurstBeats(BurstBeats), .LogBeat($clog2(DataBits / 8))) u_split (
    .clk_i, .rst_ni, .stop_i,
    .valid_i(cmd_valid_i), .ready_o(cmd_ready_o), .address_i(cmd_address_i), .beats_i(cmd_beats_i),
    .valid_o(burst_valid), .take_i(take), .address_o(burst_address), .beats_o(burst_beats)
  );
  assign take = burst_valid & ~stop_i & room_q & (~m_arvalid_o | m_arready_i);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      m_arvalid_o <= 1'b0;
    end else if (take) begin
      m_arvalid_o <= 1'b1;
      m_araddr_o <= burst_address;
      m_arlen_o <= 8'(burst_beats) - 8'd1;
    end else if (m_arready_i) begin
      m_arvalid_o <= 1'b0;
    end
  end

  // ---- data ----
  logic pop;
  logic [FreeBits-1:0] asked;
  assign asked = take ? FreeBits'(burst_beats) : '0;
  assign m_rready_o = 1'b1;
  assign pop = valid_o & ready_i;
  assign idle_o = flight_q == '0;
  pc_fifo #(.Width(DataBits), .Depth(FifoDepth)) u_queue (
    .clk_i, .rst_ni(rst_ni & ~stop_i),
    .push_i(m_rvalid_i & ~stop_i), .data_i(m_rdata_i), .valid_o, .data_o, .pop_i(pop & ~stop_i)
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      flight_q <= '0;
      free_q <= FreeBits'(FifoDepth);
      room_q <= 1'b0;
      fault_o <= 1'b0;
    end else begin
      flight_q <= flight_q + asked - FreeBits'(m_rvalid_i);
      free_q <= (stop_i & idle_o) ? FreeBits'(FifoDepth) : free_q + FreeBits'(pop) - asked;
      room_q <= ({1'b0, free_q} >= (FreeBits+1)'(2 * BurstBeats)) | ((free_q >= FreeBits'(BurstBeats)) & ~take);
      fault_o <= ~(stop_i & idle_o) & (fault_o | (m_rvalid_i & m_rresp_i[1]));
    end
  end
  logic unused;
  assign unused = m_rresp_i[0];
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!m_rvalid_i || flight_q != '0) else $error("pc_axi_read: data that nobody asked for");
  end
`endif
endmodule
