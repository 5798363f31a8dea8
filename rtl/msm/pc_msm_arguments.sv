// The arguments of a sum, kept while the job runs, and what is wrong with them.
//
// Range:   WindowBits has a byte a scalar format; 2^LogPoints and 2^LogMsms are the largest sizes.
// Timing:  arguments are taken while take_i is 1; the error is right three cycles later.
// Errors:  the codes of the ABI; the first check that fails counts: scalar_bits, reserved arguments, windows, alignment, sizes.
// Reset:   none.
// Test:    tests/rtl_top/top_test.cpp.
module pc_msm_arguments #(
  parameter int unsigned LogPoints = 24,
  parameter int unsigned LogMsms = 20,
  parameter logic [31:0] WindowBits = 32'h0d080808
) (
  input  logic         clk_i,
  input  logic         take_i,
  input  logic [pc_abi_pkg::ARGUMENT_WORDS*32-1:0] arguments_i,
  input  logic         misaligned_i,
  output logic [31:0]  error_o,
  output logic         empty_o,
  output logic [63:0]  bases_o,
  output logic [63:0]  scalars_o,
  output logic [63:0]  results_o,
  output logic [31:0]  num_points_o,
  output logic [31:0]  num_msms_o,
  output logic [1:0]   format_o,
  output logic         narrow_o,
  output logic [7:0]   first_window_o,
  output logic [7:0]   num_windows_o
);
  if (LogPoints > 31) $fatal(1, "pc_msm_arguments: LogPoints: expected at most 31, found %0d", LogPoints);
  if (LogMsms > 31) $fatal(1, "pc_msm_arguments: LogMsms: expected at most 31, found %0d", LogMsms);
  // Windows of all bits of a format.
  localparam int unsigned Width8 = 32'(WindowBits[7:0]);
  localparam int unsigned Width16 = 32'(WindowBits[15:8]);
  localparam int unsigned Width32 = 32'(WindowBits[23:16]);
  localparam int unsigned Width254 = 32'(WindowBits[31:24]);

  logic [31:0] scalar_bits_q, first_window_q, num_windows_q, flags;
  logic reserved_q, bits_bad_q, window_bad_q, size_bad_q;
  logic [1:0] format;
  logic [8:0] windows, after_last;  // of the format, of the job
  always_comb begin
    case (scalar_bits_q)
      32'd8: {format, windows} = {2'd0, 9'((pc_abi_pkg::SCALAR8_DIGIT_RANGE_BITS + Width8 - 1) / Width8)};
      32'd16: {format, windows} = {2'd1, 9'((pc_abi_pkg::SCALAR16_DIGIT_RANGE_BITS + Width16 - 1) / Width16)};
      32'd32: {format, windows} = {2'd2, 9'((pc_abi_pkg::SCALAR32_DIGIT_RANGE_BITS + Width32 - 1) / Width32)};
      default: begin
        format = 2'd3;
        windows = narrow_o ? 9'((pc_abi_pkg::SCALAR254_DIGIT_RANGE_BITS + Width8 - 1) / Width8)
                           : 9'((pc_abi_pkg::SCALAR254_DIGIT_RANGE_BITS + Width254 - 1) / Width254);
      end
    endcase
  end
  assign after_last = {1'b0, first_window_q[7:0]} + {1'b0, num_windows_q[7:0]};
  assign flags = arguments_i[8*pc_abi_pkg::ARG_FLAGS+:32];
  always_ff @(posedge clk_i) begin
    if (take_i) begin
      bases_o <= arguments_i[8*pc_abi_pkg::ARG_BASES+:64];
      scalars_o <= arguments_i[8*pc_abi_pkg::ARG_SCALARS+:64];
      results_o <= arguments_i[8*pc_abi_pkg::ARG_RESULTS+:64];
      num_points_o <= arguments_i[8*pc_abi_pkg::ARG_NUM_POINTS+:32];
      num_msms_o <= arguments_i[8*pc_abi_pkg::ARG_NUM_MSMS+:32];
      scalar_bits_q <= arguments_i[8*pc_abi_pkg::ARG_SCALAR_BITS+:32];
      first_window_q <= arguments_i[8*pc_abi_pkg::ARG_FIRST_WINDOW+:32];
      num_windows_q <= arguments_i[8*pc_abi_pkg::ARG_NUM_WINDOWS+:32];
      narrow_o <= (flags & pc_abi_pkg::FLAG_NARROW_WINDOWS) != '0;
      reserved_q <= ((flags & ~pc_abi_pkg::FLAG_NARROW_WINDOWS) | arguments_i[8*pc_abi_pkg::ARG_BASES_STRIDE+:32]
                     | arguments_i[8*pc_abi_pkg::ARG_NUM_MULTIPLES+:32]) != '0;
    end
    format_o <= format;
    bits_bad_q <= (format == 2'd3) & (scalar_bits_q != 32'd254);
    window_bad_q <= (num_windows_q == '0) | ((first_window_q | num_windows_q) >= 32'd256) | (after_last > windows);
    size_bad_q <= (num_points_o > (32'd1 << LogPoints)) | (num_msms_o > (32'd1 << LogMsms));
  end
  assign empty_o = num_msms_o == '0;
  assign first_window_o = first_window_q[7:0];
  assign num_windows_o = num_windows_q[7:0];
  always_comb begin
    if (bits_bad_q) error_o = pc_abi_pkg::ERR_BAD_SCALAR_BITS;
    else if (reserved_q) error_o = pc_abi_pkg::ERR_RESERVED_ARGUMENT;
    else if (window_bad_q) error_o = pc_abi_pkg::ERR_BAD_WINDOW;
    else if (misaligned_i) error_o = pc_abi_pkg::ERR_BAD_ALIGNMENT;
    else if (size_bad_q) error_o = pc_abi_pkg::ERR_BAD_SIZE;
    else error_o = pc_abi_pkg::ERR_NONE;
  end
  // Of a pointer 12 bytes, of a scalar 8; four words before them; those that pc_kernel reads.
  logic unused;
  assign unused = ^arguments_i;
endmodule
