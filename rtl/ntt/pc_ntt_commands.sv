// Memory commands of tiles, in the order in which pc_ntt_positions names their words.
//
// Method:  strided, blocks and contiguous tiles are 2^c runs of equal length at equal distances; rows go word by word, those past
//          the last row of the batch not at all.
// Timing:  a command a cycle; next_o in the cycle in which a tile's last was made. tile_valid_i = 0 holds the tile back.
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
  logic [4:0] bits, width, group, row_bits, column_bits;
  assign bits = {1'b0, bits_i};
  assign width = {1'b0, width_i};
  assign group = {1'b0, group_i};
  assign row_bits = {1'b0, row_bits_i};
  assign column_bits = {1'b0, column_bits_i};

  logic [4:0] count_bits, run_bits, stride_bits;  // logs of the number of runs, of a run's words, of the distance
  logic by_rows;
  assign by_rows = layout_i == pc_ntt_pkg::SIDE_ROWS;
  always_comb begin
    count_bits = 5'd0;
    run_bits = group;
    stride_bits = 5'd0;
    case (layout_i)
      pc_ntt_pkg::SIDE_STRIDED: begin
        count_bits = bits;
        stride_bits = (columns_i ? row_bits : column_bits) - Lanes;
      end
      pc_ntt_pkg::SIDE_BLOCKS: begin
        count_bits = bits - Lanes;
        run_bits = group + Lanes;
        stride_bits = row_bits;
      end
      pc_ntt_pkg::SIDE_CONTIGUOUS: run_bits = group + width;
      default: begin
        count_bits = group + width;
        run_bits = 5'd0;
      end
    endcase
  end

  logic [AddressBits:0] count_q;
  logic [31:0] count, row, reversed_row, row_in_memory, first, offset;
  logic make, last, skipped;
  assign count = 32'(count_q);
  assign row = ((({8'b0, tile_i} << group) | (count >> width)) << Lanes) | (count & ((32'd1 << Lanes) - 32'd1));
  for (genvar k = 0; k < 32; k++) begin : gen_reversed
    assign reversed_row[k] = (k < AddressBits) ? row[(k < AddressBits) ? AddressBits - 1 - k : 0] : 1'b0;
  end
  assign row_in_memory = reverse_row_i ? reversed_row >> (5'(AddressBits) - column_bits) : row;
  assign first = two_pass_i ? {8'b0, batch_i} << (column_bits + row_bits - Lanes) : '0;
  assign offset = by_rows ? (row_in_memory << (width - Lanes)) + ((count & ((32'd1 << width) - 32'd1)) >> Lanes)
                          : (count << stride_bits) + ({8'b0, tile_i} << run_bits);
  assign last = count + 32'd1 == 32'd1 << count_bits;
  assign skipped = by_rows & ~two_pass_i & (row >= num_rows_i);
  assign make = tile_valid_i & (~valid_o | ready_i);
  assign next_o = make & last;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      valid_o <= 1'b0;
    end else begin
      if (make) count_q <= last ? '0 : count_q + 1'b1;
      valid_o <= (make & ~skipped) | (valid_o & ~ready_i);
    end
    if (make) begin
      scratch_o <= scratch_i;
      offset_o <= first + offset;
      beats_o <= 16'd1 << run_bits;
    end
  end
endmodule
