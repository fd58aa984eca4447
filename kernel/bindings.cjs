// @ts-check
'use strict';
// The variables of the notebook. tslab keeps the value that an imported name had when its cell ran; here such a name
// is read again when a local module was edited, so that a value never lags behind the types that the compiler shows.

/**
 * @param {object} variables tslab's store of everything that cells have declared
 */
function trackImports(variables) {
  /** @type {Map<string | symbol, () => unknown>} */
  const imported = new Map();
  const proxy = new Proxy(variables, {
    defineProperty(target, name, attributes) {            // what TypeScript compiles an imported name to
      if (attributes.get) imported.set(name, () => attributes.get?.());
      else imported.delete(name);
      return Reflect.defineProperty(target, name, attributes);
    },
    set(target, name, value) {
      imported.delete(name);
      return Reflect.set(target, name, value);
    },
  });
  const readAgain = () => { for (const [name, read] of imported) Reflect.set(variables, name, read()); };
  return { proxy, readAgain };
}

module.exports = { trackImports };
