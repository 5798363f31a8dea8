// pc_park_pair for RAM latencies 1 to 6, two each with one, two and four sets, and each with a stand-in for the adder:
// payloads are numbers, and a sum takes AddLatency cycles. For tests/rtl/park_pair_test.cpp.
module park_pair_bench #(
  parameter int unsigned AddressBits = 12,
  parameter int unsigned QueueDepth = 256,
  parameter int unsigned AddLatency = 158,
  localparam int unsigned Num = 6
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic [Num-1:0]             in_valid_i,
  output logic [Num-1:0]             in_ready_o,
  input  logic [Num-1:0]             in_take_i,
  input  logic [Num*16-1:0]          in_address_i,
  input  logic [Num*64-1:0]          in_payload_i,
  output logic [Num-1:0]             take_valid_o,
  output logic [Num-1:0]             take_occupied_o,
  output logic [Num*64-1:0]          take_payload_o,
  output logic [Num*4-1:0]           idle_o,
  output logic [Num-1:0]             issue_valid_o
);
  logic [Num-1:0] unused;
  for (genvar n = 0; n < Num; n++) begin : gen_latency
    logic issue_valid, sum_valid;
    logic [AddressBits-1:0] issue_address, sum_address;
    logic [63:0] issue_a, issue_b, sum;
    pc_park_pair #(
      .AddressBits(AddressBits), .NumSets(1 << (n / 2)), .ContextBits(2), .PayloadBits(64), .RamLatency(n + 1),
      .QueueDepth(QueueDepth), .DrainCycles(AddLatency + 8)
    ) u_park_pair (
      .clk_i, .rst_ni,
      .in_valid_i(in_valid_i[n]), .in_ready_o(in_ready_o[n]), .in_take_i(in_take_i[n]),
      .fold_valid_i(1'b0), .fold_ready_o(), .fold_even_i(1'b0), .fold_sum_i(1'b0), .fold_even_address_i('0),
      .fold_odd_address_i('0), .fold_to_i('0), .fold_level_i('0),
      .odd_valid_o(), .odd_context_o(), .odd_level_o(), .odd_payload_o(),
      .narrow_i(1'b0), .urgent_o(), .wants_o(), .hold_i(1'b0), .wants_fold_o(), .hold_fold_i(1'b1), .sweeping_o(),
      .in_address_i(in_address_i[16*n+:AddressBits]), .in_payload_i(in_payload_i[64*n+:64]),
      .take_valid_o(take_valid_o[n]), .take_occupied_o(take_occupied_o[n]), .take_payload_o(take_payload_o[64*n+:64]),
      .issue_valid_o(issue_valid), .issue_address_o(issue_address), .issue_a_o(issue_a), .issue_b_o(issue_b),
      .sum_valid_i(sum_valid), .sum_address_i(sum_address), .sum_payload_i(sum), .idle_o(idle_o[4*n+:4])
    );
    assign issue_valid_o[n] = issue_valid;
    pc_delay #(.Width(1 + AddressBits + 64), .Depth(AddLatency)) u_adder (
      .clk_i, .rst_ni,
      .data_i({issue_valid, issue_address, issue_a + issue_b}), .data_o({sum_valid, sum_address, sum})
    );
    assign unused[n] = ^in_address_i[16*n+AddressBits+:16-AddressBits];
  end
endmodule
