# Offers tools/fetch-mnist a folder of four files that are not MNIST. Needs SCRIPT and WORK_DIR.
file(REMOVE_RECURSE ${WORK_DIR})
foreach(name train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1)
  file(WRITE ${WORK_DIR}/offered/${name}-ubyte "not MNIST")
endforeach()

execute_process(COMMAND ${SCRIPT} ${WORK_DIR}/data ${WORK_DIR}/offered RESULT_VARIABLE result ERROR_VARIABLE errors)
if(NOT result EQUAL 1 OR NOT errors MATCHES "fetch-mnist: the SHA-256 of [a-z0-9]+-[a-z]+-idx[13]-ubyte is wrong")
  message(FATAL_ERROR "exit code ${result}, message: ${errors}")
endif()
file(GLOB left ${WORK_DIR}/data/*-ubyte)
if(left)
  message(FATAL_ERROR "a wrong file was taken: ${left}")
endif()
