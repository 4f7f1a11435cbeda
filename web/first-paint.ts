import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fails the build when what the first paint waits for, compressed, outgrows its budget. */
export function firstPaintBudget(kilobytes_max: number): Plugin {
  return {
    name: 'first-paint-budget',
    writeBundle(_options, bundle) {
      const outputs = Object.values(bundle);
      const entries = outputs.filter((output) => output.type === 'chunk' && output.isEntry);
      const waitedFor = new Set(
        entries.flatMap((entry) => [
          entry.fileName,
          ...(entry.type === 'chunk' ? [...entry.imports, ...(entry.viteMetadata?.importedCss ?? [])] : []),
        ]),
      );
      const bytes = outputs
        .filter((output) => waitedFor.has(output.fileName))
        .map((output) => gzipSync(output.type === 'chunk' ? output.code : output.source).length)
        .reduce((sum, size) => sum + size, 0);
      const kilobytes = Math.ceil(bytes / 1000);
      if (kilobytes > kilobytes_max) {
        this.error(`the first paint waits for ${kilobytes} KB; its budget is ${kilobytes_max} KB`);
      }
      this.info(`the first paint waits for ${kilobytes} KB of ${kilobytes_max} KB`);
    },
  };
}
