/** The service's exports for operator commands, without a server. */
export { grantRole } from './commands/grant-role.ts'
export { loadUserConfig } from './config.ts'
export { openUserDeps } from './server.ts'
