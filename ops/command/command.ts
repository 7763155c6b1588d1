import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { BadEnvironment, type Env } from '@cnop/kit/config'
import { quietSdk, refusalText } from '@cnop/kit/run'

/** The command line is wrong: the reason is printed with the usage. */
export class BadUsage extends Error {
  override readonly name = 'BadUsage'
}

const refused = 2

export interface Command {
  readonly usage: string
  /** The exit code of a command that failed; 2 by default, as for a refused command line or environment. */
  readonly failed?: number
  /** Returns the exit code. */
  readonly main: () => Promise<number>
}

/** Runs an operator's command: `--help`, one line for a refusal, and an exit code. */
export async function runCommand({ usage, failed = refused, main }: Command): Promise<void> {
  quietSdk(process.env)
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${usage}\n`)
    return
  }
  try {
    process.exitCode = await main()
  } catch (error) {
    const isUsage = error instanceof BadUsage || isOfParseArgs(error)
    const lines = isUsage ? [error.message, usage] : [refusalText(error)]
    process.stderr.write(`${lines.filter((line) => line !== '').join('\n')}\n`)
    process.exitCode = isUsage || error instanceof BadEnvironment ? refused : failed
  }
}

const isOfParseArgs = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')

/**
 * The variables of the user service for a command. It answers nobody, so that its keys are new ones: it needs no secret
 * and writes no key file.
 */
export function userEnv(env: Env): Env {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    ...env,
    USER_SEAL_KEYS: `command:${randomBytes(32).toString('base64url')}`,
    JWT_PRIVATE_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
    SEED_DEMO_USER: 'false',
  }
}
