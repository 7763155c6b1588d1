/**
 * A standalone gateway: `npm run engine:serve -- --supergraph FILE --port N [--engine compiled|stock]` serves a
 * Federation 2 supergraph on 127.0.0.1, with the subgraph URLs of the file. It has no authentication and no limits: it
 * exists for comparison with other gateways.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import { documentBytes } from '@cnop/kit/document-bytes'
import { createHostCheck } from '@cnop/kit/hosts'
import type { DocumentLimits } from '../../guard/inspect-document.ts'
import { createEngine, type Engine } from '../engine.ts'
import { hasHugeType } from '../schema-types.ts'
import { logger, silenceReporting } from '../supergraph.ts'
import { createDocumentCheck } from './document-check.ts'
import { graphqlHandler } from './http.ts'
import { createLimitedStore } from '../limited-map.ts'
import { createRemoteTransport, subgraphUrls } from './remote.ts'
import type { SubgraphTransport } from '../transport.ts'
import { stringifyResult } from '../write/body.ts'

const { values } = parseArgs({
  options: {
    supergraph: { type: 'string' },
    port: { type: 'string', default: '4000' },
    engine: { type: 'string', default: 'compiled' },
    /** Shares identical subgraph calls, or whole identical queries, while they are in flight. */
    share: { type: 'string', default: 'none' },
    /** The longest time of a call to a subgraph, in milliseconds. */
    timeout: { type: 'string', default: '30000' },
  },
})

const mostDocuments = 1000
const mostDocumentBytes = 64 * 1024 * 1024

/** An invalid supergraph may have thousands of faults. */
const longestReason = 2_000
const mostBodyBytes = 1024 * 1024
const mostValidationErrors = 3
const documentLimits: DocumentLimits = {
  tokens: 5_000,
  depth: 100,
  aliases: 1_000,
  rootFields: 1_000,
  directives: 1_000,
  fields: 5_000,
}

const usage =
  'engine:serve -- --supergraph FILE --port N [--engine compiled|stock] [--share none|calls|requests] [--timeout MS]\n'

async function serve(file: string, port: number): Promise<void> {
  const supergraphSdl = await readFile(file, 'utf8')
  const timeoutMs = Number(values.timeout)
  const transport = createRemoteTransport(subgraphUrls(supergraphSdl), { timeoutMs })
  const engine =
    values.engine === 'stock' ? undefined : await openCompiled(supergraphSdl, transport)
  const server = !engine
    ? await startApollo({ gateway: untouchedGateway(supergraphSdl) })
    : await startApollo({
        gateway: engine.gateway,
        validationOptions: {
          maxErrors: mostValidationErrors,
          hideSuggestions: hasHugeType(engine.apiSchema()),
        },
        documentStore: createLimitedStore(mostDocuments, {
          mostBytes: mostDocumentBytes,
          bytesOf: documentBytes,
        }),
      })
  const checkDocument = createDocumentCheck(documentLimits)
  const answerGraphQL = graphqlHandler(server, { mostBodyBytes, checkDocument })
  const address = '127.0.0.1'
  const acceptsHost = createHostCheck(address)
  const http = createServer((request, response) => {
    const [path] = (request.url ?? '/').split('?', 1)
    if (!acceptsHost(request.headers.host)) response.writeHead(421).end()
    else if (path === '/health') {
      response.setHeader('content-type', 'application/json')
      response.end('{"status":"healthy"}\n')
    } else if (path === '/graphql') {
      answerGraphQL(request, response).catch(() => response.destroy())
    } else {
      response.writeHead(404).end()
    }
  })
  http.listen(port, address, () => {
    const bound = (http.address() as AddressInfo).port
    process.stdout.write(`http://${address}:${bound}/graphql\n`)
  })
  const stop = () => {
    http.close()
    http.closeAllConnections()
    void Promise.all([server.stop(), transport.close()])
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
}

function openCompiled(supergraphSdl: string, transport: SubgraphTransport): Promise<Engine> {
  const everyone = () => ''
  return createEngine({
    supergraphSdl,
    transport,
    ...(values.share !== 'none' && { share: everyone }),
    ...(values.share === 'requests' && { shareRequests: everyone }),
  })
}

/** Apollo's gateway with its own data sources, for comparison. */
function untouchedGateway(supergraphSdl: string): GatewayInterface {
  silenceReporting()
  return new ApolloGateway({ supergraphSdl, __exposeQueryPlanExperimental: false, logger })
}

async function startApollo(
  options: Pick<
    ApolloServerOptionsWithGateway<object>,
    'gateway' | 'documentStore' | 'validationOptions'
  >,
): Promise<ApolloServer> {
  const server = new ApolloServer({
    ...options,
    stringifyResult,
    introspection: true,
    includeStacktraceInErrorResponses: false,
  })
  await server.start()
  return server
}

if (values.supergraph === undefined) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  try {
    await serve(values.supergraph, Number(values.port))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const short = reason.slice(0, longestReason)
    process.stderr.write(`The supergraph ${values.supergraph} cannot be served: ${short}\n`)
    process.exit(1)
  }
}
