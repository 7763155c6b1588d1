import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { makeDirectory } from '@cnop/kit/directories'
import { reach } from '../command/reach.ts'
import { BadUsage, type Call, commands, describeCommands, type Words } from './commands.ts'

export interface CliWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The file of the last sign-in's token. */
  readonly sessionPath: string
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
}

const text = { type: 'string' } as const
const options = {
  origin: text,
  username: text,
  email: text,
  password: text,
  'first-name': text,
  'last-name': text,
  limit: text,
  price: text,
}

function readWords(args: readonly string[], env: CliWorld['env']): Words & { name: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    })
    const [name = '', ...given] = positionals
    const password = values.password ?? env['CNOP_PASSWORD']
    return { name, given, options: { ...values, password } }
  } catch (error) {
    throw new BadUsage(error instanceof Error ? error.message : 'The command line is not valid.')
  }
}

/** A token is sent only to the origin that issued it. */
interface Session {
  readonly origin: string
  readonly token: string
}

function readToken(path: string, origin: string): string | undefined {
  try {
    const session = JSON.parse(readFileSync(path, 'utf8')) as Session
    return session.origin === origin ? session.token : undefined
  } catch {
    return undefined
  }
}

function keepToken(path: string, session: Session): void {
  makeDirectory(dirname(path))
  writeFileSync(path, JSON.stringify(session), { mode: 0o600 })
}

async function send(origin: string, token: string | undefined, { method, path, body }: Call) {
  const response = await reach(`${origin}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { isOk: response.ok, status: response.status, body: await response.json() }
}

/** A refusal as text: its sentence, and the errors of its fields. */
function explain(status: number, body: unknown): string {
  const { message, detail } = body as { message?: string; detail?: unknown }
  const fields = Array.isArray(detail)
    ? (detail as { loc: readonly string[]; msg: string }[]).map(
        ({ loc, msg }) => `  ${loc.slice(1).join('.')}: ${msg}`,
      )
    : []
  return [`${status}: ${message ?? 'refused'}`, ...fields].join('\n')
}

async function call(world: CliWorld, args: readonly string[]): Promise<number> {
  const { name, ...words } = readWords(args, world.env)
  const command = commands[name]
  if (!command) {
    world.complain(describeCommands())
    return name === '' || name === 'help' ? 0 : 2
  }
  const origin = words.options['origin'] ?? world.env['CNOP_ORIGIN'] ?? 'http://localhost:8080'
  const isSignIn = name === 'login' || name === 'register'
  const token = isSignIn ? undefined : readToken(world.sessionPath, origin)
  const { isOk, status, body } = await send(origin, token, command.toCall(words))
  if (!isOk) {
    world.complain(explain(status, body))
    return 1
  }
  if (name !== 'login') {
    world.print(JSON.stringify(body, null, 2))
    return 0
  }
  keepToken(world.sessionPath, { origin, token: (body as { access_token: string }).access_token })
  world.print('Signed in.')
  return 0
}

/** Runs one command over REST and returns the exit code. */
export async function runCli(world: CliWorld, args: readonly string[]): Promise<number> {
  try {
    return await call(world, args.includes('--help') ? ['help'] : args)
  } catch (error) {
    if (error instanceof BadUsage) {
      world.complain(`${error.message}\n\n${describeCommands()}`)
      return 2
    }
    world.complain(error instanceof Error ? error.message : String(error))
    return 1
  }
}
