#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> matmul_entries() {
  return {};
}

}  // namespace retrograph
