import { systemClock } from '@cnop/kit/clock'
import { openPlatform } from '@cnop/kit/open-platform'
import { createLog } from '@cnop/kit/log'
import { grantRole, loadUserConfig, openUserDeps } from '@cnop/user/operator'
import { recordCommand } from './audit/record-command.ts'
import { BadUsage, runCommand, userEnv } from './command/command.ts'

/**
 * `npm run admin -- grant <username>` makes a user an administrator, `revoke` a customer again. Both end every session
 * of the user, so that no token with the old role remains valid. The command uses the store directly, so it needs the
 * variables of the user service; with the embedded store the platform must be stopped.
 */
const roles = { grant: 'ADMIN', revoke: 'CUSTOMER' } as const

const usage = 'Usage: npm run admin -- grant <username> | revoke <username>'

async function main(): Promise<number> {
  const [command, username] = process.argv.slice(2)
  const role = command === 'grant' || command === 'revoke' ? roles[command] : undefined
  if (!role || !username) throw new BadUsage()
  const config = loadUserConfig(userEnv(process.env))
  const log = createLog('admin', { ...config.store.log, level: 'warn' })
  const platform = await openPlatform(config.store, log, { now: systemClock, purpose: 'command' })
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
    return 0
  } finally {
    await platform.close()
  }
}

await runCommand({ usage, failed: 1, main })
