import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './playground.css'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { createRoot } from 'react-dom/client'

/** Everything comes from this very origin, and so does the API. */
const fetcher = createGraphiQLFetcher({ url: '/graphql', enableIncrementalDelivery: false })

const firstQuery = `# Public: no token needed.
query TopAssets {
  assets(first: 5) {
    nodes {
      id
      name
      quote { price quotedAt }
      marketData { changePercent24h }
    }
    totalCount
  }
}

# Sign in, then write the access token into the Headers tab: { "Authorization": "Bearer …" }
mutation SignIn($username: String!, $password: String!) {
  signIn(input: { username: $username, password: $password }) {
    accessToken
    expiresInSeconds
  }
}

# Five services answer this one.
query Flagship {
  me {
    portfolio {
      cash { available held }
      totalValue
      holdings { quantity marketValue asset { name quote { price } } }
      recentOrders(first: 5) { nodes { id status } }
      insight { summary engine }
      redPocket { claimedToday }
    }
  }
}
`

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={firstQuery}
      isHeadersEditorEnabled
      shouldPersistHeaders={false}
      defaultEditorToolsVisibility="headers"
    />,
  )
}
