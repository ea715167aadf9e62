# What every target of this project is compiled with, and the one way to declare a component (tensor, autograd, nn).

# Includes are <libtensor/tensor/ops.h> here as in an installed tree: in this folder `libtensor` has a link to each of ours.
set(LIBTENSOR_INCLUDE_DIR ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${LIBTENSOR_INCLUDE_DIR}/libtensor)
foreach(folder tensor autograd nn apps bench tests)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${LIBTENSOR_INCLUDE_DIR}/libtensor/${folder} SYMBOLIC)
endforeach()
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/libtensor.h ${LIBTENSOR_INCLUDE_DIR}/libtensor/libtensor.h SYMBOLIC)
configure_file(cmake/version.h.in ${LIBTENSOR_INCLUDE_DIR}/libtensor/version.h @ONLY)

add_library(libtensor_flags INTERFACE)
target_compile_options(libtensor_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 warns inside its own AVX-512 header, of operands left undefined on purpose (GCC bug 105593).
  target_compile_options(libtensor_flags INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized)
endif()
if(LIBTENSOR_WERROR)
  target_compile_options(libtensor_flags INTERFACE -Werror)
endif()
# Each target has a property LIBTENSOR_ISA, at first the variable of this name.
define_property(TARGET PROPERTY LIBTENSOR_ISA INITIALIZE_FROM_VARIABLE LIBTENSOR_ISA)
set(isa $<TARGET_PROPERTY:LIBTENSOR_ISA>)
target_compile_options(libtensor_flags INTERFACE $<$<BOOL:${isa}>:-march=${isa}>)
if(LIBTENSOR_SANITIZE)
  target_compile_options(libtensor_flags INTERFACE -fsanitize=${LIBTENSOR_SANITIZE} -fno-sanitize-recover=all
                                                   -fno-omit-frame-pointer)
  target_compile_definitions(libtensor_flags INTERFACE LIBTENSOR_SANITIZED)
  target_link_options(libtensor_flags INTERFACE -fsanitize=${LIBTENSOR_SANITIZE})
endif()

# For what never runs long, and takes long to compile: CLI11, nlohmann-json and fmt take two thirds of the time of -O3 at -O1,
# and a third at -O0, at which sanitizers see what optimisation would take away.
set(LIBTENSOR_COMPILED_FAST $<$<CONFIG:Release>:-O1>)
if(LIBTENSOR_SANITIZE)
  set(LIBTENSOR_COMPILED_FAST -O0)
endif()

# libtensor_component(NAME [HWCAPS] [PUBLIC target...] [PRIVATE target...] [DEFINITIONS name=value...] [HEADERS header...]):
# a library target libtensor::NAME from every .cpp at or below this folder, linking the targets given. Sources are found by
# pattern (checked at every build), so adding an op is adding its files. HWCAPS: it has loops worth compiling again
# for each of LIBTENSOR_LEVELS, as the target libtensor_NAME_LEVEL, a library of the same name in another folder. HEADERS:
# what many of its sources include besides our own.
function(libtensor_component name)
  cmake_parse_arguments(PARSE_ARGV 1 component "HWCAPS" "" "PUBLIC;PRIVATE;DEFINITIONS;HEADERS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  set(targets libtensor_${name})
  add_library(libtensor_${name} ${sources})
  add_library(libtensor::${name} ALIAS libtensor_${name})
  set_target_properties(libtensor_${name} PROPERTIES EXPORT_NAME ${name} INSTALL_RPATH $ORIGIN)
  if(component_HWCAPS)
    foreach(level IN LISTS LIBTENSOR_LEVELS)
      list(APPEND targets libtensor_${name}_${level})
      add_library(libtensor_${name}_${level} SHARED ${sources})
      set_target_properties(libtensor_${name}_${level} PROPERTIES LIBTENSOR_ISA ${level} INSTALL_RPATH $ORIGIN/../..
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/glibc-hwcaps/${level})
    endforeach()
  endif()
  foreach(target IN LISTS targets)
    # Hidden inlines: a program's copy of an inline function, compiled for another instruction set, replaces none here.
    set_target_properties(${target} PROPERTIES
      OUTPUT_NAME libtensor_${name} PREFIX "" VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON
      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_compile_definitions(${target} PRIVATE ${component_DEFINITIONS})
    target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${LIBTENSOR_INCLUDE_DIR}>
                                                $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_link_libraries(${target} PUBLIC ${component_PUBLIC} PRIVATE $<BUILD_INTERFACE:libtensor_flags> ${component_PRIVATE})
    if(BUILD_SHARED_LIBS AND NOT APPLE)
      target_link_options(${target} PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map)
      set_target_properties(${target} PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exports.map)
    endif()
    # Without loops, it compiles in less than half the time, and sanitizers see what optimisation would take away.
    if(LIBTENSOR_SANITIZE AND NOT component_HWCAPS)
      target_compile_options(${target} PRIVATE -O0)
    endif()
    if(LIBTENSOR_MERGED)
      target_precompile_headers(${target} PRIVATE <fmt/format.h> <libtensor/tensor/ops.h> ${component_HEADERS})
    endif()
  endforeach()
endfunction()

# libtensor_use_kernels(TARGET LIBRARY): for a program that calls kernels by themselves. A shared library does not export
# them, so the program has their objects of that library (libtensor_tensor, or that of a level) as its own.
function(libtensor_use_kernels target library)
  if(BUILD_SHARED_LIBS)
    target_sources(${target} PRIVATE $<FILTER:$<TARGET_OBJECTS:${library}>,INCLUDE,/kernels/>)
    target_link_libraries(${target} PRIVATE OpenMP::OpenMP_CXX)
  endif()
endfunction()

# libtensor_optional(VARIABLE NAME LOST): one line where something optional was not found: what is lost.
function(libtensor_optional variable name lost)
  if(NOT ${variable})
    message(STATUS "Without ${name}: ${lost}")
  endif()
endfunction()
