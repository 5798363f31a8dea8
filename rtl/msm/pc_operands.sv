// Joins scalars with their bases, and drops those whose base is infinity.
//
// Method:  bases come in the order of the commands of pc_base_runs. With resident_i they are kept in a memory, from which
//          scalars read them as soon as they are there; otherwise each base meets its scalar, and those in gaps are dropped.
// Range:   index_i is below 2^ResidentBits with resident_i, which is constant during a job. A base is {y, x}; (0, 0) is
//          infinity. Items with end_i have no base.
// Timing:  one scalar and one base a cycle; 2 + RamLatency cycles from a scalar, 4 + RamLatency from a base to the output.
// Reset:   rst_ni; start_i forgets the bases.
// Test:    tests/rtl/msm_core_test.cpp.
module pc_operands #(
  parameter int unsigned ItemBits = 8,
  parameter int unsigned GapBits = 2,
  parameter int unsigned ResidentBits = 12,
  parameter int unsigned RamLatency = 3
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                start_i,
  input  logic                resident_i,
  input  logic [31:0]         num_points_i,
  // All resident bases are there; without resident_i always 1.
  output logic                loaded_o,
  input  logic                base_valid_i,
  output logic                base_ready_o,
  input  logic [511:0]        base_data_i,
  input  logic                valid_i,
  output logic                ready_o,
  input  logic                end_i,
  input  logic [31:0]         index_i,
  input  logic [GapBits-1:0]  gap_i,
  input  logic [ItemBits-1:0] item_i,
  output logic                valid_o,
  input  logic                ready_i,
  output logic                end_o,
  output logic [ItemBits-1:0] item_o,
  output logic [511:0]        base_o
);
  if (RamLatency == 0) $fatal(1, "pc_operands: RamLatency: expected at least 1, found %0d", RamLatency);
  // ---- bases: two registers, to find out which are infinity ----
  localparam int unsigned Pieces = 16;
  logic first_valid_q, second_valid_q, first_free, second_free, finite;
  logic [511:0] first_q, second_q;
  logic [Pieces-1:0] nonzero_q;
  assign first_free = ~first_valid_q | second_free;
  assign base_ready_o = first_free;
  assign finite = nonzero_q != '0;
  always_ff @(posedge clk_i) begin
    if (first_free) first_q <= base_data_i;
    if (second_free) begin
      second_q <= first_q;
      for (int unsigned p = 0; p < Pieces; p++) nonzero_q[p] <= first_q[32*p+:32] != '0;
    end
    if (!rst_ni) begin
      first_valid_q <= 1'b0;
      second_valid_q <= 1'b0;
    end else begin
      if (first_free) first_valid_q <= base_valid_i;
      if (second_free) second_valid_q <= first_valid_q;
    end
  end

  // ---- scalars meet bases ----
  localparam int unsigned Depth = 16;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  logic room, goes, meets, drops;
  logic [CountBits-1:0] reserved_q;
  logic [GapBits-1:0] dropped_q;
  logic [ResidentBits:0] loaded_q;
  assign loaded_o = ~resident_i | (32'(loaded_q) == num_points_i);
  assign room = reserved_q != CountBits'(Depth);
  assign meets = resident_i ? index_i < 32'(loaded_q) : second_valid_q & (dropped_q == gap_i);
  assign ready_o = room & (end_i | meets);
  assign goes = valid_i & ready_o;
  assign drops = ~resident_i & valid_i & ~end_i & second_valid_q & (dropped_q != gap_i);
  assign second_free = ~second_valid_q | resident_i | drops | (goes & ~end_i);
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_i) loaded_q <= '0;
    else if (resident_i && second_valid_q) loaded_q <= loaded_q + 1'b1;
    if (!rst_ni || goes) dropped_q <= '0;
    else if (drops) dropped_q <= dropped_q + 1'b1;
  end

  logic [512:0] resident, streamed;
  pc_ram_1r1w #(.Width(513), .AddressBits(ResidentBits), .ReadLatency(RamLatency)) u_bases (
    .clk_i, .rst_ni,
    .write_i(resident_i & second_valid_q), .write_address_i(loaded_q[ResidentBits-1:0]), .write_data_i({finite, second_q}),
    .read_i(resident_i & goes & ~end_i), .read_address_i(index_i[ResidentBits-1:0]), .read_o(resident)
  );
  logic [RamLatency-1:0] valid_q;
  logic out_end, keeps, misses, pop;
  logic [ItemBits-1:0] out_item;
  logic [512:0] base;
  pc_delay #(.Width(1 + ItemBits + 513), .Depth(RamLatency)) u_wait (
    .clk_i, .rst_ni, .data_i({end_i, item_i, finite, second_q}), .data_o({out_end, out_item, streamed})
  );
  assign base = resident_i ? resident : streamed;
  assign keeps = out_end | base[512];
  assign misses = valid_q[RamLatency-1] & ~keeps;
  assign pop = valid_o & ready_i;
  pc_fifo #(.Width(1 + ItemBits + 512), .Depth(Depth)) u_queue (
    .clk_i, .rst_ni,
    .push_i(valid_q[RamLatency-1] & keeps), .data_i({out_end, out_item, base[511:0]}),
    .valid_o, .data_o({end_o, item_o, base_o}), .pop_i(pop)
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      reserved_q <= '0;
    end else begin
      valid_q <= RamLatency'({valid_q, goes});
      reserved_q <= reserved_q + CountBits'(goes) - CountBits'(misses) - CountBits'(pop);
    end
  end
endmodule
