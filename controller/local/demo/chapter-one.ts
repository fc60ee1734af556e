import { readAppFile } from './built-app.ts';
import { verify, waitFor } from './mismatch.ts';
import { publish, runOnPolicies, waitForEdge } from './moves.ts';
import type { Report, Say } from './report.ts';
import type { Scene } from './scene.ts';

/** Build A: published, planned, released, browsed. */
export async function releaseFirstBuild(scene: Scene, report: Report): Promise<void> {
  const { a, policies } = scene;
  await report.step(`Publish build ${a.build} (A)`, async (say) => {
    await publish(scene, a);
    say(`Its files and then its manifest are in s3://${policies.bucket}.`);
    const nobody = await scene.openBrowser().navigate('/');
    verify('GET / before any release', nobody.status, 403);
    say('Nobody gets it yet: the site still answers 403.');
  });
  await report.step(`Merge a policy that names ${a.build}, and read the plan`, async (say) => {
    await policies.nameBuild(a.build);
    await runOnPolicies(scene, 'plan');
    verify('Route after a plan', await scene.live.route(), undefined);
    say('The plan is made by the code that acts, and wrote nothing.');
  });
  await report.step('Reconcile: the first release', (say) => reconcileFirst(scene, say));
  await report.step('Browse it', (say) => browse(scene, say));
}

/** What must be true in the account and at the edge before anyone can be told that it is released. */
async function reconcileFirst(scene: Scene, say: Say): Promise<void> {
  const { a, live } = scene;
  await runOnPolicies(scene, 'reconcile');
  const route = await live.route();
  verify('Stable build of the route', route?.stable[0], a.build);
  verify('Active build in SSM', await live.activeBuild(), a.build);
  const distribution = await waitFor({
    what: 'Distribution',
    expected: 'Deployed',
    ...scene.pace,
    ask: live.distribution,
    reached: ({ status }) => status === 'Deployed',
  });
  verify('Functions of the default behaviour', distribution.functions, 2);
  await waitForEdge(scene, route?.gen ?? 0);
  say(`Edge functions are published and associated; the route says build ${a.build} for everyone.`);
}

/** The four kinds of request that naive single-page-app hosting gets wrong. */
async function browse(scene: Scene, say: Say): Promise<void> {
  const { a } = scene;
  const browser = scene.openBrowser();
  const page = await browser.navigate('/');
  verify('GET /', page.body.toString(), a.document);
  verify('x-headgate-build of /', page.build, a.build);
  for (const path of [a.entry, a.lazy]) {
    const file = await browser.load(path);
    verify(`Status of ${path}`, file.status, 200);
    verify(`Served bytes of ${path}`, file.body.equals(await readAppFile(a, path)), true);
  }
  say(`/ is build ${a.build}'s index.html; ${a.entry} and lazily loaded ${a.lazy} are its files.`);
  const missing = await browser.load('/assets/no-such-file-12345678.js');
  verify('Status of a missing asset', missing.status, 404);
  verify('A missing asset is HTML', missing.body.toString() === a.document, false);
  verify('Cache-Control of a missing asset', missing.headers['cache-control'], 'no-store');
  const deep = await scene.openBrowser().navigate('/products/river-pot');
  verify('GET of a deep link', deep.body.toString(), a.document);
  say('A missing asset is 404 and never HTML; a deep link gets index.html.');
}

/** Build B: published, seen in one browser, by nobody else. */
export async function previewSecondBuild(scene: Scene, report: Report): Promise<void> {
  const { a, b } = scene;
  await report.step(`Publish build ${b.build} (B)`, async (say) => {
    const before = await scene.live.revision();
    await publish(scene, b);
    verify('Revision of the KeyValueStore', await scene.live.revision(), before);
    say(`It is in the bucket; visitors still get build ${a.build}.`);
  });
  await report.step(`Preview build ${b.build} in one browser only`, async (say) => {
    const [mine, other] = [scene.openBrowser(), scene.openBrowser()];
    const preview = await mine.navigate(`/?override_build_number=${b.build}`);
    verify('Previewed page', preview.body.toString(), b.document);
    verify('Build on the next page', (await mine.navigate('/products/strainer')).build, b.build);
    verify('Build of another visitor', (await other.navigate('/')).build, a.build);
    verify('Lazy file of the preview', (await mine.load(b.lazy)).status, 200);
    say(`?override_build_number=${b.build} shows it on the production URL, in that browser.`);
    const left = await mine.navigate('/?override_build_number=off');
    verify('Build after =off', left.build, a.build);
    say(`=off leaves; everyone else had build ${a.build} all the time.`);
  });
}
