/** The service's exports for operator commands, without a server. */
export { verifyWithOrders } from './commands/verify-with-orders.ts'
export { ordersTable } from './store/keys.ts'
