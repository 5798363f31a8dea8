// How a tile's words lie in memory and in the lanes, on its way in or out.
//
// Method:  combinational; docs/rtl/ntt.md has the table this follows. First comes the layout, then what it means in bits.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_side #(
  parameter int unsigned LogLanes = 6,
  parameter int unsigned LogRun = 2,
  parameter bit Store = 1'b0
) (
  input  logic       inverse_i,
  input  logic       bit_reversed_i,           // the values' order in memory
  input  logic       coefficients_reversed_i,
  input  logic       two_pass_i,
  input  logic [3:0] column_bits_i,
  input  logic [3:0] row_bits_i,
  input  logic [3:0] width_bits_i,
  input  logic [3:0] column_group_i,
  input  logic [3:0] row_group_i,
  input  logic       columns_i,
  output logic [1:0] layout_o,
  output logic       transposed_o,
  output logic       reverse_o,       // the index in the transform is bit-reversed between memory and lane
  output logic       reverse_row_o,   // the transform's number is bit-reversed in memory
  output logic       scratch_o,       // memory is the intermediate buffer
  output logic [3:0] bits_o,          // log of the transform's length
  output logic [3:0] width_o,         // log of the addresses of one transform (one pass: of one row) in a lane
  output logic [3:0] group_o,         // log of the transforms a lane
  output logic [3:0] run_o,           // log of the words that one lane's row has in a run, where rows are transposed
  output logic [3:0] low_bits_o       // bits of the transform's index below those of the group, in memory order
);
  localparam logic [3:0] Lanes = 4'(LogLanes);
  // The side that faces the intermediate buffer, and the one that has values (the other has coefficients).
  logic inner, values;
  assign inner = two_pass_i & (columns_i ^ inverse_i ^ ~Store);
  assign values = Store ^ inverse_i;
  assign scratch_o = inner;
  assign bits_o = columns_i ? column_bits_i : row_bits_i;
  assign width_o = columns_i ? column_bits_i : width_bits_i;
  assign group_o = columns_i ? column_group_i : row_group_i;
  always_comb begin
    reverse_row_o = 1'b0;
    if (columns_i) begin
      layout_o = inner ? pc_ntt_pkg::SIDE_BLOCKS : coefficients_reversed_i ? pc_ntt_pkg::SIDE_ROWS : pc_ntt_pkg::SIDE_STRIDED;
      reverse_o = inner | coefficients_reversed_i;
      reverse_row_o = ~inner & coefficients_reversed_i;
    end else if (inner) begin
      layout_o = pc_ntt_pkg::SIDE_CONTIGUOUS;
      reverse_o = 1'b0;
    end else if (two_pass_i) begin
      layout_o = bit_reversed_i ? pc_ntt_pkg::SIDE_ROWS : pc_ntt_pkg::SIDE_STRIDED;
      reverse_o = ~bit_reversed_i;
      reverse_row_o = bit_reversed_i;
    end else begin
      layout_o = pc_ntt_pkg::SIDE_ROWS;
      reverse_o = values ? ~bit_reversed_i : coefficients_reversed_i;
    end
  end
  assign transposed_o = layout_o[1];
  logic [3:0] row_blocks;
  assign row_blocks = width_o - Lanes;
  assign run_o = (layout_o != pc_ntt_pkg::SIDE_ROWS) ? 4'd0 : (row_blocks < 4'(LogRun)) ? row_blocks : 4'(LogRun);
  assign low_bits_o = (layout_o == pc_ntt_pkg::SIDE_STRIDED) ? 4'd0
                    : (layout_o == pc_ntt_pkg::SIDE_BLOCKS) ? Lanes : width_o;
endmodule
