import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** The catalogues: the first paint waits for one of them, at worst the largest. */
const CATALOGUE = /\/src\/messages\/\w+\.ts$/;

/** Fails the build when what the first paint waits for, compressed, outgrows its budget. */
export function firstPaintBudget(kilobytes_max: number): Plugin {
  return {
    name: 'first-paint-budget',
    writeBundle(_options, bundle) {
      const outputs = Object.values(bundle);
      const chunks = outputs.filter((output) => output.type === 'chunk');
      const catalogues = chunks.filter(({ facadeModuleId }) => CATALOGUE.test(facadeModuleId ?? ''));
      if (catalogues.length === 0) {
        this.error('no catalogue of messages is a chunk of its own');
      }
      const bytesOf = (entries: Rolldown.OutputChunk[]) => bytesWaitedFor(entries, outputs);
      const pages = bytesOf(chunks.filter((chunk) => chunk.isEntry));
      const words = Math.max(...catalogues.map((catalogue) => bytesOf([catalogue])));
      const kilobytes = Math.ceil((pages + words) / 1000);
      if (kilobytes > kilobytes_max) {
        this.error(`the first paint waits for ${kilobytes} KB; its budget is ${kilobytes_max} KB`);
      }
      this.info(`the first paint waits for ${kilobytes} KB of ${kilobytes_max} KB`);
    },
  };
}

/** What these chunks and all that they import weigh. */
function bytesWaitedFor(
  entries: Rolldown.OutputChunk[],
  outputs: (Rolldown.OutputChunk | Rolldown.OutputAsset)[],
): number {
  const waitedFor = new Set<string>();
  const wait = (name: string) => {
    const output = outputs.find(({ fileName }) => fileName === name);
    if (!output || waitedFor.has(name)) return;
    waitedFor.add(name);
    if (output.type !== 'chunk') return;
    output.imports.forEach(wait);
    output.viteMetadata?.importedCss.forEach(wait);
  };
  entries.forEach(({ fileName }) => wait(fileName));
  return outputs
    .filter(({ fileName }) => waitedFor.has(fileName))
    .map((output) => gzipSync(output.type === 'chunk' ? output.code : output.source).length)
    .reduce((sum, size) => sum + size, 0);
}
