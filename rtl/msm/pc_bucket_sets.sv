// Memory of buckets in sets, with a bit for each that says whether it is occupied. A set has two ports of its own, so that a
// fold reads two buckets of one set while an item and a sum use another.
//
// Streams: a (items), b (sums), folds: an even bucket through the ports of stream a, an odd one through those of stream b,
//          both of the same set. Stage 0 looks up, stage 2 accesses the memory and writes the bits.
// Range:   an address is set and row, set on top; rows are below Words. A fold enters stage 0 only in cycles in which
//          neither a nor b has that set in stage 0, and streams move on in every cycle, so that stage 2 has no conflict
//          either (both asserted).
// Timing:  look_*_o are the two bits of a bucket, one cycle after its address (pc_occupancy); read_*_o follow their stage 2
//          after RamLatency cycles, from 1. From 2 on, the last of them is for the choice of the set.
// Reset:   none: the owner clears the bits, eight buckets of each set a cycle.
// Test:    tests/rtl/park_pair_test.cpp, tests/rtl/bucket_unit_test.cpp (through pc_park_pair).
module pc_bucket_sets #(
  parameter int unsigned NumSets = 1,
  parameter int unsigned AddressBits = 12,
  parameter int unsigned Words = 2**AddressBits,
  parameter int unsigned PayloadBits = 768,
  parameter int unsigned RamLatency = 3,
  localparam int unsigned RowBits = AddressBits - $clog2(NumSets)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  input  logic [RowBits-4:0]     clear_address_i,
  // Stage 0.
  input  logic [AddressBits-1:0] look_a_address_i,
  input  logic [AddressBits-1:0] look_b_address_i,
  input  logic                   look_fold_i,
  input  logic [AddressBits-1:0] look_even_address_i,
  input  logic [AddressBits-1:0] look_odd_address_i,
  output logic [1:0]             look_a_o,
  output logic [1:0]             look_b_o,
  output logic [1:0]             look_even_o,
  output logic [1:0]             look_odd_o,
  // Stage 2: accesses, each with whether it writes the bucket, and whether it writes its bit.
  input  logic                   enable_a_i,
  input  logic                   write_a_i,
  input  logic                   flip_a_i,
  input  logic                   bit_a_i,
  input  logic [AddressBits-1:0] address_a_i,
  input  logic [PayloadBits-1:0] payload_a_i,
  input  logic                   enable_b_i,
  input  logic                   write_b_i,
  input  logic                   flip_b_i,
  input  logic                   bit_b_i,
  input  logic [AddressBits-1:0] address_b_i,
  input  logic [PayloadBits-1:0] payload_b_i,
  input  logic                   fold_i,
  input  logic                   take_even_i,
  input  logic                   bit_even_i,
  input  logic [AddressBits-1:0] even_address_i,
  input  logic                   take_odd_i,
  input  logic                   bit_odd_i,
  input  logic [AddressBits-1:0] odd_address_i,
  output logic [PayloadBits-1:0] read_a_o,
  output logic [PayloadBits-1:0] read_b_o,
  output logic [PayloadBits-1:0] read_even_o,
  output logic [PayloadBits-1:0] read_odd_o
);
  if (NumSets == 0) $fatal(1, "pc_bucket_sets: NumSets: expected at least 1, found %0d", NumSets);
  if (Words == 0 || Words > 2**RowBits) $fatal(1, "pc_bucket_sets: Words: expected 1 to 2^RowBits, found %0d", Words);
  if (RamLatency == 0) $fatal(1, "pc_bucket_sets: RamLatency: expected at least 1, found %0d", RamLatency);
  localparam int unsigned SetBits = (NumSets > 1) ? $clog2(NumSets) : 1;
  localparam int unsigned MemoryLatency = (RamLatency > 1) ? RamLatency - 1 : 1;
  function automatic logic [SetBits-1:0] set_of(logic [AddressBits-1:0] address);
    set_of = SetBits'({1'b0, address} >> RowBits);  // one set: by all bits
  endfunction

  logic [1:0] looks_a [NumSets];
  logic [1:0] looks_b [NumSets];
  logic [PayloadBits-1:0] reads_a [NumSets];
  logic [PayloadBits-1:0] reads_b [NumSets];
  for (genvar s = 0; s < NumSets; s++) begin : gen_set
    logic looks_fold, folds, a_here, b_here;
    assign looks_fold = look_fold_i & (set_of(look_even_address_i) == SetBits'(s));
    assign folds = fold_i & (set_of(even_address_i) == SetBits'(s));
    assign a_here = set_of(address_a_i) == SetBits'(s);
    assign b_here = set_of(address_b_i) == SetBits'(s);
    logic [RowBits-1:0] row_a, row_b;
    assign row_a = folds ? even_address_i[RowBits-1:0] : address_a_i[RowBits-1:0];
    assign row_b = folds ? odd_address_i[RowBits-1:0] : address_b_i[RowBits-1:0];
    pc_occupancy #(.AddressBits(RowBits)) u_occupancy (
      .clk_i,
      .address_a_i(looks_fold ? look_even_address_i[RowBits-1:0] : look_a_address_i[RowBits-1:0]),
      .address_b_i(looks_fold ? look_odd_address_i[RowBits-1:0] : look_b_address_i[RowBits-1:0]),
      .read_a_o(looks_a[s]), .read_b_o(looks_b[s]),
      .clear_i, .clear_address_i,
      .write_a_i(folds ? take_even_i : flip_a_i & a_here), .write_address_a_i(row_a),
      .write_bit_a_i(folds ? bit_even_i : bit_a_i),
      .write_b_i(folds ? take_odd_i : flip_b_i & b_here), .write_address_b_i(row_b),
      .write_bit_b_i(folds ? bit_odd_i : bit_b_i)
    );
    pc_ram_2rw #(.Width(PayloadBits), .AddressBits(RowBits), .Words(Words), .ReadLatency(MemoryLatency)) u_ram (
      .clk_i, .rst_ni,
      .enable_a_i(folds ? take_even_i : enable_a_i & a_here), .write_a_i(write_a_i & ~folds),
      .address_a_i(row_a), .data_a_i(payload_a_i), .read_a_o(reads_a[s]),
      .enable_b_i(folds ? take_odd_i : enable_b_i & b_here), .write_b_i(write_b_i & ~folds),
      .address_b_i(row_b), .data_b_i(payload_b_i), .read_b_o(reads_b[s])
    );
  end

  // ---- which set answers whom ----
  logic [SetBits-1:0] look_a_q, look_b_q, look_fold_q, read_a, read_b, read_fold;
  always_ff @(posedge clk_i) begin
    look_a_q <= set_of(look_a_address_i);
    look_b_q <= set_of(look_b_address_i);
    look_fold_q <= set_of(look_even_address_i);
  end
  assign look_a_o = looks_a[look_a_q];
  assign look_b_o = looks_b[look_b_q];
  assign look_even_o = looks_a[look_fold_q];
  assign look_odd_o = looks_b[look_fold_q];
  pc_delay #(.Width(3 * SetBits), .Depth(MemoryLatency)) u_sets (
    .clk_i, .rst_ni, .data_i({set_of(address_a_i), set_of(address_b_i), set_of(even_address_i)}),
    .data_o({read_a, read_b, read_fold})
  );
  pc_delay #(.Width(4 * PayloadBits), .Depth(RamLatency - MemoryLatency)) u_choice (
    .clk_i, .rst_ni, .data_i({reads_a[read_a], reads_b[read_b], reads_a[read_fold], reads_b[read_fold]}),
    .data_o({read_a_o, read_b_o, read_even_o, read_odd_o})
  );
  if (NumSets > 1) begin : gen_unused
    logic unused;
    assign unused = ^{look_odd_address_i[AddressBits-1:RowBits], odd_address_i[AddressBits-1:RowBits]};
  end
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni && !clear_i && fold_i) begin
      assert (set_of(even_address_i) == set_of(odd_address_i)) else $error("pc_bucket_sets: a fold of two sets");
      assert (!((enable_a_i || flip_a_i) && set_of(address_a_i) == set_of(even_address_i)) &&
              !((enable_b_i || flip_b_i) && set_of(address_b_i) == set_of(even_address_i)))
      else $error("pc_bucket_sets: set %0d has a fold and another access", set_of(even_address_i));
    end
  end
`endif
endmodule
