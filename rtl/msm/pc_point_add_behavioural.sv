// Behavioural body of pc_point_add: the formulas of pc_point_first and pc_point_second, combinational. For simulation.
//
// Timing:  combinational; sum_o is 0 while valid_i is 0.
// Reset:   none.
// Test:    tests/rtl/point_add_test.cpp.
module pc_point_add_behavioural (
  input  logic         valid_i,
  input  logic [767:0] a_i,
  input  logic [767:0] b_i,
  output logic [767:0] sum_o
);
  localparam int unsigned Bits = pc_fq_pkg::EXACT_BITS;
  typedef logic [Bits-1:0] wide_t;
  localparam wide_t PSquared = wide_t'(pc_fq_pkg::P) * wide_t'(pc_fq_pkg::P);

  function automatic logic [255:0] top_reduce(logic [257:0] value);
    top_reduce = value[255:0] - 256'(pc_fq_pkg::top_multiple(value[257:253]));
  endfunction

  wide_t x1, y1, z1, x2, y2, z2, s, u, v, w, m, n;
  logic [255:0] x, y, z;
  always_comb begin
    {z1, y1, x1} = {wide_t'(a_i[512+:256]), wide_t'(a_i[256+:256]), wide_t'(a_i[0+:256])};
    {z2, y2, x2} = {wide_t'(b_i[512+:256]), wide_t'(b_i[256+:256]), wide_t'(b_i[0+:256])};
    s = wide_t'(pc_fq_pkg::redc(wide_t'(3) * (x1 * x2)));
    u = wide_t'(pc_fq_pkg::redc(x1 * y2 + x2 * y1));
    v = wide_t'(pc_fq_pkg::redc(y1 * z2 + y2 * z1));
    w = wide_t'(pc_fq_pkg::redc(wide_t'(9) * (x1 * z2 + x2 * z1)));
    m = wide_t'(pc_fq_pkg::redc(y1 * y2 + wide_t'(26) * PSquared - wide_t'(9) * (z1 * z2)));
    n = wide_t'(pc_fq_pkg::redc(y1 * y2 + wide_t'(9) * (z1 * z2)));
    x = top_reduce(pc_fq_pkg::redc(u * m + wide_t'(23) * PSquared - v * w));
    y = top_reduce(pc_fq_pkg::redc(m * n + w * s));
    z = top_reduce(pc_fq_pkg::redc(n * v + s * u));
  end
  assign sum_o = valid_i ? {z, y, x} : '0;
endmodule
