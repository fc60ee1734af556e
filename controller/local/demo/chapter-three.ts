import { checkOut } from './checkout.ts';
import { verifyShare } from './crowd.ts';
import { verify, waitFor } from './mismatch.ts';
import { followSteps, publish, reconcileUntil, runOnPolicies } from './moves.ts';
import type { Report, Say } from './report.ts';
import type { Scene } from './scene.ts';

const VISITORS = 600;
const CUSTOMERS = 20;
const EVERYONE = 10_000;

/** Build C: the repair, rolled out to everyone. */
export async function fixForward(scene: Scene, report: Report): Promise<void> {
  const { c, live, policies } = scene;
  await report.step(`Publish build ${c.build} (C), the repair`, async (say) => {
    await publish(scene, c);
    await waitForQuiet(scene);
    say(`It is in the bucket; alarm ${policies.alarm} is OK again.`);
  });
  await report.step(`Merge a policy that names ${c.build}: steps, everyone, bake`, (say) =>
    rollOutRepair(scene, say),
  );
  await report.step('Status', async (say) => {
    verify('Active build in SSM', await live.activeBuild(), c.build);
    const status = await runOnPolicies(scene, 'status');
    for (const line of status.trimEnd().split('\n')) say(line);
  });
}

/** An alarm that is firing, or has never been evaluated, would rightly block the start of a rollout. */
export async function waitForQuiet({ live, policies, pace }: Scene): Promise<void> {
  await waitFor({
    what: `Alarm ${policies.alarm}`,
    expected: 'OK',
    ...pace,
    ask: live.alarm.state,
    reached: (state) => state === 'OK',
  });
}

/** New people this time: another rollout picks others, whoever had B before. */
async function rollOutRepair(scene: Scene, say: Say): Promise<void> {
  const { c, crowd, policies, scratch } = scene;
  const visitors = crowd.gather(VISITORS);
  await policies.nameBuild(c.build);
  const visit = async (weight: number) => {
    await crowd.navigate(visitors);
    return verifyShare(visitors, c.build, weight);
  };
  await followSteps(scene, { build: c.build, visit, say });
  await reconcileUntil(
    scene,
    `Build ${c.build} for everyone`,
    ({ canary, stable }) =>
      (canary?.weight ?? EVERYONE) === EVERYONE && [canary?.build[0], stable[0]].includes(c.build),
  );
  say(`${await visit(EVERYONE)}.`);
  for (const { browser } of scratch === undefined ? [] : visitors.slice(0, CUSTOMERS)) {
    await checkOut(browser, c.document, String(scratch));
  }
  await reconcileUntil(
    scene,
    `Build ${c.build} stable after its bake`,
    ({ canary, stable }) => canary === undefined && stable[0] === c.build,
  );
  const checked = scratch === undefined ? '' : `${CUSTOMERS} checkouts went well. `;
  say(`${checked}The bake passed: build ${c.build} is stable.`);
}
