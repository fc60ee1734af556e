import fc from 'fast-check';

/**
 * A commit that passed passes again: the gate always draws the same. New values are drawn every night
 * (`random`, .github/workflows/explore.yml); the seed that a failure prints brings it back.
 */
const { HEADGATE_SEED: SEED = '20261122' } = process.env;
if (SEED !== 'random') fc.configureGlobal({ seed: Number(SEED) });
