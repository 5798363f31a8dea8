# Fails if an object file that was compiled for one instruction set shares code with the rest of the program.
#
# The linker keeps one copy of each inline function and template instance (weak symbols). If the kept copy came from a
# file compiled for AVX-512, portable code would run it on processors that do not have AVX-512. So these files must not
# define weak symbols. Exception-handling references to the C++ runtime (DW.ref.*) are data and harmless.
# Arguments: NM, and ARCHIVES, a list of static libraries.
set(num_files 0)
set(found "")
foreach(archive IN LISTS ARCHIVES)
  execute_process(COMMAND ${NM} --defined-only --demangle ${archive}
    OUTPUT_VARIABLE symbols RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${NM} failed on ${archive}")
  endif()
  string(REPLACE ";" "," symbols "${symbols}")
  string(REPLACE "\n" ";" lines "${symbols}")
  set(member "")
  foreach(line IN LISTS lines)
    if(line MATCHES "^(.*\\.o):$")
      set(member "${CMAKE_MATCH_1}")
      if(member MATCHES "_(avx2|avx512)\\.cpp\\.o$")
        math(EXPR num_files "${num_files} + 1")
      endif()
    elseif(member MATCHES "_(avx2|avx512)\\.cpp\\.o$" AND line MATCHES "^[0-9a-f]+ [WVu] (.*)$")
      set(symbol "${CMAKE_MATCH_1}")
      if(NOT symbol MATCHES "^DW\\.ref\\.")
        string(APPEND found "  ${member}: ${symbol}\n")
      endif()
    endif()
  endforeach()
endforeach()
if(num_files EQUAL 0)
  message(FATAL_ERROR "found no object file of an instruction set, so nothing was checked")
endif()
if(found)
  message(FATAL_ERROR "shared symbols in files for one instruction set:\n${found}")
endif()
message(STATUS "${num_files} object files define no shared symbols")
