import type { ResourceState, StackRecord, Values } from '../records.ts';
import { UNKNOWN, type Scope } from './functions.ts';
import { isPseudo, valueOfPseudo } from './pseudo.ts';

export interface ScopeOptions {
  readonly stack: StackRecord;
  readonly parameters: Values;
  /** undefined: it isn't there yet, or will be another one. */
  readonly resourceOf: (logicalId: string) => ResourceState | undefined;
}

/** What a stack's template can refer to. */
export function createScope({ stack, parameters, resourceOf }: ScopeOptions): Scope {
  return {
    ref(name) {
      if (Object.hasOwn(parameters, name)) return parameters[name];
      if (isPseudo(name)) return valueOfPseudo(name, stack);
      return resourceOf(name)?.physicalId ?? UNKNOWN;
    },
    attribute: (name, attribute) => resourceOf(name)?.attributes[attribute] ?? UNKNOWN,
  };
}
