// What a job's passes look like, from its arguments.
//
// Method:  up to 2^(TwoPassFrom - 1) points a lane takes whole transforms (one pass, of "rows"); beyond, the points are a matrix of
//          2^column_bits rows and 2^row_bits columns, transformed by columns in one pass and by rows in the other. A tile
//          is 2^row_group (column_group) times Lanes transforms: enough that a level is longer than the pipeline, and at least
//          16 tiles to a pass where there are that many.
// Range:   log_n_i at most 2 * AddressBits; batch_i at least 1.
// Timing:  the plan is there from SETTLE = 16 cycles after start_i, with ready_o, until the next.
// Reset:   rst_ni forgets the plan.
// Model:   proofcard::rtl::NttPlan.  Test: tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_plan #(
  parameter int unsigned LogLanes = 6,
  parameter int unsigned AddressBits = 13,
  parameter int unsigned TwoPassFrom = 12,
  parameter int unsigned TileBits = 9  // a tile has at least that many address bits where there are elements for it
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,
  input  logic [4:0]  log_n_i,
  input  logic [23:0] batch_i,
  output logic        ready_o,
  output logic        two_pass_o,
  output logic [3:0]  column_bits_o,    // 0 with one pass
  output logic [3:0]  row_bits_o,
  output logic [3:0]  width_bits_o,     // log of a row's length in memory: row_bits_o, at least LogLanes
  output logic [3:0]  column_group_o,   // log of the tile's transforms a lane
  output logic [3:0]  row_group_o,
  output logic [31:0] num_rows_o,       // with one pass
  output logic [23:0] num_column_tiles_o,  // of a transform
  output logic [23:0] num_row_tiles_o      // of a transform; with one pass, of the batch
);
  if (LogLanes > 15) $fatal(1, "pc_ntt_plan: LogLanes: expected 0 to 15, found %0d", LogLanes);
  if (AddressBits < 2 || AddressBits > 15) $fatal(1, "pc_ntt_plan: AddressBits: expected 2 to 15, found %0d", AddressBits);
  localparam logic [3:0] MinWidth = 4'(LogLanes);
  localparam logic [3:0] MaxAddress = 4'(AddressBits);
  localparam logic [3:0] MinTile = 4'(TileBits);
  logic [4:0] step_q;
  logic [3:0] column_lanes, row_lanes;  // log of the groups of Lanes columns (rows)
  assign column_lanes = row_bits_o - MinWidth;
  assign row_lanes = column_bits_o - MinWidth;
  logic [31:0] points, rows;
  assign points = {8'b0, batch_i} << log_n_i;
  assign rows = (points + (32'd1 << width_bits_o) - 32'd1) >> width_bits_o;

  // Whether a group may be doubled: it is too small for a tile, or leaves more than 16 tiles and is no larger than 8 words.
  function automatic logic grows(logic [3:0] bits, logic [3:0] group, logic [3:0] lanes);
    grows = (group < lanes) && (bits + group < MaxAddress) && (group < 4'd2) &&
            ((bits + group < MinTile) || (group + 4'd4 < lanes));
  endfunction

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      step_q <= '0;
      ready_o <= 1'b0;
    end else if (start_i) begin
      step_q <= 5'd16;
      ready_o <= 1'b0;
    end else if (step_q != '0) begin
      step_q <= step_q - 5'd1;
      ready_o <= step_q == 5'd1;
    end
    if (start_i) begin
      two_pass_o <= 32'(log_n_i) >= TwoPassFrom;
      column_bits_o <= (32'(log_n_i) >= TwoPassFrom) ? 4'((log_n_i + 5'd1) >> 1) : 4'd0;
      row_bits_o <= (32'(log_n_i) >= TwoPassFrom) ? 4'(log_n_i >> 1) : log_n_i[3:0];
      column_group_o <= '0;
      row_group_o <= '0;
    end else begin
      if (two_pass_o) begin
        if (grows(column_bits_o, column_group_o, column_lanes)) column_group_o <= column_group_o + 4'd1;
        if (grows(row_bits_o, row_group_o, row_lanes)) row_group_o <= row_group_o + 4'd1;
      end else if (step_q < 5'd14 && width_bits_o + row_group_o < MinTile && (32'd1 << (row_group_o + MinWidth)) < num_rows_o) begin
        row_group_o <= row_group_o + 4'd1;
      end
    end
    width_bits_o <= (row_bits_o < MinWidth) ? MinWidth : row_bits_o;
    num_rows_o <= rows;
    num_column_tiles_o <= 24'd1 << (column_lanes - column_group_o);
    num_row_tiles_o <= two_pass_o ? 24'd1 << (row_lanes - row_group_o)
                                  : 24'((num_rows_o + (32'd1 << (row_group_o + MinWidth)) - 32'd1) >> (row_group_o + MinWidth));
  end
endmodule
