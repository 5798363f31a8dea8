// Order of a job: arguments are checked, the core runs, the last write is answered, and only then the record is written
// and the job done.
//
// Method:  a bus error or a soft reset ends a job early: stop_o lets the masters finish what they have asked for,
//          core_rst_no clears the core, and the record tells why. The same stop without clearing the core ends every
//          job, so that nothing of one reaches the next. A soft reset without a job clears the core.
// Range:   window_bits_i has a byte a scalar format; log_points_i and log_msms_i are the largest sizes.
// Timing:  12 cycles from start to the core's start and from the last write response to the record, apart from memory.
// Errors:  the codes of the ABI; the first check that fails counts: scalar_bits, reserved arguments, windows,
//          alignment, sizes. Nothing is written to a status_i that is not aligned: done comes without a record.
// Reset:   rst_ni.
// Test:    tests/rtl_top/top_test.cpp.
module pc_job #(
  parameter int unsigned LogPoints = 24,
  parameter int unsigned LogMsms = 20,
  parameter logic [31:0] WindowBits = 32'h0d080808,
  parameter logic [31:0] Build = 32'h14180102
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  // pc_registers
  input  logic         start_i,
  output logic         done_o,
  input  logic         soft_reset_i,
  input  logic [63:0]  bases_i,
  input  logic [63:0]  scalars_i,
  input  logic [63:0]  results_i,
  input  logic [63:0]  status_i,
  input  logic [31:0]  num_points_i,
  input  logic [31:0]  num_msms_i,
  input  logic [31:0]  scalar_bits_i,
  input  logic [31:0]  first_window_i,
  input  logic [31:0]  num_windows_i,
  input  logic [31:0]  flags_i,
  input  logic [31:0]  job_id_i,
  input  logic [31:0]  bases_stride_i,
  input  logic [31:0]  num_multiples_i,
  // the arguments of the job that runs
  output logic [63:0]  bases_o,
  output logic [63:0]  scalars_o,
  output logic [63:0]  results_o,
  output logic [63:0]  status_o,
  output logic [31:0]  num_points_o,
  output logic [31:0]  num_msms_o,
  output logic [1:0]   format_o,
  output logic         narrow_o,
  output logic [7:0]   first_window_o,
  output logic [7:0]   num_windows_o,
  // core
  output logic         core_rst_no,  // 0 from power-up on
  output logic         core_start_o,
  input  logic         core_busy_i,
  input  logic         core_done_i,
  input  logic [63:0]  busy_cycles_i,
  input  logic [63:0]  num_digits_i,
  input  logic [31:0]  stall_memory_i,
  input  logic [31:0]  stall_queue_i,
  input  logic [31:0]  drain_i,
  input  logic [31:0]  fold_i,
  // masters
  output logic         stop_o,
  input  logic         reads_idle_i,
  input  logic         writes_idle_i,
  input  logic         read_fault_i,
  input  logic         write_fault_i,
  output logic         record_valid_o,
  input  logic         record_ready_i,
  output logic [511:0] record_o
);
  if (LogPoints > 31) $fatal(1, "pc_job: LogPoints: expected at most 31, found %0d", LogPoints);
  if (LogMsms > 31) $fatal(1, "pc_job: LogMsms: expected at most 31, found %0d", LogMsms);
  typedef enum logic [3:0] {Idle, Clear, Check, Judge, Start, Run, Drain, Stop, Record, Response, Done} state_e;
  localparam int unsigned HoldBits = 3;  // a stop or a clear takes at least eight cycles
  state_e state_q;
  logic [HoldBits-1:0] hold_q;
  logic core_rst_q = 1'b0;
  logic reset_q, abort_q, running;
  pc_abi_pkg::error_e error_q, check_error;
  logic [31:0] job_id_q;
  logic [63:0] cycles_q;

  // ---- checks: one bit each, of the latched arguments; then the first of them ----
  logic [31:0] scalar_bits_q, first_window_q, num_windows_q;
  logic reserved_q, bits_bad_q, window_bad_q, alignment_bad_q, record_bad_q, size_bad_q;
  logic [1:0] format;
  logic narrow_q;
  logic [8:0] windows, after_last;  // of the format, of the job
  // Windows of all bits of a format.
  localparam int unsigned Width8 = 32'(WindowBits[7:0]);
  localparam int unsigned Width16 = 32'(WindowBits[15:8]);
  localparam int unsigned Width32 = 32'(WindowBits[23:16]);
  localparam int unsigned Width254 = 32'(WindowBits[31:24]);
  always_comb begin
    case (scalar_bits_q)
      32'd8: {format, windows} = {2'd0, 9'((pc_abi_pkg::SCALAR8_DIGIT_RANGE_BITS + Width8 - 1) / Width8)};
      32'd16: {format, windows} = {2'd1, 9'((pc_abi_pkg::SCALAR16_DIGIT_RANGE_BITS + Width16 - 1) / Width16)};
      32'd32: {format, windows} = {2'd2, 9'((pc_abi_pkg::SCALAR32_DIGIT_RANGE_BITS + Width32 - 1) / Width32)};
      default: begin
        format = 2'd3;
        windows = narrow_q ? 9'((pc_abi_pkg::SCALAR254_DIGIT_RANGE_BITS + Width8 - 1) / Width8)
                           : 9'((pc_abi_pkg::SCALAR254_DIGIT_RANGE_BITS + Width254 - 1) / Width254);
      end
    endcase
  end
  assign after_last = {1'b0, first_window_q[7:0]} + {1'b0, num_windows_q[7:0]};
  always_ff @(posedge clk_i) begin
    if (state_q == Idle) begin
      {bases_o, scalars_o, results_o, status_o} <= {bases_i, scalars_i, results_i, status_i};
      {num_points_o, num_msms_o, job_id_q} <= {num_points_i, num_msms_i, job_id_i};
      {scalar_bits_q, first_window_q, num_windows_q} <= {scalar_bits_i, first_window_i, num_windows_i};
      narrow_q <= (flags_i & pc_abi_pkg::FLAG_NARROW_WINDOWS) != '0;
      reserved_q <= ((flags_i & ~pc_abi_pkg::FLAG_NARROW_WINDOWS) | bases_stride_i | num_multiples_i) != '0;
    end
    format_o <= format;
    bits_bad_q <= (format == 2'd3) & (scalar_bits_q != 32'd254);
    window_bad_q <= (num_windows_q == '0) | ((first_window_q | num_windows_q) >= 32'd256) | (after_last > windows);
    record_bad_q <= status_o[5:0] != '0;
    alignment_bad_q <= (bases_o[5:0] | scalars_o[5:0] | results_o[5:0] | status_o[5:0]) != '0;
    size_bad_q <= (num_points_o > (32'd1 << LogPoints)) | (num_msms_o > (32'd1 << LogMsms));
  end
  assign narrow_o = narrow_q;
  assign first_window_o = first_window_q[7:0];
  assign num_windows_o = num_windows_q[7:0];
  always_comb begin
    if (bits_bad_q) check_error = pc_abi_pkg::ERR_BAD_SCALAR_BITS;
    else if (reserved_q) check_error = pc_abi_pkg::ERR_RESERVED_ARGUMENT;
    else if (window_bad_q) check_error = pc_abi_pkg::ERR_BAD_WINDOW;
    else if (alignment_bad_q) check_error = pc_abi_pkg::ERR_BAD_ALIGNMENT;
    else if (size_bad_q) check_error = pc_abi_pkg::ERR_BAD_SIZE;
    else check_error = pc_abi_pkg::ERR_NONE;
  end

  // ---- order ----
  assign running = (state_q == Start) | (state_q == Run) | (state_q == Drain);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Clear;
      hold_q <= '0;
      {reset_q, abort_q} <= '0;
      error_q <= pc_abi_pkg::ERR_NONE;
    end else begin
      hold_q <= hold_q + 1'b1;
      // A reset that comes when the job is past being stopped clears the core after it.
      reset_q <= soft_reset_i | (reset_q & (state_q != Clear) & ~(state_q == Stop & abort_q));
      if ((running || state_q == Stop) && error_q == pc_abi_pkg::ERR_NONE) begin
        if (reset_q) error_q <= pc_abi_pkg::ERR_RESET;
        else if (read_fault_i) error_q <= pc_abi_pkg::ERR_READ_FAULT;
        else if (write_fault_i) error_q <= pc_abi_pkg::ERR_WRITE_FAULT;
      end
      case (state_q)
        Idle: begin
          hold_q <= '0;
          abort_q <= 1'b0;
          error_q <= pc_abi_pkg::ERR_NONE;
          if (reset_q) state_q <= Clear;
          else if (start_i) state_q <= Check;
        end
        Clear: if (hold_q == '1) state_q <= Idle;
        Check: if (hold_q == '1) state_q <= Judge;
        Judge: begin
          error_q <= check_error;
          if (record_bad_q) state_q <= Done;
          else state_q <= (check_error != pc_abi_pkg::ERR_NONE || num_msms_o == '0) ? Record : Start;
        end
        Start: if (!core_busy_i) state_q <= Run;
        Run: if (core_done_i) state_q <= Drain;
        Drain: if (writes_idle_i) begin
          state_q <= Stop;
          hold_q <= '0;
        end
        Stop: if (hold_q == '1) begin
          if (reads_idle_i && writes_idle_i) state_q <= Record;
          else hold_q <= '1;
        end
        Record: if (record_valid_o && record_ready_i) state_q <= Response;
        Response: if (writes_idle_i) state_q <= Done;
        default: state_q <= Idle;
      endcase
      if (running && error_q != pc_abi_pkg::ERR_NONE) begin
        state_q <= Stop;
        hold_q <= '0;
        abort_q <= 1'b1;
      end
    end
  end
  assign done_o = state_q == Done;
  assign core_rst_no = core_rst_q;
  assign core_start_o = state_q == Start;
  assign record_valid_o = (state_q == Record) & ~stop_o;
  always_ff @(posedge clk_i) begin
    stop_o <= (state_q == Clear) | (state_q == Check) | (state_q == Stop);
    core_rst_q <= rst_ni & (state_q != Clear) & ~((state_q == Stop) & abort_q);
  end

  // ---- record: counters are taken before the core is cleared ----
  logic [63:0] busy_cycles_q, num_digits_q;
  logic [31:0] stall_memory_q, stall_queue_q, drain_q, fold_q;
  always_ff @(posedge clk_i) begin
    if (state_q == Idle) begin
      cycles_q <= 64'd1;
      {busy_cycles_q, num_digits_q, stall_memory_q, stall_queue_q, drain_q, fold_q} <= '0;
    end else begin
      if (state_q == Check || running || (state_q == Stop && abort_q)) cycles_q <= cycles_q + 1'b1;
      if (state_q == Stop && hold_q == '0) begin
        {busy_cycles_q, num_digits_q} <= {busy_cycles_i, num_digits_i};
        {stall_memory_q, stall_queue_q, drain_q, fold_q} <= {stall_memory_i, stall_queue_i, drain_i, fold_i};
      end
    end
  end
  assign record_o = {Build, WindowBits, fold_q, drain_q, stall_queue_q, stall_memory_q, num_digits_q, busy_cycles_q,
                     cycles_q, 32'(error_q), job_id_q, pc_abi_pkg::ABI_HASH};
endmodule
