// Which buckets hold a parked point: one bit per bucket and stream; a bucket is occupied when its two bits differ. Each
// stream writes its own bits only and reads both. Eight banks, by the lowest bits of the address, are cleared together.
//
// Range:   AddressBits is at least 4. While clear_i is 1, writes are ignored.
// Timing:  read_*_o is the state of the cycle in which address_*_i was given, one cycle later; a write is seen by reads
//          from the next cycle on.
// Reset:   none: the owner clears it, eight buckets a cycle: clear_address_i counts through address / 8.
// Test:    tests/rtl/park_pair_test.cpp (through pc_park_pair).
module pc_occupancy #(
  parameter int unsigned AddressBits = 12,
  localparam int unsigned BankBits = 3,
  localparam int unsigned WordBits = AddressBits - BankBits
) (
  input  logic                   clk_i,
  // Reads: bit 0 is stream a's bit, bit 1 is stream b's bit.
  input  logic [AddressBits-1:0] address_a_i,
  input  logic [AddressBits-1:0] address_b_i,
  output logic [1:0]             read_a_o,
  output logic [1:0]             read_b_o,
  input  logic                   clear_i,
  input  logic [WordBits-1:0]    clear_address_i,
  input  logic                   write_a_i,
  input  logic [AddressBits-1:0] write_address_a_i,
  input  logic                   write_bit_a_i,
  input  logic                   write_b_i,
  input  logic [AddressBits-1:0] write_address_b_i,
  input  logic                   write_bit_b_i
);
  if (AddressBits < 4) $fatal(1, "pc_occupancy: AddressBits: expected at least 4, found %0d", AddressBits);
  localparam int unsigned NumBanks = 2**BankBits;
  logic [BankBits-1:0] bank_a_q, bank_b_q;
  logic [WordBits-1:0] read_word_a, read_word_b, word_a, word_b;
  logic bit_a, bit_b;
  always_ff @(posedge clk_i) begin
    bank_a_q <= address_a_i[BankBits-1:0];
    bank_b_q <= address_b_i[BankBits-1:0];
  end
  assign read_word_a = address_a_i[AddressBits-1:BankBits];
  assign read_word_b = address_b_i[AddressBits-1:BankBits];
  assign word_a = clear_i ? clear_address_i : write_address_a_i[AddressBits-1:BankBits];
  assign word_b = clear_i ? clear_address_i : write_address_b_i[AddressBits-1:BankBits];
  assign bit_a = ~clear_i & write_bit_a_i;
  assign bit_b = ~clear_i & write_bit_b_i;

  logic [1:0] reads_a [NumBanks];
  logic [1:0] reads_b [NumBanks];
  for (genvar n = 0; n < NumBanks; n++) begin : gen_bank
    // Two copies of each stream's bits: a memory block has one read port beside its write port.
    logic bits_a_for_a_q [2**WordBits];
    logic bits_a_for_b_q [2**WordBits];
    logic bits_b_for_a_q [2**WordBits];
    logic bits_b_for_b_q [2**WordBits];
    logic write_a, write_b;
    logic [1:0] read_a_q, read_b_q;
    assign write_a = clear_i | (write_a_i & (write_address_a_i[BankBits-1:0] == BankBits'(n)));
    assign write_b = clear_i | (write_b_i & (write_address_b_i[BankBits-1:0] == BankBits'(n)));
    always_ff @(posedge clk_i) begin
      read_a_q <= {bits_b_for_a_q[read_word_a], bits_a_for_a_q[read_word_a]};
      read_b_q <= {bits_b_for_b_q[read_word_b], bits_a_for_b_q[read_word_b]};
      if (write_a) begin
        bits_a_for_a_q[word_a] <= bit_a;
        bits_a_for_b_q[word_a] <= bit_a;
      end
      if (write_b) begin
        bits_b_for_a_q[word_b] <= bit_b;
        bits_b_for_b_q[word_b] <= bit_b;
      end
    end
    assign reads_a[n] = read_a_q;
    assign reads_b[n] = read_b_q;
  end
  assign read_a_o = reads_a[bank_a_q];
  assign read_b_o = reads_b[bank_b_q];
endmodule
