import { parseArgs } from 'node:util'
import { systemClock } from '@cnop/kit/clock'
import { addresses, BadEnvironment, parseEnv, signingKeys } from '@cnop/kit/config'
import { signCall } from '@cnop/kit/identity'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { BadUsage, runCommand } from './command/command.ts'
import { reach } from './command/reach.ts'

const usage = `Usage: npm run introspect -- ${subgraphNames.join('|')}
The variables <NAME>_URL and <NAME>_SEAL_KEYS are those of the router, for example INVENTORY_URL.`

const example = 'http://127.0.0.1:8001'

const isSubgraph = (name: string | undefined): name is SubgraphName =>
  subgraphNames.some((known) => known === name)

/**
 * `npm run introspect -- inventory`: prints the SDL of a running subgraph. A subgraph answers signed calls only, so the command
 * signs with the operator's key.
 */
async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const [name] = positionals
  if (!isSubgraph(name) || positionals.length > 1) throw new BadUsage()
  process.stdout.write(`${(await introspect(name)).trim()}\n`)
  return 0
}

interface Reply {
  readonly data?: { readonly _service: { readonly sdl: string } } | null
  readonly errors?: readonly { readonly message: string }[]
}

async function introspect(name: SubgraphName): Promise<string> {
  const prefix = name.toUpperCase()
  const [keysName, urlName] = [`${prefix}_SEAL_KEYS`, `${prefix}_URL`]
  const { [keysName]: [key] = [] } = parseEnv({ [keysName]: signingKeys() }, process.env)
  const { [urlName]: [url] = [] } = parseEnv({ [urlName]: addresses(example) }, process.env)
  if (url === undefined) throw new BadEnvironment(`${urlName}: must be a URL such as ${example}`)
  if (!key) throw new BadEnvironment(`${keysName}: must be set`)
  const body = JSON.stringify({ query: '{ _service { sdl } }' })
  const identity = {
    requestId: 'introspect',
    actor: undefined,
    clientIp: undefined,
    userAgent: undefined,
  }
  const response = await reach(new URL('/graphql', url), {
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

await runCommand({ usage, failed: 1, main })
