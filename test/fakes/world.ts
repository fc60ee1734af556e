/** One environment with everything around it, in memory. */
export { DISTRIBUTION, withLambda } from './world/distribution.ts';
export { AppWorld, Fleet } from './world/fleet.ts';
export { Killed, type WriteHook } from './world/ports.ts';
export {
  appPolicy,
  assign,
  DOMAIN,
  environmentPolicy,
  GROUP,
  HOST,
  LAMBDA_GROUP,
  STEPS,
} from './world/policies.ts';
export { World } from './world/world.ts';
