// Takes a point's coordinates from [0, p + 2^253) into [0, p).
//
// Timing:  one point at a time: 7 cycles from valid_i to valid_o, ready/valid; outputs are held while !ready_i.
// Reset:   rst_ni drops what is inside.
// Test:    tests/rtl/msm_core_test.cpp.
module pc_canonical #(
  parameter int unsigned TagBits = 5
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               valid_i,
  output logic               ready_o,
  input  logic [TagBits-1:0] tag_i,
  input  logic [767:0]       point_i,
  output logic               valid_o,
  input  logic               ready_i,
  output logic [TagBits-1:0] tag_o,
  output logic [767:0]       point_o
);
  if (TagBits == 0) $fatal(1, "pc_canonical: TagBits: expected at least 1, found %0d", TagBits);
  localparam int unsigned Latency = pc_fq_pkg::WIDE_ADD_LATENCY;
  // Coordinates go through one subtractor, from the lowest on; point_q turns by one coordinate as each comes out.
  localparam int unsigned Steps = Latency + 3;
  logic [2:0] step_q;
  logic busy_q, comes_back;
  logic [767:0] point_q;
  logic [255:0] coordinate;
  logic [256:0] difference;
  assign comes_back = step_q >= 3'(Latency);
  always_comb begin
    case (step_q)
      3'd0: coordinate = point_q[255:0];
      3'd1: coordinate = point_q[511:256];
      default: coordinate = point_q[767:512];
    endcase
  end
  pc_wide_add #(.Width(257), .CarryIn(1'b1)) u_subtract (
    .clk_i, .a_i({1'b0, coordinate}), .b_i(~257'(pc_fq_pkg::P)), .sum_o(difference)
  );
  assign ready_o = ~busy_q & ~valid_o;
  always_ff @(posedge clk_i) begin
    if (valid_i && ready_o) begin
      tag_o <= tag_i;
      point_q <= point_i;
    end else if (busy_q && comes_back) begin
      point_q <= {difference[256] ? point_q[255:0] : difference[255:0], point_q[767:256]};
    end
    if (!rst_ni) begin
      busy_q <= 1'b0;
      valid_o <= 1'b0;
      step_q <= '0;
    end else begin
      if (valid_i && ready_o) busy_q <= 1'b1;
      else if (step_q == 3'(Steps - 1)) busy_q <= 1'b0;
      step_q <= busy_q ? step_q + 1'b1 : '0;
      if (busy_q && step_q == 3'(Steps - 1)) valid_o <= 1'b1;
      else if (ready_i) valid_o <= 1'b0;
    end
  end
  assign point_o = point_q;
endmodule
