import type { BuildStore } from '../ports/build-store.ts';
import type { Context, Place } from '../ports/context.ts';

/** Environments of an app are read one after the other: the last builds are those that come again. */
const KEPT = 32;

/** Builds that several environments serve are read once; a published build never changes. */
export function shareBuilds(context: Context): Context['builds'] {
  const stores = new Map<string, BuildStore>();
  return (place) => {
    const name = `${place.region ?? ''} ${place.bucket} ${place.root ?? '-'}`;
    const store = stores.get(name) ?? share(context, place);
    stores.set(name, store);
    return store;
  };
}

function share(context: Context, place: Place): BuildStore {
  const store = context.builds(place);
  const manifest = keepLast((app: string, build: string) => store.readManifest(app, build));
  const file = keepLast((app: string, build: string, path: string) =>
    store.hasFile(app, build, path),
  );
  return {
    readManifest: manifest,
    hasFile: file,
    list: (app) => store.list(app),
    readSettings: (app) => store.readSettings(app),
    writeSettings: (app, settings) => store.writeSettings(app, settings),
  };
}

/** A manifest may be long, so not all are kept. */
function keepLast<Asked extends readonly string[], Value>(
  ask: (...asked: Asked) => Promise<Value>,
): (...asked: Asked) => Promise<Value> {
  const kept = new Map<string, Promise<Value>>();
  return (...asked) => {
    const name = asked.join(' ');
    const answer = kept.get(name) ?? ask(...asked);
    kept.delete(name);
    kept.set(name, answer);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
}
