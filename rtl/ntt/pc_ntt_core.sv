// Number-theoretic transforms of batches of any size of 2^0 to 2^(2 AddressBits) points, forward and inverse.
//
// Method:  docs/rtl/ntt.md. 2^LogLanes lanes, each with a butterfly, transform as many columns or rows of the points' matrix at a
//          time; one tile is computed while another is stored and loaded. Twiddles come from memory.
// Shape:   a word is one element a lane. Commands name words, of the input or output or (scratch) of the intermediate buffer.
//          Elements are as pc_ntt_mul wants them: Goldilocks in [0, p); Fr below 2^254, out in [0, r).
// Order:   natural or bit-reversed, of values (forward's output, inverse's input) and of coefficients each.
// Timing:  see docs/rtl/ntt.md; busy_o counts cycles in which butterflies start. done_o for one cycle, when memory has
//          acknowledged all writes. Arguments stay until then.
// Reset:   rst_ni ends a job; memory must forget its commands too.
// Model:   rtl/model/ntt_model.hpp.  Test: tests/rtl_ntt/ntt_core_test.cpp.
module pc_ntt_core #(
  parameter int unsigned Field = pc_ntt_pkg::FIELD_GL,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  parameter int unsigned LogLanes = 6,
  parameter int unsigned AddressBits = 13,
  parameter int unsigned TwoPassFrom = 12,
  parameter int unsigned TileBits = 9,
  parameter int unsigned LogRun = 2,
  localparam int unsigned Bits = (Field == pc_ntt_pkg::FIELD_GL) ? 64 : 256,
  localparam int unsigned WordBits = Bits << LogLanes
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                start_i,
  output logic                done_o,
  input  logic [4:0]          log_n_i,
  input  logic [23:0]         batch_i,         // at least 1
  input  logic                inverse_i,
  input  logic                bit_reversed_i,  // the order of the values
  input  logic                coefficients_reversed_i,
  output logic [63:0]         busy_o,

  output logic                load_cmd_valid_o,
  input  logic                load_cmd_ready_i,
  output logic                load_cmd_scratch_o,
  output logic [31:0]         load_cmd_offset_o,
  output logic [15:0]         load_cmd_beats_o,
  input  logic                load_valid_i,
  output logic                load_ready_o,
  input  logic [WordBits-1:0] load_data_i,

  output logic                store_cmd_valid_o,
  input  logic                store_cmd_ready_i,
  output logic                store_cmd_scratch_o,
  output logic [31:0]         store_cmd_offset_o,
  output logic [15:0]         store_cmd_beats_o,
  output logic                store_valid_o,
  input  logic                store_ready_i,
  output logic [WordBits-1:0] store_data_o,
  input  logic                store_idle_i,    // every write of an accepted command is acknowledged

  output logic                twiddle_cmd_valid_o,
  input  logic                twiddle_cmd_ready_i,
  output logic [31:0]         twiddle_cmd_offset_o,  // in beats of 256 bits
  output logic [15:0]         twiddle_cmd_beats_o,
  input  logic                twiddle_valid_i,
  output logic                twiddle_ready_o,
  input  logic [255:0]        twiddle_data_i
);
  localparam int unsigned Lanes = 1 << LogLanes;
  localparam int unsigned LogPack = (Field == pc_ntt_pkg::FIELD_GL) ? 2 : 0;
  localparam int unsigned MulLatency = (Field == pc_ntt_pkg::FIELD_GL) ? pc_gl_pkg::MUL_LATENCY : pc_fr_pkg::MUL_LATENCY;
  localparam int unsigned SumsLatency = (Field == pc_ntt_pkg::FIELD_GL) ? pc_gl_pkg::SUMS_LATENCY : pc_fr_pkg::SUMS_LATENCY;
  localparam int unsigned SettleLatency = (Field == pc_ntt_pkg::FIELD_GL) ? 0 : pc_fr_pkg::SETTLE_LATENCY;
  localparam int unsigned MemoryBits = AddressBits - 1;

  // ---- the job ----
  logic plan_ready, two_pass, begin_q, running_q, planned_q;
  logic [3:0] column_bits, row_bits, width_bits, column_group, row_group;
  logic [31:0] num_rows;
  logic [23:0] num_column_tiles, num_row_tiles;
  pc_ntt_plan #(.LogLanes(LogLanes), .AddressBits(AddressBits), .TwoPassFrom(TwoPassFrom), .TileBits(TileBits)) u_plan (
    .clk_i, .rst_ni, .start_i, .log_n_i, .batch_i, .ready_o(plan_ready), .two_pass_o(two_pass),
    .column_bits_o(column_bits), .row_bits_o(row_bits), .width_bits_o(width_bits), .column_group_o(column_group),
    .row_group_o(row_group), .num_rows_o(num_rows), .num_column_tiles_o(num_column_tiles), .num_row_tiles_o(num_row_tiles)
  );
  always_ff @(posedge clk_i) begin
    planned_q <= plan_ready & rst_ni & ~start_i;
    begin_q <= plan_ready & ~planned_q & rst_ni & ~start_i;
    if (!rst_ni || start_i || done_o) running_q <= 1'b0;
    else if (begin_q) running_q <= 1'b1;
  end

  // ---- walks over the tiles: load commands, loads, constants, butterflies, store commands, stores ----
  localparam int unsigned LOAD_CMD = 0;
  localparam int unsigned LOAD = 1;
  localparam int unsigned RHO = 2;
  localparam int unsigned FLY = 3;
  localparam int unsigned STORE_CMD = 4;
  localparam int unsigned STORE = 5;
  logic [5:0] next, active, second, columns, buffer;
  logic [6*24-1:0] batch;
  logic [6*24-1:0] tile;
  logic [6*3-1:0] count_q;  // tiles behind each walk, modulo 8
  logic [2:0] computed_q;   // tiles whose last butterfly is written back
  logic computed;
  for (genvar k = 0; k < 6; k++) begin : gen_walk
    pc_ntt_tiles u_tiles (
      .clk_i, .rst_ni, .start_i(begin_q), .next_i(next[k]), .inverse_i, .two_pass_i(two_pass), .batch_i,
      .num_column_tiles_i(num_column_tiles), .num_row_tiles_i(num_row_tiles), .active_o(active[k]), .second_o(second[k]),
      .columns_o(columns[k]), .buffer_o(buffer[k]), .batch_o(batch[24*k+:24]), .tile_o(tile[24*k+:24])
    );
    always_ff @(posedge clk_i) begin
      if (!rst_ni || begin_q) count_q[3*k+:3] <= '0;
      else count_q[3*k+:3] <= count_q[3*k+:3] + 3'(next[k]);
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni || begin_q) computed_q <= '0;
    else computed_q <= computed_q + 3'(computed);
  end
  logic [2:0] loaded_ahead, rho_ahead;
  assign loaded_ahead = count_q[3*LOAD+:3] - count_q[3*STORE+:3];
  assign rho_ahead = count_q[3*RHO+:3] - computed_q;
  logic load_go, rho_go, fly_go, store_cmd_go, store_go, load_cmd_go;
  // The second pass reads what the first wrote.
  logic written_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || begin_q) written_q <= 1'b0;
    else written_q <= written_q | (second[STORE] & ~store_cmd_valid_o & store_idle_i);
  end
  assign load_cmd_go = active[LOAD_CMD] & (~second[LOAD_CMD] | written_q);
  assign load_go = active[LOAD] & (loaded_ahead < 3'd2);
  assign rho_go = active[RHO] & (rho_ahead < 3'd2);
  assign fly_go = active[FLY] & (count_q[3*LOAD+:3] != count_q[3*FLY+:3]) & (count_q[3*RHO+:3] != count_q[3*FLY+:3]);
  assign store_cmd_go = active[STORE_CMD] & (computed_q != count_q[3*STORE_CMD+:3]);
  assign store_go = active[STORE] & (computed_q != count_q[3*STORE+:3]);
  assign done_o = running_q & ~active[STORE] & ~store_cmd_valid_o & store_idle_i;

  // ---- memory commands ----
  logic [1:0] load_cmd_layout, store_cmd_layout;
  logic load_cmd_reverse_row, load_cmd_scratch, store_cmd_reverse_row, store_cmd_scratch;
  logic [3:0] load_cmd_bits, load_cmd_width, load_cmd_group, load_cmd_run, store_cmd_bits, store_cmd_width, store_cmd_group;
  logic [3:0] store_cmd_run;
  pc_ntt_side #(.LogLanes(LogLanes), .LogRun(LogRun), .Store(1'b0)) u_load_cmd_side (
    .inverse_i, .bit_reversed_i, .coefficients_reversed_i, .two_pass_i(two_pass), .column_bits_i(column_bits),
    .row_bits_i(row_bits), .width_bits_i(width_bits), .column_group_i(column_group), .row_group_i(row_group), .columns_i(columns[LOAD_CMD]),
    .layout_o(load_cmd_layout), .transposed_o(), .reverse_o(), .reverse_row_o(load_cmd_reverse_row),
    .scratch_o(load_cmd_scratch), .bits_o(load_cmd_bits), .width_o(load_cmd_width), .group_o(load_cmd_group),
    .run_o(load_cmd_run), .low_bits_o()
  );
  pc_ntt_commands #(.LogLanes(LogLanes), .AddressBits(AddressBits)) u_load_commands (
    .clk_i, .rst_ni, .tile_valid_i(load_cmd_go), .next_o(next[LOAD_CMD]), .columns_i(columns[LOAD_CMD]),
    .tile_i(tile[24*LOAD_CMD+:24]), .batch_i(batch[24*LOAD_CMD+:24]), .layout_i(load_cmd_layout),
    .reverse_row_i(load_cmd_reverse_row), .scratch_i(load_cmd_scratch), .two_pass_i(two_pass), .bits_i(load_cmd_bits),
    .width_i(load_cmd_width), .group_i(load_cmd_group), .run_i(load_cmd_run), .column_bits_i(column_bits), .row_bits_i(row_bits),
    .num_rows_i(num_rows), .valid_o(load_cmd_valid_o), .ready_i(load_cmd_ready_i), .scratch_o(load_cmd_scratch_o),
    .offset_o(load_cmd_offset_o), .beats_o(load_cmd_beats_o)
  );
  pc_ntt_side #(.LogLanes(LogLanes), .LogRun(LogRun), .Store(1'b1)) u_store_cmd_side (
    .inverse_i, .bit_reversed_i, .coefficients_reversed_i, .two_pass_i(two_pass), .column_bits_i(column_bits),
    .row_bits_i(row_bits), .width_bits_i(width_bits), .column_group_i(column_group), .row_group_i(row_group), .columns_i(columns[STORE_CMD]),
    .layout_o(store_cmd_layout), .transposed_o(), .reverse_o(), .reverse_row_o(store_cmd_reverse_row),
    .scratch_o(store_cmd_scratch), .bits_o(store_cmd_bits), .width_o(store_cmd_width), .group_o(store_cmd_group),
    .run_o(store_cmd_run), .low_bits_o()
  );
  pc_ntt_commands #(.LogLanes(LogLanes), .AddressBits(AddressBits)) u_store_commands (
    .clk_i, .rst_ni, .tile_valid_i(store_cmd_go), .next_o(next[STORE_CMD]), .columns_i(columns[STORE_CMD]),
    .tile_i(tile[24*STORE_CMD+:24]), .batch_i(batch[24*STORE_CMD+:24]), .layout_i(store_cmd_layout),
    .reverse_row_i(store_cmd_reverse_row), .scratch_i(store_cmd_scratch), .two_pass_i(two_pass),
    .bits_i(store_cmd_bits), .width_i(store_cmd_width), .group_i(store_cmd_group), .run_i(store_cmd_run), .column_bits_i(column_bits),
    .row_bits_i(row_bits), .num_rows_i(num_rows), .valid_o(store_cmd_valid_o), .ready_i(store_cmd_ready_i),
    .scratch_o(store_cmd_scratch_o), .offset_o(store_cmd_offset_o), .beats_o(store_cmd_beats_o)
  );

  // ---- loads and stores ----
  logic load_transposed, load_reverse, store_transposed, store_reverse;
  logic [3:0] load_bits, load_width, load_group, load_low_bits, load_run, store_bits, store_width, store_group;
  logic [3:0] store_low_bits, store_run;
  pc_ntt_side #(.LogLanes(LogLanes), .LogRun(LogRun), .Store(1'b0)) u_load_side (
    .inverse_i, .bit_reversed_i, .coefficients_reversed_i, .two_pass_i(two_pass), .column_bits_i(column_bits),
    .row_bits_i(row_bits), .width_bits_i(width_bits), .column_group_i(column_group), .row_group_i(row_group), .columns_i(columns[LOAD]),
    .layout_o(), .transposed_o(load_transposed), .reverse_o(load_reverse), .reverse_row_o(), .scratch_o(),
    .bits_o(load_bits), .width_o(load_width), .group_o(load_group), .run_o(load_run), .low_bits_o(load_low_bits)
  );
  logic load_write;
  logic [AddressBits-1:0] load_address;
  logic [WordBits-1:0] load_word;
  pc_ntt_load #(.LogLanes(LogLanes), .Bits(Bits), .AddressBits(AddressBits), .LogRun(LogRun)) u_load (
    .clk_i, .rst_ni, .go_i(load_go), .done_o(next[LOAD]), .tile_i(tile[24*LOAD+:24]), .two_pass_i(two_pass),
    .num_rows_i(num_rows), .transposed_i(load_transposed), .reverse_i(load_reverse), .bits_i(load_bits),
    .width_i(load_width), .group_i(load_group), .low_bits_i(load_low_bits), .run_i(load_run), .valid_i(load_valid_i),
    .ready_o(load_ready_o), .data_i(load_data_i), .write_o(load_write), .address_o(load_address), .data_o(load_word)
  );
  pc_ntt_side #(.LogLanes(LogLanes), .LogRun(LogRun), .Store(1'b1)) u_store_side (
    .inverse_i, .bit_reversed_i, .coefficients_reversed_i, .two_pass_i(two_pass), .column_bits_i(column_bits),
    .row_bits_i(row_bits), .width_bits_i(width_bits), .column_group_i(column_group), .row_group_i(row_group), .columns_i(columns[STORE]),
    .layout_o(), .transposed_o(store_transposed), .reverse_o(store_reverse), .reverse_row_o(), .scratch_o(),
    .bits_o(store_bits), .width_o(store_width), .group_o(store_group), .run_o(store_run), .low_bits_o(store_low_bits)
  );
  logic store_read;
  logic [AddressBits-1:0] store_address;
  logic [WordBits-1:0] store_word;
  pc_ntt_store #(
    .LogLanes(LogLanes), .Bits(Bits), .AddressBits(AddressBits), .LogRun(LogRun), .StoreLatency(3 + SettleLatency)
  ) u_store (
    .clk_i, .rst_ni, .go_i(store_go), .done_o(next[STORE]), .tile_i(tile[24*STORE+:24]), .two_pass_i(two_pass),
    .num_rows_i(num_rows), .transposed_i(store_transposed), .reverse_i(store_reverse), .bits_i(store_bits),
    .width_i(store_width), .group_i(store_group), .low_bits_i(store_low_bits), .run_i(store_run), .read_o(store_read),
    .address_o(store_address), .data_i(store_word), .valid_o(store_valid_o), .ready_i(store_ready_i),
    .data_o(store_data_o)
  );

  // ---- twiddles ----
  logic [MemoryBits-1:0] table_address;
  logic [Bits-1:0] twiddle;
  logic [Lanes-1:0] rho_write;
  logic [6:0] rho_write_address, rho_address;
  logic [255:0] rho_data;
  pc_ntt_twiddles #(.Field(Field), .LogLanes(LogLanes), .AddressBits(AddressBits)) u_twiddles (
    .clk_i, .rst_ni, .start_i(begin_q), .two_pass_i(two_pass), .column_bits_i(column_bits), .row_bits_i(row_bits),
    .go_i(rho_go), .done_o(next[RHO]), .columns_i(columns[RHO]), .buffer_i(buffer[RHO]), .tile_i(tile[24*RHO+:24]),
    .group_i(columns[RHO] ? column_group : row_group), .cmd_valid_o(twiddle_cmd_valid_o),
    .cmd_ready_i(twiddle_cmd_ready_i), .cmd_offset_o(twiddle_cmd_offset_o), .cmd_beats_o(twiddle_cmd_beats_o),
    .valid_i(twiddle_valid_i), .ready_o(twiddle_ready_o), .data_i(twiddle_data_i), .table_address_i(table_address),
    .twiddle_o(twiddle), .rho_write_o(rho_write), .rho_address_o(rho_write_address), .rho_data_o(rho_data)
  );

  // ---- butterflies ----
  logic issue, fly_read, fly_read_buffer, x_buffer, x_bank, negate, write_bank, fly_write, fly_write_buffer;
  logic [AddressBits-1:0] read_x, read_y, write_x, write_y;
  pc_ntt_butterflies #(.AddressBits(AddressBits), .MulLatency(MulLatency), .SumsLatency(SumsLatency)) u_butterflies (
    .clk_i, .rst_ni, .go_i(fly_go), .next_o(next[FLY]), .done_o(computed), .inverse_i,
    .own_rho_i(two_pass & ~columns[FLY]), .bits_i(columns[FLY] ? column_bits : row_bits),
    .width_i(columns[FLY] ? column_bits : width_bits), .group_i(columns[FLY] ? column_group : row_group),
    .buffer_i(buffer[FLY]), .issue_o(issue), .table_address_o(table_address), .rho_address_o(rho_address),
    .read_o(fly_read), .read_buffer_o(fly_read_buffer), .read_x_o(read_x), .read_y_o(read_y), .x_buffer_o(x_buffer),
    .x_bank_o(x_bank), .negate_o(negate), .write_bank_o(write_bank), .write_o(fly_write),
    .write_buffer_o(fly_write_buffer), .write_x_o(write_x), .write_y_o(write_y)
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_i) busy_o <= '0;
    else busy_o <= busy_o + 64'(issue);
  end

  // ---- lanes ----
  logic [3:0] read, write;
  logic [4*MemoryBits-1:0] read_address, write_address;
  logic [1:0] load_into;
  for (genvar m = 0; m < 4; m++) begin : gen_memory
    localparam logic Buffer = 1'(m / 2);
    localparam logic Bank = 1'(m % 2);
    logic flies, loads;
    assign flies = fly_read & (fly_read_buffer == Buffer);
    assign read[m] = flies | (store_read & (buffer[STORE] == Buffer) & (^store_address == Bank));
    assign read_address[m*MemoryBits+:MemoryBits] = !flies ? store_address[AddressBits-1:1]
                                                  : (^read_x == Bank) ? read_x[AddressBits-1:1] : read_y[AddressBits-1:1];
    assign loads = load_write & (buffer[LOAD] == Buffer);
    assign write[m] = (loads & (^load_address == Bank)) | (fly_write & (fly_write_buffer == Buffer));
    assign write_address[m*MemoryBits+:MemoryBits] = loads ? load_address[AddressBits-1:1]
                                                   : (^write_x == Bank) ? write_x[AddressBits-1:1] : write_y[AddressBits-1:1];
    if (m % 2 == 0) begin : gen_into
      assign load_into[m/2] = loads;
    end
  end
  logic store_bank_q, store_bank_2_q, store_buffer_q, store_buffer_2_q;
  always_ff @(posedge clk_i) begin
    store_bank_q <= ^store_address;
    store_bank_2_q <= store_bank_q;
    store_buffer_q <= buffer[STORE];
    store_buffer_2_q <= store_buffer_q;
  end
  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    pc_ntt_lane #(.Field(Field), .Body(Body), .AddressBits(AddressBits), .RhoBits(7)) u_lane (
      .clk_i, .rst_ni, .inverse_i, .read_i(read), .read_address_i(read_address), .write_i(write),
      .write_address_i(write_address), .load_i(load_into), .load_data_i(load_word[k*Bits+:Bits]),
      .x_buffer_i(x_buffer), .x_bank_i(x_bank), .negate_i(negate), .write_bank_i(write_bank),
      .store_buffer_i(store_buffer_2_q), .store_bank_i(store_bank_2_q), .store_data_o(store_word[k*Bits+:Bits]),
      .twiddle_i(twiddle), .rho_address_i(rho_address), .rho_write_i(rho_write[k]),
      .rho_write_address_i(rho_write_address), .rho_data_i(rho_data[(k%(1<<LogPack))*Bits+:Bits])
    );
  end
  logic unused;
  assign unused = ^{read_y[0], write_y[0], batch, tile, second, buffer};
`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!fly_read || !store_read || fly_read_buffer != buffer[STORE])
      else $error("pc_ntt_core: store of a tile being computed");
      assert (!fly_write || !load_write || fly_write_buffer != buffer[LOAD])
      else $error("pc_ntt_core: load over a tile being computed");
      assert (!start_i || batch_i != '0) else $error("pc_ntt_core: no transforms");
    end
  end
`endif
endmodule
