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

# configure(ARGUMENT...): of the consumer; leaves the exit code in `code` and what CMake said in `said`.
function(configure)
  execute_process(COMMAND ${CMAKE_COMMAND} -G Ninja -S ${here} -B ${WORK}/build --fresh -DCMAKE_CXX_COMPILER=${CXX}
                          -DCMAKE_PREFIX_PATH=${WORK}/prefix ${ARGV}
                  RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  set(code ${code} PARENT_SCOPE)
  set(said "${said}" PARENT_SCOPE)
endfunction()

function(expect_refusal reason)
  if(code EQUAL 0 OR NOT said MATCHES "${reason}")
    message(FATAL_ERROR "expected CMake to refuse because '${reason}'; it ended with ${code} and said\n${said}")
  endif()
endfunction()

file(GLOB_RECURSE library ${WORK}/prefix/libtensor_tensor.so)
configure(-DCOMPONENTS=optim)
expect_refusal("There is no component 'optim': there are tensor, autograd and nn")
set(without -DCMAKE_DISABLE_FIND_PACKAGE_OpenMP=ON -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON)
if(library)  # which needs of the consumer nothing that it was built on, and has no kernels for it
  file(GLOB_RECURSE libraries ${WORK}/prefix/libtensor_*.so)
  execute_process(COMMAND nm -DC --defined-only ${libraries} OUTPUT_VARIABLE exported COMMAND_ERROR_IS_FATAL ANY)
  if(exported MATCHES "[^\n]*(lt::kernels|libtensor_eigen|nlohmann)::[^\n]*")
    message(FATAL_ERROR "a shared library exports ${CMAKE_MATCH_0}")
  endif()
  if(NOT exported MATCHES "lt::v0::nn::Linear::Linear" OR exported MATCHES "[^\n]*[^A-Za-z_:]lt::([^v]|v[^0])[^\n]*")
    message(FATAL_ERROR "a shared library exports a name without its version: ${CMAKE_MATCH_0}")
  endif()
  configure(-DCOMPONENTS=nn ${without} -DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON)
else()
  configure(-DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON)
  expect_refusal("dependency fmt could not be found")
  configure(${without})
  expect_refusal("dependency OpenMP could not be found")
  configure(-DCOMPONENTS=nn -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON)
endif()
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the consumer was not configured:\n${said}")
endif()
run(${CMAKE_COMMAND} --build ${WORK}/build)
expect_output(${WORK}/build/consumer)

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
# No standard is among its flags, so the consumer's own holds; and nothing in the headers makes a warning there.
foreach(kind "" --static)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pc_dir} ${pkg_config} --cflags --libs ${kind} libtensor
                  OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  if(flags MATCHES "-std=")
    message(FATAL_ERROR "pkg-config sets a standard: ${flags}")
  endif()
  separate_arguments(flags UNIX_COMMAND ${flags})
  run(${CXX} -std=c++2b -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror ${here}/consumer.cpp -I${here}/own
      -o ${WORK}/build/consumer_pc${kind} ${flags} -Wl,-rpath,${pc_dir}/..)
  expect_output(${WORK}/build/consumer_pc${kind})
endforeach()
