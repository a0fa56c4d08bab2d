#pragma once

#include <retrograph/graph/array.hpp>

namespace retrograph {

/// Makes of a picture what the digits of MNIST are: light ink on black, scaled to fit 20 x 20 pixels, centred
/// in 28 x 28. Things of other such data sets are as large as `digit_side` says: those of Fashion-MNIST 28.
///
///     ink    <- |picture - paper|, less three times the unevenness of the paper, where it differs from the
///               paper in the direction of the ink: dark on light or light on dark
///     digit  <- ink, cropped to what is not 0, its longer side scaled to digit_side by the mean over
///               areas, its largest number to 1
///     image  <- digit with its centre of mass nearest to pixel (14, 14)
///
/// Paper is the median of the pixels at the edges, unevenness the distance from it that nine of ten of them
/// keep. Where light falls on a page so that a surface a + b y + c x + d y x, fitted to these pixels, at
/// least halves the unevenness, it is the paper, so that a photo is read, too. A digit of MNIST itself comes
/// out as it is, made as bright as can be.
///
/// picture  [height, width], float32
/// returns  [28, 28], float32 in [0, 1]
///
/// Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits",
/// http://yann.lecun.com/exdb/mnist/.
/// Throws ShapeError for another rank or a digit_side not in 1 .. 28, DataError if there is no ink.
Array as_mnist_digit(const Array& picture, std::int64_t digit_side = 20);

/// The longer side of what is not 0 in an image, in pixels: the middle one of the images that have any, 0 if
/// none has.
/// images  [samples, height, width], float32
std::int64_t usual_digit_side(const Array& images);

/// The mean over the area of each new pixel.
///
/// image    [height, width], float32, with pixels
/// returns  [new_height, new_width]
/// Throws ShapeError for another rank or if an extent is not positive.
Array scaled_by_area(const Array& image, std::int64_t new_height, std::int64_t new_width);

}  // namespace retrograph
