# proofcard_verilated_test(NAME TOP module SOURCES file... [MODULES file...] [PARAMETERS -Gname=value...] [QUICK_BUILD]):
# verilates the bench module of this folder with all of rtl/, or MODULES, and links it with a GoogleTest program
# test_rtl_NAME. QUICK_BUILD is for much code that runs for few cycles.
if(NOT PROOFCARD_HAVE_RTL)
  message(FATAL_ERROR "return before this where PROOFCARD_HAVE_RTL is false")
endif()
file(GLOB PROOFCARD_RTL_PACKAGES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rtl/pkg/*.sv)  # sorted, as they depend
file(GLOB PROOFCARD_RTL_MODULES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rtl/common/*.sv
     ${PROJECT_SOURCE_DIR}/rtl/field/*.sv ${PROJECT_SOURCE_DIR}/rtl/msm/*.sv)
list(FILTER PROOFCARD_RTL_MODULES EXCLUDE REGEX "/pc_msm_kernel\\.sv$")  # needs rtl/top

function(proofcard_verilated_test name)
  cmake_parse_arguments(ARG "QUICK_BUILD" "TOP" "SOURCES;MODULES;PARAMETERS" ${ARGN})
  if(NOT ARG_MODULES)
    set(ARG_MODULES ${PROOFCARD_RTL_MODULES} ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_TOP}.sv)
  endif()
  proofcard_rtl_configuration(test_rtl_${name} TOP ${ARG_TOP} PARAMETERS ${ARG_PARAMETERS}
                              FILES ${PROOFCARD_RTL_PACKAGES} ${ARG_MODULES})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name}.dir)
  set(optimise -O2)
  if(ARG_QUICK_BUILD)
    set(optimise -O1)
  endif()
  set(library ${dir}/V${ARG_TOP}__ALL.a)
  set(runtime ${dir}/verilated.o ${dir}/verilated_dpi.o ${dir}/verilated_threads.o)
  set(coverage)
  set(runtime_objects verilated.o verilated_dpi.o verilated_threads.o)
  if(PROOFCARD_RTL_COVERAGE)
    set(coverage --coverage-line)
    set(optimise -O1)
    list(APPEND runtime_objects verilated_cov.o)
    list(APPEND runtime ${dir}/verilated_cov.o)
  endif()
  add_custom_command(
    OUTPUT ${library} ${runtime}
    COMMAND ${PROOFCARD_VERILATOR} --cc -Wall --assert -O3 --x-assign fast --x-initial unique --output-split 4000
            ${coverage} -Mdir ${dir} --top-module ${ARG_TOP} ${ARG_PARAMETERS} ${PROJECT_SOURCE_DIR}/rtl/lint.vlt
            ${PROOFCARD_RTL_PACKAGES} ${ARG_MODULES}
    COMMAND ${PROOFCARD_MAKE} -s -j2 -C ${dir} -f V${ARG_TOP}.mk "CXX=${PROOFCARD_VERILATED_CXX}" LINK=c++ OPT_FAST=${optimise}
            OPT_SLOW=-O0 OPT_GLOBAL=-O2 "CFG_CXXFLAGS_STD_NEWEST=-std=c++20"
            V${ARG_TOP}__ALL.a ${runtime_objects} > ${dir}/make.log
    DEPENDS ${PROOFCARD_RTL_PACKAGES} ${ARG_MODULES} ${PROJECT_SOURCE_DIR}/rtl/lint.vlt
    COMMENT "Verilating ${ARG_TOP}"
    VERBATIM)
  add_executable(test_rtl_${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/rtl/model/dpi.cpp ${library})
  target_include_directories(test_rtl_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_include_directories(test_rtl_${name} SYSTEM PRIVATE ${dir} ${PROOFCARD_VERILATOR_ROOT}/include
                             ${PROOFCARD_VERILATOR_ROOT}/include/vltstd)
  target_link_libraries(test_rtl_${name} PRIVATE ${library} ${runtime} pc_rtl_model pc_curve GTest::gtest GTest::gmock
                        GTest::gtest_main Threads::Threads atomic)
  if(PROOFCARD_RTL_COVERAGE)
    target_compile_definitions(test_rtl_${name} PRIVATE VM_COVERAGE=1)
  endif()
  gtest_discover_tests(test_rtl_${name} TEST_PREFIX rtl.${name}. DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()
