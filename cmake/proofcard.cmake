# Settings and helpers that every folder shares.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(PROOFCARD_CCACHE ccache)
if(PROOFCARD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Relative paths: what one build folder compiled is a hit in another (build-pip, of the Python package).
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${PROOFCARD_CCACHE})
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# Quantisation and tables must come out the same on every machine.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -ffp-contract=off)
# A switch over an enum names all of it (CONTRIBUTING.md), so that a new enumerator does not compile until it is handled.
add_compile_options(-Werror=switch -Werror=return-type)

set(PROOFCARD_SANITIZE "" CACHE STRING "Sanitizers to build with, for instance address,undefined")
if(PROOFCARD_SANITIZE)
  add_compile_options(-fsanitize=${PROOFCARD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PROOFCARD_SANITIZE})
endif()

# proofcard_library(NAME [NO_UNITY] [COLD] [EXTRA_DIRS dir...] [EXCEPT file...] [DEPS lib...]): a library pc_NAME of all .cpp files in the
# calling folder and those subfolders of it, but these.
# Files named *_simd128.cpp are WebAssembly's and left out elsewhere.
# Files named *_avx2.cpp and *_avx512.cpp are compiled for that instruction set on x86-64 and left out elsewhere;
# code in them runs only after a run-time check of the processor. NO_UNITY: each file is a translation unit even in a unity build.
# COLD: code that runs once a command and waits for files or other libraries, compiled with -O1, which takes a third less time.
function(proofcard_library name)
  cmake_parse_arguments(ARG "NO_UNITY;COLD" "" "DEPS;EXTRA_DIRS;EXCEPT" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(dir ${ARG_EXTRA_DIRS})
    file(GLOB extra CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp)
    list(APPEND sources ${extra})
  endforeach()
  list(TRANSFORM ARG_EXCEPT PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(REMOVE_ITEM sources ${ARG_EXCEPT})
  set(target pc_${name})
  set(kept)
  foreach(source ${sources})
    if(source MATCHES "_avx2\\.cpp$|_avx512\\.cpp$")
      if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        list(APPEND kept ${source})
        if(source MATCHES "_avx512\\.cpp$")
          set(isa -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512ifma -mavx512vnni -mavx512vbmi -mbmi2 -madx)
        else()
          set(isa -mavx2 -mbmi2)
        endif()
        if(PROOFCARD_FUZZ)
          list(APPEND isa -fno-sanitize=all)  # clang 14 takes minutes for these unrolled files with sanitizers
        endif()
        set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${isa}")
      endif()
    elseif(NOT source MATCHES "_simd128\\.cpp$" OR CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32")
      list(APPEND kept ${source})
    endif()
  endforeach()
  if(kept)
    add_library(${target} STATIC ${kept})
    if(ARG_COLD)
      target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
    if(ARG_NO_UNITY)
      set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
    endif()
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} ${scope} ${ARG_DEPS})
endfunction()
