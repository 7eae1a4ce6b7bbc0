import { defineConfig } from "vitest/config";
import { catalogues } from "./scripts/catalogues.mjs";

export default defineConfig({
  plugins: [catalogues()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    include: ["{widget,dashboard}/**/*.test.{ts,tsx}", "scripts/*.test.mjs"],
    // Pure logic runs in Node; a test of a view says `// @vitest-environment happy-dom` in its first line.
    environment: "node",
    setupFiles: ["scripts/endTimers.mjs"],
    restoreMocks: true,
    unstubGlobals: true,
    sequence: { shuffle: true },
    // Only a test that hangs takes this long; the machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
