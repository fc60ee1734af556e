/**
 * Minutes after which the fast lane looks at KeyValueStores in which nothing should have moved. Each look is two
 * calls that may be billed like writes: each minute they were most of what the fast lane cost (policies/costs.md).
 */
export const LOOK_MINUTES = 30;
