#pragma once

// All that a program may use. Not here: <retrograph/graph/boost.hpp>, which brings in Boost.Graph.

#include <retrograph/graph/array.hpp>
#include <retrograph/graph/dim.hpp>
#include <retrograph/graph/dtype.hpp>
#include <retrograph/graph/error.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/graph.hpp>
#include <retrograph/graph/kernel.hpp>
#include <retrograph/graph/op.hpp>
#include <retrograph/graph/random.hpp>
#include <retrograph/graph/shape.hpp>
#include <retrograph/graph/state.hpp>
#include <retrograph/graph/tensor.hpp>

#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/argmax.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/concat.hpp>
#include <retrograph/ops/dot.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/gather.hpp>
#include <retrograph/ops/linear.hpp>
#include <retrograph/ops/logical.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/one_hot.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/pad.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/prod.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sign.hpp>
#include <retrograph/ops/slice.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>
#include <retrograph/ops/trigonometric.hpp>
#include <retrograph/ops/variance.hpp>
#include <retrograph/ops/where.hpp>

#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>

#include <retrograph/models/adam.hpp>
#include <retrograph/models/classifier.hpp>
#include <retrograph/models/data/dataset.hpp>
#include <retrograph/models/data/idx.hpp>
#include <retrograph/models/data/mnist.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/models/layers.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizer.hpp>
#include <retrograph/models/sgd.hpp>
#include <retrograph/models/train.hpp>
