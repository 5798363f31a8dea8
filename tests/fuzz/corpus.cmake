# The seeds of all targets: cmake -D MAKE_CORPUS=program -D CORPUS=directory -D ARCHIVE=file -P corpus.cmake
file(REMOVE_RECURSE ${CORPUS})
foreach(target verify key graph files whir ligero onnx quantize)
  file(MAKE_DIRECTORY ${CORPUS}/${target})
endforeach()
file(ARCHIVE_EXTRACT INPUT ${ARCHIVE} DESTINATION ${CORPUS})
execute_process(COMMAND ${MAKE_CORPUS} ${CORPUS} COMMAND_ERROR_IS_FATAL ANY)
