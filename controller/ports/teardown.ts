/** What reconcile made beside the stacks, for its removal. Each verb may be repeated. */
export interface Teardown {
  /** Takes these functions, of either runtime, off all behaviours. False: none was there, or there is no such distribution. */
  dissociate(distribution: string, functions: readonly string[]): Promise<boolean>;
  /** A CloudFront function; `in-use`: a distribution still has it. */
  removeFunction(name: string): Promise<'gone' | 'in-use'>;
  /**
   * A Lambda@Edge function with all its versions. `replicated`: CloudFront hasn't removed its replicas yet;
   * `foreign`: somebody else made it, so it is left alone.
   */
  removeLambda(name: string): Promise<'gone' | 'replicated' | 'foreign'>;
}
