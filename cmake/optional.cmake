# What is built only where its packages are there, all decided here: no other folder looks for programs, libraries or packages
# (tests/arch/optional_parts_test.cpp). `make build` installs none of these packages, `make test` all of them.
#
# A part NAME is controlled by PROOFCARD_NAME: AUTO builds it where its packages are found, ON insists, OFF leaves it out and
# searches nothing. The rest of the build reads PROOFCARD_HAVE_NAME. proofcard_optional_summary() says what became of each, on
# screen and in parts.txt of the build folder.

# Each has: name, what it is, Debian packages that bring it.
function(proofcard_optional name what packages)
  set(PROOFCARD_${name} AUTO CACHE STRING "${what}: AUTO, ON or OFF")
  set_property(CACHE PROOFCARD_${name} PROPERTY STRINGS AUTO ON OFF)
  set_property(GLOBAL APPEND PROPERTY proofcard_optional_names ${name})
  set_property(GLOBAL PROPERTY proofcard_optional_what_${name} "${what}")
  set_property(GLOBAL PROPERTY proofcard_optional_packages_${name} "${packages}")
endfunction()

# A macro, because it sets PROOFCARD_HAVE_NAME for its caller: TRUE when all further arguments name true variables.
macro(proofcard_decide name)
  set(PROOFCARD_HAVE_${name} FALSE)
  set(missing)
  foreach(need ${ARGN})
    if(NOT ${need})
      list(APPEND missing ${need})
    endif()
  endforeach()
  if(PROOFCARD_${name} STREQUAL "OFF")
    set_property(GLOBAL PROPERTY proofcard_optional_result_${name} "left out: PROOFCARD_${name} is OFF")
  elseif(NOT missing)
    set(PROOFCARD_HAVE_${name} TRUE)
    set_property(GLOBAL PROPERTY proofcard_optional_result_${name} "built")
  else()
    get_property(packages GLOBAL PROPERTY proofcard_optional_packages_${name})
    if(PROOFCARD_${name} STREQUAL "ON")
      message(FATAL_ERROR "PROOFCARD_${name} is ON and ${missing} was not found; it takes the packages ${packages}")
    endif()
    set_property(GLOBAL PROPERTY proofcard_optional_result_${name} "left out: needs ${packages}")
  endif()
endmacro()

function(proofcard_optional_summary)
  get_property(names GLOBAL PROPERTY proofcard_optional_names)
  set(summary)
  foreach(name ${names})
    get_property(what GLOBAL PROPERTY proofcard_optional_what_${name})
    get_property(result GLOBAL PROPERTY proofcard_optional_result_${name})
    message(STATUS "PROOFCARD_${name} (${what}): ${result}")
    string(APPEND summary "  ${what}: ${result}\n")
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/parts.txt "${summary}")
endfunction()

proofcard_optional(TESTS "tests" "libgtest-dev libgmock-dev")
if(NOT PROOFCARD_TESTS STREQUAL "OFF")
  find_package(GTest QUIET)
endif()
proofcard_decide(TESTS GTest_FOUND)

proofcard_optional(BENCHMARKS "micro-benchmarks" "libbenchmark-dev")
if(NOT PROOFCARD_BENCHMARKS STREQUAL "OFF")
  find_package(benchmark QUIET)
endif()
proofcard_decide(BENCHMARKS benchmark_FOUND)

proofcard_optional(PYTHON "tests of scripts and generated files" "python3")
if(NOT PROOFCARD_PYTHON STREQUAL "OFF")
  find_package(Python3 QUIET COMPONENTS Interpreter)
endif()
proofcard_decide(PYTHON Python3_Interpreter_FOUND)

# pip's build of the package (pyproject.toml) brings nanobind; cmake alone finds it where it is installed.
proofcard_optional(MODULE "the module of the Python package" "python3-dev, and nanobind of pip")
if(NOT PROOFCARD_MODULE STREQUAL "OFF")
  find_package(Python 3.9 QUIET COMPONENTS Interpreter Development.Module OPTIONAL_COMPONENTS Development.SABIModule)
  if(Python_Development.Module_FOUND)
    find_package(nanobind CONFIG QUIET)
  endif()
endif()
proofcard_decide(MODULE nanobind_FOUND)

proofcard_optional(NPM "tests with circom, snarkjs and an EVM" "nodejs npm")
if(NOT PROOFCARD_NPM STREQUAL "OFF")
  find_program(PROOFCARD_NODE NAMES node nodejs)
  find_program(PROOFCARD_NPM_PROGRAM npm)
endif()
proofcard_decide(NPM PROOFCARD_NODE PROOFCARD_NPM_PROGRAM)

proofcard_optional(CARD "the XRT worker and the emulated card" "libxrt-dev libxrt1 libsystemc-dev protobuf-compiler unzip")
if(NOT PROOFCARD_CARD STREQUAL "OFF")
  find_path(PROOFCARD_XRT_INCLUDE xrt/xrt_device.h PATH_SUFFIXES xrt)
  find_library(PROOFCARD_XRT_LIBRARY NAMES xrt_coreutil)
  find_path(PROOFCARD_SYSTEMC_INCLUDE systemc)
  find_library(PROOFCARD_SYSTEMC_LIBRARY NAMES systemc)
  find_program(PROOFCARD_UNZIP unzip)
  find_program(Protobuf_PROTOC_EXECUTABLE protoc)
endif()
proofcard_decide(CARD PROOFCARD_XRT_INCLUDE PROOFCARD_XRT_LIBRARY PROOFCARD_SYSTEMC_INCLUDE PROOFCARD_SYSTEMC_LIBRARY
                 PROOFCARD_UNZIP Protobuf_PROTOC_EXECUTABLE)

# Verilated code is compiled by clang++ where there is one: it runs two to seven times faster than what g++ makes of it.
proofcard_optional(RTL "RTL in simulation: its tests, and --device hw_emu" "verilator")
if(NOT PROOFCARD_RTL STREQUAL "OFF")
  find_program(PROOFCARD_VERILATOR verilator)
  find_program(PROOFCARD_MAKE NAMES make gmake)
  find_program(PROOFCARD_CLANGXX clang++)
endif()
proofcard_decide(RTL PROOFCARD_VERILATOR PROOFCARD_MAKE)
if(PROOFCARD_HAVE_RTL)
  execute_process(COMMAND ${PROOFCARD_VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE PROOFCARD_VERILATOR_ROOT
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(PROOFCARD_VERILATED_CXX ${CMAKE_CXX_COMPILER})
  if(PROOFCARD_CLANGXX)
    set(PROOFCARD_VERILATED_CXX ${PROOFCARD_CLANGXX})
  endif()
  if(CMAKE_CXX_COMPILER_LAUNCHER)
    list(JOIN CMAKE_CXX_COMPILER_LAUNCHER " " launcher)
    set(PROOFCARD_VERILATED_CXX "${launcher} ${PROOFCARD_VERILATED_CXX}")
  endif()
endif()

# Variants of the above, off unless asked for.
option(PROOFCARD_WAVES "Simulated RTL can write its signals, for --waves; slower" OFF)
option(PROOFCARD_RTL_LONG "Build RTL tests that are for test-long only" OFF)
option(PROOFCARD_RTL_COVERAGE "Count lines of rtl/ in the RTL tests: scripts/rtl_coverage.py" OFF)
option(PROOFCARD_FUZZ "Build the fuzz targets of scripts/fuzz.sh (clang only)" OFF)
