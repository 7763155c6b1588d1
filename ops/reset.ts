import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** `npm run reset`: deletes every account, order and price of the embedded store. The platform must not be running. */
const directory = process.env['DATA_DIRECTORY'] ?? '.data'
const store = join(directory, 'store')

if (!existsSync(store)) {
  console.log(`There is nothing to reset in ${store}.`)
} else {
  rmSync(store, { recursive: true })
  console.log(`${store} was deleted; the next start creates a new one.`)
}
