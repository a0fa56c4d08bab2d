#define BY_HAND_LANES 4
#define BY_HAND_NAMESPACE by_hand_16
#include "workloads.hpp"
