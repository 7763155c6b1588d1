import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** What every page needs, in a few files that stay cached when a page changes. */
const groups = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler|react-router)\// },
  {
    name: 'api',
    test: /node_modules\/(@urql|urql|wonka|@0no-co)\/|src\/(generated|api|format|preferences)\/|schema\/codes|kit\/src\/(money|errors)/,
  },
]

/** Built files have content hashes in their names; the manifest tells `size.ts` which route loads which. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist/app',
    assetsDir: 'static',
    emptyOutDir: true,
    manifest: true,
    sourcemap: false,
    // An inlined asset would be a data: URL, which the CSP refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
})
