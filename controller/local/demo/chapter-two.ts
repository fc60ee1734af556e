import { EXIT } from '../../core/errors.ts';
import { readAppFile } from './built-app.ts';
import { checkOut } from './checkout.ts';
import { verifyShare, type Visitor } from './crowd.ts';
import { Mismatch, verify, waitFor } from './mismatch.ts';
import { followSteps, runOnPolicies } from './moves.ts';
import type { Report, Say } from './report.ts';
import type { Scene } from './scene.ts';

const VISITORS = 2000;
/** Visitors who check out: more than the alarm's threshold. */
const TEN = 10;

/** Build B: rolled out in steps, found to be broken, rolled back. */
export async function rollOutAndBack(scene: Scene, report: Report): Promise<void> {
  const { a, b, crowd } = scene;
  const visitors = crowd.gather(VISITORS);
  await report.step(`Merge a policy that names ${b.build}; steps and schedule do the rest`, (say) =>
    rollOutToVisitors(scene, visitors, say),
  );
  const unlucky = visitors.filter(({ build }) => build === b.build);
  let firedAt = new Date();
  await report.step('Visitors check out, and the error alarm fires', async (say) => {
    firedAt = await fireAlarm(scene, visitors, say);
  });
  await report.step('The next reconcile rolls back', (say) =>
    rollBack(scene, { unlucky, firedAt, say }),
  );
  await report.step(`Everyone is on build ${a.build} again`, async (say) => {
    await verifyOpenPage(scene, unlucky.at(-1), say);
    await crowd.navigate(visitors);
    say(`${verifyShare(visitors, a.build, 10_000)}.`);
    const refused = await scene.openBrowser().navigate(`/?override_build_number=${b.build}`);
    verify(`Preview of quarantined build ${b.build}`, refused.status, 400);
    say(`A preview of build ${b.build} is refused.`);
  });
}

/** Git goes on naming build B, leaves it, and names it again: visitors never see it. */
export async function refuseToComeBack(scene: Scene, report: Report): Promise<void> {
  const { a, b, policies, live } = scene;
  await report.step(`Reconcile again, the policy still names ${b.build}`, async (say) => {
    const before = await live.revision();
    await runOnPolicies(scene, 'reconcile');
    verify('Revision of the KeyValueStore', await live.revision(), before);
    say(`Held: exit code 0, nothing written, build ${a.build} stays.`);
  });
  await report.step(`Merge the revert, then merge ${b.build} once more`, async (say) => {
    await policies.nameBuild(a.build);
    await runOnPolicies(scene, 'reconcile');
    await policies.nameBuild(b.build);
    await runOnPolicies(scene, 'reconcile', EXIT.unsafe);
    const route = await live.route();
    verify('Stable build of the route', route?.stable[0], a.build);
    verify('Canary of the route', route?.canary, undefined);
    say(
      `Refused with exit code ${EXIT.unsafe}: the build is quarantined, git can't bring it back by accident.`,
    );
  });
}

/** The same people come back at every weight: shares are counted and stickiness is checked on them. */
async function rollOutToVisitors(scene: Scene, visitors: readonly Visitor[], say: Say) {
  const { b, policies, crowd } = scene;
  await policies.nameBuild(b.build);
  await runOnPolicies(scene, 'plan');
  let before: readonly Visitor[] = [];
  const visit = async (weight: number) => {
    await crowd.navigate(visitors);
    const share = verifyShare(visitors, b.build, weight);
    const moved = before.filter(({ build }) => build !== b.build);
    verify(`Visitors that lost build ${b.build} at ${weight} basis points`, moved.length, 0);
    before = visitors.filter(({ build }) => build === b.build);
    return share;
  };
  await followSteps(scene, { build: b.build, visit, say });
  say(`Nobody who had build ${b.build} at a lower weight was moved back.`);
}

