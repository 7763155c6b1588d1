/** The service's exports for operator commands, without a server. */
export { buyOpening, importOrders, type LegacyOrder } from './commands/import-orders.ts'
export { verifyWithOrders } from './commands/verify-with-orders.ts'
export { ordersTable } from './store/keys.ts'
export { expiryRowOf } from './store/order-writes.ts'
