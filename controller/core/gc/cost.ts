/** S3 Standard, us-east-1, the first 50 TB (documented on AWS's price page; other regions and classes differ). */
const DOLLARS_PER_GIGABYTE_MONTH = 0.023;

/** What these bytes cost in a month, in US dollars. S3's gigabyte has 2^30 bytes. */
export function monthlyCost(bytes: number): number {
  return (bytes / 2 ** 30) * DOLLARS_PER_GIGABYTE_MONTH;
}

/** `$1.84`, `less than $0.01`. */
export function renderDollars(dollars: number): string {
  return dollars > 0 && dollars < 0.01 ? 'less than $0.01' : `$${dollars.toFixed(2)}`;
}
