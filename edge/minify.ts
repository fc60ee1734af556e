import { minify } from 'terser';

/**
 * What esbuild leaves: functions that are called once, and constants of other modules, put where they
 * are used. `code` is one minified function with a top-level `handler`; `isOurs`: nobody else's is in it.
 */
export async function minifyMore(
  code: string,
  { isOurs }: { readonly isOurs: boolean },
): Promise<string> {
  const { code: smaller } = await minify(code, {
    module: true,
    ecma: 2020,
    compress: {
      passes: 3,
      top_retain: ['handler'],
      // It would put `await` among call arguments, which the runtime refuses.
      collapse_vars: false,
      // Safe where nothing is called with `new` and nobody asks how many arguments a function has.
      unsafe_arrows: isOurs,
      keep_fargs: !isOurs,
    },
    mangle: { reserved: ['handler', 'HEADGATE_FLOOR'] },
    format: { ecma: 2020 },
  });
  return smaller ?? '';
}
