// Checkers at every port of msm_g1: compile this file beside the kernel.
bind msm_g1 pc_axi_lite_checker u_check_control (
  .clk_i(ap_clk), .rst_ni(ap_rst_n), .awaddr_i(s_axi_control_awaddr), .awvalid_i(s_axi_control_awvalid),
  .awready_i(s_axi_control_awready), .wdata_i(s_axi_control_wdata), .wstrb_i(s_axi_control_wstrb), .wvalid_i(s_axi_control_wvalid),
  .wready_i(s_axi_control_wready), .bresp_i(s_axi_control_bresp), .bvalid_i(s_axi_control_bvalid), .bready_i(s_axi_control_bready),
  .araddr_i(s_axi_control_araddr), .arvalid_i(s_axi_control_arvalid), .arready_i(s_axi_control_arready),
  .rdata_i(s_axi_control_rdata), .rresp_i(s_axi_control_rresp), .rvalid_i(s_axi_control_rvalid), .rready_i(s_axi_control_rready)
);
bind msm_g1 pc_axi_read_checker u_check_bases (
  .clk_i(ap_clk), .rst_ni(ap_rst_n), .araddr_i(m_axi_gmem_bases_araddr), .arlen_i(m_axi_gmem_bases_arlen),
  .arvalid_i(m_axi_gmem_bases_arvalid), .arready_i(m_axi_gmem_bases_arready), .rdata_i(m_axi_gmem_bases_rdata),
  .rresp_i(m_axi_gmem_bases_rresp), .rlast_i(m_axi_gmem_bases_rlast), .rvalid_i(m_axi_gmem_bases_rvalid),
  .rready_i(m_axi_gmem_bases_rready)
);
bind msm_g1 pc_axi_read_checker u_check_scalars (
  .clk_i(ap_clk), .rst_ni(ap_rst_n), .araddr_i(m_axi_gmem_scalars_araddr), .arlen_i(m_axi_gmem_scalars_arlen),
  .arvalid_i(m_axi_gmem_scalars_arvalid), .arready_i(m_axi_gmem_scalars_arready), .rdata_i(m_axi_gmem_scalars_rdata),
  .rresp_i(m_axi_gmem_scalars_rresp), .rlast_i(m_axi_gmem_scalars_rlast), .rvalid_i(m_axi_gmem_scalars_rvalid),
  .rready_i(m_axi_gmem_scalars_rready)
);
bind msm_g1 pc_axi_write_checker u_check_results (
  .clk_i(ap_clk), .rst_ni(ap_rst_n), .awaddr_i(m_axi_gmem_results_awaddr), .awlen_i(m_axi_gmem_results_awlen),
  .awvalid_i(m_axi_gmem_results_awvalid), .awready_i(m_axi_gmem_results_awready), .wdata_i(m_axi_gmem_results_wdata),
  .wstrb_i(m_axi_gmem_results_wstrb), .wlast_i(m_axi_gmem_results_wlast), .wvalid_i(m_axi_gmem_results_wvalid),
  .wready_i(m_axi_gmem_results_wready), .bresp_i(m_axi_gmem_results_bresp), .bvalid_i(m_axi_gmem_results_bvalid),
  .bready_i(m_axi_gmem_results_bready)
);
