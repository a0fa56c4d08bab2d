#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> argmax_entries() {
  return {};
}

}  // namespace retrograph
