// Proof of pc_park_pair without folds: a bucket that is taken has the sum of all items that went there since it was taken last,
// and the assertions of the module and of its memory: no two accesses to a word at once, no queue that overflows.
//
// Payloads are added modulo 2 bit by bit: what is lost, doubled or put into another bucket changes a sum. The bucket that is
// watched is any one. The environment keeps the header's Range, and the adder takes AddLatency cycles.
module pc_park_pair_proof #(
  parameter int unsigned PayloadBits = 1,
  parameter int unsigned RamLatency = 1,
  parameter int unsigned QueueDepth = 2,
  parameter int unsigned AddLatency = 1,
  localparam int unsigned AddressBits = 4,
  localparam int unsigned ContextBits = 1
) (
  input logic                   clk_i,
  input logic                   valid_i,
  input logic                   take_i,
  input logic [AddressBits-1:0] address_i,
  input logic [PayloadBits-1:0] payload_i,
  input logic                   hold_i
);
  logic rst_n = 1'b0;
  (* anyconst *) logic [AddressBits-1:0] watched;
  logic ready, take_valid, take_occupied, issue_valid, sweeping;
  logic [PayloadBits-1:0] take_payload, issue_a, issue_b;
  logic [AddressBits-1:0] issue_address;
  logic [1:0] idle;
  localparam int unsigned SumBits = 1 + AddressBits + PayloadBits;
  logic [AddLatency*SumBits-1:0] adder_q;  // sums on their way
  logic sum_valid;
  logic [AddressBits-1:0] sum_address;
  logic [PayloadBits-1:0] sum;
  pc_park_pair #(
    .AddressBits(AddressBits), .ContextBits(ContextBits), .PayloadBits(PayloadBits), .RamLatency(RamLatency),
    .QueueDepth(QueueDepth), .FoldDepth(0), .DrainCycles(AddLatency + 2)
  ) u_park_pair (
    .clk_i, .rst_ni(rst_n), .narrow_i(1'b0), .in_valid_i(valid_i), .in_ready_o(ready), .in_take_i(take_i),
    .in_address_i(address_i), .in_payload_i(payload_i), .fold_valid_i(1'b0), .fold_ready_o(), .fold_even_i(1'b0),
    .fold_sum_i(1'b0), .fold_even_address_i('0), .fold_odd_address_i('0), .fold_to_i('0), .fold_level_i('0), .odd_valid_o(),
    .odd_context_o(), .odd_level_o(), .odd_payload_o(), .take_valid_o(take_valid), .take_occupied_o(take_occupied),
    .take_payload_o(take_payload), .urgent_o(), .wants_o(), .hold_i, .wants_fold_o(), .hold_fold_i(1'b1), .sweeping_o(sweeping),
    .issue_valid_o(issue_valid), .issue_address_o(issue_address), .issue_a_o(issue_a), .issue_b_o(issue_b),
    .sum_valid_i(sum_valid), .sum_address_i(sum_address), .sum_payload_i(sum), .idle_o(idle)
  );
  assign {sum_valid, sum_address, sum} = adder_q[(AddLatency-1)*SumBits+:SumBits];
  always_ff @(posedge clk_i) begin
    adder_q <= (AddLatency*SumBits)'({adder_q, issue_valid, issue_address, issue_a ^ issue_b});
    if (!rst_n) adder_q <= '0;
  end

  // The last three accesses by items and takes.
  logic [2:0] recent_q;
  logic [AddressBits-1:0] recent_0_q, recent_1_q, recent_2_q;
  logic accept, again;
  assign accept = valid_i & ready;
  assign again = (recent_q[0] & (recent_0_q == address_i)) | (recent_q[1] & (recent_1_q == address_i)) |
                 (recent_q[2] & (recent_2_q == address_i));
  localparam int unsigned TakeLatency = 3 + RamLatency;
  logic [TakeLatency-1:0] asked_q, occupied_q;  // takes of the watched bucket, and what they must answer
  logic [TakeLatency*PayloadBits-1:0] expected_q;
  logic filled_q;
  logic [PayloadBits-1:0] total_q;
  logic [TakeLatency-1:0] taken_q;
  always_ff @(posedge clk_i) begin
    rst_n <= 1'b1;
    recent_q <= {recent_q[1:0], accept & rst_n};
    recent_0_q <= address_i;
    recent_1_q <= recent_0_q;
    recent_2_q <= recent_1_q;
    asked_q <= {asked_q[TakeLatency-2:0], accept & take_i & (address_i == watched) & rst_n};
    taken_q <= {taken_q[TakeLatency-2:0], accept & take_i & rst_n};
    occupied_q <= {occupied_q[TakeLatency-2:0], filled_q};
    expected_q <= (TakeLatency*PayloadBits)'({expected_q, total_q});
    if (!rst_n) begin
      {filled_q, recent_q, asked_q, taken_q} <= '0;
      total_q <= '0;
    end else begin
      assume (!(accept && take_i) || (idle[address_i[3]] && !again));
      if (accept && address_i == watched) begin
        filled_q <= ~take_i;
        total_q <= take_i ? '0 : total_q ^ payload_i;
      end
      assert (take_valid == taken_q[TakeLatency-1]) else $error("pc_park_pair: takes are not answered in their turn");
      assert (!asked_q[TakeLatency-1] || take_occupied == occupied_q[TakeLatency-1])
      else $error("pc_park_pair: a bucket is not occupied as it must be");
      assert (!(asked_q[TakeLatency-1] && occupied_q[TakeLatency-1]) || take_payload == expected_q[(TakeLatency-1)*PayloadBits+:PayloadBits])
      else $error("pc_park_pair: a bucket has not the sum of its items");
      assert (!(sweeping && take_valid)) else $error("pc_park_pair: an answer while buckets are cleared");
    end
  end
endmodule
