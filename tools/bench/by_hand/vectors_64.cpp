#define BY_HAND_LANES 16
#define BY_HAND_NAMESPACE by_hand_64
#include "workloads.hpp"
