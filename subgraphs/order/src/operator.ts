/** What operators' commands use of this service, without a server. */
export { verifyWithOrders } from './commands/verify-with-orders.ts'
export { ordersTable } from './store/keys.ts'
