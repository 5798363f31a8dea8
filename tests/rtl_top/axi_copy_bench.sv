// pc_axi_read into pc_axi_write: a copy engine whose commands a test gives.
module axi_copy_bench (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         stop_i,
  output logic         reads_idle_o,
  output logic         writes_idle_o,
  output logic         read_fault_o,
  output logic         write_fault_o,
  input  logic         read_valid_i,
  output logic         read_ready_o,
  input  logic [63:0]  read_address_i,
  input  logic [15:0]  read_beats_i,
  input  logic         write_valid_i,
  output logic         write_ready_o,
  input  logic [63:0]  write_address_i,
  input  logic [15:0]  write_beats_i,
  output logic [63:0]  m_araddr_o,
  output logic [7:0]   m_arlen_o,
  output logic         m_arvalid_o,
  input  logic         m_arready_i,
  input  logic [511:0] m_rdata_i,
  input  logic [1:0]   m_rresp_i,
  input  logic         m_rlast_i,
  input  logic         m_rvalid_i,
  output logic         m_rready_o,
  output logic [63:0]  m_awaddr_o,
  output logic [7:0]   m_awlen_o,
  output logic         m_awvalid_o,
  input  logic         m_awready_i,
  output logic [511:0] m_wdata_o,
  output logic [63:0]  m_wstrb_o,
  output logic         m_wlast_o,
  output logic         m_wvalid_o,
  input  logic         m_wready_i,
  input  logic [1:0]   m_bresp_i,
  input  logic         m_bvalid_i,
  output logic         m_bready_o
);
  logic valid, ready;
  logic [511:0] data;
  // A short queue, so that it is often full.
  pc_axi_read #(.FifoDepth(32)) u_read (
    .clk_i, .rst_ni, .stop_i, .idle_o(reads_idle_o), .fault_o(read_fault_o),
    .cmd_valid_i(read_valid_i), .cmd_ready_o(read_ready_o), .cmd_address_i(read_address_i), .cmd_beats_i(read_beats_i),
    .valid_o(valid), .ready_i(ready), .data_o(data),
    .m_araddr_o, .m_arlen_o, .m_arvalid_o, .m_arready_i, .m_rdata_i, .m_rresp_i, .m_rvalid_i, .m_rready_o
  );
  pc_axi_write #(.MaxBursts(4)) u_write (
    .clk_i, .rst_ni, .stop_i, .idle_o(writes_idle_o), .fault_o(write_fault_o),
    .cmd_valid_i(write_valid_i), .cmd_ready_o(write_ready_o), .cmd_address_i(write_address_i),
    .cmd_beats_i(write_beats_i), .valid_i(valid), .ready_o(ready), .data_i(data),
    .m_awaddr_o, .m_awlen_o, .m_awvalid_o, .m_awready_i, .m_wdata_o, .m_wstrb_o, .m_wlast_o, .m_wvalid_o, .m_wready_i,
    .m_bresp_i, .m_bvalid_i, .m_bready_o
  );
  logic unused;
  assign unused = m_rlast_i;
endmodule
