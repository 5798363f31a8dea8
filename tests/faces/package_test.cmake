# The example program against the installed library, by find_package and by pkg-config:
# cmake -DBUILD=... -DSOURCE=... -DSCRATCH=... -DCXX=... -P package_test.cmake
file(REMOVE_RECURSE ${SCRATCH})
set(first ${SCRATCH}/first)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${first} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
set(prefix ${SCRATCH}/moved)  # nothing of it depends on where it was installed
file(RENAME ${first} ${prefix})

function(run_example program)
  execute_process(COMMAND ${program} ${SOURCE}/examples/diagnosis/model.onnx ${SOURCE}/examples/diagnosis/samples.json ${SCRATCH}
                  OUTPUT_VARIABLE out ERROR_VARIABLE err COMMAND_ERROR_IS_FATAL ANY)
  if(NOT out MATCHES "^accepted: model gave [-0-9]" OR NOT err MATCHES "  commit\n")
    message(FATAL_ERROR "${program}: expected an accepted proof, with stages, found:\n${out}${err}")
  endif()
endfunction()

execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE}/examples/cpp -B ${SCRATCH}/example -G Ninja -DCMAKE_PREFIX_PATH=${prefix}
                        -DCMAKE_CXX_COMPILER=${CXX} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH}/example OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
run_example(${SCRATCH}/example/first_proof)
execute_process(COMMAND ${prefix}/bin/proofcard inspect ${SCRATCH}/model.vk OUTPUT_VARIABLE out COMMAND_ERROR_IS_FATAL ANY)

file(GLOB_RECURSE pc ${prefix}/proofcard.pc)
cmake_path(GET pc PARENT_PATH pc_folder)
execute_process(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pc_folder} pkg-config --cflags --libs proofcard
                OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
file(GLOB_RECURSE library ${prefix}/libproofcard.so)
cmake_path(GET library PARENT_PATH library_folder)
execute_process(COMMAND ${CXX} -std=c++20 ${SOURCE}/examples/cpp/first_proof.cpp -o ${SCRATCH}/first_proof ${flags}
                        -Wl,-rpath,${library_folder} COMMAND_ERROR_IS_FATAL ANY)
run_example(${SCRATCH}/first_proof)

# The library shows what include/proofcard declares, and nothing of the engine.
execute_process(COMMAND nm -D --defined-only -C ${library} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "proofcard::verify\\(" OR symbols MATCHES "proofcard::(tools|prover|graph|kernels)::| W std::")
  message(FATAL_ERROR "${library}: expected the functions of include/proofcard and no others of ours")
endif()
file(REMOVE_RECURSE ${SCRATCH})
