import { readFileSync } from 'node:fs'
import type { Plugin, Rolldown } from 'vite'

type Read = readonly [operation: string, variables?: object]

type EarlyPage = {
  /** Of the addresses; what its group matches is an asset. */
  readonly path: string
  /** The module of the page, below `src/pages`. */
  readonly module: string
  /** What the page reads first, as it stands without a filter in its address: `$ID` and `$MONTH_AGO` are filled in. */
  readonly reads?: readonly Read[]
  /** The same for those who are signed in only. */
  readonly own?: readonly Read[]
}

const bell: Read = ['ShellNotifications']
const stars: Read = ['WatchlistIds']
const values: Read = ['ValuesPortfolio']

/** The pages that are opened from outside. What is not listed here is asked for a moment later, by the page. */
const pages: readonly EarlyPage[] = [
  { path: '^/$', module: 'landing/LandingPage' },
  { path: '^/sign-in$', module: 'sign-in/SignInPage' },
  {
    path: '^/dashboard$',
    module: 'dashboard/DashboardPage',
    own: [
      values,
      ['DashboardInsight', { refresh: false }],
      ['DashboardPerformance', { from: '$MONTH_AGO' }],
      ['DashboardActivity'],
      ['DashboardHistory', { range: 'MONTH' }],
      ['DashboardWatchlist'],
      ['DashboardOpenOrders'],
      bell,
    ],
  },
  {
    path: '^/market$',
    module: 'market/MarketPage',
    reads: [
      [
        'MarketAssets',
        { after: null, filter: {}, first: 50, sort: { by: 'RANK', descending: false } },
      ],
    ],
    own: [stars, bell],
  },
  {
    path: '^/market/([a-z0-9]{1,10})$',
    module: 'asset/AssetPage',
    reads: [['AssetFacts', { id: '$ID' }]],
    own: [
      ['TicketAsset', { id: '$ID' }],
      ['TicketBalances', { id: '$ID' }],
      ['AssetMyOrders', { id: '$ID' }],
      ['AssetPosition', { id: '$ID' }],
      ['AssetPriceAlerts'],
      stars,
      bell,
    ],
  },
  { path: '^/portfolio$', module: 'portfolio/PortfolioPage', own: [values, bell] },
  {
    path: '^/orders$',
    module: 'orders/OrdersPage',
    own: [['OrdersList', { after: null, filter: {}, first: 20 }], ['OrdersRecurring'], bell],
  },
  {
    path: '^/trade/([a-z0-9]{1,10})$',
    module: 'trade/TradePage',
    reads: [['AssetFacts', { id: '$ID' }]],
    own: [bell],
  },
  { path: '^/trade$', module: 'trade/TradePage' },
  { path: '^/activity$', module: 'activity/ActivityPage', own: [bell] },
  { path: '^/account$', module: 'account/AccountPage', own: [bell] },
]

const manifest = new URL('../schema/persisted/web.json', import.meta.url)

/** The body of a read exactly as the client writes it, with sorted names: by it, `src/api/early.ts` finds the answer. */
function createBody(): (read: Read) => string {
  const texts = Object.entries(JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, string>)
  return ([operationName, variables]) => {
    const found = texts.find(([, text]) => new RegExp(`query ${operationName}\\b`).test(text))
    if (!found) throw new Error(`No persisted document is called ${operationName}.`)
    const extensions = { persistedQuery: { sha256Hash: found[0], version: 1 } }
    return JSON.stringify({ extensions, operationName, variables })
  }
}

type Bundle = Readonly<Record<string, Rolldown.OutputChunk | Rolldown.OutputAsset>>

/** The files of a chunk and of everything that it imports statically. */
function filesOf(bundle: Bundle, file: string, known = new Set<string>()): ReadonlySet<string> {
  const chunk = bundle[file]
  if (chunk?.type !== 'chunk' || known.has(file)) return known
  known.add(file)
  for (const imported of chunk.imports) filesOf(bundle, imported, known)
  return known
}

function describePages(bundle: Bundle): readonly object[] {
  const bodyOf = createBody()
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const fileOf = (module: string): string => {
    const found = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module))
    if (!found) throw new Error(`No file begins with ${module}.`)
    return found.fileName
  }
  const first = filesOf(bundle, fileOf('/index.html'))
  return pages.map(({ path, module, reads = [], own = [] }) => ({
    path,
    files: [...filesOf(bundle, fileOf(`/src/pages/${module}.tsx`))]
      .filter((file) => !first.has(file))
      .map((file) => `/${file}`),
    reads: reads.map(bodyOf),
    own: own.map(bodyOf),
  }))
}

/** What needs six connections comes in the order in which it is needed: the styles before the scripts, and the font last. */
function reorder(html: string): string {
  const [styles = ''] = /<link rel="stylesheet"[^>]*>/.exec(html) ?? []
  const [font = ''] = /<link rel="preload"[^>]*as="font"[^>]*>/.exec(html) ?? []
  const [entry = ''] = /<script type="module"[^>]*><\/script>/.exec(html) ?? []
  return [styles, font, entry]
    .reduce((rest, tag) => rest.replace(tag, ''), html)
    .replace(/<script src="\/early.js"[^>]*><\/script>/, `$&\n    ${styles}`)
    .replace('</head>', `${entry}\n    ${font}\n  </head>`)
}

/** Tells `public/early.js` which files and answers each page begins with. */
export function early(): Plugin {
  return {
    name: 'early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle }) => {
        const data = JSON.stringify(describePages(bundle ?? {}))
        return reorder(html).replace(
          '<script src="/early.js"',
          `$& data-pages='${data.replaceAll("'", '&#39;')}'`,
        )
      },
    },
  }
}
