// Sum or difference of chunk vectors: out = a * 2^AShift + b * 2^BShift, or minus, chunk by chunk.
//
// Range:   chunks are signed; the caller picks OutBits so that no chunk overflows.
// Timing:  latency 1; no carry leaves its chunk.
// Reset:   none.
// Test:    tests/rtl/point_add_test.cpp (through pc_point_add).
module pc_chunk_add #(
  parameter int unsigned Num = pc_fq_pkg::NUM_CHUNKS,
  parameter int unsigned ABits = 48,
  parameter int unsigned BBits = 48,
  parameter int unsigned OutBits = 48,
  parameter int unsigned AShift = 0,
  parameter int unsigned BShift = 0,
  parameter bit Subtract = 1'b0
) (
  input  logic                   clk_i,
  input  logic [Num*ABits-1:0]   a_i,
  input  logic [Num*BBits-1:0]   b_i,
  output logic [Num*OutBits-1:0] out_o
);
  if (OutBits < ABits || OutBits < BBits)
    $fatal(1, "pc_chunk_add: OutBits: expected as many as those of the operands, found %0d", OutBits);
  for (genvar k = 0; k < Num; k++) begin : gen_chunk
    logic signed [ABits-1:0] a;
    logic signed [BBits-1:0] b;
    logic signed [OutBits-1:0] out_q;
    assign a = a_i[k*ABits+:ABits];
    assign b = b_i[k*BBits+:BBits];
    if (Subtract) begin : gen_difference
      always_ff @(posedge clk_i) out_q <= (OutBits'(a) <<< AShift) - (OutBits'(b) <<< BShift);
    end else begin : gen_sum
      always_ff @(posedge clk_i) out_q <= (OutBits'(a) <<< AShift) + (OutBits'(b) <<< BShift);
    end
    assign out_o[k*OutBits+:OutBits] = out_q;
  end
endmodule
