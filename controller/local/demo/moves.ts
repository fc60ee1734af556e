import type { Route } from '../../../edge/contract/route.ts';
import type { ExitCode } from '../../core/errors.ts';
import { keys } from '../../core/state/keys.ts';
import { listAppFiles, readAppFile, type BuiltApp } from './built-app.ts';
import { verify, waitFor } from './mismatch.ts';
import type { Say } from './report.ts';
import type { Scene } from './scene.ts';

/** Publishes an app's directory under its build number, and checks that its manifest is there, or all of a tree. */
export async function publish(scene: Scene, app: BuiltApp): Promise<void> {
  const { headgate, live, policies } = scene;
  const options = ['--bucket', policies.bucket, '--app', policies.app, '--build', app.build];
  await headgate(['publish', app.directory, ...options]);
  verify(`Manifest of build ${app.build} in the bucket`, await live.isPublished(app.build), true);
  if (policies.isTree) await verifyTree(scene, app);
}

/** Whoever copies a build's folder has the whole app, but for source maps, which nobody is shown. */
async function verifyTree({ live, policies }: Scene, app: BuiltApp): Promise<void> {
  const prefix = keys.build({ app: policies.app }, app.build).slice(0, -1);
  for (const path of await listAppFiles(app)) {
    if (path.endsWith('.map')) continue;
    const stored = await live.readObject(prefix + path);
    const same = stored !== undefined && (await readAppFile(app, path)).equals(stored);
    verify(`${prefix}${path} is the app's file`, same, true);
  }
}

/** Runs a command on the story's policies. */
export function runOnPolicies(
  { headgate, policies }: Scene,
  command: string,
  expected?: ExitCode,
): Promise<string> {
  return headgate([command, '--policies', policies.directory], expected);
}

/** `reconcile` again and again, as the schedule runs it, until the route is `reached`; returns the number of runs. */
export async function reconcileUntil(
  scene: Scene,
  what: string,
  reached: (route: Route) => boolean,
): Promise<number> {
  let runs = 0;
  const route = await waitFor({
    what,
    expected: 'the live route says so',
    ...scene.pace,
    ask: async () => {
      await runOnPolicies(scene, 'reconcile');
      runs += 1;
      return scene.live.route();
    },
    reached: (answer) => answer !== undefined && reached(answer),
  });
  await waitForEdge(scene, route?.gen ?? 0);
  return runs;
}

/** Until the edge itself answers from that generation, or a later one. */
export async function waitForEdge(scene: Scene, generation: number): Promise<void> {
  const browser = scene.openBrowser();
  await waitFor({
    what: 'The edge',
    expected: `generation ${generation}`,
    ...scene.pace,
    ask: async () => (await browser.load('/_headgate/build')).body.toString(),
    reached: (body) => Number(/"generation":(\d+)/.exec(body)?.[1]) >= generation,
  });
}

/** Follows the policy's steps for the build; `visit` says what visitors got at each weight. */
export async function followSteps(
  scene: Scene,
  rollout: {
    readonly build: string;
    readonly visit: (weight: number) => Promise<string>;
    readonly say: Say;
  },
): Promise<void> {
  const { build, visit, say } = rollout;
  for (const weight of scene.policies.weights) {
    const runs = await reconcileUntil(
      scene,
      `Canary ${build} at ${weight} basis points`,
      ({ canary }) => canary?.build[0] === build && canary.weight === weight,
    );
    say(`${await visit(weight)}; it took reconcile ${runs} run${runs === 1 ? '' : 's'}.`);
  }
}
