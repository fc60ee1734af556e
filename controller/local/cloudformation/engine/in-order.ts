import type { Graph } from '../template/order.ts';
import { ResourceFailed } from './run.ts';

export interface OrderOptions {
  /** After a failure nothing more is begun, what depends on it or not. */
  readonly stopsAtFailure: boolean;
}

/**
 * Does the work of each node once those before it are done, side by side where the graph is free.
 * Returns the nodes whose work failed; what waits for one of them is left undone.
 */
export async function workInOrder(
  graph: Graph,
  work: (node: string) => Promise<void>,
  { stopsAtFailure }: OrderOptions,
): Promise<readonly string[]> {
  const begun = new Map<string, Promise<boolean>>();
  const failed: string[] = [];
  const visit = (node: string): Promise<boolean> => {
    const known = begun.get(node) ?? run(node);
    begun.set(node, known);
    return known;
  };
  const run = async (node: string): Promise<boolean> => {
    // Lets `visit` remember it before it asks for those before it.
    await Promise.resolve();
    const before = await Promise.all((graph.get(node) ?? []).map(visit));
    if (before.includes(false) || (stopsAtFailure && failed.length > 0)) return false;
    try {
      await work(node);
      return true;
    } catch (error) {
      if (!(error instanceof ResourceFailed)) throw error;
      failed.push(node);
      return false;
    }
  };
  const ended = await Promise.allSettled([...graph.keys()].map(visit));
  const thrown = ended.find((one) => one.status === 'rejected');
  if (thrown !== undefined) throw thrown.reason;
  return failed;
}
