/** The compiler knows ES5 here; this is all the edge uses beyond it. CloudFront's runtime and njs 0.7.9 have it. */
interface Math {
  imul(a: number, b: number): number;
}
