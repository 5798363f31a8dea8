// Order of a job: arguments are checked, the core runs, the last write is answered, and only then the record is written and the job
// done.
//
// Method:  a bus error or a soft reset ends a job early: stop_o lets the masters finish what they have asked for, core_rst_no
//          clears the core, and the record tells why. The same stop ends every job, so that nothing of one reaches the next.
//          KeepCore: the core is not cleared between jobs, only by what ends one early; a soft reset without a job clears it too.
// Range:   check_error_i and record_bad_i are right eight cycles after start_i, and stay. counters_i are right in the cycle after
//          core_done_i, in which the core is not yet cleared.
// Timing:  8 cycles from start to the core's, if it is ready, and from the last write response to the record, apart from memory.
// Errors:  the record's. Where record_bad_i says that its address is wrong the core does not run, and done comes without one.
// Reset:   rst_ni.
// Test:    tests/rtl_ntt/ntt_kernel_test.cpp, tests/rtl_hadamard/kernel_test.cpp; KeepCore: tests/rtl_top/top_test.cpp.
module pc_job_order #(
  parameter logic [63:0] AbiHash = 64'd0,
  parameter logic KeepCore = 1'b0,
  // Cast: Verilator 5.006 ends in a fault where a top module's default is an enumerator of a package.
  parameter logic [31:0] ErrorRead = 32'(pc_kernel_abi_pkg::ERR_READ_FAULT),
  parameter logic [31:0] ErrorWrite = 32'(pc_kernel_abi_pkg::ERR_WRITE_FAULT),
  parameter logic [31:0] ErrorReset = 32'(pc_kernel_abi_pkg::ERR_RESET)
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  output logic         done_o,
  input  logic         soft_reset_i,
  output logic         idle_o,         // no job: the last cycle of it is that in which arguments are taken
  input  logic [31:0]  check_error_i,  // what is wrong with the arguments
  input  logic         record_bad_i,   // there is no place for a record: nothing is written there
  input  logic         empty_i,        // nothing to do but the record
  input  logic [31:0]  job_id_i,
  input  logic [31:0]  plan_i,
  input  logic [31:0]  build_i,
  output logic         core_rst_no,  // 0 from power-up on
  output logic         core_start_o,
  input  logic         core_ready_i,   // it can start
  input  logic         core_done_i,    // it has ended, and what it wrote is answered
  output logic         running_o,
  input  logic [255:0] counters_i,
  output logic         stop_o,
  input  logic         reads_idle_i,
  input  logic         writes_idle_i,
  input  logic         read_fault_i,
  input  logic         write_fault_i,
  output logic         record_valid_o,
  input  logic         record_ready_i,
  output logic [511:0] record_o
);
  typedef enum logic [3:0] {Idle, Clear, Check, Start, Run, Stop, Record, Response, Done} state_e;
  state_e state_q;
  logic [2:0] hold_q;  // a check, a stop and a clear take at least eight cycles
  logic core_rst_q = 1'b0;
  logic reset_q, abort_q, ends, clears;
  logic [31:0] error_q;

  // ---- order ----
  assign ends = core_done_i | read_fault_i | write_fault_i | reset_q;
  assign clears = (state_q == Clear) | ((state_q == Check) & ~KeepCore) | ((state_q == Stop) & (abort_q | ~KeepCore));
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= KeepCore ? Clear : Idle;
      hold_q <= '0;
      {reset_q, abort_q} <= '0;
      error_q <= '0;
    end else begin
      hold_q <= (hold_q == '1) ? hold_q : hold_q + 3'd1;
      // One that comes when a job is past being stopped clears a core that is kept after it.
      if (KeepCore) reset_q <= soft_reset_i | (reset_q & ~clears);
      else reset_q <= (soft_reset_i | reset_q) & (state_q != Idle);
      if ((state_q == Run || state_q == Stop) && error_q == '0) begin
        if (reset_q) error_q <= ErrorReset;
        else if (read_fault_i) error_q <= ErrorRead;
        else if (write_fault_i) error_q <= ErrorWrite;
      end
      case (state_q)
        Idle: begin
          error_q <= '0;
          hold_q <= '0;
          abort_q <= 1'b0;
          if (KeepCore && reset_q) state_q <= Clear;
          else if (start_i) state_q <= Check;
        end
        Clear: if (hold_q == '1) state_q <= Idle;
        Check: if (hold_q == '1) begin
          state_q <= Record;
          error_q <= check_error_i;
          if (check_error_i == '0 && !empty_i) state_q <= Start;
          if (record_bad_i) state_q <= Done;
        end
        Start: if (core_rst_no && core_ready_i) state_q <= Run;
        Run: if (ends) begin
          abort_q <= read_fault_i | write_fault_i | reset_q;
          hold_q <= '0;
          state_q <= Stop;
        end
        Stop: if (hold_q == '1 && reads_idle_i && writes_idle_i) state_q <= Record;
        Record: if (record_valid_o && record_ready_i) state_q <= Response;
        Response: if (writes_idle_i) state_q <= Done;
        default: state_q <= Idle;
      endcase
    end
  end
  assign idle_o = state_q == Idle;
  assign running_o = state_q == Run;
  assign done_o = state_q == Done;
  assign core_rst_no = core_rst_q;
  assign core_start_o = (state_q == Start) & core_rst_no & core_ready_i;
  assign record_valid_o = (state_q == Record) & ~stop_o;
  always_ff @(posedge clk_i) begin
    stop_o <= (state_q == Clear) | ((state_q == Check) & (hold_q != '1)) | (state_q == Stop);
    core_rst_q <= rst_ni & ~clears;
  end

  // ---- record: counters are taken before the core is cleared ----
  logic [63:0] cycles_q;
  logic [255:0] counters_q;
  always_ff @(posedge clk_i) begin
    if (state_q == Idle) begin
      cycles_q <= 64'd1;
      counters_q <= '0;
    end else begin
      if (state_q == Check || state_q == Start || state_q == Run) cycles_q <= cycles_q + 64'd1;
      if (state_q == Stop && hold_q == '0) counters_q <= counters_i;
    end
  end
  assign record_o = {build_i, plan_i, counters_q, cycles_q, error_q, job_id_i, AbiHash};
endmodule
