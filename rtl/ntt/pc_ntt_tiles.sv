// Walks over a job's tiles: passes, in them transforms of the batch, in them tiles.
//
// Timing:  the first tile in the cycle after start_i, the next in the cycle after next_i.
// Reset:   rst_ni ends the walk.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_tiles (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,
  input  logic        next_i,
  input  logic        inverse_i,
  input  logic        two_pass_i,
  input  logic [23:0] batch_i,
  input  logic [23:0] num_column_tiles_i,
  input  logic [23:0] num_row_tiles_i,
  output logic        active_o,
  output logic        second_o,   // the second of two passes
  output logic        columns_o,  // a pass by columns
  output logic        buffer_o,   // which buffer of the lanes the tile is in
  output logic [23:0] batch_o,
  output logic [23:0] tile_o
);
  logic [23:0] num_tiles;
  logic last_tile, last_batch;
  assign columns_o = two_pass_i & (second_o == inverse_i);
  assign num_tiles = columns_o ? num_column_tiles_i : num_row_tiles_i;
  assign last_tile = tile_o + 24'd1 == num_tiles;
  assign last_batch = !two_pass_i || batch_o + 24'd1 == batch_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_o <= 1'b0;
    end else if (start_i) begin
      active_o <= 1'b1;
      second_o <= 1'b0;
      buffer_o <= 1'b0;
      batch_o <= '0;
      tile_o <= '0;
    end else if (next_i) begin
      buffer_o <= ~buffer_o;
      tile_o <= last_tile ? '0 : tile_o + 24'd1;
      if (last_tile) begin
        batch_o <= last_batch ? '0 : batch_o + 24'd1;
        if (last_batch) begin
          second_o <= 1'b1;
          active_o <= two_pass_i & ~second_o;
        end
      end
    end
  end
endmodule
