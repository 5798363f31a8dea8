// Proof of pc_wide_add: the sum of three cycles ago, carries through all pieces. Nothing is kept longer than that, so a proof of
// five cycles is one for ever.
module pc_wide_add_proof #(
  parameter int unsigned Width = 120,
  parameter bit CarryIn = 1'b0
) (
  input logic             clk_i,
  input logic [Width-1:0] a_i,
  input logic [Width-1:0] b_i
);
  logic [Width-1:0] sum, expected_0_q, expected_1_q, expected_2_q;
  logic [2:0] filled_q = '0;
  pc_wide_add #(.Width(Width), .CarryIn(CarryIn)) u_add (.clk_i, .a_i, .b_i, .sum_o(sum));
  always_ff @(posedge clk_i) begin
    filled_q <= {filled_q[1:0], 1'b1};
    expected_0_q <= a_i + b_i + Width'(CarryIn);
    expected_1_q <= expected_0_q;
    expected_2_q <= expected_1_q;
    assert (!filled_q[2] || sum == expected_2_q) else $error("pc_wide_add: the sum is wrong");
  end
endmodule
