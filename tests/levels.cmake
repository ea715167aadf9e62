# Runs PROGRAM with the kernels of one LEVEL of the processor, as the dynamic linker takes them from glibc-hwcaps when it
# may take no other; with LEVEL=none, those of every processor. IN is the folder where the library must then be found.
#   cmake -DPROGRAM=... -DLEVEL=... -DIN=... -P levels.cmake
set(loader /lib64/ld-linux-x86-64.so.2)

execute_process(COMMAND ${loader} --help OUTPUT_VARIABLE help ERROR_VARIABLE help)
if(NOT LEVEL STREQUAL none AND NOT help MATCHES "${LEVEL} \\(supported")
  message("Skipped: this processor, or its dynamic linker, has no ${LEVEL}")
  return()
endif()

set(command ${loader} --glibc-hwcaps-mask ${LEVEL})
execute_process(COMMAND ${command} --list ${PROGRAM} OUTPUT_VARIABLE libraries COMMAND_ERROR_IS_FATAL ANY)
if(NOT libraries MATCHES "=> ([^\n]*)/libtensor_tensor\\.so" OR NOT CMAKE_MATCH_1 STREQUAL IN)
  message(FATAL_ERROR "with ${LEVEL} the linker did not look into ${IN}:\n${libraries}")
endif()

execute_process(COMMAND ${command} ${PROGRAM} --gtest_brief RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "failed with ${LEVEL}: ${PROGRAM}")
endif()
