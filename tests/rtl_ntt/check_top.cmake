# Fails when a generated top is not what scripts/generate_ntt_top.py writes. PYTHON, ROOT, OUT.
execute_process(COMMAND ${PYTHON} ${ROOT}/scripts/generate_ntt_top.py --root ${OUT} COMMAND_ERROR_IS_FATAL ANY)
foreach(kernel ntt_gl ntt_fr)
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${OUT}/rtl/ntt_top/${kernel}.sv ${ROOT}/rtl/ntt_top/${kernel}.sv
                  RESULT_VARIABLE differs)
  if(differs)
    message(FATAL_ERROR "rtl/ntt_top/${kernel}.sv is not what scripts/generate_ntt_top.py writes; run it and commit the result")
  endif()
endforeach()
