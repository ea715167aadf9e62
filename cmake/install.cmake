# Installs the rooms so that find_package(libtensor) and pkg-config libtensor give what add_subdirectory gives: the
# same targets, and the same includes (<libtensor/tensor/tensor.h>).

include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/libtensor)

install(TARGETS libtensor libtensor_nn libtensor_autograd libtensor_tensor EXPORT libtensor)
foreach(level IN LISTS LIBTENSOR_LEVELS)
  install(TARGETS libtensor_tensor_${level} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/glibc-hwcaps/${level} NAMELINK_SKIP)
endforeach()
install(EXPORT libtensor NAMESPACE libtensor:: DESTINATION ${package_dir} FILE libtensorTargets.cmake)
# A header is public unless it is a kernel's or says that it is private to the .cpp files here.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} tensor/*.h autograd/*.h nn/*.h)
foreach(header IN LISTS headers)
  file(STRINGS ${header} is_private REGEX "^// Private to tensor/")
  if(NOT is_private AND NOT header MATCHES "/kernels/")
    cmake_path(GET header PARENT_PATH folder)
    install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/libtensor/${folder})
  endif()
endforeach()
install(FILES libtensor.h ${LIBTENSOR_INCLUDE_DIR}/libtensor/version.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/libtensor)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/libtensorConfig.cmake.in libtensorConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(libtensorConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/libtensorConfig.cmake ${PROJECT_BINARY_DIR}/libtensorConfigVersion.cmake
        DESTINATION ${package_dir})

# pkg-config: the rooms, top first; a static library brings what it was built on.
set(libraries " -ltensor_nn -ltensor_autograd -ltensor_tensor")
if(NOT BUILD_SHARED_LIBS)
  string(APPEND libraries " -lfmt -lz ${OpenMP_CXX_FLAGS}")
endif()
file(RELATIVE_PATH up_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/libtensor.pc.in libtensor.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/libtensor.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
