// Memory commands of tiles, in the order in which pc_ntt_positions names their words.
//
// Method:  strided, blocks and contiguous tiles are 2^c runs of equal length at equal distances; rows go in turn, 2^run_i words
//          each, those past the last row of the batch not at all.
// Timing:  a command a cycle, the first 6 cycles after its tile; next_o when a tile's last was made. tile_valid_i = 0 holds the
//          tile back.
// Reset:   rst_ni forgets the tile.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_commands #(
  parameter int unsigned LogLanes = 6,
  parameter int unsigned AddressBits = 13
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        tile_valid_i,
  output logic        next_o,
  input  logic        columns_i,
  input  logic [23:0] tile_i,
  input  logic [23:0] batch_i,
  input  logic [1:0]  layout_i,
  input  logic        reverse_row_i,
  input  logic        scratch_i,
  input  logic        two_pass_i,
  input  logic [3:0]  bits_i,
  input  logic [3:0]  width_i,
  input  logic [3:0]  group_i,
  input  logic [3:0]  run_i,
  input  logic [3:0]  column_bits_i,
  input  logic [3:0]  row_bits_i,
  input  logic [31:0] num_rows_i,
  output logic        valid_o,
  input  logic        ready_i,
  output logic        scratch_o,
  output logic [31:0] offset_o,  // in words
  output logic [15:0] beats_o
);
  localparam logic [4:0] Lanes = 5'(LogLanes);

  // ---- what a tile's commands share, a few cycles after the tile is named ----
  logic by_rows_q;
  logic [4:0] count_bits_q, run_bits_q, stride_bits_q;  // logs of the number of runs, of a run's words, of the distance
  logic [4:0] row_blocks_q, reverse_shift_q;            // logs of a row's blocks of Lanes; to align a reversed number
  logic [4:0] row_runs_q;                               // log of the runs of Lanes rows
  logic [AddressBits:0] last_count_q;
  logic [31:0] batch_offset_q, tile_offset_q, tile_rows_q, row_runs_mask_q;
  logic [4:0] bits, width, group, run, row_bits, column_bits;
  assign bits = {1'b0, bits_i};
  assign width = {1'b0, width_i};
  assign group = {1'b0, group_i};
  assign run = {1'b0, run_i};
  assign row_bits = {1'b0, row_bits_i};
  assign column_bits = {1'b0, column_bits_i};
  logic [4:0] transform_bits_q;
  always_ff @(posedge clk_i) begin
    by_rows_q <= layout_i == pc_ntt_pkg::SIDE_ROWS;
    count_bits_q <= 5'd0;
    run_bits_q <= group;
    stride_bits_q <= 5'd0;
    case (layout_i)
      pc_ntt_pkg::SIDE_STRIDED: begin
        count_bits_q <= bits;
        stride_bits_q <= (columns_i ? row_bits : column_bits) - Lanes;
      end
      pc_ntt_pkg::SIDE_BLOCKS: begin
        count_bits_q <= bits - Lanes;
        run_bits_q <= group + Lanes;
        stride_bits_q <= row_bits;
      end
      pc_ntt_pkg::SIDE_CONTIGUOUS: run_bits_q <= group + width;
      default: begin
        count_bits_q <= group + width - run;
        run_bits_q <= run;
      end
    endcase
    row_blocks_q <= width - Lanes;
    row_runs_q <= width - run;
    row_runs_mask_q <= (32'd1 << row_runs_q) - 32'd1;
    reverse_shift_q <= 5'(AddressBits) - (columns_i ? row_bits : column_bits);
    transform_bits_q <= column_bits + row_bits - Lanes;
    last_count_q <= ((AddressBits+1)'(1) << count_bits_q) - 1'b1;
    batch_offset_q <= two_pass_i ? {8'b0, batch_i} << transform_bits_q : '0;
    tile_offset_q <= {8'b0, tile_i} << run_bits_q;
    tile_rows_q <= {8'b0, tile_i} << group;
  end

  // ---- commands, in four steps that move together; the tile stays until its last one is made ----
  logic [2:0] settled_q;
  logic [AddressBits:0] count_q, count_2_q;
  logic [31:0] row_q, row_part_q, run_part_q, offset_q, row_blocks, block, reversed_row;
  logic step, make, all_made_q, missing_q;
  logic [2:0] made_q;
  assign step = ~valid_o | ready_i;
  assign make = tile_valid_i & (settled_q == '1) & ~all_made_q;
  assign next_o = all_made_q & (made_q == '0);
  for (genvar k = 0; k < 32; k++) begin : gen_reversed
    assign reversed_row[k] = (k < AddressBits) ? row_q[(k < AddressBits) ? AddressBits - 1 - k : 0] : 1'b0;
  end
  assign row_blocks = reverse_row_i ? reversed_row >> reverse_shift_q : row_q;
  assign block = ((32'(count_2_q) & row_runs_mask_q) >> Lanes) << run;
  always_ff @(posedge clk_i) begin
    settled_q <= (tile_valid_i && !next_o && rst_ni) ? {settled_q[1:0], 1'b1} : '0;
    if (!rst_ni || next_o) begin
      count_q <= '0;
      all_made_q <= 1'b0;
    end else if (make && step) begin
      count_q <= count_q + 1'b1;
      all_made_q <= count_q == last_count_q;
    end
    if (!rst_ni) begin
      made_q <= '0;
      valid_o <= 1'b0;
    end else if (step) begin
      made_q <= {made_q[1] & ~(by_rows_q & missing_q), made_q[0], make};
      valid_o <= made_q[2];
    end
    if (step) begin
      count_2_q <= count_q;
      row_q <= ((tile_rows_q | (32'(count_q) >> row_runs_q)) << Lanes) | (32'(count_q) & ((32'd1 << Lanes) - 32'd1));
      missing_q <= ~two_pass_i & (row_q >= num_rows_i);
      row_part_q <= (row_blocks << row_blocks_q) | block;
      run_part_q <= (32'(count_2_q) << stride_bits_q) + tile_offset_q;
      offset_q <= batch_offset_q + (by_rows_q ? row_part_q : run_part_q);
      offset_o <= offset_q;
      scratch_o <= scratch_i;
      beats_o <= 16'd1 << run_bits_q;
    end
  end
endmodule
