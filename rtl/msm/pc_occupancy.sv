// Which buckets hold a parked point: one bit per bucket and stream; a bucket is occupied when its two bits differ. Each
// stream writes its own bits only and reads both.
//
// Timing:  read_*_o is the state of the cycle in which address_*_i was given, one cycle later; a write is seen by reads
//          from the next cycle on.
// Reset:   none: the owner sweeps it by writing 0 through both ports.
// Test:    tests/rtl/park_pair_test.cpp (through pc_park_pair).
module pc_occupancy #(
  parameter int unsigned AddressBits = 12
) (
  input  logic                   clk_i,
  // Reads: bit 0 is stream a's bit, bit 1 is stream b's bit.
  input  logic [AddressBits-1:0] address_a_i,
  input  logic [AddressBits-1:0] address_b_i,
  output logic [1:0]             read_a_o,
  output logic [1:0]             read_b_o,
  input  logic                   write_a_i,
  input  logic [AddressBits-1:0] write_address_a_i,
  input  logic                   write_bit_a_i,
  input  logic                   write_b_i,
  input  logic [AddressBits-1:0] write_address_b_i,
  input  logic                   write_bit_b_i
);
  // Two copies of each stream's bits: a memory block has one read port beside its write port.
  logic bits_a_for_a_q [2**AddressBits];
  logic bits_a_for_b_q [2**AddressBits];
  logic bits_b_for_a_q [2**AddressBits];
  logic bits_b_for_b_q [2**AddressBits];
  always_ff @(posedge clk_i) begin
    read_a_o <= {bits_b_for_a_q[address_a_i], bits_a_for_a_q[address_a_i]};
    read_b_o <= {bits_b_for_b_q[address_b_i], bits_a_for_b_q[address_b_i]};
    if (write_a_i) begin
      bits_a_for_a_q[write_address_a_i] <= write_bit_a_i;
      bits_a_for_b_q[write_address_a_i] <= write_bit_a_i;
    end
    if (write_b_i) begin
      bits_b_for_a_q[write_address_b_i] <= write_bit_b_i;
      bits_b_for_b_q[write_address_b_i] <= write_bit_b_i;
    end
  end
endmodule
