# Configures the project as on a machine that has only the packages of `make build`, then as on one that has GoogleTest besides:
# every optional part is looked for, and nothing else is found. SOURCE, OUT.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${OUT})
foreach(machine tool tests)
  set(gtest -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON)
  if(machine STREQUAL "tests")
    set(gtest -DPROOFCARD_TESTS=ON)
  endif()
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${OUT}/${machine} -G Ninja ${gtest} -DCMAKE_DISABLE_FIND_PACKAGE_benchmark=ON
            -DCMAKE_DISABLE_FIND_PACKAGE_Python3=ON -DCMAKE_DISABLE_FIND_PACKAGE_nanobind=ON
            -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON
            -DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON -DPROOFCARD_NODE=OFF -DPROOFCARD_NPM_PROGRAM=OFF -DPROOFCARD_XRT_INCLUDE=OFF
            -DPROOFCARD_XRT_LIBRARY=OFF -DPROOFCARD_SYSTEMC_INCLUDE=OFF -DPROOFCARD_SYSTEMC_LIBRARY=OFF -DPROOFCARD_UNZIP=OFF
            -DProtobuf_PROTOC_EXECUTABLE=OFF -DPROOFCARD_VERILATOR=OFF -DPROOFCARD_MAKE=OFF -DPROOFCARD_CLANGXX=OFF
            -DPROOFCARD_CCACHE=OFF
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${machine}: configuring fails without the optional packages:\n${output}")
  endif()
  file(STRINGS ${OUT}/${machine}/parts.txt parts)
  list(LENGTH parts count)
  if(count LESS 6)
    message(FATAL_ERROR "${machine}: expected 6 optional parts or more, found ${count}: ${parts}")
  endif()
  foreach(part ${parts})
    if(NOT part MATCHES ": left out: needs " AND NOT (machine STREQUAL "tests" AND part STREQUAL "  tests: built"))
      message(FATAL_ERROR "${machine}: expected this to be left out (hide what it looks for in this test), found:${part}")
    endif()
  endforeach()
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${OUT}/${machine} -- -t targets all OUTPUT_VARIABLE targets
                  COMMAND_ERROR_IS_FATAL ANY)
  if(NOT targets MATCHES "\nproofcard: phony")
    message(FATAL_ERROR "${machine}: expected a target proofcard")
  endif()
endforeach()
