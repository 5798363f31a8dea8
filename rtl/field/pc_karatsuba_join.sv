// Karatsuba's recombination, chunk by chunk: with h = 2^(33 HalfChunks),
//   out = lo + (sum - lo - hi) * h + hi * h^2,   where lo = a0 b0, hi = a1 b1, sum = (a0 + a1)(b0 + b1).
//
// Shape:   inputs have 2 HalfChunks chunks of InBits signed bits, out has 4 HalfChunks chunks of InBits + 2.
// Range:   |input chunk| < 2^(InBits - 1) - 1; no output chunk overflows.
// Timing:  latency pc_fq_pkg::JOIN_LATENCY = 2; no carry leaves its chunk.
// Reset:   none.
// Test:    tests/rtl/fq_mul_test.cpp (through pc_fq_mul).
module pc_karatsuba_join #(
  parameter int unsigned HalfChunks = 2,
  parameter int unsigned InBits = 39
) (
  input  logic                                clk_i,
  input  logic [2*HalfChunks*InBits-1:0]      lo_i,
  input  logic [2*HalfChunks*InBits-1:0]      hi_i,
  input  logic [2*HalfChunks*InBits-1:0]      sum_i,
  output logic [4*HalfChunks*(InBits+2)-1:0]  out_o
);
  if (HalfChunks == 0) $fatal(1, "pc_karatsuba_join: HalfChunks: expected at least 1, found %0d", HalfChunks);
  if (InBits < 2) $fatal(1, "pc_karatsuba_join: InBits: expected at least 2, found %0d", InBits);
  localparam int unsigned OutBits = InBits + 2;
  for (genvar k = 0; k < HalfChunks; k++) begin : gen_chunk
    logic signed [InBits-1:0] lo_l, lo_h, hi_l, hi_h, sum_l, sum_h;
    assign lo_l = lo_i[k*InBits+:InBits];
    assign lo_h = lo_i[(k+HalfChunks)*InBits+:InBits];
    assign hi_l = hi_i[k*InBits+:InBits];
    assign hi_h = hi_i[(k+HalfChunks)*InBits+:InBits];
    assign sum_l = sum_i[k*InBits+:InBits];
    assign sum_h = sum_i[(k+HalfChunks)*InBits+:InBits];

    logic signed [OutBits-1:0] inner_q, low_q, high_q, out0_q, out1_q, out2_q, out3_q;
    logic signed [InBits-1:0] lo_l_q, hi_h_q;
    always_ff @(posedge clk_i) begin
      inner_q <= OutBits'(lo_h) - OutBits'(hi_l);
      low_q <= OutBits'(sum_l) - OutBits'(lo_l);
      high_q <= OutBits'(sum_h) - OutBits'(hi_h);
      lo_l_q <= lo_l;
      hi_h_q <= hi_h;
      out0_q <= OutBits'(lo_l_q);
      out1_q <= low_q + inner_q;
      out2_q <= high_q - inner_q;
      out3_q <= OutBits'(hi_h_q);
    end
    assign out_o[k*OutBits+:OutBits] = out0_q;
    assign out_o[(k+HalfChunks)*OutBits+:OutBits] = out1_q;
    assign out_o[(k+2*HalfChunks)*OutBits+:OutBits] = out2_q;
    assign out_o[(k+3*HalfChunks)*OutBits+:OutBits] = out3_q;
  end
endmodule
