import { mapAtOnce } from '../../core/at-once.ts';
import type { PresentBuild } from '../../core/gc/facts.ts';
import { buildOf } from '../../core/gc/stored.ts';
import { keyOf, sharedKeyOf } from '../../core/publish/layout.ts';
import { repositoryOf } from '../../core/publish/pull-request.ts';
import { keys } from '../../core/state/keys.ts';
import type { Manifest } from '../../core/state/manifest.ts';
import type { Listed } from '../../ports/collection-store.ts';
import type { CollectionSources } from './references.ts';

type CheckWhole = (listed: Listed<string>, what: string) => readonly string[];
type Sources = Pick<CollectionSources, 'app' | 'store' | 'builds' | 'published'>;

/** The builds that have a manifest. Each is read once: it never changes, and one that is gone since keeps more. */
export class PresentBuilds {
  readonly #sources: Sources;
  readonly #known = new Map<string, PresentBuild>();
  /** Thousands of builds name the same files: one text for each. */
  readonly #texts = new Map<string, string>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  async read(checkWhole: CheckWhole): Promise<readonly PresentBuild[]> {
    const { app, store } = this.#sources;
    const present: PresentBuild[] = [];
    for (const parent of [keys.builds({ app }), keys.untrustedBuilds(app)]) {
      const names = checkWhole(await store.folders(parent), parent);
      // One after the other would take minutes with a thousand builds.
      const found = await mapAtOnce(names, AT_ONCE, (name) => this.#find(parent, name));
      present.push(...found.filter((build) => build !== undefined));
    }
    return present;
  }

  forget(build: string): void {
    this.#known.delete(build);
  }

  async #find(parent: string, name: string): Promise<PresentBuild | undefined> {
    const { app, builds, published } = this.#sources;
    if (buildOf(app, `${parent}${name}/-`) !== name) return undefined;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const manifest = (await builds.readManifest(app, name))?.manifest;
    if (manifest === undefined) return undefined;
    const build: PresentBuild = {
      build: name,
      publishedAt: published.get(keys.manifest({ app }, name)),
      repository: repositoryOf(manifest.made),
      // By where it lies: one that was copied here, say with all of an app, may have another name.
      pooled: this.#listPooled({ ...manifest, app, build: name }),
    };
    this.#known.set(name, build);
    return build;
  }

  #listPooled(manifest: Manifest): readonly string[] {
    return manifest.files.flatMap((file) =>
      file.location === 'pool'
        ? [sharedKeyOf(manifest, file), keyOf(manifest, file)].flatMap((key) =>
            key === undefined ? [] : this.#share(key),
          )
        : [],
    );
  }

  #share(text: string): string {
    const known = this.#texts.get(text) ?? text;
    this.#texts.set(known, known);
    return known;
  }
}

const AT_ONCE = 32;
