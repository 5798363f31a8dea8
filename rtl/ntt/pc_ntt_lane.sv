// A lane: one butterfly and the memory it works on, which holds whole transforms; all lanes obey the same addresses.
//
// Method:  two buffers, one computed in while the other is loaded or stored; each is two banks, by the parity of the address,
//          so the two elements of a butterfly, whose addresses differ in one bit, are never in the same bank.
//          forward: (x, y) -> (x + w y, x - w y); inverse: (x, y) -> ((x + y) / 2, (x - y) w / 2). One multiplier and one
//          pc_ntt_sums serve both, in the other order. A second multiplier makes w from the twiddle that all lanes
//          share and rho, this lane's constant of the level.
// Shape:   memory {buffer, bank} is bit 2 * buffer + bank of read_i and write_i; its word address is address / 2.
// Timing:  from a read to the same address's write: 4 + MulLatency + SumsLatency cycles (pc_ntt_butterflies counts them);
//          twiddle_i and rho_address_i belong to butterflies whose elements are registered 1 + MulLatency (forward) or
//          1 + MulLatency - SumsLatency cycles later. store_data_o: 3 cycles after its read, and for Fr SETTLE_LATENCY more.
// Reset:   rst_ni is for delay lines.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_lane #(
  parameter int unsigned Field = pc_ntt_pkg::FIELD_GL,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  parameter int unsigned AddressBits = 13,
  parameter int unsigned RhoBits = 7,
  localparam int unsigned Bits = (Field == pc_ntt_pkg::FIELD_GL) ? 64 : 256
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       inverse_i,

  input  logic [3:0]                 read_i,
  input  logic [4*(AddressBits-1)-1:0] read_address_i,
  input  logic [3:0]                 write_i,
  input  logic [4*(AddressBits-1)-1:0] write_address_i,
  input  logic [1:0]                 load_i,        // the buffer's write is of load_data_i
  input  logic [Bits-1:0]            load_data_i,

  input  logic                       x_buffer_i,    // where the butterfly's elements are, two cycles after their read
  input  logic                       x_bank_i,
  input  logic                       negate_i,      // three cycles after the read: y - x instead of x - y
  input  logic                       write_bank_i,  // bank of x, one cycle before the write

  input  logic                       store_buffer_i,  // two cycles after the read
  input  logic                       store_bank_i,
  output logic [Bits-1:0]            store_data_o,

  input  logic [Bits-1:0]            twiddle_i,
  input  logic [RhoBits-1:0]         rho_address_i,
  input  logic                       rho_write_i,
  input  logic [RhoBits-1:0]         rho_write_address_i,
  input  logic [Bits-1:0]            rho_data_i
);
  localparam int unsigned MulLatency = (Field == pc_ntt_pkg::FIELD_GL) ? pc_gl_pkg::MUL_LATENCY : pc_fr_pkg::MUL_LATENCY;
  localparam int unsigned WordBits = AddressBits - 1;

  // ---- memory ----
  logic [Bits-1:0] written [2];  // by bank, from the butterfly
  logic [4*Bits-1:0] words;
  for (genvar m = 0; m < 4; m++) begin : gen_memory
    logic [Bits-1:0] data;
    assign data = load_i[m/2] ? load_data_i : written[m%2];
    pc_ram_1r1w #(.Width(Bits), .AddressBits(WordBits), .ReadLatency(2)) u_ram (
      .clk_i, .rst_ni,
      .write_i(write_i[m]), .write_address_i(write_address_i[m*WordBits+:WordBits]), .write_data_i(data),
      .read_i(read_i[m]), .read_address_i(read_address_i[m*WordBits+:WordBits]), .read_o(words[m*Bits+:Bits])
    );
  end
  logic [Bits-1:0] x_q, y_q, store_q;
  always_ff @(posedge clk_i) begin
    x_q <= words[{x_buffer_i, x_bank_i}*Bits+:Bits];
    y_q <= words[{x_buffer_i, ~x_bank_i}*Bits+:Bits];
    store_q <= words[{store_buffer_i, store_bank_i}*Bits+:Bits];
  end
  if (Field == pc_ntt_pkg::FIELD_GL) begin : gen_store
    assign store_data_o = store_q;
  end else begin : gen_settled_store
    pc_fr_settle u_settle (.clk_i, .value_i(store_q), .settled_o(store_data_o));
  end

  // ---- twiddle ----
  logic [Bits-1:0] rho_memory_q [2**RhoBits];
  logic [Bits-1:0] rho_q, twiddle_q, factor;
  always_ff @(posedge clk_i) begin
    if (rho_write_i) rho_memory_q[rho_write_address_i] <= rho_data_i;
    rho_q <= rho_memory_q[rho_address_i];
    twiddle_q <= twiddle_i;
  end
  pc_ntt_mul #(.Field(Field), .Body(Body)) u_factor (.clk_i, .rst_ni, .a_i(twiddle_q), .b_i(rho_q), .y_o(factor));

  // ---- butterfly ----
  logic [Bits-1:0] a, b, sum, difference, product, kept;
  pc_ntt_sums #(.Field(Field)) u_sums (
    .clk_i, .halve_i(inverse_i), .a_i(a), .b_i(b), .sum_o(sum), .difference_o(difference)
  );
  pc_ntt_mul #(.Field(Field), .Body(Body)) u_mul (
    .clk_i, .rst_ni, .a_i(inverse_i ? difference : y_q), .b_i(factor), .y_o(product)
  );
  pc_delay #(.Width(Bits), .Depth(MulLatency)) u_kept (
    .clk_i, .rst_ni, .data_i(inverse_i ? sum : x_q), .data_o(kept)
  );
  assign a = !inverse_i ? kept : negate_i ? y_q : x_q;
  assign b = !inverse_i ? product : negate_i ? x_q : y_q;
  logic [Bits-1:0] first, second;
  assign first = inverse_i ? kept : sum;
  assign second = inverse_i ? product : difference;
  always_ff @(posedge clk_i) begin
    written[0] <= write_bank_i ? second : first;
    written[1] <= write_bank_i ? first : second;
  end
endmodule
