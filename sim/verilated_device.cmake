# proofcard_verilated_kernel(NAME TOP module SOURCES file... [PARAMETERS -Gname=value...] [MODELS file...] [WAVES]): a library
# of a Verilated kernel with Vitis' port names. MODELS are C++ files with the bodies of its DPI-C imports; they may use pc_rtl_model.
# WAVES, or PROOFCARD_WAVES for all kernels: it can write its signals (sim/rtl/waves.hpp).
# A program may have several: Verilator's runtime is an archive, of which the linker takes one.
# proofcard_rtl_device(TARGET KERNEL name TOP module): the device process TARGET around it; its masters are connected by connect_module
# of sim/rtl/masters.hpp.

function(proofcard_verilated_kernel name)
  cmake_parse_arguments(ARG "WAVES" "TOP" "SOURCES;PARAMETERS;MODELS" ${ARGN})
  if(NOT PROOFCARD_HAVE_RTL)
    message(FATAL_ERROR "kernel ${name}: call this only where PROOFCARD_HAVE_RTL is true")
  endif()
  proofcard_rtl_configuration(${name} TOP ${ARG_TOP} PARAMETERS ${ARG_PARAMETERS} FILES ${ARG_SOURCES})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name}_verilated)
  set(library ${dir}/V${ARG_TOP}__ALL.a)
  set(runtime ${dir}/libruntime.a)
  set(waves)
  set(runtime_objects verilated.o verilated_dpi.o verilated_threads.o)
  if(PROOFCARD_WAVES OR ARG_WAVES)
    set(waves --trace-fst)
    list(APPEND runtime_objects verilated_fst_c.o)
  endif()
  list(TRANSFORM runtime_objects PREPEND ${dir}/ OUTPUT_VARIABLE runtime_paths)
  add_custom_command(
    OUTPUT ${library} ${runtime}
    COMMAND ${PROOFCARD_VERILATOR} --cc -Wall --assert -O3 --x-assign fast --x-initial fast --output-split 4000 -Mdir ${dir}
            ${waves} --top-module ${ARG_TOP} ${ARG_PARAMETERS} ${PROJECT_SOURCE_DIR}/rtl/lint.vlt ${ARG_SOURCES}
    COMMAND ${PROOFCARD_MAKE} -s -j2 -C ${dir} -f V${ARG_TOP}.mk "CXX=${PROOFCARD_VERILATED_CXX}" LINK=c++ OPT_FAST=-O2 OPT_SLOW=-O0 OPT_GLOBAL=-O2
            "CFG_CXXFLAGS_STD_NEWEST=-std=c++20" V${ARG_TOP}__ALL.a ${runtime_objects} > ${dir}/make.log
    COMMAND ${CMAKE_AR} rcs ${runtime} ${runtime_paths}
    DEPENDS ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/rtl/lint.vlt
    COMMENT "Verilating ${ARG_TOP}" VERBATIM)
  add_custom_target(${name}_verilate DEPENDS ${library} ${runtime})
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_verilate)
  target_include_directories(${name} SYSTEM INTERFACE ${dir} ${PROOFCARD_VERILATOR_ROOT}/include
                             ${PROOFCARD_VERILATOR_ROOT}/include/vltstd)
  target_link_libraries(${name} INTERFACE ${library} ${runtime} pc_sim_memory Threads::Threads atomic)
  if(waves)
    target_compile_definitions(${name} INTERFACE PROOFCARD_WAVES)
    target_link_libraries(${name} INTERFACE z)
  endif()
  if(ARG_MODELS)
    target_sources(${name} INTERFACE ${ARG_MODELS} ${library})
    target_link_libraries(${name} INTERFACE pc_rtl_model)
  endif()
endfunction()

function(proofcard_rtl_device target)
  cmake_parse_arguments(ARG "" "KERNEL;TOP" "" ${ARGN})
  add_executable(${target} ${PROJECT_SOURCE_DIR}/sim/rtl_main.cpp)
  target_compile_definitions(${target} PRIVATE PROOFCARD_RTL_MODEL=V${ARG_TOP} PROOFCARD_RTL_HEADER="V${ARG_TOP}.h"
                             PROOFCARD_RTL_CONNECT=connect_${ARG_TOP})
  target_link_libraries(${target} PRIVATE ${ARG_KERNEL})
endfunction()
