import { systemClock } from '@cnop/kit/clock'
import { openPlatform } from '@cnop/kit/open-platform'
import { createLog } from '@cnop/kit/log'
import { refusalText } from '@cnop/kit/run'
import { grantRole, loadUserConfig, openUserDeps } from '@cnop/user/operator'
import { randomBytes } from 'node:crypto'
import { recordCommand } from './audit/record-command.ts'

/**
 * `npm run admin -- grant <username>` makes a user an administrator, `revoke` a customer again. Both end every session
 * of the user, so that no token with the old role remains valid. The command uses the store directly, so it needs the
 * variables of the user service; with the embedded store the platform must be stopped.
 */
const roles = { grant: 'ADMIN', revoke: 'CUSTOMER' } as const

const usage = 'npm run admin -- grant <username> | revoke <username>'

async function main(command: string | undefined, username: string | undefined): Promise<void> {
  const role = command === 'grant' || command === 'revoke' ? roles[command] : undefined
  if (!role || !username) throw new Error(usage)
  // Commands serve no calls, so any key works.
  const key = `admin:${randomBytes(32).toString('base64url')}`
  const config = loadUserConfig({ ...process.env, USER_SEAL_KEYS: key, SEED_DEMO_USER: 'false' })
  const log = createLog('admin', { ...config.store.log, level: 'warn' })
  const platform = await openPlatform(config.store, log, { now: systemClock })
  try {
    const deps = await openUserDeps(config, platform)
    const ended = await grantRole(deps, username, role)
    const user = username.toLowerCase()
    const event = { action: 'role.change', outcome: 'ok', user, extra: { role } } as const
    await recordCommand('admin', { env: process.env, log }, event)
    const sessions = ended === 1 ? '1 session has' : `${ended} sessions have`
    process.stdout.write(
      `${username} is ${role}. ${sessions} ended; the next sign-in has the role.\n`,
    )
  } finally {
    await platform.close()
  }
}

try {
  await main(process.argv[2], process.argv[3])
} catch (error) {
  process.stderr.write(`${refusalText(error)}\n`)
  process.exitCode = 1
}
