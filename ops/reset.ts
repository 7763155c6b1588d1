import { existsSync } from 'node:fs'
import { BadEnvironment, namingSource, parseEnv, storeFields } from '@cnop/kit/config'
import { deleteStore } from '@cnop/kit/embedded'
import { storeDirectory } from '@cnop/kit/open-platform'
import { runCommand } from './command/command.ts'

const usage = `Usage: npm run reset
Deletes every account, order and price of the embedded store in DATA_DIRECTORY (.data).`

/** `npm run reset`: deletes the embedded store. Refused while a process has it open. */
async function main(): Promise<number> {
  const { STORE, DYNAMODB_ENDPOINT, DATA_DIRECTORY } = parseEnv(storeFields, process.env)
  if ((STORE ?? 'embedded') !== 'embedded' || (!STORE && DYNAMODB_ENDPOINT)) {
    throw new BadEnvironment('STORE: only the embedded store can be reset')
  }
  const store = storeDirectory(DATA_DIRECTORY)
  if (!existsSync(store)) {
    process.stdout.write(`There is nothing to reset in ${store} (DATA_DIRECTORY).\n`)
    return 0
  }
  await namingSource('DATA_DIRECTORY', () => deleteStore(store))
  process.stdout.write(`${store} was deleted; the next start creates a new one.\n`)
  return 0
}

await runCommand({ usage, main })
