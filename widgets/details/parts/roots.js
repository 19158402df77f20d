// What multiplies a mode at every step: the roots of its polynomial, which is affine in eta lambda.
const coefficients = ([still, one], x) => still.map((value, k) => value + x * (one[k] - value));

// the roots as [real, imaginary], the larger first
function roots([, b, c]) {
  if (c === undefined) return [[-b, 0]];
  const depth = (b * b) / 4 - c;
  if (depth < 0) return [1, -1].map((sign) => [-b / 2, sign * Math.sqrt(-depth)]);
  const far = -b / 2 + (b > 0 ? -1 : 1) * Math.sqrt(depth);
  return [
    [far, 0],
    [far === 0 ? 0 : c / far, 0],
  ];
}

// those of one direction at the present settings
function factors({ polynomial, eta, eigenvalues }, i) {
  return roots(coefficients(polynomial, eta * eigenvalues[i]));
}
