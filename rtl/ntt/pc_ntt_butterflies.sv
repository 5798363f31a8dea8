// Drives the lanes' butterflies through the levels of tiles: addresses, twiddles, and when all of it is written back.
//
// Method:  level s of a forward transform pairs the addresses that differ in bit t - 1 - s, in order; inverse transforms go the
//          other way. In that order a level may start as soon as a quarter of its length is longer than the pipeline, without
//          waiting for the level before; a shorter one waits the difference. Twiddle b of level s is entry b of the table, and
//          its inverse minus the entry whose bits below b's highest are flipped.
// Timing:  a butterfly a cycle. table_address_o comes with issue_o, rho_address_o 3 cycles later; the others as pc_ntt_lane wants
//          them. next_o with a tile's last issue, done_o after its last write.
// Reset:   rst_ni forgets everything on its way.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_butterflies #(
  parameter int unsigned AddressBits = 13,
  parameter int unsigned MulLatency = 12,
  parameter int unsigned SumsLatency = 5
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   go_i,
  output logic                   next_o,
  output logic                   done_o,
  input  logic                   inverse_i,
  input  logic                   own_rho_i,  // transforms of a lane have constants of their own
  input  logic [3:0]             bits_i,
  input  logic [3:0]             width_i,
  input  logic [3:0]             group_i,
  input  logic                   buffer_i,
  output logic                   issue_o,
  output logic [AddressBits-2:0] table_address_o,
  output logic [6:0]             rho_address_o,
  output logic                   read_o,
  output logic                   read_buffer_o,
  output logic [AddressBits-1:0] read_x_o,
  output logic [AddressBits-1:0] read_y_o,
  output logic                   x_buffer_o,
  output logic                   x_bank_o,
  output logic                   negate_o,
  output logic                   write_bank_o,
  output logic                   write_o,
  output logic                   write_buffer_o,
  output logic [AddressBits-1:0] write_x_o,
  output logic [AddressBits-1:0] write_y_o
);
  if (SumsLatency > MulLatency)
    $fatal(1, "pc_ntt_butterflies: SumsLatency: expected at most MulLatency, found %0d", SumsLatency);
  localparam int unsigned ReadInverse = 1 + MulLatency - SumsLatency;  // from issue_o to the read
  localparam int unsigned Written = 4 + MulLatency + SumsLatency;      // from the read to the write
  localparam int unsigned CountBits = AddressBits + 1;
  localparam logic [AddressBits-1:0] One = AddressBits'(1);

  // ---- what all tiles of a pass share: it changes long before a pass begins, and late enough for its last pairs ----
  logic [3:0] bits_q, length_bits_q, width_q, width_2_q, width_3_q;
  logic [AddressBits-1:0] last_pair_number_q;
  logic [CountBits-1:0] wait_for_q;
  logic own_q, own_2_q, own_3_q, none_q;
  always_ff @(posedge clk_i) begin
    bits_q <= bits_i;
    none_q <= bits_i == '0;
    length_bits_q <= width_i + group_i;
    last_pair_number_q <= AddressBits'((AddressBits+1)'(1) << length_bits_q >> 1) - One;
    wait_for_q <= CountBits'((AddressBits+1)'(1) << length_bits_q >> 2) + CountBits'(Written + 1);
    {width_q, width_2_q, width_3_q} <= {width_i, width_q, width_2_q};
    {own_q, own_2_q, own_3_q} <= {own_rho_i, own_q, own_2_q};
  end

  // ---- levels and pairs ----
  logic [3:0] level_q, index_q, place_q, first_index, first_place;  // place: of the bit in which a pair's addresses differ
  logic [AddressBits-1:0] pair_q;
  logic [CountBits-1:0] waited_q;
  logic paired_q, waits_q, last_level_q, active, last_pair, level_over;
  assign first_index = inverse_i ? bits_q - 4'd1 : 4'd0;
  assign first_place = inverse_i ? 4'd0 : bits_q - 4'd1;
  assign active = go_i & ~none_q & ~paired_q;
  assign last_pair = pair_q == last_pair_number_q;
  // The level's last cycle: all pairs are issued, and the next level's reads will find what this one writes. A level
  // that is followed by another is longer than the cycle that the flags take.
  assign level_over = go_i & ~none_q & (paired_q | last_pair) & (last_level_q | ~waits_q);
  assign next_o = go_i & (none_q | (level_over & last_level_q));
  always_ff @(posedge clk_i) begin
    if (!rst_ni || level_over) begin
      pair_q <= '0;
      waited_q <= '0;
      paired_q <= 1'b0;
      waits_q <= 1'b1;
      last_level_q <= 1'b0;
    end else if (go_i) begin
      pair_q <= pair_q + AddressBits'(active);
      waited_q <= waited_q + 1'b1;
      paired_q <= paired_q | (active & last_pair);
      waits_q <= waited_q + CountBits'(2) < wait_for_q;
      last_level_q <= level_q == bits_q - 4'd1;
    end
    if (!rst_ni || (level_over && last_level_q) || (!go_i && level_q == '0)) begin
      level_q <= '0;
      index_q <= first_index;
      place_q <= first_place;
    end else if (level_over) begin
      level_q <= level_q + 4'd1;
      index_q <= inverse_i ? index_q - 4'd1 : index_q + 4'd1;
      place_q <= inverse_i ? place_q + 4'd1 : place_q - 4'd1;
    end
  end

  // ---- addresses, in three steps ----
  logic [2:0] active_q, buffers_q, ends_q;
  logic [AddressBits-1:0] number_q, above_q, low_q, x_q, y_q, block_q, smeared, entry, group, above, low_mask;
  logic [3:0] place_2_q, place_3_q, index_2_q, index_3_q, index_4_q;
  assign low_mask = (One << place_2_q) - One;
  assign above = number_q >> place_2_q;
  always_comb begin
    smeared = block_q;
    for (int unsigned k = 1; k < AddressBits; k = 2 * k) smeared = smeared | (smeared >> k);
  end
  assign entry = inverse_i ? block_q ^ (smeared >> 1) : block_q;
  assign group = own_3_q ? x_q >> width_3_q : '0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= '0;
      ends_q <= '0;
    end else begin
      active_q <= {active_q[1:0], active};
      ends_q <= {ends_q[1:0], next_o};
    end
    buffers_q <= {buffers_q[1:0], buffer_i};
    {number_q, place_2_q, index_2_q} <= {pair_q, place_q, index_q};
    {above_q, low_q, place_3_q, index_3_q} <= {above, number_q & low_mask, place_2_q, index_2_q};
    x_q <= ((above_q << place_3_q) << 1) | low_q;
    y_q <= ((above_q << place_3_q) << 1) | low_q | (One << place_3_q);
    block_q <= above_q & ((One << index_3_q) - One);
    index_4_q <= index_3_q;
  end

  // ---- issue ----
  localparam int unsigned PayloadBits = 2 * AddressBits + 2;
  logic [PayloadBits-1:0] issued_q, early, late, reading, writing;
  logic [6:0] rho_q;
  always_ff @(posedge clk_i) begin
    issue_o <= active_q[2] & rst_ni;
    table_address_o <= entry[AddressBits-2:0];
    rho_q <= {buffers_q[2], group[1:0], index_4_q};
    issued_q <= {inverse_i & (block_q != '0), buffers_q[2], y_q, x_q};
  end
  pc_delay #(.Width(7), .Depth(3)) u_rho (.clk_i, .rst_ni, .data_i(rho_q), .data_o(rho_address_o));
  pc_delay #(.Width(PayloadBits), .Depth(ReadInverse)) u_early (.clk_i, .rst_ni, .data_i(issued_q), .data_o(early));
  pc_delay #(.Width(PayloadBits), .Depth(SumsLatency)) u_late (.clk_i, .rst_ni, .data_i(early), .data_o(late));
  assign reading = inverse_i ? early : late;
  pc_delay #(.Width(PayloadBits), .Depth(Written)) u_written (.clk_i, .rst_ni, .data_i(reading), .data_o(writing));

  // What is on its way; unlike the payloads these are cleared.
  logic [ReadInverse+SumsLatency-1:0] issue_q, end_q;
  logic [Written-1:0] read_q, read_end_q;
  logic reading_end, ended_q;
  assign read_o = inverse_i ? issue_q[ReadInverse-1] : issue_q[ReadInverse+SumsLatency-1];
  assign reading_end = inverse_i ? end_q[ReadInverse-1] : end_q[ReadInverse+SumsLatency-1];
  assign write_o = read_q[Written-1];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      issue_q <= '0;
      end_q <= '0;
      read_q <= '0;
      read_end_q <= '0;
      ended_q <= 1'b0;
      done_o <= 1'b0;
    end else begin
      ended_q <= ends_q[2];
      issue_q <= {issue_q[ReadInverse+SumsLatency-2:0], issue_o};
      end_q <= {end_q[ReadInverse+SumsLatency-2:0], ended_q};
      read_q <= {read_q[Written-2:0], read_o};
      read_end_q <= {read_end_q[Written-2:0], reading_end};
      done_o <= read_end_q[Written-1];
    end
  end
  assign {read_buffer_o, read_y_o, read_x_o} = reading[PayloadBits-2:0];
  assign {write_buffer_o, write_y_o, write_x_o} = writing[PayloadBits-2:0];
  logic buffer_q, bank_q, negate_q, negate_2_q;
  always_ff @(posedge clk_i) begin
    buffer_q <= read_buffer_o;
    x_buffer_o <= buffer_q;
    bank_q <= ^read_x_o;
    x_bank_o <= bank_q;
    negate_q <= reading[PayloadBits-1];
    negate_2_q <= negate_q;
    negate_o <= negate_2_q;
  end
  pc_delay #(.Width(1), .Depth(Written - 3)) u_bank (.clk_i, .rst_ni, .data_i(x_bank_o), .data_o(write_bank_o));
  logic unused;
  assign unused = writing[PayloadBits-1] ^ entry[AddressBits-1] ^ (^group[AddressBits-1:2]);
endmodule