/** Returns when the alarm fired. */
async function fireAlarm(scene: Scene, visitors: readonly Visitor[], say: Say): Promise<Date> {
  const { a, b, live, policies } = scene;
  const started = new Date();
  const tenOn = (build: string) => visitors.filter((each) => each.build === build).slice(0, TEN);
  const healthy = await collectFailures(scene, tenOn(a.build));
  verify(`Failed checkouts of ${TEN} visitors on build ${a.build}`, healthy.length, 0);
  const failures = await collectFailures(scene, tenOn(b.build));
  verify(`Failed checkouts of ${TEN} visitors on build ${b.build}`, failures.length, TEN);
  // Once: errors that went on would be another entry into ALARM, after it was OK in between.
  await live.alarm.reportErrors(failures.length);
  const firedAt = await waitFor({
    what: `Alarm ${policies.alarm}`,
    expected: 'it enters ALARM',
    ...scene.pace,
    ask: () => live.alarm.firedSince(started),
    reached: (at) => at !== undefined,
  });
  say(
    `${TEN} visitors of build ${a.build}: no error. ${failures.length} checkouts on build ${b.build}: ${failures.length} errors,`,
  );
  say(`each of them "${failures[0]}". They fired alarm ${policies.alarm}.`);
  return firedAt ?? started;
}

/** What the visitors' checkouts threw; nobody knows another app's checkout, so B's errors are made up there. */
async function collectFailures(
  { scratch, a, b }: Scene,
  visitors: readonly Visitor[],
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { browser, build } of visitors) {
    const { document } = build === b.build ? b : a;
    if (scratch === undefined) {
      if (build === b.build) failures.push('Error: synthetic');
      continue;
    }
    try {
      await checkOut(browser, document, scratch);
    } catch (error) {
      if (error instanceof Mismatch) throw error;
      failures.push(String(error));
    }
  }
  return failures;
}

// The visitor reloads while reconcile runs, so both times are measured and not added up.
async function rollBack(
  scene: Scene,
  { unlucky, firedAt, say }: { unlucky: readonly Visitor[]; firedAt: Date; say: Say },
): Promise<void> {
  const { a, b, live } = scene;
  const [watcher] = unlucky;
  const firstGoodPage = waitFor({
    what: `Page of a visitor who had build ${b.build}`,
    expected: `build ${a.build}`,
    ...scene.pace,
    ask: async () => (await watcher?.browser.navigate('/'))?.build,
    reached: (build) => build === a.build,
  }).then(() => new Date());
  const reconciled = runOnPolicies(scene, 'reconcile', EXIT.rolledBack);
  const [navigatedAt] = await Promise.all([firstGoodPage, reconciled]);
  const route = await live.route();
  verify('Stable build of the route', route?.stable[0], a.build);
  verify('Canary of the route', route?.canary, undefined);
  verify('Barred build of the route', route?.barred[0], b.build);
  const seconds = (at: Date) => ((at.getTime() - firedAt.getTime()) / 1000).toFixed(1);
  const pointer = seconds((await live.routeWrittenAt()) ?? new Date(Number.NaN));
  say(
    `Exit code ${EXIT.rolledBack}. From the alarm: ${pointer} s to the pointer on build ${a.build},`,
  );
  say(
    `${seconds(navigatedAt)} s to the first page of build ${a.build} for a visitor who had ${b.build}.`,
  );
}

/** A page of B that was open before the rollback, and hasn't navigated since. */
async function verifyOpenPage({ b }: Scene, visitor: Visitor | undefined, say: Say): Promise<void> {
  for (const path of [b.lazy, b.own]) {
    const file = await visitor?.browser.load(path);
    verify(`Status of ${path} for an open page of build ${b.build}`, file?.status, 200);
    const same = file?.body.equals(await readAppFile(b, path));
    verify(`Open page gets the ${path} of build ${b.build}`, same, true);
  }
  say(`A page of build ${b.build} that is still open gets its ${b.lazy} and ${b.own}.`);
}
