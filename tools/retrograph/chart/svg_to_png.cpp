#include "svg_to_png.hpp"

#include <retrograph/graph/error.hpp>

#include <fmt/format.h>

#ifdef RETROGRAPH_RSVG
#include <librsvg/rsvg.h>

#include <cmath>
#include <memory>
#include <utility>
#endif

namespace retrograph::program {

#ifdef RETROGRAPH_RSVG

namespace {

constexpr double scale = 2;

/// What a C library made, and how it wants to be rid of it.
template <class T, class Free>
auto owned(T* made, Free free) {
  return std::unique_ptr<T, Free>{made, free};
}

cairo_status_t append(void* text, const unsigned char* bytes, unsigned int count) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

[[noreturn]] void refuse(const std::string& reason) {
  throw FileError{fmt::format("cannot draw the PNG: {}", reason)};
}

}  // namespace

std::string svg_to_png(const std::string& svg) {
  GError* problem = nullptr;
  const auto take = [&] {
    const auto error = owned(std::exchange(problem, nullptr), g_error_free);
    refuse(error ? error->message : "its SVG cannot be read");
  };
  const auto picture =
      owned(rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &problem),
            g_object_unref);
  if (!picture) take();
  double width = 0, height = 0;
  if (!rsvg_handle_get_intrinsic_size_in_pixels(picture.get(), &width, &height))
    refuse("its SVG has no size");
  width *= scale;
  height *= scale;
  const auto surface =
      owned(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(std::ceil(width)),
                                       static_cast<int>(std::ceil(height))),
            cairo_surface_destroy);
  const auto context = owned(cairo_create(surface.get()), cairo_destroy);
  const RsvgRectangle window{0, 0, width, height};
  if (!rsvg_handle_render_document(picture.get(), context.get(), &window, &problem)) take();
  std::string png;
  const auto status = cairo_surface_write_to_png_stream(surface.get(), append, &png);
  if (status != CAIRO_STATUS_SUCCESS) refuse(cairo_status_to_string(status));
  return png;
}

#else

std::string svg_to_png(const std::string&) {
  throw FileError{"cannot draw a PNG: the program was built without librsvg (package librsvg2-dev)",
                  "write an .svg or .html instead"};
}

#endif

}  // namespace retrograph::program
