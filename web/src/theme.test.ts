import { describe, expect, it } from 'vitest';
import { CHART_COLOURS, type Scheme } from './theme';

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as Scheme[])('chart colours, %s', (scheme) => {
  const { surface, ink, dimmed, plan, other, series } = CHART_COLOURS[scheme];

  it.each([...series, other, plan])('%s stands out from its ground', (colour) => {
    expect(contrast(colour, surface)).toBeGreaterThanOrEqual(3);
  });

  it.each([ink, dimmed])('text in %s is readable', (colour) => {
    expect(contrast(colour, surface)).toBeGreaterThanOrEqual(4.5);
  });

  it('gives eight products eight colours', () => {
    expect(new Set([...series, other]).size).toBe(9);
  });
});
