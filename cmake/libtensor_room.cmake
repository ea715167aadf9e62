# What every target of this project is compiled with, and the one way to declare a room.

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
  target_link_options(libtensor_flags INTERFACE -fsanitize=${LIBTENSOR_SANITIZE})
endif()

# libtensor_room(NAME [PUBLIC target...] [PRIVATE target...]): a library target libtensor::NAME from every .cpp
# at or below this folder, linking the targets given. Sources are found by pattern (checked at every build), so
# adding an op is adding its files; a room without sources yet is a target without code.
function(libtensor_room name)
  cmake_parse_arguments(PARSE_ARGV 1 link "" "" "PUBLIC;PRIVATE")
  set(target libtensor_${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  if(sources)
    add_library(${target} ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:libtensor_flags> ${link_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(libtensor::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${target} PREFIX "" EXPORT_NAME ${name} INSTALL_RPATH $ORIGIN
    POSITION_INDEPENDENT_CODE ON VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_include_directories(${target} ${scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                                $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/libtensor>)
  target_link_libraries(${target} ${scope} ${link_PUBLIC})
endfunction()

# libtensor_optional(VARIABLE NAME LOST): one line where something optional was not found: what is lost.
function(libtensor_optional variable name lost)
  if(NOT ${variable})
    message(STATUS "Without ${name}: ${lost}")
  endif()
endfunction()
