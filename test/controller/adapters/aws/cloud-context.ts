import { afterAll, beforeAll, vi } from 'vitest';
import { createContext } from '../../../../controller/context.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { startTestCloud, type TestCloud } from '../../local/harness.ts';

/** The ports as every command gets them, with a local cloud in the place of AWS for this file's tests. */
export function useCloud(): { readonly cloud: TestCloud; readonly context: Context } {
  const held: { cloud?: TestCloud; context?: Context } = {};
  beforeAll(async () => {
    held.cloud = await startTestCloud({ speed: 20 });
    for (const [name, value] of Object.entries(held.cloud.environment)) vi.stubEnv(name, value);
    held.context = createContext();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await held.cloud?.close();
  });
  return {
    get cloud() {
      if (!held.cloud) throw new Error('the cloud starts with the first test');
      return held.cloud;
    },
    get context() {
      if (!held.context) throw new Error('the cloud starts with the first test');
      return held.context;
    },
  };
}
