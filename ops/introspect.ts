import { parseArgs } from 'node:util'
import { systemClock } from '@cnop/kit/clock'
import { parseEnv, signingKeys } from '@cnop/kit/config'
import { signCall } from '@cnop/kit/identity'
import { refusalText } from '@cnop/kit/run'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'

const usage = `Usage: npm run introspect -- ${subgraphNames.join('|')}
The variables <NAME>_URL and <NAME>_SEAL_KEYS are those of the router, for example INVENTORY_URL.`

const isSubgraph = (name: string | undefined): name is SubgraphName =>
  subgraphNames.some((known) => known === name)

/**
 * `npm run introspect -- inventory`: prints the SDL of a running subgraph. A subgraph answers signed calls only, so the command
 * signs with the operator's key.
 */
async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const [name] = positionals
  if (!isSubgraph(name) || positionals.length > 1) {
    process.stderr.write(`${usage}\n`)
    return 2
  }
  process.stdout.write(`${(await introspect(name)).trim()}\n`)
  return 0
}

interface Reply {
  readonly data?: { readonly _service: { readonly sdl: string } } | null
  readonly errors?: readonly { readonly message: string }[]
}

async function introspect(name: SubgraphName): Promise<string> {
  const prefix = name.toUpperCase()
  const [url] = process.env[`${prefix}_URL`]?.split(',') ?? []
  if (url === undefined || !URL.canParse(url)) throw new Error(`${prefix}_URL: must be a URL`)
  const keys = parseEnv({ [`${prefix}_SEAL_KEYS`]: signingKeys() }, process.env)
  const [key] = Object.values(keys).flat()
  if (!key) throw new Error(`${prefix}_SEAL_KEYS: must be set`)
  const body = JSON.stringify({ query: '{ _service { sdl } }' })
  const identity = {
    requestId: 'introspect',
    actor: undefined,
    clientIp: undefined,
    userAgent: undefined,
  }
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: {
      ...signCall(key, { subgraph: name, body, identity }, systemClock()),
      'content-type': 'application/json',
    },
    body,
  })
  const { data, errors } = (await response.json()) as Reply
  if (!data) throw new Error(errors?.[0]?.message ?? `${name} returned status ${response.status}.`)
  return data._service.sdl
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${refusalText(error)}\n`)
  process.exitCode = 1
}
