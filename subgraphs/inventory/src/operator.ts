/** The service's exports for operator commands, without a server. */
export { inventoryVersion } from './store/migrate.ts'
