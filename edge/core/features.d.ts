/**
 * Constants that `composeEdge` sets for a bundle, one for each feature, so that the minifier drops the code behind
 * those that are false. In tests all are true: a route that uses no feature must not notice.
 */
declare const FEATURE_SESSION: boolean;
declare const FEATURE_SPLIT: boolean;
declare const FEATURE_COHORTS: boolean;
declare const FEATURE_SIGNED: boolean;
declare const FEATURE_GATE: boolean;
declare const FEATURE_PINNED: boolean;
declare const FEATURE_ORIGINS: boolean;
declare const FEATURE_UNTRUSTED: boolean;
declare const FEATURE_ADOPTED: boolean;
declare const FEATURE_BEACON: boolean;
