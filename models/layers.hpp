#pragma once

// Layers: functions that make parameters of their own, in a scope of the graph.

#include <retrograph/models/layers/batch_norm.hpp>
#include <retrograph/models/layers/conv2d.hpp>
#include <retrograph/models/layers/layer_norm.hpp>
#include <retrograph/models/layers/linear.hpp>
