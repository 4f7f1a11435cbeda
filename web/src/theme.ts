/**
 * Colours, type and shape. Every pair of text and ground reaches 4.5:1, every chart colour 3:1 on its ground,
 * in both schemes; `theme.test.ts` checks the chart's.
 */
import {
  createTheme,
  defaultVariantColorsResolver,
  localStorageColorSchemeManager,
  type CSSVariablesResolver,
  type VariantColorsResolver,
} from '@mantine/core';

// `public/theme.js` reads the same key before the first paint.
export const schemeManager = localStorageColorSchemeManager({ key: 'faregate-colour-scheme' });

// The library picks the ink of a filled control for the light scheme alone; this variable knows both.
const inkOnFilled: VariantColorsResolver = (input) => ({
  ...defaultVariantColorsResolver(input),
  ...(input.variant === 'filled' ? { color: 'var(--mantine-primary-color-contrast)' } : {}),
});

/** The canvas needs it by name: `inherit` is no font there. */
export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';

/** The head of a dialogue is a `header`, which beside the page's own would be a second banner. */
const DIALOGUE = { header: { role: 'presentation' } };

export const theme = createTheme({
  primaryColor: 'gate',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  variantColorResolver: inkOnFilled,
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Consolas, monospace',
  headings: { fontWeight: '650' },
  components: {
    Modal: { defaultProps: { attributes: DIALOGUE } },
    Drawer: { defaultProps: { attributes: DIALOGUE } },
  },
  colors: {
    gate: [
      '#e6f7f5',
      '#cdeeea',
      '#9fdfd8',
      '#6fd0c6',
      '#4fc4b8',
      '#2aa99d',
      '#128a80',
      '#0b6b66',
      '#08544f',
      '#053c39',
    ],
    dark: [
      '#e9edf2',
      '#ccd4de',
      '#a8b3c2',
      '#8592a3',
      '#3a4453',
      '#2c3542',
      '#1a2029',
      '#11151b',
      '#0c1015',
      '#07090c',
    ],
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f5f6f8',
    '--mantine-color-text': '#14181f',
    '--mantine-color-dimmed': '#525c6b',
    '--mantine-color-placeholder': '#667080',
    '--mantine-color-error': '#b42318',
  },
  dark: { '--mantine-color-placeholder': '#98a4b5', '--mantine-color-error': '#ff9b92' },
});

export type Scheme = 'light' | 'dark';

/** Grounds and inks the canvas has to know by value, because it cannot read CSS variables. */
export const CHART_COLOURS: Record<
  Scheme,
  { surface: string; ink: string; dimmed: string; line: string; plan: string; other: string; series: string[] }
> = {
  light: {
    surface: '#ffffff',
    ink: '#14181f',
    dimmed: '#525c6b',
    line: '#e3e7ec',
    plan: '#14181f',
    other: '#7a8494',
    series: ['#0f766e', '#d97706', '#4f46e5', '#be185d', '#65a30d', '#0284c7', '#a855f7', '#854d0e'],
  },
  dark: {
    surface: '#1a2029',
    ink: '#e9edf2',
    dimmed: '#a8b3c2',
    line: '#2c3542',
    plan: '#f8fafc',
    other: '#94a3b8',
    series: ['#3fb8ab', '#dda23a', '#8b93f0', '#e07fae', '#98bd58', '#58b0e0', '#b68bef', '#c49c7e'],
  },
};

export function seriesColour(scheme: Scheme, key: string, index: number): string {
  const { series, other } = CHART_COLOURS[scheme];
  return key === 'other' ? other : (series[index % series.length] ?? other);
}
