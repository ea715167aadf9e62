# Installs the build tree BUILD into a folder of its own under WORK, moves it, and builds and runs the consumer in this
# folder against it: once with find_package, once with pkg-config where that is installed. A package build has kernels
# for some LEVELS of the processor: the dynamic linker must take each that it may.
#   cmake -DBUILD=... -DWORK=... -DCXX=... -DLEVELS=... -P install_test.cmake
set(here ${CMAKE_CURRENT_LIST_DIR})
set(expected "(3, 4)\nadd: shapes do not broadcast: (3, 4) and (5) differ at axis 1\ntensor(33080.)\n")

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "failed (${code}): ${command}\n${output}")
  endif()
endfunction()

function(expect_output)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(errors MATCHES "^Skipped")
    message("${errors}")
  elseif(NOT code EQUAL 0 OR NOT output STREQUAL expected)
    message(FATAL_ERROR "${ARGV} ended with ${code} and printed\n${output}${errors}instead of\n${expected}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/staged)
file(RENAME ${WORK}/staged ${WORK}/prefix)

# tensor/eigen.h is for programs that have Eigen; every other header stands without it.
file(GLOB_RECURSE headers RELATIVE ${WORK}/prefix/include ${WORK}/prefix/include/libtensor/*.h)
list(REMOVE_ITEM headers libtensor/tensor/eigen.h)
list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>\n")
file(WRITE ${WORK}/build/all_headers.h ${headers})

run(${CMAKE_COMMAND} -G Ninja -S ${here} -B ${WORK}/build -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_PREFIX_PATH=${WORK}/prefix)
run(${CMAKE_COMMAND} --build ${WORK}/build)
expect_output(${WORK}/build/consumer)

file(GLOB_RECURSE library ${WORK}/prefix/libtensor_tensor.so)
cmake_path(GET library PARENT_PATH libdir)
foreach(level IN LISTS LEVELS)
  expect_output(${CMAKE_COMMAND} -DPROGRAM=${WORK}/build/consumer -DLEVEL=${level} -DIN=${libdir}/glibc-hwcaps/${level}
                -P ${here}/../levels.cmake)
endforeach()
if(LEVELS)
  expect_output(${CMAKE_COMMAND} -DPROGRAM=${WORK}/build/consumer -DLEVEL=none -DIN=${libdir} -P ${here}/../levels.cmake)
endif()

find_program(pkg_config NAMES pkg-config pkgconf)
if(NOT pkg_config)
  message("pkg-config is not installed: its half of this test was skipped")
  return()
endif()
file(GLOB_RECURSE pc ${WORK}/prefix/libtensor.pc)
cmake_path(GET pc PARENT_PATH pc_dir)
execute_process(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pc_dir} ${pkg_config} --cflags --libs libtensor
                OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND ${flags})
run(${CXX} ${here}/consumer.cpp -I${WORK}/build -o ${WORK}/build/consumer_pc ${flags} -Wl,-rpath,${pc_dir}/..)
expect_output(${WORK}/build/consumer_pc)
