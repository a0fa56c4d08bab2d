#define BY_HAND_LANES 8
#define BY_HAND_NAMESPACE by_hand_32
#include "workloads.hpp"
