import { releaseFirstBuild, previewSecondBuild } from './chapter-one.ts';
import { fixForward, waitForQuiet } from './chapter-three.ts';
import { refuseToComeBack, rollOutAndBack } from './chapter-two.ts';
import { Mismatch } from './mismatch.ts';
import { createReport, type Say } from './report.ts';
import { type Scene, type SceneOptions, setScene } from './scene.ts';

/**
 * Plays the whole promise on a local cloud, each command a process of its own, each step verified
 * over HTTP or the SDK. Returns the scene, or undefined when a verification failed (it is printed).
 */
export async function playStory(print: Say, options: SceneOptions): Promise<Scene | undefined> {
  const report = createReport(print);
  try {
    const scene = await openStory();
    await releaseFirstBuild(scene, report);
    await previewSecondBuild(scene, report);
    await rollOutAndBack(scene, report);
    await refuseToComeBack(scene, report);
    await fixForward(scene, report);
    print(`\n${report.table()}\n\nEvery step was verified.`);
    return scene;
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    print(
      `\nThe story is wrong here: ${error.message}\n   expected: ${error.expected}\n   actual:   ${error.actual}`,
    );
    return undefined;
  }

  async function openStory(): Promise<Scene> {
    let scene: Scene | undefined;
    await report.step('Set an empty AWS account up: headgate bootstrap --deploy', async (say) => {
      scene = await setScene(options);
      await waitForQuiet(scene);
      const { bucket, alarm, environments } = scene.policies;
      const [stack = ''] = scene.deployed.split('\n');
      say(`${stack} Bucket ${bucket}, ${environments} distributions with their`);
      say(`KeyValueStores, alarm ${alarm}: CloudFormation made them, the policies know their ids.`);
    });
    if (scene === undefined) throw new Error('The first step set no scene');
    return scene;
  }
}
