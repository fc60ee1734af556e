import type { Route } from '../../../../edge/contract/route.ts';
import type { Monitor } from './monitor.ts';
import { Violation } from './violation.ts';

type Routes = readonly (Route | undefined)[];

/**
 * Environments that move together, as the store shows them after every write: never two rollouts that
 * one write didn't start, never at different steps, and what ends for one ends for all.
 */
export class Together {
  readonly #members: readonly { readonly monitor: Monitor }[];
  #before: Routes;
  /** Salts of the rollouts that one write started. */
  #train: readonly (number | undefined)[] | undefined;
  #isLoose = false;

  constructor(members: readonly { readonly monitor: Monitor }[]) {
    this.#members = members;
    this.#before = members.map(() => undefined);
  }

  /** Without its record, and without a policy at hand, nobody knows of one that it rolls with the others. */
  excuse(): void {
    this.#isLoose = true;
    this.#train = undefined;
  }

  look(actor: string): void {
    const before = this.#before;
    const routes = this.#members.map(({ monitor }) => monitor.route);
    if (routes.every((route, index) => route === before[index])) return;
    this.#before = routes;
    const problem = this.#findProblem(before, routes);
    if (problem === undefined) return;
    throw new Violation('together', `${actor} left ${problem}: ${routes.map(tell).join(' and ')}`);
  }

  #findProblem(before: Routes, routes: Routes): string | undefined {
    const salts = routes.map((route) => route?.canary?.salt);
    const rolling = salts.filter((salt) => salt !== undefined);
    this.#isLoose &&= rolling.length > 0;
    if (this.#isLoose) return undefined;
    const isStart = salts.every((salt, index) => salt !== before[index]?.canary?.salt);
    if (rolling.length === salts.length && isStart) this.#train = salts;
    const train = this.#train;
    if (train === undefined) return rolling.length > 1 ? 'two rollouts' : undefined;
    const left = salts.filter((salt, index) => salt !== undefined && salt === train[index]);
    if (left.length === train.length) {
      const weights = new Set(routes.map((route) => route?.canary?.weight));
      return weights.size > 1 ? 'different steps' : undefined;
    }
    if (left.length > 0) return 'half a train';
    this.#train = undefined;
    const ways = new Set(routes.map((route) => route?.rollback?.gen === route?.gen));
    return ways.size > 1 ? 'one rolled back' : undefined;
  }
}

function tell(route: Route | undefined): string {
  if (route === undefined) return 'nothing';
  const { app, gen, canary, stable } = route;
  const rest = canary === undefined ? '' : `, ${canary.build[0]} at ${canary.weight}`;
  return `${app} ${gen} (${stable[0]}${rest})`;
}
