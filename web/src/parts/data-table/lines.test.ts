import { describe, expect, it } from 'vitest';
import type { Group } from '../../api/types';
import { grouped, plain, type Lines } from './lines';

const group = (key: string, rows: number): Group => ({ in: `is:${key}`, key, name: key, rows, saving: null });
const groups = [group('a', 2), group('b', 3), group('c', 1)];

/** What stands in each line. */
const told = (lines: Lines<string>) =>
  Array.from({ length: lines.count }, (_, place) => {
    const line = lines.at(place);
    return 'row' in line ? line.row : `[${line.group.name}]`;
  });

describe('the lines of a table', () => {
  it.each([
    ['without groups', plain(['x', 'y']), ['x', 'y'], 2],
    ['with none open', grouped(groups, undefined, []), ['[a]', '[b]', '[c]'], 3],
    ['with the first open', grouped(groups, 'is:a', ['x', 'y']), ['[a]', 'x', 'y', '[b]', '[c]'], 3],
    ['with one in the middle open', grouped(groups, 'is:b', ['x']), ['[a]', '[b]', 'x', '[c]'], 3],
    ['with the last open', grouped(groups, 'is:c', ['x']), ['[a]', '[b]', '[c]', 'x'], 4],
    ['with rows that still come', grouped(groups, 'is:b', []), ['[a]', '[b]', '[c]'], 2],
    ['with one open that is gone', grouped(groups, 'is:z', ['x']), ['[a]', '[b]', '[c]'], 3],
  ] as const)('%s', (_, lines, shown, end) => {
    expect(told(lines as Lines<string>)).toEqual(shown);
    expect(lines.end).toBe(end);
  });
});
