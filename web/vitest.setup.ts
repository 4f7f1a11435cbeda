import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);

// A bound, not a pause: the first page of a file loads its chunks, and a busy machine takes its time.
configure({ asyncUtilTimeout: 5_000 });

// jsdom has neither; Mantine asks for both when it mounts.
window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    dispatchEvent: () => false,
  }) as MediaQueryList;

window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// jsdom lays nothing out; a table that shows the rows in sight has to have a height.
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, value: 600 });
