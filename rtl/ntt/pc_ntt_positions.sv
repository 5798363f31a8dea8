// Where the words of a tile, in memory order, are in the lanes.
//
// Method:  a word's number has the fields {high, group, low} of {bits of the index, transform of the lane, low_bits_i bits of the
//          index}; its address in a lane is {group, index}, with the index's bits_i low bits reversed where the sides' orders
//          differ.
// Timing:  latency 2, a word a cycle. valid_i is delayed along.
// Reset:   rst_ni clears valid_o.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_positions #(
  parameter int unsigned AddressBits = 13
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   valid_i,
  input  logic [AddressBits-1:0] number_i,
  input  logic                   reverse_i,
  input  logic [3:0]             bits_i,
  input  logic [3:0]             width_i,
  input  logic [3:0]             group_i,
  input  logic [3:0]             low_bits_i,
  output logic                   valid_o,
  output logic [AddressBits-1:0] address_o
);
  localparam logic [AddressBits-1:0] One = AddressBits'(1);
  logic [AddressBits-1:0] index, group, index_q, group_q, reversed, mask;
  assign index = ((number_i >> ({1'b0, low_bits_i} + {1'b0, group_i})) << low_bits_i) | (number_i & ((One << low_bits_i) - One));
  assign group = (number_i >> low_bits_i) & ((One << group_i) - One);
  for (genvar k = 0; k < AddressBits; k++) begin : gen_reversed
    assign reversed[k] = index_q[AddressBits-1-k];
  end
  assign mask = (One << bits_i) - One;
  logic valid_q;
  always_ff @(posedge clk_i) begin
    index_q <= index;
    group_q <= group;
    address_o <= (group_q << width_i)
               | (reverse_i ? (reversed >> (4'(AddressBits) - bits_i)) | (index_q & ~mask) : index_q);
    if (!rst_ni) begin
      valid_q <= 1'b0;
      valid_o <= 1'b0;
    end else begin
      valid_q <= valid_i;
      valid_o <= valid_q;
    end
  end
endmodule
