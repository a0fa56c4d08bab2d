# Installs the built library into a folder of its own, takes the README's first program, and builds and runs it against
# that copy in each of the three ways that the README names: find_package, pkg-config, add_subdirectory (configured
# only: it would build the library a second time). Needs PROJECT_DIR, BUILD_DIR, WORK_DIR, COMPILER and FLAGS.
file(REMOVE_RECURSE ${WORK_DIR})
set(prefix ${WORK_DIR}/installed)
set(program ${WORK_DIR}/program)

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE errors)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}\n${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# It must learn exclusive or and leave its diagram.
function(check_program executable)
  file(REMOVE ${WORK_DIR}/xor.dot)
  run(${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${library_dir} ${executable})
  if(NOT output MATCHES "step 200 loss 0\\.0.*classes \\[0, 1, 1, 0\\]")
    message(FATAL_ERROR "${executable} printed:\n${output}")
  endif()
  if(NOT EXISTS ${WORK_DIR}/xor.dot)
    message(FATAL_ERROR "${executable} left no diagram")
  endif()
endfunction()

function(write_project folder import)
  file(WRITE ${folder}/CMakeLists.txt "cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
${import}
add_executable(consumer ${program}.cpp)
target_link_libraries(consumer PRIVATE retrograph::retrograph)
")
endfunction()

file(READ ${PROJECT_DIR}/README.md readme)
string(REGEX MATCH "```cpp\n([^`]*)```" block "${readme}")
file(WRITE ${program}.cpp "${CMAKE_MATCH_1}")

run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix})
file(GLOB_RECURSE description ${prefix}/retrograph.pc)
get_filename_component(description_dir ${description} DIRECTORY)
get_filename_component(library_dir ${description_dir} DIRECTORY)
set(toolchain -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS})

write_project(${WORK_DIR}/by-package "find_package(retrograph REQUIRED)")
run(${CMAKE_COMMAND} -S by-package -B by-package/build -DCMAKE_PREFIX_PATH=${prefix} ${toolchain})
run(${CMAKE_COMMAND} --build by-package/build)
check_program(${WORK_DIR}/by-package/build/consumer)

run(${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${description_dir} pkg-config --cflags --libs retrograph)
string(STRIP "${output}" arguments)
separate_arguments(arguments UNIX_COMMAND "${arguments} ${FLAGS}")
run(${COMPILER} ${program}.cpp -o by-pkg-config ${arguments})
check_program(${WORK_DIR}/by-pkg-config)

write_project(${WORK_DIR}/by-folder "add_subdirectory(${PROJECT_DIR} retrograph)")
run(${CMAKE_COMMAND} -S by-folder -B by-folder/build ${toolchain})
