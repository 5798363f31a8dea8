// Checkers at every port of hadamard_fr: compile this file beside the kernel.
bind hadamard_fr pc_axi_lite_checker u_check_control (
  .clk_i(ap_clk), .rst_ni(ap_rst_n), .awaddr_i(s_axi_control_awaddr), .awvalid_i(s_axi_control_awvalid),
  .awready_i(s_axi_control_awready), .wdata_i(s_axi_control_wdata), .wstrb_i(s_axi_control_wstrb), .wvalid_i(s_axi_control_wvalid),
  .wready_i(s_axi_control_wready), .bresp_i(s_axi_control_bresp), .bvalid_i(s_axi_control_bvalid), .bready_i(s_axi_control_bready),
  .araddr_i(s_axi_control_araddr), .arvalid_i(s_axi_control_arvalid), .arready_i(s_axi_control_arready),
  .rdata_i(s_axi_control_rdata), .rresp_i(s_axi_control_rresp), .rvalid_i(s_axi_control_rvalid), .rready_i(s_axi_control_rready)
);
bind hadamard_fr pc_axi_read_checker #(.DataBits(256), .MaxBeats(32)) u_check_in_0 (
  .clk_i(ap_clk), .rst_ni(ap_rst_n), .araddr_i(m_axi_gmem_in_0_araddr), .arlen_i(m_axi_gmem_in_0_arlen),
  .arvalid_i(m_axi_gmem_in_0_arvalid), .arready_i(m_axi_gmem_in_0_arready), .rdata_i(m_axi_gmem_in_0_rdata),
  .rresp_i(m_axi_gmem_in_0_rresp), .rlast_i(m_axi_gmem_in_0_rlast), .rvalid_i(m_axi_gmem_in_0_rvalid),
  .rready_i(m_axi_gmem_in_0_rready)
);
bind hadamard_fr pc_axi_read_checker #(.DataBits(256), .MaxBeats(32)) u_check_in_1 (
  .clk_i(ap_clk), .rst_ni(ap_rst_n), .araddr_i(m_axi_gmem_in_1_araddr), .arlen_i(m_axi_gmem_in_1_arlen),
  .arvalid_i(m_axi_gmem_in_1_arvalid), .arready_i(m_axi_gmem_in_1_arready), .rdata_i(m_axi_gmem_in_1_rdata),
  .rresp_i(m_axi_gmem_in_1_rresp), .rlast_i(m_axi_gmem_in_1_rlast), .rvalid_i(m_axi_gmem_in_1_rvalid),
  .rready_i(m_axi_gmem_in_1_rready)
);
bind hadamard_fr pc_axi_write_checker #(.DataBits(512), .MaxBeats(16), .MaxBursts(32)) u_check_out (
  .clk_i(ap_clk), .rst_ni(ap_rst_n), .awaddr_i(m_axi_gmem_out_awaddr), .awlen_i(m_axi_gmem_out_awlen),
  .awvalid_i(m_axi_gmem_out_awvalid), .awready_i(m_axi_gmem_out_awready), .wdata_i(m_axi_gmem_out_wdata),
  .wstrb_i(m_axi_gmem_out_wstrb), .wlast_i(m_axi_gmem_out_wlast), .wvalid_i(m_axi_gmem_out_wvalid),
  .wready_i(m_axi_gmem_out_wready), .bresp_i(m_axi_gmem_out_bresp), .bvalid_i(m_axi_gmem_out_bvalid), .bready_i(m_axi_gmem_out_bready)
);
