/** Lambda@Edge answers with the waiting page itself, and takes no larger one. */
export const PAGE_BYTES_LIMIT = 40_000;
