import { apiPattern } from '../schema/paths.ts'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { brand } from './brand.ts'
import { early } from './early.ts'
import { precompress } from './precompress.ts'

/**
 * A few large files instead of many small ones: over HTTP/1.1 a browser fetches six at a time. What only one page or
 * chart needs stays with it; what several need is in the file of its kind, which stays cached when a page changes.
 */
const groups = [
  {
    name: 'react',
    test: /node_modules\/(react|react-dom|react-is|react-router|scheduler|clsx|use-sync-external-store|tiny-invariant|eventemitter3)\//,
    priority: 3,
  },
  {
    name: 'api',
    test: /node_modules\/(@urql|urql|wonka|@0no-co|@lingui|@messageformat|moo)\/|src\/(generated|api|format|preferences)\/|src\/i18n|schema\/codes|kit\/src\/(money|errors)/,
    priority: 3,
  },
  {
    name: 'charts',
    test: /node_modules\/(recharts|d3-[a-z]+|victory-vendor|internmap|immer|reselect|@reduxjs|react-redux|redux|decimal\.js-light)\//,
    priority: 2,
  },
  {
    // What the dashboard shares with a page or two, in one file instead of six.
    name: 'lists',
    test: /src\/(lists\/(?!use-list-address|CancelAllOrders|HeldChange|DayRange|fills)|values\/|watchlist\/|shell\/)|src\/ui\/(Sparkline|LazyAllocationChart|phone)|node_modules\/@tabler\/|use-force-update|\/Kbd|use-mantine-color-scheme/,
    minShareCount: 2,
    priority: 2,
  },
  {
    name: 'ui',
    test: /node_modules\/|src\/(ui|lists|shell|watchlist)\//,
    minShareCount: 4,
    priority: 1,
  },
  {
    // What the pages with a ticket or alerts share, and what lists with filters do: one file each instead of nine.
    name: 'tickets',
    test: /src\/(ticket|alerts)\/|src\/(meant-focus|chart\/(indicator-kinds|settings|time))\./,
    minShareCount: 2,
    priority: 0,
  },
  {
    name: 'filters',
    test: /src\/ui\/(SearchField|SearchSelect|CursorPager)|src\/lists\/(use-list-address|CancelAllOrders|HeldChange|DayRange|fills)|kit\/src\/search/,
    minShareCount: 2,
    priority: 0,
  },
]

// eslint-disable-next-line n/no-process-env -- the build tool has no other configuration.
const routerPort = process.env['ROUTER_PORT'] ?? '8080'

/** Built files have content hashes in their names; `size.ts` reads from the manifest which route loads which. */
export default defineConfig({
  plugins: [react(), brand(), early(), precompress()],
  // The API is on the same origin here as everywhere else: start the platform beside it.
  server: { proxy: { [apiPattern]: `http://localhost:${routerPort}` } },
  build: {
    outDir: 'dist/app',
    assetsDir: 'static',
    emptyOutDir: true,
    manifest: true,
    sourcemap: false,
    // The styles of the command palette are 3 kB; a file of their own could fail by itself.
    cssCodeSplit: false,
    // An inlined asset would be a data: URL, which the CSP refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
})
