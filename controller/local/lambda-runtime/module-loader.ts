/**
 * The part of the worker that loads ECMAScript modules out of an archive: relative imports find its
 * other files, every other name a built-in module or nothing. `import.meta.url` is where Lambda has
 * it, so `createRequire(import.meta.url)` of a bundle works, too.
 */
export const MODULE_LOADER = `
function loadModule(entry, files) {
  const ROOT = 'file:///var/task/';
  const modules = new Map();
  const started = new Map();
  const missing = (name) =>
    Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'ERR_MODULE_NOT_FOUND' });

  function find(specifier, from) {
    const isPath = /^([.]{0,2}[/]|file:)/.test(specifier);
    const url = isPath ? new URL(specifier, from).href : specifier;
    if (!modules.has(url)) modules.set(url, isPath ? openFile(url) : openBuiltin(url));
    return modules.get(url);
  }
  function openFile(url) {
    const source = url.startsWith(ROOT) ? files[decodeURIComponent(url.slice(ROOT.length))] : undefined;
    if (source === undefined) throw missing(url);
    return new vm.SourceTextModule(source, {
      identifier: url,
      initializeImportMeta: (meta) => Object.assign(meta, { url }),
      importModuleDynamically: async (name) => await evaluate(find(name, url)),
    });
  }
  function openBuiltin(name) {
    if (!isBuiltin(name)) throw missing(name);
    const exported = { ...require(name), default: require(name) };
    const names = Object.keys(exported);
    return new vm.SyntheticModule(names, function () {
      for (const one of names) this.setExport(one, exported[one]);
    });
  }
  /** Once per module, however many import it. */
  function evaluate(module) {
    if (!started.has(module)) started.set(module, link(module));
    return started.get(module);
  }
  async function link(module) {
    if (module.status === 'unlinked') await module.link((name, { identifier }) => find(name, identifier));
    await module.evaluate();
    return module;
  }
  return evaluate(find('./' + entry, ROOT)).then(({ namespace }) => namespace);
}`;
