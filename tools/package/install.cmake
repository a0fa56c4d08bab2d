# cmake --install: the library, its headers, and how CMake and pkg-config find them.
include(CMakePackageConfigHelpers)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/retrograph)

install(TARGETS retrograph EXPORT retrograph-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY graph ops autograd models DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/retrograph
        FILES_MATCHING PATTERN *.hpp PATTERN retrograph.hpp EXCLUDE)
install(FILES models/retrograph.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/retrograph)

install(EXPORT retrograph-targets NAMESPACE retrograph:: DESTINATION ${config_dir})
configure_package_config_file(tools/package/retrograph-config.cmake.in retrograph-config.cmake
                              INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(retrograph-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/retrograph-config.cmake ${PROJECT_BINARY_DIR}/retrograph-config-version.cmake
        DESTINATION ${config_dir})

# Wherever it is installed, it finds the folders beside it.
file(RELATIVE_PATH prefix_from_pkgconfig /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(tools/package/retrograph.pc.in retrograph.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/retrograph.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
