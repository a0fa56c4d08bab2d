# Finds a package, or stops with the name of the Debian package that has it.
macro(retrograph_require name debian_package)
  find_package(${name} ${ARGN} QUIET)
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "retrograph needs ${name}: install the package ${debian_package}, or run tools/setup")
  endif()
endmacro()
