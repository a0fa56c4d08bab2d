#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> softmax_entries() {
  return {};
}

}  // namespace retrograph
