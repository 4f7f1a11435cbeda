import { describe, expect, it } from 'vitest';
import { de } from './de';
import { en } from './en';
import { languageFor, localeFor } from './language';

type Leaf = string | ((...given: never[]) => string);

/** Every phrase under its path, such as `burn.tiles.left`. */
function leaves(of: object, path = ''): [string, Leaf][] {
  return Object.entries(of).flatMap(([key, value]: [string, Leaf | object]) =>
    typeof value === 'object' ? leaves(value, `${path}${key}.`) : [[`${path}${key}`, value] as [string, Leaf]],
  );
}

const english = new Map(leaves(en));
const german = new Map(leaves(de));

/** An argument that leaves a trace where it is said, whether it is a text or a list; as a number it is none. */
const trace = (place: number) => Object.assign(new String(`‹${place}›`), { join: () => `‹${place}›` });

/** Which arguments a phrase says. */
function said(phrase: Leaf | undefined): string[] {
  if (typeof phrase !== 'function') return [];
  const given = Array.from({ length: phrase.length }, (_, place) => trace(place) as never);
  return [...new Set(phrase(...given).match(/‹\d›/g))].sort();
}

describe('the catalogues', () => {
  it('have the same phrases', () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('say nothing empty', () => {
    for (const phrases of [english, german]) {
      expect([...phrases].filter(([, phrase]) => phrase === '').map(([path]) => path)).toEqual([]);
    }
  });

  it('say the same arguments', () => {
    const unlike = [...english].filter(([path, phrase]) => said(phrase).join() !== said(german.get(path)).join());
    expect(unlike.map(([path, phrase]) => [path, said(phrase), said(german.get(path))])).toEqual([]);
  });

  it('are translated', () => {
    const sentences = [...english].filter(([, phrase]) => typeof phrase === 'string' && phrase.split(' ').length > 3);
    expect(sentences.filter(([path, phrase]) => german.get(path) === phrase && !phrase.toString().startsWith('faregate ')).map(([path]) => path)).toEqual([]);
  });

  it('quote the same commands', () => {
    const commands = (phrase: Leaf | undefined) => (typeof phrase === 'string' ? (phrase.match(/`[^`]+`/g) ?? []) : []);
    const unlike = [...english].filter(([path, phrase]) => commands(phrase).join() !== commands(german.get(path)).join());
    expect(unlike.map(([path]) => path)).toEqual([]);
  });
});

describe('the language', () => {
  it.each([
    [undefined, ['de-AT', 'en'], 'de', 'de-AT'],
    [undefined, ['fr', 'de'], 'de', 'de'],
    [undefined, ['fr'], 'en', 'en'],
    [undefined, [], 'en', 'en'],
    ['en', ['de-DE', 'en-GB'], 'en', 'en-GB'],
    ['de', ['en-GB'], 'de', 'de'],
  ] as const)('is, after choosing %s with a browser of %j, %s as in %s', (chosen, wanted, language, locale) => {
    expect(languageFor(chosen, wanted)).toBe(language);
    expect(localeFor(language, wanted)).toBe(locale);
  });
});
