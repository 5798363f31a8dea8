// Order of a job whose core reads and writes words: arguments are checked, the core runs, the last write is answered, and only
// then the record is written and the job done.
//
// Method:  a bus error or a soft reset ends a job early: stop_o lets the masters finish what they have asked for, core_rst_no
//          clears the core, and the record tells why. The same stop ends every job, so that nothing of one reaches the next.
// Range:   check_error_i and record_bad_i are right eight cycles after start_i; the codes of the other errors are parameters. The
//          arguments stay while a job runs.
// Timing:  8 cycles from start to the core's, and from the last write response to the record, apart from memory.
// Errors:  the record's. Where record_bad_i says that its address is wrong the core does not run, and done comes without one.
// Reset:   rst_ni.
// Test:    tests/rtl_ntt/ntt_kernel_test.cpp, tests/rtl_hadamard/kernel_test.cpp.
module pc_job_order #(
  parameter logic [63:0] AbiHash = 64'd0,
  parameter logic [31:0] ErrorRead = 32'd4,
  parameter logic [31:0] ErrorWrite = 32'd5,
  parameter logic [31:0] ErrorReset = 32'd6
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  output logic         done_o,
  input  logic         soft_reset_i,
  input  logic [31:0]  check_error_i,  // what is wrong with the arguments
  input  logic         record_bad_i,   // there is no place for a record: nothing is written there
  input  logic         empty_i,        // nothing to do but the record
  input  logic [31:0]  job_id_i,
  input  logic [31:0]  plan_i,
  input  logic [31:0]  build_i,
  output logic         core_rst_no,  // 0 from power-up on
  output logic         core_start_o,
  input  logic         core_done_i,
  input  logic [63:0]  busy_i,
  input  logic         load_valid_i,
  input  logic         load_ready_i,
  input  logic         store_valid_i,
  input  logic         store_ready_i,
  output logic         stop_o,
  input  logic         reads_idle_i,
  input  logic         writes_idle_i,
  input  logic         read_fault_i,
  input  logic         write_fault_i,
  output logic         record_valid_o,
  input  logic         record_ready_i,
  output logic [511:0] record_o
);
  typedef enum logic [2:0] {Idle, Check, Start, Run, Stop, Record, Response, Done} state_e;
  state_e state_q;
  logic [2:0] hold_q;
  logic core_rst_q = 1'b0;
  logic reset_q;
  logic [31:0] error_q;

  // ---- order ----
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      hold_q <= '0;
      reset_q <= 1'b0;
      error_q <= '0;
    end else begin
      hold_q <= (hold_q == '1) ? hold_q : hold_q + 3'd1;
      reset_q <= (soft_reset_i & (state_q != Idle)) | (reset_q & (state_q != Idle));
      case (state_q)
        Idle: begin
          error_q <= '0;
          hold_q <= '0;
          if (start_i) state_q <= Check;
        end
        Check: if (hold_q == '1) begin
          state_q <= Record;
          error_q <= check_error_i;
          if (check_error_i == '0 && !empty_i) state_q <= Start;
          if (record_bad_i) state_q <= Done;
        end
        Start: if (core_rst_no) state_q <= Run;
        Run: if (read_fault_i || write_fault_i || reset_q || core_done_i) begin
          if (reset_q) error_q <= ErrorReset;
          else if (read_fault_i) error_q <= ErrorRead;
          else if (write_fault_i) error_q <= ErrorWrite;
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
  assign done_o = state_q == Done;
  assign core_rst_no = core_rst_q;
  assign core_start_o = (state_q == Start) & core_rst_no;
  assign record_valid_o = (state_q == Record) & ~stop_o;
  always_ff @(posedge clk_i) begin
    stop_o <= (state_q == Check) | (state_q == Stop);
    core_rst_q <= rst_ni & (state_q != Check) & (state_q != Stop);
  end

  // ---- record ----
  logic [63:0] cycles_q, busy_q, loaded_q, stored_q;
  logic [31:0] stall_load_q, stall_store_q;
  always_ff @(posedge clk_i) begin
    if (state_q == Idle) begin
      cycles_q <= 64'd1;
      {busy_q, loaded_q, stored_q, stall_load_q, stall_store_q} <= '0;
    end else begin
      if (state_q == Check || state_q == Start || state_q == Run) cycles_q <= cycles_q + 64'd1;
      if (state_q == Run) begin
        busy_q <= busy_i;
        loaded_q <= loaded_q + {63'b0, load_valid_i & load_ready_i};
        stored_q <= stored_q + {63'b0, store_valid_i & store_ready_i};
        if (load_ready_i && !load_valid_i && stall_load_q != '1) stall_load_q <= stall_load_q + 32'd1;
        if (store_valid_i && !store_ready_i && stall_store_q != '1) stall_store_q <= stall_store_q + 32'd1;
      end
    end
  end
  assign record_o = {build_i, plan_i, stall_store_q, stall_load_q, stored_q, loaded_q, busy_q, cycles_q, error_q, job_id_i, AbiHash};
endmodule
