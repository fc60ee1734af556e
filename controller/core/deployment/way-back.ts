/** What CloudFormation goes back to when an update fails: the template it has, which knows nothing of what reconcile did. */
import type { Template } from '../infrastructure/template.ts';
import { DISTRIBUTION, OF_RECONCILE } from './same-stack.ts';

type Behaviour = Readonly<Record<string, unknown>>;

/**
 * The template that a stack has, with the functions that `wanted` has on its distributions: as an update of its own it
 * changes nothing there, and a failed one behind it puts them back instead of taking them off. undefined: it has them.
 */
export function withFunctions(present: Template, wanted: Template): Template | undefined {
  const entries = Object.entries(present.Resources).map(([id, resource]) => {
    const next = wanted.Resources[id];
    if (resource.Type !== DISTRIBUTION || next?.Type !== DISTRIBUTION)
      return [id, resource] as const;
    const config = carry(configOf(resource.Properties), configOf(next.Properties));
    const Properties = { ...resource.Properties, DistributionConfig: config };
    return [id, { ...resource, Properties }] as const;
  });
  const carried = { ...present, Resources: Object.fromEntries(entries) };
  return JSON.stringify(carried) === JSON.stringify(present) ? undefined : carried;
}

function carry(present: Behaviour, wanted: Behaviour): Behaviour {
  const others = listBehaviours(wanted);
  const behaviours = listBehaviours(present).map((behaviour) => {
    const same = others.find((other) => other['PathPattern'] === behaviour['PathPattern']);
    return same === undefined ? behaviour : withFunctionsOf(behaviour, same);
  });
  return {
    ...present,
    DefaultCacheBehavior: withFunctionsOf(
      present['DefaultCacheBehavior'] as Behaviour,
      wanted['DefaultCacheBehavior'] as Behaviour,
    ),
    CacheBehaviors: behaviours,
  };
}

function withFunctionsOf(behaviour: Behaviour, other: Behaviour): Behaviour {
  const own = Object.entries(behaviour).filter(([key]) => !OF_RECONCILE.has(key));
  const functions = Object.entries(other).filter(([key]) => OF_RECONCILE.has(key));
  return Object.fromEntries([...own, ...functions]);
}

function configOf(properties: Behaviour): Behaviour {
  return properties['DistributionConfig'] as Behaviour;
}

function listBehaviours(config: Behaviour): readonly Behaviour[] {
  return (config['CacheBehaviors'] ?? []) as readonly Behaviour[];
}
