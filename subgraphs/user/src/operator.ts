/** The service's exports for operator commands, without a server. */
export { grantRole } from './commands/grant-role.ts'
export {
  beginImport,
  findImported,
  finishImport,
  type LegacyUser,
  openingTime,
  payInOpening,
  planImportedUser,
} from './commands/import-user.ts'
export { loadUserConfig } from './config.ts'
export { importedHash } from './passwords/hasher.ts'
export { openUserDeps } from './server.ts'
export { usersTable } from './store/keys.ts'
