// Counters of a core that loads and stores words, as the completion records of such kernels have them.
//
// Range:   busy_i is the core's own count.
// Timing:  a word, or a cycle without one, is counted in the next cycle; stalls saturate.
// Reset:   rst_ni, with which a job begins.
// Test:    tests/rtl_hadamard/kernel_test.cpp, tests/rtl_ntt/ntt_kernel_test.cpp.
module pc_stream_counters (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         running_i,
  input  logic [63:0]  busy_i,
  input  logic         load_valid_i,
  input  logic         load_ready_i,
  input  logic         store_valid_i,
  input  logic         store_ready_i,
  output logic [255:0] counters_o  // stalls of stores and of loads, words stored and loaded, busy
);
  logic [63:0] loaded_q, stored_q;
  logic [31:0] stall_load_q, stall_store_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {loaded_q, stored_q, stall_load_q, stall_store_q} <= '0;
    end else if (running_i) begin
      loaded_q <= loaded_q + {63'b0, load_valid_i & load_ready_i};
      stored_q <= stored_q + {63'b0, store_valid_i & store_ready_i};
      if (load_ready_i && !load_valid_i && stall_load_q != '1) stall_load_q <= stall_load_q + 32'd1;
      if (store_valid_i && !store_ready_i && stall_store_q != '1) stall_store_q <= stall_store_q + 32'd1;
    end
  end
  assign counters_o = {stall_store_q, stall_load_q, stored_q, loaded_q, busy_i};
endmodule
