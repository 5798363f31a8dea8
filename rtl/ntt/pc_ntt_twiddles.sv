// The table of twiddles that all lanes share, and the lanes' constants of each level, both from memory.
//
// Method:  entry b of the table is w_{2h}^(b's bits reversed), 2h the least power of two above 2b: one table for all levels and
//          sizes. A tile of rows has, for each of its groups of Lanes rows and each level, one constant a lane; other tiles have
//          one set. docs/rtl/ntt.md has the formulas. In memory: table, constants of columns, constants of rows.
// Shape:   a beat is 256 bits: 2^LogPack elements.
// Timing:  table_address_i's entry is twiddle_o 3 cycles later. The table is read first, then constants tile by tile;
//          go_i = 0 holds the next tile's back. done_o after a tile's last constant.
// Reset:   rst_ni forgets everything but the table.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_twiddles #(
  parameter int unsigned Field = pc_ntt_pkg::FIELD_GL,
  parameter int unsigned LogLanes = 6,
  parameter int unsigned AddressBits = 13,
  localparam int unsigned Bits = (Field == pc_ntt_pkg::FIELD_GL) ? 64 : 256,
  localparam int unsigned LogPack = (Field == pc_ntt_pkg::FIELD_GL) ? 2 : 0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   start_i,
  input  logic                   two_pass_i,
  input  logic [3:0]             column_bits_i,
  input  logic [3:0]             row_bits_i,
  // the tile whose constants are read
  input  logic                   go_i,
  output logic                   done_o,
  input  logic                   columns_i,
  input  logic                   buffer_i,
  input  logic [23:0]            tile_i,
  input  logic [3:0]             group_i,
  output logic                   cmd_valid_o,
  input  logic                   cmd_ready_i,
  output logic [31:0]            cmd_offset_o,  // in beats
  output logic [15:0]            cmd_beats_o,
  input  logic                   valid_i,
  output logic                   ready_o,
  input  logic [255:0]           data_i,
  input  logic [AddressBits-2:0] table_address_i,
  output logic [Bits-1:0]        twiddle_o,
  output logic [(1<<LogLanes)-1:0] rho_write_o,
  output logic [6:0]             rho_address_o,
  output logic [255:0]           rho_data_o  // lane k takes element k mod 2^LogPack
);
  if (LogLanes < LogPack) $fatal(1, "pc_ntt_twiddles: LogLanes: expected a beat of lanes at least, found %0d", LogLanes);
  localparam int unsigned LogSet = LogLanes - LogPack;  // beats of a level's constants
  localparam int unsigned TableBits = AddressBits - 1 - LogPack;
  localparam int unsigned Pack = 1 << LogPack;
  localparam int unsigned Sets = 1 << LogSet;

  logic [15:0] table_beats, set_beats;
  logic [31:0] set_offset, own_sets;
  logic [3:0] most_bits, bits;
  logic own;
  assign most_bits = (column_bits_i > row_bits_i) ? column_bits_i : row_bits_i;
  assign table_beats = (most_bits == '0) ? 16'd0 : (most_bits <= 4'(LogPack + 1)) ? 16'd1 : 16'd1 << (most_bits - 4'(LogPack + 1));
  assign bits = columns_i ? column_bits_i : row_bits_i;
  assign own = two_pass_i & ~columns_i;
  assign set_beats = 16'(own ? {12'b0, bits} << group_i : {12'b0, bits}) << LogSet;
  assign set_offset = {16'b0, table_beats}
                    + ((columns_i ? 32'd0 : {28'b0, column_bits_i} + own_sets) << LogSet);
  assign own_sets = own ? (32'(tile_i) << group_i) * {28'b0, bits} : 32'd0;

  // ---- commands, then data: the table, then sets ----
  typedef enum logic [1:0] {IDLE, COMMAND, DATA} state_e;
  state_e state_q;
  logic table_q, ready_q, take, last;
  logic [15:0] beats_q, left_q;
  logic [LogSet:0] place_q;
  logic [3:0] level_q;
  logic [1:0] group_q;
  logic [TableBits-1:0] entry_q;
  assign cmd_valid_o = state_q == COMMAND;
  assign cmd_beats_o = beats_q;
  assign ready_o = state_q == DATA;
  assign take = ready_o & valid_i;
  assign last = left_q == 16'd1;
  always_ff @(posedge clk_i) begin
    done_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= IDLE;
      ready_q <= 1'b0;
    end else if (start_i) begin
      table_q <= 1'b1;
      ready_q <= 1'b1;
      cmd_offset_o <= '0;
      beats_q <= table_beats;
      left_q <= table_beats;
      state_q <= (table_beats == '0) ? IDLE : COMMAND;
      entry_q <= '0;
    end else if (state_q == IDLE && ready_q && go_i && !done_o) begin
      table_q <= 1'b0;
      cmd_offset_o <= set_offset;
      beats_q <= set_beats;
      left_q <= set_beats;
      place_q <= '0;
      level_q <= '0;
      group_q <= '0;
      if (bits == '0) done_o <= 1'b1;
      else state_q <= COMMAND;
    end else if (state_q == COMMAND && cmd_ready_i) begin
      state_q <= DATA;
    end else if (take) begin
      left_q <= left_q - 16'd1;
      entry_q <= entry_q + 1'b1;
      place_q <= place_q + 1'b1;
      if (place_q == (LogSet+1)'(Sets - 1)) begin
        place_q <= '0;
        level_q <= level_q + 4'd1;
        if (level_q + 4'd1 == bits) begin
          level_q <= '0;
          group_q <= group_q + 2'd1;
        end
      end
      if (last) begin
        state_q <= IDLE;
        done_o <= ~table_q;
      end
    end
  end

  // ---- where they go ----
  always_ff @(posedge clk_i) begin
    for (int unsigned k = 0; k < (1 << LogLanes); k++) begin
      rho_write_o[k] <= take & ~table_q & rst_ni & (place_q == (LogSet+1)'(k >> LogPack));
    end
    rho_address_o <= {buffer_i, group_q, level_q};
    rho_data_o <= data_i;
  end
  logic [255:0] table_q_memory [2**TableBits];
  logic [255:0] beat_q, beat_2_q;
  always_ff @(posedge clk_i) begin
    if (take && table_q) table_q_memory[entry_q] <= data_i;
    beat_q <= table_q_memory[table_address_i[AddressBits-2:LogPack]];
    beat_2_q <= beat_q;
  end
  if (Pack == 1) begin : gen_whole
    always_ff @(posedge clk_i) twiddle_o <= beat_2_q;
  end else begin : gen_select
    logic [LogPack-1:0] select_q, select_2_q;
    always_ff @(posedge clk_i) begin
      select_q <= table_address_i[LogPack-1:0];
      select_2_q <= select_q;
      twiddle_o <= beat_2_q[select_2_q*Bits+:Bits];
    end
  end
endmodule
