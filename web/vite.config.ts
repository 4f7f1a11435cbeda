import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { firstPaintBudget } from './first-paint';

// `npm run dev` serves the pages and passes the API on to a running server.
const server = process.env.FAREGATE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), firstPaintBudget(300)],
  server: { proxy: { '/v1': server, '/sign-in': server } },
  build: {
    // The server's content security policy forbids inlined data except images.
    assetsInlineLimit: 0,
    // The chart is one large chunk, loaded late.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Libraries that many pages share are one file: a browser without HTTP/2 asks for six at once.
        codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/, minShareCount: 6 }] },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['./vitest.setup.ts'],
    restoreMocks: true,
    // Longer than one wait for the page may take, so that a failure says what was missing.
    testTimeout: 20_000,
  },
});
