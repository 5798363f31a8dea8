// Tiles from memory into the lanes: places words, transposing rows, and puts zeros for rows past the batch.
//
// Timing:  a word a cycle; a tile's first word is taken only after the last one of the tile before has been written. done_o in the
//          cycle after a tile's last write. go_i = 0 holds the next tile back; it stays 1 until done_o.
// Reset:   rst_ni forgets everything.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_load #(
  parameter int unsigned LogLanes = 6,
  parameter int unsigned Bits = 64,
  parameter int unsigned AddressBits = 13,
  parameter int unsigned LogRun = 2,
  localparam int unsigned WordBits = Bits << LogLanes
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   go_i,
  output logic                   done_o,
  input  logic [23:0]            tile_i,
  input  logic                   two_pass_i,
  input  logic [31:0]            num_rows_i,
  input  logic                   transposed_i,
  input  logic                   reverse_i,
  input  logic [3:0]             bits_i,
  input  logic [3:0]             width_i,
  input  logic [3:0]             group_i,
  input  logic [3:0]             low_bits_i,
  input  logic [3:0]             run_i,
  input  logic                   valid_i,
  output logic                   ready_o,
  input  logic [WordBits-1:0]    data_i,
  output logic                   write_o,
  output logic [AddressBits-1:0] address_o,
  output logic [WordBits-1:0]    data_o
);
  localparam int unsigned Lanes = 1 << LogLanes;
  logic [AddressBits:0] taken_q, placed_q, num_words;
  logic more, missing, take, take_q, placed, transposed_valid, written_q;
  logic [31:0] row;
  logic [WordBits-1:0] word_q, transposed, placed_data, data_2_q;
  assign num_words = (AddressBits+1)'(1) << ({1'b0, width_i} + {1'b0, group_i});
  assign row = ((({8'b0, tile_i} << group_i) | (32'(taken_q) >> width_i)) << LogLanes)
             | ((32'(taken_q) >> run_i) & ((32'd1 << LogLanes) - 32'd1));
  assign missing = transposed_i & ~two_pass_i & (row >= num_rows_i);
  assign more = go_i & ~written_q & (taken_q != num_words);
  assign ready_o = more & ~missing;
  assign take = more & (missing | valid_i);
  pc_ntt_transpose #(.Lanes(Lanes), .Bits(Bits), .LogRun(LogRun)) u_transpose (
    .clk_i, .rst_ni, .run_i, .valid_i(take_q & transposed_i), .data_i(word_q),
    .valid_o(transposed_valid), .data_o(transposed)
  );
  assign placed = transposed_i ? transposed_valid : take_q;
  assign placed_data = transposed_i ? transposed : word_q;
  pc_ntt_positions #(.AddressBits(AddressBits)) u_positions (
    .clk_i, .rst_ni,
    .valid_i(placed), .number_i(placed_q[AddressBits-1:0]),
    .reverse_i, .bits_i, .width_i, .group_i, .low_bits_i,
    .valid_o(write_o), .address_o
  );
  assign done_o = written_q;
  logic last_q, last_2_q;
  always_ff @(posedge clk_i) begin
    word_q <= missing ? '0 : data_i;
    data_2_q <= placed_data;
    data_o <= data_2_q;
    if (!rst_ni) begin
      taken_q <= '0;
      placed_q <= '0;
      take_q <= 1'b0;
      last_q <= 1'b0;
      last_2_q <= 1'b0;
      written_q <= 1'b0;
    end else begin
      take_q <= take;
      last_q <= placed & (placed_q + 1'b1 == num_words);
      last_2_q <= last_q;
      written_q <= last_2_q;
      if (written_q) taken_q <= '0;
      else taken_q <= taken_q + (AddressBits+1)'(take);
      if (written_q) placed_q <= '0;
      else placed_q <= placed_q + (AddressBits+1)'(placed);
    end
  end
endmodule
