import { registerHooks } from 'node:module';

/**
 * Plain Baileys runs on the libsignal that others get with it, which is installed here under another name. It prints
 * sessions with their keys, so what it says is dropped. To be imported before anything else.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    /^libsignal($|\/)/.test(specifier) ? next(`replaced-${specifier}`, context) : next(specifier, context),
});
for (const method of ['info', 'warn', 'error'] as const) console[method] = () => undefined;
