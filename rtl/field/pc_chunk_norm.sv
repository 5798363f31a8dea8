// Makes a chunk vector exact: exact_o = sum of chunk_k * 2^(33 k), modulo 2^528.
//
// Range:   chunks are unsigned here, SUM_CHUNK = 48 bits each: add pc_fq_pkg::zero_bias before subtracting.
// Timing:  latency pc_fq_pkg::NORM_LATENCY = 3: what exceeds a chunk goes to its neighbour, which leaves at most one carry
//          a chunk; carries by parallel prefix (5 LUT levels); increments of 33 bits.
// Reset:   none.
// Test:    tests/rtl/fq_mul_test.cpp (through pc_fq_mul).
module pc_chunk_norm (
  input  logic                                                clk_i,
  input  logic [pc_fq_pkg::NUM_CHUNKS*pc_fq_pkg::SUM_CHUNK-1:0] chunks_i,
  output logic [pc_fq_pkg::EXACT_BITS-1:0]                    exact_o
);
  /* verilator no_inline_module */  // one copy of its code for all instances
  localparam int unsigned Num = pc_fq_pkg::NUM_CHUNKS;
  localparam int unsigned Bits = pc_fq_pkg::CHUNK_BITS;
  localparam int unsigned Stored = pc_fq_pkg::SUM_CHUNK;

  logic [Num-1:0] generate_carry, propagate, carry_q;
  for (genvar k = 0; k < Num; k++) begin : gen_chunk
    logic [Bits:0] sum_q;
    logic [Bits-1:0] sum_2_q;
    if (k == 0) begin : gen_first
      always_ff @(posedge clk_i) sum_q <= {1'b0, chunks_i[0+:Bits]};
    end else begin : gen_next
      always_ff @(posedge clk_i) begin
        sum_q <= {1'b0, chunks_i[k*Stored+:Bits]} + (Bits+1)'(chunks_i[(k-1)*Stored+Bits+:Stored-Bits]);
      end
    end
    assign generate_carry[k] = sum_q[Bits];
    assign propagate[k] = &sum_q[Bits-1:0];

    always_ff @(posedge clk_i) begin
      sum_2_q <= sum_q[Bits-1:0];
      exact_o[k*Bits+:Bits] <= sum_2_q + Bits'(carry_q[k]);
    end
  end

  pc_carry_prefix #(.Num(Num)) u_prefix (.clk_i, .generate_i(generate_carry), .propagate_i(propagate), .carry_o(carry_q));

  // The carries out of the topmost chunk are beyond 2^528.
  logic unused;
  assign unused = ^chunks_i[(Num-1)*Stored+Bits+:Stored-Bits];
endmodule
