// The lowest bit that is set: as a mask of one bit, and as an index. Both are 0 where no bit is set.
//
// Timing:  combinational.
// Reset:   none.
// Test:    tests/rtl/msm_core_test.cpp (through pc_fold and others).
module pc_lowest #(
  parameter int unsigned Width = 8,
  localparam int unsigned IndexBits = (Width > 1) ? $clog2(Width) : 1
) (
  input  logic [Width-1:0]     bits_i,
  output logic [Width-1:0]     lowest_o,
  output logic [IndexBits-1:0] index_o
);
  if (Width == 0) $fatal(1, "pc_lowest: Width: expected at least 1, found %0d", Width);
  if (Width > 8) begin : gen_carry
    assign lowest_o = bits_i & (~bits_i + 1'b1);
  end else begin : gen_direct
    always_comb begin
      for (int unsigned i = 0; i < Width; i++) lowest_o[i] = bits_i[i] & ((bits_i & Width'((32'd1 << i) - 32'd1)) == '0);
    end
  end
  always_comb begin
    index_o = '0;
    for (int unsigned i = 0; i < Width; i++) begin
      if (lowest_o[i]) index_o = index_o | IndexBits'(i);
    end
  end
endmodule
