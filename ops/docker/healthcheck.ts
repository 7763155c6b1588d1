import { get } from 'node:http'

/**
 * Exits with 0 when the process of this container is healthy. HEALTH_URL is its address; the default is the router's.
 */
const url = process.env['HEALTH_URL'] ?? 'http://127.0.0.1:8080/health'

// Node's fetch refuses the port of the store, as browsers do.
const request = get(url, { timeout: 4_000 }, ({ statusCode = 500 }) => {
  process.exit(statusCode < 300 ? 0 : 1)
})
request.once('timeout', () => request.destroy())
request.once('error', () => process.exit(1))
